from datetime import date

import pytest

from bot.dispositif import dossier as d
from bot.dispositif.francais.dates import spoken
from bot.dispositif.situation import Delais, Interlocuteur, add_months, situation

TODAY = date(2026, 3, 2)
DELAIS = Delais(1, 21, 15)
ACTIVE = d.Structure(1, "0", "S", d.TypeStructure.COMMUNE, "63", d.EtatStructure.ACTIVEE, activee_le=date(2026, 2, 20))
PERSON = d.Conseiller(1, 1, "Léa", "Sorel")


def poste(**changes):
    return d.Poste(**{"id": 1, "numero": 1, "etat": d.EtatPoste.ACTIF, **changes})


def where(p, structure=ACTIVE):
    return situation(structure, p, DELAIS, TODAY)


def contrat(**changes):
    return d.Contrat(
        **{"id": 1, "type": d.TypeContrat.CDI, "conseiller": PERSON, "debut": date(2026, 2, 25), **changes}
    )


def test_one_month_to_recruit_then_it_is_late():
    # 31 January + 1 month = 28 February.
    on_time = poste(attribue_le=date(2026, 2, 2))
    late = poste(attribue_le=date(2026, 1, 31))
    assert where(on_time).retards == ()
    assert where(late).retards == ("le recrutement devait se faire avant le 28 février 2026",)
    assert where(late).etats[1] == "late"


def test_a_chosen_candidate_is_a_recruitment():
    chosen = d.Candidature(1, "Léa", d.EtatCandidature.VALIDEE)
    assert where(poste(attribue_le=date(2025, 1, 1), candidatures=(chosen,))).retards == ()
    assert where(poste(attribue_le=date(2025, 1, 1), candidatures=(chosen,))).etape == 4


def test_three_weeks_of_instruction_are_a_minimum_not_a_delay():
    chosen = (d.Candidature(1, "Léa", d.EtatCandidature.VALIDEE),)
    recent = d.DossierSubvention(1, 9, d.EtatDossier.EN_INSTRUCTION, depose_le=date(2026, 2, 9))
    old = d.DossierSubvention(1, 9, d.EtatDossier.EN_INSTRUCTION, depose_le=date(2026, 2, 8))
    # 9 February + 21 days = 2 March, today.
    assert "pas avant le 2 mars 2026" in where(poste(candidatures=chosen, dossier=recent)).prochaine
    assert "relancer" in where(poste(candidatures=chosen, dossier=old)).prochaine
    assert where(poste(candidatures=chosen, dossier=old)).retards == ()
    assert where(poste(candidatures=chosen, dossier=old)).interlocuteur is Interlocuteur.DEMARCHES_SIMPLIFIEES


def test_training_starts_within_fifteen_days_of_the_contract():
    # 15 February + 15 days = 2 March: still on time; one day earlier is late.
    assert where(poste(contrats=(contrat(debut=date(2026, 2, 15)),))).retards == ()
    late = where(poste(contrats=(contrat(debut=date(2026, 2, 14)),)))
    assert late.retards == ("le départ en formation devait avoir lieu au plus tard le 1er mars 2026",)


def test_a_payment_is_late_the_day_after_its_date():
    due = d.Versement(1, 1, 800_000, d.EtatVersement.PREVU, prevu_le=TODAY)
    overdue = d.Versement(1, 1, 800_000, d.EtatVersement.DEMANDE, prevu_le=date(2026, 3, 1))
    paid = d.Versement(1, 1, 800_000, d.EtatVersement.VERSE, prevu_le=date(2026, 3, 1))
    assert where(poste(versements=(due,))).retards == ()
    assert where(poste(versements=(overdue,))).retards == ("la tranche 1 était prévue le 1er mars 2026",)
    assert where(poste(versements=(paid,))).retards == ()


def test_after_a_breach_the_poste_is_to_be_filled_again():
    left = contrat(rompu_le=date(2026, 2, 27))
    result = where(poste(contrats=(left,)))
    assert result.etape == 2 and "remplaçant" in result.prochaine


@pytest.mark.parametrize("etat", [d.EtatPoste.RENDU, d.EtatPoste.RETIRE])
def test_a_poste_given_back_is_never_late(etat):
    overdue = d.Versement(1, 1, 1, d.EtatVersement.PREVU, prevu_le=date(2020, 1, 1))
    result = where(poste(etat=etat, attribue_le=date(2020, 1, 1), versements=(overdue,)))
    assert result.retards == () and result.prochaine.startswith("rien")


def test_months_end_on_the_last_day_when_the_day_does_not_exist():
    assert add_months(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2021, 12, 1), 1) == date(2022, 1, 1)


def test_dates_are_said_in_french():
    assert spoken(date(2026, 4, 1)) == "1er avril 2026"
    assert spoken(date(2026, 8, 12)) == "12 août 2026"
