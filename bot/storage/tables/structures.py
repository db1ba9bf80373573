"""Structures and everything their files are made of: postes, dossiers, conventions, contrats, formations, versements.

States are text, listed with their French labels in `bot/dispositif/dossier.py`. Dates are days, as people write them.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata


def _key(table: str, ondelete: str = "CASCADE", **options) -> sa.Column:
    """The column `<singular>_id` of another table, always indexed: a file is read by following them."""
    singular = {"dossiers_subvention": "dossier"}.get(table, table.removesuffix("s"))
    return sa.Column(f"{singular}_id", sa.ForeignKey(f"{table}.id", ondelete=ondelete), **options)


structures = sa.Table(
    "structures",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("siret", sa.String(14), nullable=False, unique=True),
    sa.Column("nom", sa.String(200), nullable=False),
    sa.Column("type", sa.String(24), nullable=False),
    # "63", "2A", "974".
    sa.Column("departement", sa.String(3), nullable=False),
    # The structure's own application to the scheme (step 1).
    sa.Column("etat", sa.String(24), nullable=False),
    sa.Column("inscrite_le", sa.Date),
    sa.Column("avis_prefecture_le", sa.Date),
    sa.Column("comite_le", sa.Date),
    sa.Column("activee_le", sa.Date),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "departement"),
)

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("structures", nullable=False),
    sa.Column("prenom", sa.String(80), nullable=False),
    sa.Column("nom", sa.String(80), nullable=False),
    sa.Column("fonction", sa.String(80)),
    sa.Column("email", sa.String(254), nullable=False),
    sa.UniqueConstraint("structure_id", "email"),
)

dossiers_subvention = sa.Table(
    "dossiers_subvention",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("structures", nullable=False, index=True),
    # The file's number on Démarches simplifiées.
    sa.Column("numero_ds", sa.BigInteger, nullable=False, unique=True),
    sa.Column("etat", sa.String(24), nullable=False),
    sa.Column("depose_le", sa.Date),
    sa.Column("pieces_demandees_le", sa.Date),
    sa.Column("decide_le", sa.Date),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

conventions = sa.Table(
    "conventions",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("dossiers_subvention", nullable=False, unique=True),
    sa.Column("envoyee_le", sa.Date),
    sa.Column("signee_structure_le", sa.Date),
    # Signed by both sides: the convention holds from then on.
    sa.Column("signee_le", sa.Date),
    sa.Column("debut", sa.Date),
    sa.Column("fin", sa.Date),
)

postes = sa.Table(
    "postes",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("structures", nullable=False),
    # 1, 2, 3… within its structure: what people call « le poste 2 ».
    sa.Column("numero", sa.SmallInteger, nullable=False),
    sa.Column("etat", sa.String(24), nullable=False),
    sa.Column("attribue_le", sa.Date),
    # One dossier may ask for several postes.
    _key("dossiers_subvention", ondelete="SET NULL", index=True),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("structure_id", "numero"),
)

candidatures = sa.Table(
    "candidatures",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("postes", nullable=False, index=True),
    sa.Column("candidat", sa.String(160), nullable=False),
    sa.Column("etat", sa.String(24), nullable=False),
    sa.Column("proposee_le", sa.Date),
    sa.Column("entretien_le", sa.Date),
    sa.Column("validee_le", sa.Date),
)

conseillers = sa.Table(
    "conseillers",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("structures", nullable=False, index=True),
    sa.Column("prenom", sa.String(80), nullable=False),
    sa.Column("nom", sa.String(80), nullable=False),
    sa.Column("email", sa.String(254), unique=True),
    sa.Column("parti_le", sa.Date),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

contrats = sa.Table(
    "contrats",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("postes", nullable=False, index=True),
    _key("conseillers", nullable=False, index=True),
    sa.Column("type", sa.String(16), nullable=False),
    sa.Column("debut", sa.Date),
    # None for a CDI.
    sa.Column("fin", sa.Date),
    sa.Column("signe_le", sa.Date),
    sa.Column("transmis_le", sa.Date),
    sa.Column("rompu_le", sa.Date),
)

formations = sa.Table(
    "formations",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("postes", nullable=False, index=True),
    _key("conseillers", ondelete="SET NULL", index=True),
    sa.Column("organisme", sa.String(120), nullable=False),
    sa.Column("heures", sa.SmallInteger),
    sa.Column("inscrit_le", sa.Date),
    sa.Column("debut", sa.Date),
    sa.Column("fin", sa.Date),
    sa.Column("certification_le", sa.Date),
)

versements = sa.Table(
    "versements",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _key("postes", nullable=False),
    # 1, 2 or 3.
    sa.Column("rang", sa.SmallInteger, nullable=False),
    sa.Column("montant_centimes", sa.BigInteger, nullable=False),
    sa.Column("prevu_le", sa.Date),
    sa.Column("verse_le", sa.Date),
    sa.Column("etat", sa.String(16), nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("poste_id", "rang"),
)

# What a structure says it has done, step by step; what the file proves is never written here.
etape_progress = sa.Table(
    "etape_progress",
    metadata,
    _key("postes", primary_key=True),
    # 1 to 8.
    sa.Column("etape", sa.SmallInteger, primary_key=True, autoincrement=False),
    # "faite", "passee" (skipped) or "en_cours".
    sa.Column("etat", sa.String(16), nullable=False),
    # The day it was done, when the structure gave one.
    sa.Column("fait_le", sa.Date),
    sa.Column("declared_at", UtcDateTime, nullable=False),
)
