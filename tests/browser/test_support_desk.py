"""The user's browser and the agent's, at the same time: takeover, both ways, hand-back, and what must not go wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk, hire
from tests.browser.processes import FakeRasa, Web
from tests.browser.widget import Widget, violations

SHOTS = os.environ.get("CNFS_SCREENSHOTS")


@pytest.fixture(scope="module")
def desk_site(tmp_path_factory, rasa: FakeRasa):
    """A `web` process whose support desk is open at any hour."""
    web = Web(tmp_path_factory.mktemp("desk"), rasa.url, [])
    web.environment["CNFS_SUPPORT_HOURS_ONLY"] = "false"
    with web:
        yield web


@pytest.fixture(scope="module")
def accounts(desk_site):
    return {
        name: hire(desk_site, name, role)
        for name, role in (("Camille", "agent"), ("Nadia", "agent"), ("Alix", "admin"))
    }


@pytest.fixture
def open_desk(new_context, desk_site, accounts):
    def log_in(name: str = "Camille") -> Desk:
        return Desk(new_context(own_address=False).new_page(), desk_site).log_in(accounts[name])

    return log_in


@pytest.fixture
def person(new_context, desk_site):
    def open_page() -> Widget:
        page = new_context().new_page()
        page.goto(desk_site.url + "/page-nue")
        widget = Widget(page)
        widget.open()
        return widget

    return open_page


def shot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_a_conversation_goes_to_a_human_and_back(open_desk, person, rasa):
    desk = open_desk()
    user = person()
    user.ask("combien pour un CDI ?")
    user.say("un humain pour ma convention perdue")
    expect(user.answers.last).to_contain_text("Vous êtes le prochain dans la file")
    # The queue shows it without anyone reloading, and its title counts.
    expect(desk.row("ma convention perdue")).to_be_visible()
    expect(desk.page).to_have_title("(1) Demandes – Assistance Conseiller numérique")
    shot(desk.page, "file")
    desk.take("ma convention perdue")
    expect(user.answers.last).to_contain_text("Camille, de l'équipe, vous répond.")
    expect(desk.entry("combien pour un CDI ?").first).to_be_visible()
    desk.say("Bonjour, je regarde votre dossier.")
    expect(user.log).to_contain_text("Bonjour, je regarde votre dossier.")
    expect(user.log.locator("li.human")).to_contain_text("Camille")
    expect(desk.entry("Bonjour, je regarde votre dossier.")).to_contain_text("Remis")
    before = len(rasa.received)
    user.say("merci, je patiente")
    expect(desk.entry("merci, je patiente")).to_be_visible()
    desk.note.fill("dossier vu, relancer la préfecture")
    desk.page.get_by_role("button", name="Garder la note").click()
    expect(desk.entry("relancer la préfecture")).to_contain_text("Note interne")
    shot(desk.page, "conversation")
    desk.page.get_by_role("button", name="Rendre à l'assistant").click()
    expect(user.answers.last).to_contain_text("L'assistant reprend la conversation.")
    assert len(rasa.received) == before, "the assistant heard nothing meanwhile"
    user.button("5 – Très satisfait").click()
    expect(user.answers.last).to_contain_text("votre avis est enregistré")
    user.ask("et la formation ?")
    assert "préfecture" not in user.log.inner_text()
    expect(desk.page.locator("#etat")).to_contain_text("note 5 sur 5")


def test_two_agents_press_at_once_and_one_is_told(open_desk, person):
    first, second = open_desk("Camille"), open_desk("Nadia")
    user = person()
    user.say("un humain pour une course")
    expect(second.row("une course").get_by_role("button", name="Prendre")).to_be_visible()
    # The second page is frozen as it was: its agent presses a button that is no longer true.
    second.page.route("**/demandes/liste*", lambda route: route.abort())
    first.take("une course")
    second.row("une course").get_by_role("button", name="Prendre").click()
    expect(second.problem).to_contain_text("Camille Martin vient de prendre cette demande.")
    assert user.log.inner_text().count("vous répond.") == 1


def test_colleagues_see_each_other_and_only_one_may_write(open_desk, person):
    first, second = open_desk("Camille"), open_desk("Nadia")
    person().say("un humain pour un regard")
    first.take("un regard")
    second.page.goto(first.page.url)
    expect(second.composer).to_have_count(0)
    expect(first.page.locator("#regards")).to_contain_text("Nadia Martin regarde aussi")
    first.composer.press_sequentially("Bonj")
    expect(second.page.locator("#regards")).to_contain_text("Camille Martin écrit")


def test_the_person_sees_that_a_human_types(open_desk, person):
    desk, user = open_desk(), person()
    user.say("un humain pour la frappe")
    desk.take("la frappe")
    desk.composer.press_sequentially("Bon")
    expect(user.dialog.locator(".typing")).to_be_visible()


def test_back_to_the_assistant_by_the_button_and_the_agent_knows(open_desk, person):
    desk, user = open_desk(), person()
    user.say("un humain pour rien finalement")
    desk.take("rien finalement")
    user.button("Revenir à l'assistant").last.click()
    expect(user.answers.last).to_contain_text("Vous êtes de retour avec l'assistant")
    expect(desk.page.locator("#etat")).to_contain_text("La personne est revenue à l'assistant")
    expect(desk.composer).to_have_count(0)
    user.ask("combien pour un CDD ?")


def test_nothing_is_lost_nor_doubled_when_the_process_dies(open_desk, person, desk_site):
    desk, user = open_desk(), person()
    user.say("un humain pour une panne")
    desk.take("une panne")
    desk.say("avant la panne")
    expect(user.log).to_contain_text("avant la panne")
    desk_site.kill()
    user.say("écrit pendant la panne")
    desk.composer.fill("répondu pendant la panne")
    desk.composer.press("Control+Enter")
    expect(desk.problem).to_contain_text("Le réseau ne répond pas")
    assert desk.composer.input_value() == "répondu pendant la panne"
    desk_site.start()
    user.network_is_back()
    expect(desk.entry("écrit pendant la panne")).to_have_count(1, timeout=30_000)
    desk.composer.press("Control+Enter")
    expect(user.log).to_contain_text("répondu pendant la panne", timeout=30_000)
    user.page.reload()
    user.launcher.click()
    for text in ("avant la panne", "écrit pendant la panne", "répondu pendant la panne"):
        expect(user.messages.filter(has_text=text)).to_have_count(1)
        expect(desk.entry(text)).to_have_count(1)


def test_canned_answers_come_with_the_keyboard_alone(open_desk, person):
    desk, user = open_desk(), person()
    desk.page.goto(desk.web.url + "/console/reponses")
    desk.page.get_by_label("Raccourci").fill("pieces")
    desk.page.get_by_label("Titre").fill("Pièces manquantes")
    desk.page.get_by_label("Texte").fill("Il manque des pièces pour {sujet}. {prenom}")
    desk.page.get_by_role("button", name="Enregistrer").click()
    expect(desk.page.get_by_role("status")).to_contain_text("enregistrée")
    shot(desk.page, "reponses")
    user.say("un humain pour mon dossier")
    desk.page.goto(desk.web.url + "/console/demandes")
    desk.take("mon dossier")
    desk.composer.press_sequentially("/piec")
    expect(desk.page.get_by_role("option", name="Pièces manquantes")).to_be_visible()
    desk.composer.press("Enter")
    expect(desk.composer).to_have_value("Il manque des pièces pour mon dossier. Camille")


PAGES = ("demandes", "demandes?vue=closed", "reponses", "chiffres", "comptes", "journal", "mon-compte")


def test_no_page_breaks_the_accessibility_rules(open_desk, person):
    desk = open_desk("Alix")
    person().say("un humain pour axe")
    expect(desk.row("axe")).to_be_visible()
    problems = {}
    for path in PAGES:
        desk.page.goto(f"{desk.web.url}/console/{path}")
        problems[path] = violations(desk.page)
        shot(desk.page, path.replace("?", "-"))
    desk.page.goto(f"{desk.web.url}/console/demandes")
    desk.take("axe")
    problems["conversation"] = violations(desk.page)
    desk.page.get_by_role("link", name="Proposer à la FAQ").last.click()
    problems["proposer"] = violations(desk.page)
    shot(desk.page, "proposer")
    desk.page.get_by_role("button", name="Se déconnecter").click()
    problems["connexion"] = violations(desk.page)
    shot(desk.page, "connexion")
    assert {path: found for path, found in problems.items() if found} == {}
