"""Where a poste stands in the eight steps: what is done, what is late, what comes next, whom to contact. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from bot.dispositif.dossier import (
    Contrat,
    EtatCandidature,
    EtatDossier,
    EtatPoste,
    EtatStructure,
    EtatVersement,
    Formation,
    Poste,
    Structure,
)
from bot.dispositif.francais.dates import spoken

ETAPES = (
    "Inscription et instruction de la candidature",
    "Recherche de candidats",
    "Entretien et validation d'un candidat",
    "Demande de subvention",
    "Inscription en formation",
    "Signature de la convention et du contrat",
    "Départ en formation et accueil",
    "Suivi de l'activité et versements",
)


@dataclass(frozen=True)
class Delais:
    recrutement_mois: int
    instruction_jours: int
    # Between the start of the contract and the departure for training.
    formation_jours: int


class Interlocuteur(str, Enum):
    """Whom to contact; the words and addresses are the caller's."""

    EQUIPE = "equipe"
    DEMARCHES_SIMPLIFIEES = "demarches_simplifiees"
    ORGANISME = "organisme"
    ESPACE_STRUCTURE = "espace_structure"


@dataclass(frozen=True)
class Situation:
    """`etape`: 1 to 8, the first one not done; `etats`: done, current, late or todo, one a step."""

    etape: int
    etats: tuple[str, ...]
    prochaine: str
    interlocuteur: Interlocuteur
    retards: tuple[str, ...] = ()


def contrat_courant(poste: Poste, today: date) -> Contrat | None:
    """The contract that runs now or will start."""
    return next((contrat for contrat in poste.contrats if not contrat.is_over(today)), None)


def formation_courante(poste: Poste, today: date) -> Formation | None:
    """The training of the present conseiller, or the latest one when nobody holds the poste."""
    contrat = contrat_courant(poste, today)
    if contrat:
        own = [f for f in poste.formations if f.conseiller_id in (None, contrat.conseiller.id)]
        return own[0] if own else None
    if poste.contrats:
        return None
    return poste.formations[0] if poste.formations else None


def is_active(poste: Poste) -> bool:
    return poste.etat is EtatPoste.ACTIF


def situation(structure: Structure, poste: Poste, delais: Delais, today: date) -> Situation:
    done = _done(structure, poste, today)
    etape = next((number for number, is_done in enumerate(done, start=1) if not is_done), 8)
    retards = _retards(structure, poste, delais, today)
    etats = tuple(
        ("late" if retards else "current") if number == etape else "done" if is_done else "todo"
        for number, is_done in enumerate(done, start=1)
    )
    prochaine, interlocuteur = _prochaine(structure, poste, delais, etape, today)
    return Situation(etape, etats, prochaine, interlocuteur, retards)


def add_months(day: date, months: int) -> date:
    """Same day of the month, or its last one (art. 641 of the code of civil procedure)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _done(structure: Structure, poste: Poste, today: date) -> list[bool]:
    contrat, formation = contrat_courant(poste, today), formation_courante(poste, today)
    states = {candidature.etat for candidature in poste.candidatures}
    chosen = bool(contrat) or EtatCandidature.VALIDEE in states
    convention = poste.convention
    return [
        structure.etat is EtatStructure.ACTIVEE,
        chosen or EtatCandidature.ENTRETIEN in states,
        chosen,
        poste.dossier is not None and poste.dossier.etat is EtatDossier.ACCEPTE,
        formation is not None and formation.inscrit_le is not None,
        bool(convention and convention.signee_le and contrat and contrat.signe_le),
        bool(formation and formation.debut and formation.debut <= today),
        False,
    ]


def _retards(structure: Structure, poste: Poste, delais: Delais, today: date) -> tuple[str, ...]:
    if not is_active(poste):
        return ()
    retards: list[str] = []
    contrat, formation = contrat_courant(poste, today), formation_courante(poste, today)
    has_candidate = contrat or any(c.etat is EtatCandidature.VALIDEE for c in poste.candidatures)
    since = poste.attribue_le or structure.activee_le
    if since and not has_candidate and not poste.contrats:
        limit = add_months(since, delais.recrutement_mois)
        if limit < today:
            retards.append(f"le recrutement devait se faire avant le {spoken(limit)}")
    if contrat and contrat.debut:
        limit = contrat.debut + timedelta(days=delais.formation_jours)
        has_left = formation and formation.debut and formation.debut <= limit
        if limit < today and not has_left and not (formation and formation.debut and formation.debut <= today):
            retards.append(f"le départ en formation devait avoir lieu au plus tard le {spoken(limit)}")
    for versement in poste.versements:
        if versement.etat in (EtatVersement.PREVU, EtatVersement.DEMANDE) and (versement.prevu_le or today) < today:
            retards.append(f"la tranche {versement.rang} était prévue le {spoken(versement.prevu_le)}")
    return tuple(retards)


def _prochaine(
    structure: Structure, poste: Poste, delais: Delais, etape: int, today: date
) -> tuple[str, Interlocuteur]:
    ds, equipe = Interlocuteur.DEMARCHES_SIMPLIFIEES, Interlocuteur.EQUIPE
    espace, organisme = Interlocuteur.ESPACE_STRUCTURE, Interlocuteur.ORGANISME
    if poste.etat is EtatPoste.RENDU:
        return "rien, ce poste a été rendu", equipe
    if poste.etat is EtatPoste.RETIRE:
        return "rien, ce poste a été retiré", equipe
    if etape == 1:
        return _first_step(structure)
    if etape == 2:
        if any(contrat.is_over(today) for contrat in poste.contrats):
            return "recruter un remplaçant : le poste est vacant", espace
        return "choisir des candidats dans votre espace et les recevoir", espace
    if etape == 3:
        return "valider le candidat retenu dans votre espace (« Valider cette candidature »)", espace
    if etape == 4:
        return _grant_step(poste, delais, today)
    if etape == 5:
        return "inscrire le conseiller auprès de l'organisme de formation", organisme
    if etape == 6:
        return _signature_step(poste, today)
    formation = formation_courante(poste, today)
    if etape == 7:
        if formation and formation.debut:
            return f"départ en formation le {spoken(formation.debut)}", organisme
        return "fixer la date de départ en formation avec l'organisme", organisme
    coming = [v for v in poste.versements if v.etat is not EtatVersement.VERSE]
    if formation and formation.fin and formation.fin >= today:
        return f"fin de la formation le {spoken(formation.fin)}, puis prise de fonctions", organisme
    if coming and coming[0].prevu_le:
        was = "prévu" if coming[0].prevu_le >= today else "qui était prévu"
        return f"versement de la tranche {coming[0].rang}, {was} le {spoken(coming[0].prevu_le)}", ds
    return "suivre l'activité du conseiller par ses comptes rendus (CRA)", espace


def _first_step(structure: Structure) -> tuple[str, Interlocuteur]:
    equipe = Interlocuteur.EQUIPE
    words = {
        EtatStructure.INSCRITE: "avis de la préfecture, puis comité de sélection ; vous n'avez rien à faire",
        EtatStructure.AVIS_RENDU: "décision du comité de sélection, annoncée par courriel",
        EtatStructure.REFUSEE: "rien : votre candidature n'a pas été retenue",
        EtatStructure.ANNULEE: "rien : votre candidature a été retirée",
    }
    return words.get(structure.etat, "activation de votre candidature"), equipe


def _grant_step(poste: Poste, delais: Delais, today: date) -> tuple[str, Interlocuteur]:
    ds = Interlocuteur.DEMARCHES_SIMPLIFIEES
    dossier = poste.dossier
    if dossier is None:
        return "déposer la demande de subvention sur Démarches simplifiées", Interlocuteur.ESPACE_STRUCTURE
    if dossier.etat is EtatDossier.BROUILLON:
        return "terminer et déposer votre dossier, encore en brouillon", ds
    if dossier.etat in (EtatDossier.REFUSE, EtatDossier.SANS_SUITE):
        return "lire le motif dans la messagerie de votre dossier", ds
    if dossier.pieces_demandees_le:
        asked = spoken(dossier.pieces_demandees_le)
        return f"répondre à la demande de pièces du {asked}", ds
    if dossier.depose_le:
        earliest = dossier.depose_le + timedelta(days=delais.instruction_jours)
        if earliest >= today:
            return f"décision sur votre dossier, pas avant le {spoken(earliest)} (3 semaines au moins)", ds
        return "décision sur votre dossier ; le minimum de 3 semaines est passé, vous pouvez relancer", ds
    return "décision sur votre dossier", ds


def _signature_step(poste: Poste, today: date) -> tuple[str, Interlocuteur]:
    ds = Interlocuteur.DEMARCHES_SIMPLIFIEES
    convention, contrat = poste.convention, contrat_courant(poste, today)
    if convention is None or not convention.envoyee_le:
        return "réception de la convention envoyée par la Banque des Territoires", ds
    if not convention.signee_structure_le and not convention.signee_le:
        return "compléter et signer la convention que vous avez reçue", ds
    if contrat is None or not contrat.signe_le:
        return "signer le contrat de travail, avant le départ en formation", Interlocuteur.ESPACE_STRUCTURE
    if not contrat.transmis_le:
        return "transmettre le contrat signé à la Banque des Territoires", ds
    return "signature de la convention par la Banque des Territoires", ds
