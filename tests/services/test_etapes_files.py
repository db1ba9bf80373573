"""The walk of a proven structure: per poste, in the database, beside what the file proves; on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.services.access.sessions import SessionRules, close_session, open_by_token, place_of
from bot.services.etapes import EtapesActivity
from bot.services.etapes.files import DatabaseFiles
from bot.storage.unit_of_work import UnitOfWork
from tests.services.test_etapes import Visitor
from tests.storage.test_structures import add_structure

RULES = SessionRules()
ONE, TWO = "00000000000018", "00000000000026"


@pytest.fixture
def member(engine, clock):
    """Someone on the widget, not proven yet; `ONE` has one poste, `TWO` has two."""
    with UnitOfWork(engine) as uow:
        add_structure(uow, ONE, clock())
        add_structure(uow, TWO, clock(), postes=2)
        uow.commit()
    return Member(engine, clock)


class Member(Visitor):
    def __init__(self, engine, clock, conversation="c1") -> None:
        super().__init__(EtapesActivity(DatabaseFiles(lambda writes: UnitOfWork(engine, writes), lambda: RULES)))
        self.engine, self.conversation, self.now = engine, conversation, clock()

    def prove(self, siret):
        with UnitOfWork(self.engine) as uow:
            assert open_by_token(uow, RULES, place_of(uow, self.conversation, "widget"), siret, None, self.now)
        return self

    def leave(self):
        with UnitOfWork(self.engine) as uow:
            close_session(uow, place_of(uow, self.conversation, "widget"), self.now)

    def _incoming(self, *arguments):
        from dataclasses import replace

        return replace(super()._incoming(*arguments), conversation_id=self.conversation)

    def rows(self, siret=ONE, numero=1):
        with UnitOfWork(self.engine, writes=False) as uow:
            structure = uow.structures.by_siret(siret)
            return uow.etape_progress.of_poste(uow.structures.poste_ids(structure.id)[numero])

    def audited(self, siret=ONE):
        with UnitOfWork(self.engine, writes=False) as uow:
            structure = uow.structures.by_siret(siret)
            return [entry.action for entry in uow.audit.on("structure", structure.id)]


def test_a_visitor_leaves_nothing_in_the_database(member):
    member.say("je commence", "etape_start")
    member.say("c'est fait")
    assert member.rows() == {}
    assert member.rows(TWO) == {}
    assert "etapes.lues" not in member.audited()


# The file of `add_structure`: activated, candidate recruited, dossier accepted, convention signed, contract unsigned.
def test_what_the_file_proves_and_what_is_declared_are_told_apart(member):
    member.prove(ONE)
    text = member.say("où j'en suis ?", "etape_position")
    assert "l'étape 5 sur 8 pour le poste 1 (Léo Marin 1)" in text
    assert "Dans votre dossier : étapes 1, 2, 3 et 4 faites." in text
    member.say("c'est fait")
    text = member.say("où j'en suis ?")
    assert "Dans votre dossier : étapes 1, 2, 3 et 4 faites." in text
    assert "Ce que vous avez déclaré : étape 5 faite." in text
    # Contract from 1 February, 15 days: training by the 16th, and today is 2 March.
    assert "devait avoir lieu le 16 février 2026 au plus tard, il y a 14 jours" in text
    assert member.states == ["done"] * 5 + ["current", "late", "todo"]


def test_what_is_declared_is_kept_for_another_conversation(member, engine, clock):
    member.prove(ONE)
    member.say("étape 5")
    member.say("c'est fait")
    member.say("il est parti en formation le 10 février 2026")
    other = Member(engine, clock, "c2").prove(ONE)
    text = other.say("où j'en suis ?", "etape_position")
    assert "déclaré : étape 5 faite" in text
    # Departure on 10 February + 1 month: 10 March, 8 days after 2 March.
    assert "tranche 1 (20 %) : prévue le 10 mars 2026, dans 8 jours" in text
    assert "l'étape 6 sur 8" in text


def test_a_declaration_taken_back_is_forgotten(member):
    member.prove(ONE)
    member.say("étape 5")
    member.say("c'est fait")
    assert member.rows()[5].etat == "faite"
    member.say("l'étape 5 n'est pas faite")
    assert member.rows()[5].etat == "en_cours"


def test_what_the_file_proves_is_never_written_as_declared(member):
    member.prove(ONE)
    member.say("je commence", "etape_start")
    member.say("étape 6 faite")
    assert {number for number, row in member.rows().items() if row.etat == "faite"} == {6}


def test_several_postes_are_asked_for_and_kept_apart(member):
    member.prove(TWO)
    assert "2 postes" in member.say("où j'en suis ?", "etape_position")
    assert "pour le poste 2 (Léo Marin 2)" in member.press("Poste 2")
    member.say("étape 5 faite")
    assert member.rows(TWO, 2)[5].etat == "faite"
    assert member.rows(TWO, 1) == {}
    assert "pour le poste 1" in member.say("poste 1")
    assert "étape 5 faite" not in member.say("où j'en suis ?")


def test_the_command_that_waited_for_a_poste_is_carried_out(member):
    member.prove(TWO)
    member.say("étape 7")
    assert "Étape 7 sur 8" in member.say("le 2")


def test_a_poste_that_does_not_exist_is_asked_again(member):
    member.prove(TWO)
    member.say("je commence", "etape_start")
    assert "2 postes" in member.say("poste 9")


def test_a_closed_session_shows_and_writes_nothing_more(member):
    member.prove(ONE)
    member.say("je commence", "etape_start")
    member.leave()
    text = member.say("où j'en suis ?")
    assert "dossier" not in text
    assert "Léo" not in text
    before = member.rows()
    member.say("étape 7 faite")
    assert member.rows() == before


def test_a_silent_session_ends(member):
    member.prove(ONE)
    member.say("je commence", "etape_start")
    member.now += timedelta(minutes=31)
    assert "Dans votre dossier" not in member.say("où j'en suis ?")


def test_reading_and_declaring_are_in_the_audit_log(member):
    member.prove(ONE)
    member.say("où j'en suis ?", "etape_position")
    assert "etapes.lues" in member.audited()
    assert "etapes.declarees" not in member.audited()
    member.say("c'est fait")
    assert "etapes.declarees" in member.audited()


def test_the_progress_of_a_visitor_is_back_after_leaving(member):
    member.say("je commence", "etape_start")
    member.say("étapes 1 à 2 faites")
    member.prove(ONE)
    assert "Ce que vous avez déclaré" not in member.say("où j'en suis ?")
    member.leave()
    assert "étapes 1 et 2 faites" in member.say("où j'en suis ?")


def test_a_day_kept_is_read_back(member):
    member.prove(ONE)
    member.say("étape 7")
    member.say("il part en formation le 20 mars 2026")
    assert member.rows()[7].fait_le == date(2026, 3, 20)
