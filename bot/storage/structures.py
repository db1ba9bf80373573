"""Reads structures with their files, and writes them one row at a time (import, demo, console)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif import dossier as domain
from bot.storage import tables as t


class StructureRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, structure_id: int) -> domain.Structure | None:
        return self._one(t.structures.c.id == structure_id)

    def by_siret(self, siret: str) -> domain.Structure | None:
        return self._one(t.structures.c.siret == siret)

    def count(self) -> int:
        return self._connection.execute(sa.select(sa.func.count()).select_from(t.structures)).scalar_one()

    def contact_by_email(self, structure_id: int, email: str) -> domain.Contact | None:
        row = self._connection.execute(
            sa.select(t.contacts).where(t.contacts.c.structure_id == structure_id, t.contacts.c.email == email.lower())
        ).one_or_none()
        return _contact(row) if row else None

    def fiche(self, structure_id: int) -> domain.Fiche | None:
        """The whole file, in seven queries."""
        structure = self.get(structure_id)
        if structure is None:
            return None
        contacts = self._connection.execute(
            sa.select(t.contacts).where(t.contacts.c.structure_id == structure_id).order_by(t.contacts.c.id)
        )
        return domain.Fiche(structure, tuple(_contact(row) for row in contacts), self._postes(structure_id))

    def poste_ids(self, structure_id: int) -> dict[int, int]:
        """The id of each poste, by its number."""
        rows = self._connection.execute(
            sa.select(t.postes.c.numero, t.postes.c.id).where(t.postes.c.structure_id == structure_id)
        )
        return {row.numero: row.id for row in rows}

    def insert(self, table: sa.Table, **values: Any) -> int:
        """Adds a row and returns its id; enumerations are stored by value."""
        return self._connection.execute(table.insert().values(**_plain(values))).inserted_primary_key[0]

    def update(self, table: sa.Table, row_id: int, **values: Any) -> None:
        self._connection.execute(table.update().where(table.c.id == row_id).values(**_plain(values)))

    def _postes(self, structure_id: int) -> tuple[domain.Poste, ...]:
        rows = self._connection.execute(
            sa.select(t.postes, *_prefixed(t.dossiers_subvention, "d"), *_prefixed(t.conventions, "c"))
            .outerjoin(t.dossiers_subvention, t.dossiers_subvention.c.id == t.postes.c.dossier_id)
            .outerjoin(t.conventions, t.conventions.c.dossier_id == t.dossiers_subvention.c.id)
            .where(t.postes.c.structure_id == structure_id)
            .order_by(t.postes.c.numero)
        ).all()
        candidatures = self._of_postes(t.candidatures, structure_id, t.candidatures.c.id)
        contrats = self._contrats(structure_id)
        formations = self._of_postes(t.formations, structure_id, t.formations.c.id.desc())
        versements = self._of_postes(t.versements, structure_id, t.versements.c.rang)
        return tuple(
            domain.Poste(
                id=row.id,
                numero=row.numero,
                etat=domain.EtatPoste(row.etat),
                attribue_le=row.attribue_le,
                dossier=_dossier(row) if row.d_id else None,
                convention=_convention(row) if row.c_id else None,
                candidatures=tuple(_candidature(item) for item in candidatures[row.id]),
                contrats=tuple(contrats[row.id]),
                formations=tuple(_formation(item) for item in formations[row.id]),
                versements=tuple(_versement(item) for item in versements[row.id]),
            )
            for row in rows
        )

    def _of_postes(self, table: sa.Table, structure_id: int, order: Any) -> dict[int, list[Row]]:
        rows = self._connection.execute(
            sa.select(table)
            .join(t.postes, t.postes.c.id == table.c.poste_id)
            .where(t.postes.c.structure_id == structure_id)
            .order_by(order)
        )
        grouped: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            grouped[row.poste_id].append(row)
        return grouped

    def _contrats(self, structure_id: int) -> dict[int, list[domain.Contrat]]:
        rows = self._connection.execute(
            sa.select(t.contrats, *_prefixed(t.conseillers, "k"))
            .join(t.postes, t.postes.c.id == t.contrats.c.poste_id)
            .join(t.conseillers, t.conseillers.c.id == t.contrats.c.conseiller_id)
            .where(t.postes.c.structure_id == structure_id)
            .order_by(t.contrats.c.id.desc())
        )
        grouped: dict[int, list[domain.Contrat]] = defaultdict(list)
        for row in rows:
            grouped[row.poste_id].append(_contrat(row))
        return grouped

    def _one(self, condition: Any) -> domain.Structure | None:
        row = self._connection.execute(sa.select(t.structures).where(condition)).one_or_none()
        return _structure(row) if row else None


class ConseillerRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, structure_id: int, prenom: str, nom: str, email: str | None, now: datetime) -> domain.Conseiller:
        values = {"structure_id": structure_id, "prenom": prenom, "nom": nom, "email": email.lower() if email else None}
        result = self._connection.execute(t.conseillers.insert().values(**values, created_at=now))
        return domain.Conseiller(result.inserted_primary_key[0], **values)

    def get(self, conseiller_id: int) -> domain.Conseiller | None:
        return self._one(t.conseillers.c.id == conseiller_id)

    def by_email(self, email: str) -> domain.Conseiller | None:
        return self._one(t.conseillers.c.email == email.lower())

    def of_structure(self, structure_id: int) -> list[domain.Conseiller]:
        rows = self._connection.execute(
            sa.select(t.conseillers).where(t.conseillers.c.structure_id == structure_id).order_by(t.conseillers.c.id)
        )
        return [_conseiller(row) for row in rows]

    def _one(self, condition: Any) -> domain.Conseiller | None:
        row = self._connection.execute(sa.select(t.conseillers).where(condition)).one_or_none()
        return _conseiller(row) if row else None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in values.items()}


def _prefixed(table: sa.Table, prefix: str) -> list[Any]:
    return [column.label(f"{prefix}_{column.name}") for column in table.c]


def _structure(row: Row) -> domain.Structure:
    return domain.Structure(
        id=row.id,
        siret=row.siret,
        nom=row.nom,
        type=domain.TypeStructure(row.type),
        departement=row.departement,
        etat=domain.EtatStructure(row.etat),
        inscrite_le=row.inscrite_le,
        avis_prefecture_le=row.avis_prefecture_le,
        comite_le=row.comite_le,
        activee_le=row.activee_le,
    )


def _contact(row: Row) -> domain.Contact:
    return domain.Contact(row.id, row.structure_id, row.prenom, row.nom, row.fonction, row.email)


def _dossier(row: Row) -> domain.DossierSubvention:
    return domain.DossierSubvention(
        id=row.d_id,
        numero_ds=row.d_numero_ds,
        etat=domain.EtatDossier(row.d_etat),
        depose_le=row.d_depose_le,
        pieces_demandees_le=row.d_pieces_demandees_le,
        decide_le=row.d_decide_le,
    )


def _convention(row: Row) -> domain.Convention:
    return domain.Convention(
        id=row.c_id,
        envoyee_le=row.c_envoyee_le,
        signee_structure_le=row.c_signee_structure_le,
        signee_le=row.c_signee_le,
        debut=row.c_debut,
        fin=row.c_fin,
    )


def _candidature(row: Row) -> domain.Candidature:
    return domain.Candidature(
        id=row.id,
        candidat=row.candidat,
        etat=domain.EtatCandidature(row.etat),
        proposee_le=row.proposee_le,
        entretien_le=row.entretien_le,
        validee_le=row.validee_le,
    )


def _conseiller(row: Row) -> domain.Conseiller:
    return domain.Conseiller(row.id, row.structure_id, row.prenom, row.nom, row.email, row.parti_le)


def _contrat(row: Row) -> domain.Contrat:
    return domain.Contrat(
        id=row.id,
        type=domain.TypeContrat(row.type),
        conseiller=domain.Conseiller(
            row.k_id, row.k_structure_id, row.k_prenom, row.k_nom, row.k_email, row.k_parti_le
        ),
        debut=row.debut,
        fin=row.fin,
        signe_le=row.signe_le,
        transmis_le=row.transmis_le,
        rompu_le=row.rompu_le,
    )


def _formation(row: Row) -> domain.Formation:
    return domain.Formation(
        id=row.id,
        organisme=row.organisme,
        conseiller_id=row.conseiller_id,
        heures=row.heures,
        inscrit_le=row.inscrit_le,
        debut=row.debut,
        fin=row.fin,
        certification_le=row.certification_le,
    )


def _versement(row: Row) -> domain.Versement:
    return domain.Versement(
        id=row.id,
        rang=row.rang,
        montant_centimes=row.montant_centimes,
        etat=domain.EtatVersement(row.etat),
        prevu_le=row.prevu_le,
        verse_le=row.verse_le,
    )
