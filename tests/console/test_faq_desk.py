"""The FAQ desk through its pages: who may see it, the inbox, drafts, conflicts, files."""

import io
import re

import pytest

from bot.dispositif.conversation import Direction, Reply
from bot.dispositif.personnel import Role
from bot.services.answer_message import claim_message, deliver_replies
from bot.services.faq_desk.workbench import Workbench
from bot.services.receive_message import receive_message
from bot.storage.unit_of_work import UnitOfWork

PAGES = [
    "",
    "/boite",
    "/entrees",
    "/nouvelle",
    "/brouillons",
    "/essai",
    "/historique",
    "/qualite",
    "/fichiers",
    "/sigles",
]


_benches: dict = {}


@pytest.fixture(autouse=True)
def shared_workbench(monkeypatch):
    """Encoders and neighbours are loaded once for all these tests."""

    def shared(place):
        return _benches.setdefault(place, Workbench(place))

    monkeypatch.setattr("bot.bootstrap.Workbench", shared)


@pytest.fixture
def maintainer(desk_of):
    return desk_of(Role.MAINTAINER)


@pytest.fixture
def unanswered(engine, clock):
    """Puts a message that was refused in the database."""
    number = iter(range(1, 1000))

    def add(text: str) -> None:
        conversation = f"{next(number):032d}"
        understood = {"verdict": "reformuler", "question": None, "candidates": [["faq/formation_duree", 0.2]]}
        with UnitOfWork(engine) as uow:
            uow.conversations.add(conversation, "widget", None, clock())
            uow.commit()
        with UnitOfWork(engine) as uow:
            receive_message(uow, conversation, "client-id-1", text, 2000, clock())
        with UnitOfWork(engine) as uow:
            claim = claim_message(uow, clock())
        with UnitOfWork(engine) as uow:
            (stored,) = deliver_replies(
                uow, claim, [Reply("Dites-le autrement.", {"understanding": understood})], clock()
            )
        assert stored.direction is Direction.OUT

    return add


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_a_maintainer_and_not_for_an_agent(desk_of, path):
    assert desk_of(Role.MAINTAINER).get("/faq" + path).status_code == 200
    assert desk_of(Role.AGENT, "Dominique").get("/faq" + path).status_code == 403


def ids_of(page: str) -> str:
    return re.search(r'name="ids" value="([\d,]+)">\s*<details', page).group(1)


def test_a_message_is_attached_to_an_entry_in_one_click_and_taken_back(maintainer, unanswered, engine):
    unanswered("je m'appelle Marie Dupont, mon 06 12 34 56 78, il part combien de temps a lecole")
    page = maintainer.get("/faq/boite").text
    assert "Dupont" not in page
    assert "06 12" not in page
    ids = ids_of(page)
    answer = maintainer.post("/faq/boite", {"ids": ids, "suggestion": "formation_duree"})
    assert answer.status_code == 303
    with UnitOfWork(engine, writes=False) as uow:
        (draft,) = uow.faq_drafts.open()
    assert draft.content["exemples"][-1].startswith("je m'appelle [nom]")
    assert "Rien à traiter" in maintainer.get("/faq/boite").text
    maintainer.post("/faq/boite", {"ids": ids, "action": "annuler"})
    with UnitOfWork(engine, writes=False) as uow:
        (draft,) = uow.faq_drafts.open()
    assert not any("[nom]" in text for text in draft.content["exemples"])
    assert ids_of(maintainer.get("/faq/boite").text) == ids


def test_messages_that_say_the_same_thing_are_one_group(maintainer, unanswered):
    for text in (
        "le conseiller peut-il télétravailler",
        "il peut faire du télétravail le conseiller ?",
        "où garer le camion",
    ):
        unanswered(text)
    page = maintainer.get("/faq/boite").text
    assert sorted(len(ids.split(",")) for ids in re.findall(r'name="ids" value="([\d,]+)">\s*<details', page)) == [1, 2]


def test_what_a_colleague_handled_meanwhile_is_said(desk_of, unanswered):
    unanswered("le conseiller peut-il télétravailler")
    one, two = desk_of(Role.MAINTAINER, "Un"), desk_of(Role.MAINTAINER, "Deux")
    ids = ids_of(one.get("/faq/boite").text)
    assert one.post("/faq/boite", {"ids": ids, "action": "ignorer"}).status_code == 303
    answer = two.post("/faq/boite", {"ids": ids, "action": "hors_sujet"})
    assert answer.status_code == 409
    assert "un@exemple.gouv.fr" in answer.text


def fields(page: str) -> dict[str, str]:
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Form(HTMLParser):
        area = None

        def handle_starttag(self, tag, attributes):
            given = dict(attributes)
            if tag == "input" and given.get("name"):
                found[given["name"]] = given.get("value") or ""
            elif tag == "textarea":
                self.area = given["name"]
                found[self.area] = ""
            elif tag == "option" and "selected" in given:
                found["theme"] = given["value"]

        def handle_endtag(self, tag):
            if tag == "textarea":
                self.area = None

        def handle_data(self, data):
            if self.area:
                found[self.area] += data

    Form().feed(page)
    return found


def test_two_maintainers_on_one_entry_the_second_is_warned_and_nothing_is_lost(desk_of, engine):
    one, two = desk_of(Role.MAINTAINER, "Un"), desk_of(Role.MAINTAINER, "Deux")
    form = fields(one.get("/faq/entrees/formation_duree").text)
    assert (
        one.post("/faq/entrees/formation_duree", {**form, "_csrf": one.csrf, "titre": "Titre de un"}).status_code == 303
    )
    page = two.get("/faq/entrees/formation_duree").text
    assert "un@exemple.gouv.fr écrit aussi sur cette entrée" in page
    assert (
        two.post(
            "/faq/entrees/formation_duree", {**fields(page), "_csrf": two.csrf, "titre": "Titre de deux"}
        ).status_code
        == 303
    )
    with UnitOfWork(engine, writes=False) as uow:
        assert [d.content["titre"] for d in uow.faq_drafts.open()] == ["Titre de un", "Titre de deux"]
    # The same person from an older window.
    answer = one.post("/faq/entrees/formation_duree", {**form, "_csrf": one.csrf, "titre": "Vieille fenêtre"})
    assert answer.status_code == 409
    assert "autre fenêtre" in answer.text


def test_a_draft_is_shown_line_by_line(maintainer):
    form = fields(maintainer.get("/faq/entrees/formation_duree").text)
    maintainer.post(
        "/faq/entrees/formation_duree",
        {**form, "_csrf": maintainer.csrf, "exemples": form["exemples"] + "\nune phrase toute neuve"},
    )
    page = maintainer.get("/faq/brouillons").text
    assert re.findall(r'<span class="plus">\+ (.*)\n', page) == ["    - une phrase toute neuve"]
    assert 'class="moins"' not in page


def test_the_editor_warns_at_once(maintainer):
    form = fields(maintainer.get("/faq/nouvelle").text)
    values = {
        **form,
        "theme": "formation",
        "titre": "Combien de temps dure la formation ?",
        "reponse": "Voir [ici](https://exemple.fr). " + "a" * 900,
        "exemples": "équipement à prévoir ?\nc koi la duree de la form svp",
    }
    data = maintainer.post("/faq/verifier", {**values, "_csrf": maintainer.csrf}).json()
    said = "\n".join(item["texte"] for item in data["avertissements"])
    for expected in ("La source manque", "il en faut au moins", "phrase de test", "déjà un exemple", "même titre"):
        assert expected in said


def test_an_export_comes_back_unchanged_and_a_change_becomes_a_draft(maintainer, engine):
    data = maintainer.get("/faq/export.csv").content
    upload = {"fichier": ("faq.csv", io.BytesIO(data), "text/csv")}
    page = maintainer.post("/faq/fichiers", {"action": "essai"}, files=upload).text
    assert "0 nouvelle(s), 0 modifiée(s)" in page
    changed = data.decode("utf-8-sig").replace("Qui choisit le candidat ?", "Qui choisit la personne ?").encode()
    upload = {"fichier": ("faq.csv", io.BytesIO(changed), "text/csv")}
    assert maintainer.post("/faq/fichiers", {"action": "importer"}, files=upload).status_code == 303
    with UnitOfWork(engine, writes=False) as uow:
        assert [d.content["titre"] for d in uow.faq_drafts.open()] == ["Qui choisit la personne ?"]
