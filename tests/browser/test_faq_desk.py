"""The FAQ desk in a real browser: no axe violation, one click to attach, warnings while one writes, the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from playwright.sync_api import Page, expect

from bot.dispositif.conversation import Author, Direction, Status
from bot.dispositif.personnel import Role
from bot.dispositif.understanding import Understanding
from bot.services.staff.accounts import create_account
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork
from tests.browser.processes import Web
from tests.browser.widget import violations

PASSWORD = "une phrase longue et rare"
PAGES = ["", "/boite", "/entrees", "/entrees/formation_duree", "/nouvelle", "/brouillons", "/essai?phrase=la formation",
         "/historique", "/qualite", "/fichiers", "/sigles"]  # fmt: skip


@pytest.fixture
def desk(site: Web, new_context: Callable) -> Page:
    """A maintainer, logged in, with two messages to handle."""
    engine, now = create_engine(f"sqlite:///{site.database}"), datetime.now(timezone.utc)
    with UnitOfWork(engine) as uow:
        if uow.staff.find("camille@exemple.gouv.fr") is None:
            create_account(uow, "camille@exemple.gouv.fr", "Camille", "Martin", Role.MAINTAINER, PASSWORD, now)
            for number, text in enumerate(("tickets resto pour lui ou pas", "on peut filmer pendant l'atelier ?")):
                uow.conversations.add(f"desk{number:028d}", "widget", None, now)
                message = uow.messages.add(
                    f"desk{number:028d}", 1, Direction.IN, Author.USER, text, Status.DONE, now, client_id="client-id"
                )
                uow.understandings.add(message.id, Understanding("reformuler", None, (("faq/horaires", 0.2),)), now)
            uow.commit()
    engine.dispose()
    page = new_context().new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{site.url}/console/connexion")
    page.get_by_label("Adresse e-mail professionnelle").fill("camille@exemple.gouv.fr")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").first.click()
    page.wait_for_url("**/console/faq")
    return page


def test_axe_finds_nothing_on_any_page(desk: Page, site: Web) -> None:
    for path in PAGES:
        desk.goto(f"{site.url}/console/faq{path}")
        assert violations(desk) == [], path


def test_a_message_is_attached_with_the_keyboard_and_taken_back(desk: Page, site: Web) -> None:
    desk.goto(f"{site.url}/console/faq/boite")
    expect(desk.locator(".faq-groupe")).to_have_count(2)
    desk.keyboard.press("j")
    desk.keyboard.press("1")
    expect(desk.get_by_text("1 message(s) rattaché(s)")).to_be_visible()
    expect(desk.locator(".faq-groupe")).to_have_count(1)
    desk.get_by_role("button", name="Annuler cette décision").click()
    expect(desk.locator(".faq-groupe")).to_have_count(2)


def test_the_editor_warns_while_one_writes(desk: Page, site: Web) -> None:
    desk.goto(f"{site.url}/console/faq/nouvelle")
    desk.locator("#titre").fill("Combien de temps dure la formation ?")
    desk.locator("#theme").select_option("formation")
    desk.locator("#reponse").fill("Voir [le planning](https://www.exemple.gouv.fr/).")
    warnings = desk.locator("#avertissements")
    expect(warnings).to_contain_text("La source manque", timeout=60_000)
    expect(warnings).to_contain_text("a le même titre")
    expect(desk.locator("#apercu a")).to_have_attribute("href", "https://www.exemple.gouv.fr/")
