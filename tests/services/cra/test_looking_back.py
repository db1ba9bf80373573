"""Lists, figures and exports of what was filed, in words and with buttons."""

from dataclasses import replace
from datetime import date

import pytest

from bot.dispositif.cra import Cra
from bot.services.attachments import ATTACHMENTS
from bot.storage.unit_of_work import UnitOfWork
from tests.services.cra.conftest import INDIVIDUAL, WORKSHOP
from tests.services.cra.talk import Talk


@pytest.fixture
def talk(sqlite_engine, clock):
    """Seven reports: a workshop each day of 20–25 February 2026 but one in January, and an individual on 2 March."""
    talk = Talk(sqlite_engine, clock)
    days = [date(2026, 1, 15), *(date(2026, 2, day) for day in range(20, 25))]
    put(talk, *(replace(WORKSHOP, date=day) for day in days), replace(INDIVIDUAL, date=date(2026, 3, 2)))
    return talk


def put(talk: Talk, *reports: Cra) -> None:
    with UnitOfWork(talk.engine) as uow:
        for cra in reports:
            draft = uow.cra_drafts.add(talk.conseiller.id, cra, talk.clock())
            uow.cras.add(talk.conseiller.id, talk.conseiller.structure_id, cra, draft.id, talk.clock())
            uow.cra_drafts.remove(draft.id)
        uow.commit()


def test_the_list_is_paged_with_the_latest_first(talk):
    said = talk.write("/list_cra", "list_cra")
    assert "1 à 5 sur 7" in said and said.index("lundi 2 mars") < said.index("24 février")
    assert "6 à 7 sur 7" in talk.press("Suivants")
    assert "1 à 5 sur 7" in talk.press("Précédents")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("mes CRA de février", 5),
        ("montre-moi mes comptes rendus de janvier sur les mails", 1),
        ("mes cra individuels", 1),
        ("mes cra depuis le 24 février", 2),
        ("mes cra du 20 au 22 février", 3),
        ("mes cra sur les impôts", 1),
        ("mes cra à domicile", 0),
    ],
)
def test_filters_in_words(talk, words, count):
    said = talk.write(words)
    assert f"sur {count}." in said if count else said.startswith("Aucun compte rendu")


def test_filters_with_buttons_add_up(talk):
    talk.write("/list_cra", "list_cra")
    talk.press("Filtrer")
    assert "sur 5." in talk.press("Mois dernier")
    talk.press("Filtrer")
    assert talk.press("Accompagnement individuel").startswith("Aucun compte rendu")


def test_open_correct_and_undo(talk):
    talk.write("mes cra de janvier")
    talk.press("n° 1")
    assert "Tout y est" in talk.press("Corriger")
    assert "J'enregistre la correction" in talk.write("en fait 1h30")
    assert talk.press("Confirmer").startswith("C'est corrigé")
    assert len(talk.filed()) == 7 and talk.filed()[-1].duree_minutes == 90
    assert "comme avant" in talk.press("Annuler la correction")
    assert talk.filed()[-1].duree_minutes == 120


def test_delete_with_confirmation_and_undo(talk):
    talk.write("mes cra de janvier")
    talk.press("n° 1")
    assert talk.press("Supprimer").startswith("Supprimer ce compte rendu ?")
    assert len(talk.filed()) == 7
    sure = dict(talk.buttons)
    talk.press("Oui, supprimer")
    assert len(talk.filed()) == 6
    undo = dict(talk.buttons)
    talk.buttons = sure
    assert "est supprimé" in talk.press("Oui, supprimer")
    talk.buttons = undo
    assert "rétabli" in talk.press("Annuler la suppression")
    assert len(talk.filed()) == 7


def test_nobody_opens_the_report_of_another(talk, sqlite_engine, clock):
    from tests.services.telegram_people import linked_chat

    chat, other = linked_chat(sqlite_engine, clock(), chat_id="700000002", prenom="Sacha")
    stranger = Talk(sqlite_engine, clock, chat, other)
    talk.write("mes cra de janvier")
    stranger.buttons = talk.buttons
    assert "n'existe pas" in stranger.press("n° 1")
    assert "aucun compte rendu" in stranger.write("/list_cra", "list_cra")


def test_figures_of_this_month_then_of_another_period(talk):
    said = talk.write("/show_cra_statistics", "show_cra_statistics")
    assert "Vos chiffres pour mars 2026" in said and "1 compte rendu, 1 h d'accompagnement" in said
    # Five workshops of 8 people, 2 of them known: 5 × 6 = 30 people, 5 × 2 h = 10 h.
    said = talk.press("Mois dernier")
    assert (
        "5 comptes rendus, 10 h d'accompagnement" in said and "30 personnes accompagnées (et 10 déjà connues)" in said
    )
    assert talk.says[0].extra["bars"]["rows"][0] == {"label": "Courriels", "value": 5}


def test_figures_in_words(talk):
    said = talk.write("mes statistiques depuis janvier")
    assert "7 comptes rendus" in said
    months = talk.says[-1].extra["bars"]["rows"]
    assert [row["value"] for row in months] == [8, 40, 1]
    assert "Aucun compte rendu pour avril 2025" in talk.write("mes stats en avril")


def test_the_export_is_two_documents_of_the_very_period(talk):
    talk.write("exporte mes cra de février")
    excel, csv = talk.says[0].extra["attachments"]
    with UnitOfWork(talk.engine, writes=False) as uow:
        content, media = ATTACHMENTS[csv["kind"]](uow, csv["data"], talk.chat)
    assert media.startswith("text/csv") and len(content.decode("utf-8-sig").strip().splitlines()) == 1 + 5
    assert excel["filename"] == "cra-2026-02-01-2026-02-28.xlsx"


def test_looking_back_in_the_middle_of_a_draft_keeps_it(talk):
    talk.write("hier atelier de 2h avec 8 retraités sur les mails")
    assert "sur 7" in talk.write("mes cra")
    assert talk.context.active == "cra"
    assert "Courriels" in talk.write("1h30") and talk.drafts()[0].cra.duree_minutes == 90
