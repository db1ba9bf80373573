"""Who writes, as far as it is proven, and the file that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.dispositif.access import Kind
from bot.dispositif.conversation import Conversation
from bot.dispositif.dossier import Fiche, Poste
from bot.dispositif.personnel import Staff
from bot.services.access.sessions import SessionRules
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

Rows = list[tuple[str, str]]
_METHODS = {
    "jeton": "le site de la structure l'a identifiée",
    "code": "SIRET et code à usage unique",
    "invitation": "invitation personnelle",
}


@dataclass(frozen=True)
class KnownPerson:
    """What the desk may show: rows about the person, then one section a poste."""

    rows: Rows
    sections: list[tuple[str, Rows]]


def identity_of(
    uow: UnitOfWork, conversation: Conversation, rules: SessionRules, staff: Staff, now: datetime
) -> KnownPerson | None:
    """None unless the person is proven now: a declared SIRET is no proof. Reading a file is written in the audit log."""
    identity = uow.identities.get(conversation.channel, conversation.external_id or conversation.id)
    if identity is None:
        return None
    if identity.kind is Kind.CONSEILLER:
        conseiller = uow.conseillers.get(identity.conseiller_id)
        if conseiller is None:
            return None
        structure = uow.structures.get(conseiller.structure_id)
        rows = [
            ("Conseiller", f"{conseiller.prenom} {conseiller.nom}"),
            ("Prouvé par", _METHODS[identity.method.value]),
        ]
        if structure:
            rows.insert(1, ("Structure", structure.nom))
        return KnownPerson(rows, [])
    fiche = uow.structures.fiche(identity.structure_id) if identity.is_live(now, rules.inactivity) else None
    if fiche is None:
        return None
    uow.audit.write(
        Actor("agent", str(staff.id)), "dossier.lu", "structure", identity.structure_id, now, conversation.id
    )
    contact = next((one for one in fiche.contacts if one.id == identity.contact_id), None)
    return KnownPerson(_about(fiche, contact, _METHODS[identity.method.value]), [_poste(one) for one in fiche.postes])


def _about(fiche: Fiche, contact, proof: str) -> Rows:
    structure = fiche.structure
    rows = [
        ("Structure", structure.nom),
        ("SIRET", structure.siret),
        ("Type", structure.type.label),
        ("État", structure.etat.label),
        ("Prouvé par", proof),
    ]
    if contact:
        rows.insert(
            0, ("Personne", f"{contact.prenom} {contact.nom}" + (f", {contact.fonction}" if contact.fonction else ""))
        )
    return rows


def _poste(poste: Poste) -> tuple[str, Rows]:
    rows: Rows = [("Attribué", _day(poste.attribue_le))]
    if poste.dossier:
        rows += [
            ("Dossier", f"n° {poste.dossier.numero_ds}, {poste.dossier.etat.label}"),
            ("Déposé", _day(poste.dossier.depose_le)),
        ]
    if poste.convention:
        rows += [("Convention signée", _day(poste.convention.signee_le))]
    rows += [("Candidature", f"{one.candidat}, {one.etat.label}") for one in poste.candidatures]
    rows += [
        ("Contrat", f"{one.conseiller.prenom} {one.conseiller.nom}, {one.type.label}, {_period(one.debut, one.fin)}")
        for one in poste.contrats
    ]
    rows += [("Formation", f"{one.organisme}, {_period(one.debut, one.fin)}") for one in poste.formations]
    rows += [
        (f"Versement {one.rang}", f"{one.montant_centimes / 100:.2f} €, {one.etat.label}".replace(".", ","))
        for one in poste.versements
    ]
    return f"Poste {poste.numero} : {poste.etat.label}", _known(rows)


def _known(rows: Iterable[tuple[str, str]]) -> Rows:
    return [(name, value) for name, value in rows if value != "–"]


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else "–"


def _period(start: date | None, end: date | None) -> str:
    return f"du {_day(start)} au {_day(end)}"
