"""What a file proves of the eight steps: a step counts when what ends it is there, not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.dispositif.constat import constat_of
from bot.dispositif.dossier import (
    Candidature,
    Conseiller,
    Contrat,
    Convention,
    DossierSubvention,
    EtatCandidature,
    EtatDossier,
    EtatPoste,
    EtatStructure,
    EtatVersement,
    Formation,
    Poste,
    Structure,
    TypeContrat,
    TypeStructure,
    Versement,
)
from bot.dispositif.etapes import Jalon

TODAY = date(2022, 10, 1)
LINA = Conseiller(1, 1, "Lina", "Morel")
STRUCTURE = Structure(
    1, "00000000000018", "Fictive", TypeStructure.ASSOCIATION, "63", EtatStructure.ACTIVEE, activee_le=date(2022, 3, 8)
)
EMPTY = Poste(1, 1, EtatPoste.ACTIF)


def done(poste, structure=STRUCTURE, today=TODAY):
    return constat_of(structure, poste, today).done


def test_an_application_is_proven_by_the_activation_only():
    assert done(EMPTY) == {1}
    assert done(EMPTY, replace(STRUCTURE, etat=EtatStructure.AVIS_RENDU)) == frozenset()


@pytest.mark.parametrize(
    ("etat", "proven"),
    [
        (EtatCandidature.PROPOSEE, {1}),
        (EtatCandidature.ECARTEE, {1}),
        (EtatCandidature.ENTRETIEN, {1, 2}),
        (EtatCandidature.VALIDEE, {1, 2, 3}),
        (EtatCandidature.RECRUTEE, {1, 2, 3}),
    ],
)
def test_an_application_of_a_candidate_proves_up_to_its_state(etat, proven):
    assert done(replace(EMPTY, candidatures=(Candidature(1, "X", etat),))) == proven


@pytest.mark.parametrize(
    ("etat", "proven"), [(EtatDossier.EN_INSTRUCTION, {1}), (EtatDossier.ACCEPTE, {1, 4}), (EtatDossier.REFUSE, {1})]
)
def test_the_request_is_proven_by_its_acceptance(etat, proven):
    assert done(replace(EMPTY, dossier=DossierSubvention(1, 7, etat))) == proven


def test_signatures_are_proven_by_both():
    contrat = Contrat(1, TypeContrat.CDI, LINA, signe_le=date(2022, 3, 20))
    convention = Convention(1, signee_le=date(2022, 3, 22))
    assert 6 not in done(replace(EMPTY, contrats=(contrat,)))
    assert 6 not in done(replace(EMPTY, contrats=(contrat,), convention=Convention(1, envoyee_le=date(2022, 3, 21))))
    assert 6 in done(replace(EMPTY, contrats=(contrat,), convention=convention))


@pytest.mark.parametrize(("today", "proven"), [(date(2022, 6, 30), {1, 5, 7}), (date(2022, 6, 29), {1, 5})])
def test_welcome_is_proven_on_the_last_day_of_training(today, proven):
    formation = Formation(1, "Organisme", debut=date(2022, 4, 4), fin=date(2022, 6, 30))
    assert done(replace(EMPTY, formations=(formation,)), today=today) == proven


def paid(rang, etat=EtatVersement.VERSE):
    return Versement(rang, rang, 100, etat, verse_le=date(2022, 9, rang) if etat is EtatVersement.VERSE else None)


def test_the_end_is_proven_by_three_payments_made():
    assert 8 in done(replace(EMPTY, versements=(paid(1), paid(2), paid(3))))
    assert 8 not in done(replace(EMPTY, versements=(paid(1), paid(2), paid(3, EtatVersement.DEMANDE))))


def test_dates_are_those_of_the_first_conseiller_even_after_a_replacement():
    contrats = (
        Contrat(2, TypeContrat.CDI, LINA, debut=date(2022, 9, 1)),
        Contrat(1, TypeContrat.CDD, LINA, debut=date(2022, 4, 1), rompu_le=date(2022, 7, 1)),
    )
    formations = (Formation(2, "B", debut=date(2022, 9, 12)), Formation(1, "A", debut=date(2022, 4, 4)))
    dates = constat_of(STRUCTURE, replace(EMPTY, contrats=contrats, formations=formations), TODAY).dates
    assert dates == {
        Jalon.VALIDATION: date(2022, 3, 8),
        Jalon.DEBUT_CONTRAT: date(2022, 4, 1),
        Jalon.DEPART_FORMATION: date(2022, 4, 4),
    }
