"""A structure sees the figures of its own conseillers once identified, and never a report."""

import json
from dataclasses import replace
from datetime import date

import pytest

from bot.dispositif.access import Kind, Method
from bot.dispositif.comprehension import Reading
from bot.services.cra.structure import NEEDS_PROOF, StructureFigures, asks_for_their_figures
from bot.services.dialogue import Context, Incoming
from bot.storage.unit_of_work import UnitOfWork
from tests.services.cra.conftest import WORKSHOP
from tests.services.dossier.conftest import RULES, Chat
from tests.services.telegram_people import add_conseiller

ASKED = "les statistiques de nos conseillers en février"


@pytest.fixture
def chat(sqlite_engine, clock):
    """A visitor of the widget, and two structures with a conseiller each who reported a workshop in February."""
    for prenom in ("Camille", "Sacha"):
        conseiller = add_conseiller(sqlite_engine, clock(), prenom=prenom)
        with UnitOfWork(sqlite_engine) as uow:
            cra = replace(WORKSHOP, date=date(2026, 2, 20), annotation="secret de l'atelier")
            draft = uow.cra_drafts.add(conseiller.id, cra, clock())
            uow.cras.add(conseiller.id, conseiller.structure_id, cra, draft.id, clock())
            uow.commit()
    return Chat(sqlite_engine, clock)


def ask(chat, text=ASKED, channel="widget", entities=None):
    activity = StructureFigures(lambda writes=True: UnitOfWork(chat.engine, writes), lambda: RULES)
    intent = "choose" if entities else "faq"
    message = Incoming(chat.id, channel, text, intent, "1", Reading(text, ()), (), entities or {}, chat.clock())
    return activity.take(message, Context())


def test_a_visitor_is_asked_to_prove_who_they_are(chat):
    assert ask(chat).says[0].text == NEEDS_PROOF


def test_an_identified_structure_sees_its_figures_only_and_no_report(chat, sqlite_engine):
    prove(chat, sqlite_engine, 1)
    turn = ask(chat)
    said = "\n".join(say.text for say in turn.says)
    # One workshop of 8 people, 2 of them known already: the other structure's is not counted.
    assert "1 compte rendu, 2 h" in said and "6 personnes accompagnées" in said
    assert turn.says[0].extra["bars"]["rows"][0] == {"label": "Courriels", "value": 1}
    assert "secret" not in repr(turn) and "Camille" not in repr(turn)


def test_another_period_is_one_tap_away(chat, sqlite_engine):
    prove(chat, sqlite_engine, 1)
    button = next(b for b in ask(chat).says[-1].buttons if b.title == "Ce mois-ci")
    turn = ask(chat, "Ce mois-ci", entities=json.loads(button.payload.removeprefix("/choose")))
    assert turn.says[0].text == "Aucun compte rendu pour mars 2026."


def test_telegram_never_answers_for_a_structure(chat):
    assert ask(chat, channel="telegram") is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("statistiques de nos conseillers", True),
        ("je voudrais voir le bilan de notre conseillère", True),
        ("les chiffres de mon conseiller numérique depuis janvier", True),
        ("CRA de nos conseillers", True),
        ("comment voir les statistiques de nos conseillers ?", False),
        ("qui remplit les CRA de mon conseiller ?", False),
        ("les missions de mon conseiller", False),
        ("le contrat de mon conseiller", False),
    ],
)
def test_only_a_wish_to_see_is_taken(text, asked):
    assert asks_for_their_figures(text) is asked


def prove(chat, engine, structure_id):
    now = chat.clock()
    with UnitOfWork(engine) as uow:
        uow.identities.link(
            "widget",
            chat.id,
            Kind.STRUCTURE,
            Method.CODE,
            now,
            structure_id=structure_id,
            expires_at=now + RULES.longest,
        )
        uow.commit()
