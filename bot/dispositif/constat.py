"""What a structure's file proves of the eight steps of one poste. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.dispositif.dossier import (
    EtatCandidature,
    EtatDossier,
    EtatStructure,
    EtatVersement,
    Poste,
    Structure,
)
from bot.dispositif.etapes import Constat, Jalon

# The application was met, kept, recruited: each proves those before it.
_MET = frozenset({EtatCandidature.ENTRETIEN, EtatCandidature.VALIDEE, EtatCandidature.RECRUTEE})
_KEPT = frozenset({EtatCandidature.VALIDEE, EtatCandidature.RECRUTEE})
_TRANCHES = frozenset({1, 2, 3})


def constat_of(structure: Structure, poste: Poste, today: date) -> Constat:
    """The steps that the file proves done, the dates it knows, the tranches paid or planned.

    A step is proven by what ends it: the activation (1), an interview (2), a candidate kept (3), the acceptance of the
    dossier (4), the registration (5), both signatures (6), the end of the training (7), the three tranches paid (8).
    """
    versements = {v.rang: v.verse_le for v in poste.versements if v.verse_le and v.etat is EtatVersement.VERSE}
    prevus = {v.rang: v.prevu_le for v in poste.versements if v.prevu_le}
    return Constat(frozenset(_done(structure, poste, today, versements)), _dates(structure, poste), versements, prevus)


def _done(structure: Structure, poste: Poste, today: date, versements: Iterable[int]) -> Iterable[int]:
    states = {candidature.etat for candidature in poste.candidatures}
    contrat = poste.contrats[0] if poste.contrats else None
    convention = poste.convention
    proofs = {
        1: structure.etat is EtatStructure.ACTIVEE,
        2: bool(states & _MET),
        3: bool(states & _KEPT),
        4: poste.dossier is not None and poste.dossier.etat is EtatDossier.ACCEPTE,
        5: any(formation.inscrit_le or formation.debut for formation in poste.formations),
        6: bool(convention and convention.signee_le and contrat and contrat.signe_le),
        7: any(formation.fin and formation.fin <= today for formation in poste.formations),
        8: set(versements) >= _TRANCHES,
    }
    return (number for number, proven in proofs.items() if proven)


def _dates(structure: Structure, poste: Poste) -> dict[Jalon, date]:
    # A later contract or training is that of a replacement; the delays and tranches follow the first.
    contrat = poste.contrats[-1] if poste.contrats else None
    departures = [formation.debut for formation in poste.formations if formation.debut]
    found = {
        Jalon.VALIDATION: structure.comite_le or structure.activee_le,
        Jalon.DEPOT: poste.dossier.depose_le if poste.dossier else None,
        Jalon.DEBUT_CONTRAT: contrat.debut if contrat else None,
        Jalon.DEPART_FORMATION: min(departures, default=None),
    }
    return {jalon: day for jalon, day in found.items() if day}
