"""Reads CSV exports (structures, postes, dossiers, versements) into the database, all or nothing.

Idempotent: a row is found again by its key (SIRET; SIRET and number; file number; …) and updated, never doubled. The
format is in docs/import-des-structures.md, which a test compares with `FILES`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from bot.dispositif import dossier as d
from bot.services.access.siret import read_siret
from bot.services.import_fields import (
    FieldProblem,
    read_amount,
    read_choice,
    read_date,
    read_department,
    read_number,
    read_text,
)
from bot.storage import tables as t
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

MAX_ERRORS = 200
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """A column of a file: its name, how a cell is read, whether a cell may be empty."""

    name: str
    read: Reader
    required: bool = False


@dataclass(frozen=True)
class RowError:
    """`line`: as a spreadsheet numbers it, the header being line 1."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = f"ligne {self.line}" + (f", colonne « {self.column} »" if self.column else "")
        return f"{where} : {self.sentence}"


@dataclass
class Report:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.added + self.updated + self.unchanged


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the text is a French sentence that says what to do."""


def _siret(cell: str) -> str:
    read = read_siret(cell)
    if read.value is None:
        raise FieldProblem(read.problem or "")
    return read.value


def _enum(values: type[Enum]) -> Reader:
    return read_choice({value.value: value.label for value in values})


def _dates(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, read_date) for name in names)


_SIRET = Column("siret", _siret, required=True)
_POSTE = Column("poste", read_number(1, 999), required=True)

FILES: Mapping[str, tuple[Column, ...]] = {
    "structures": (
        _SIRET,
        Column("nom", read_text(200), required=True),
        Column("type", _enum(d.TypeStructure), required=True),
        Column("departement", read_department, required=True),
        Column("etat", _enum(d.EtatStructure), required=True),
        *_dates("inscrite_le", "avis_prefecture_le", "comite_le", "activee_le"),
    ),
    "dossiers": (
        _SIRET,
        Column("numero_ds", read_number(1, 10**12), required=True),
        Column("etat", _enum(d.EtatDossier), required=True),
        *_dates("depose_le", "pieces_demandees_le", "decide_le"),
    ),
    "postes": (
        _SIRET,
        _POSTE,
        Column("etat", _enum(d.EtatPoste), required=True),
        Column("attribue_le", read_date),
        Column("numero_ds", read_number(1, 10**12)),
    ),
    "versements": (
        _SIRET,
        _POSTE,
        Column("rang", read_number(1, 3), required=True),
        Column("montant", read_amount, required=True),
        Column("etat", _enum(d.EtatVersement), required=True),
        *_dates("prevu_le", "verse_le"),
    ),
}


def import_csv(
    uow: UnitOfWork,
    kind: str,
    content: bytes,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Imports a file of `FILES[kind]` in one transaction; nothing is written when a row is wrong, or with `dry_run`.

    Raises:
        UnreadableFile: not CSV, unknown encoding, missing or unknown columns.
    """
    rows = list(_rows(kind, content))
    importer = _Importer(uow, kind, now)
    total = len(rows)
    for done, (line, cells) in enumerate(rows, start=1):
        importer.take(line, cells)
        progress(done, total)
        if len(importer.report.errors) >= MAX_ERRORS:
            break
    if dry_run or importer.report.errors:
        return importer.report
    uow.audit.write(actor, f"import.{kind}", "import", None, now)
    uow.commit()
    return importer.report


def _rows(kind: str, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    text = _decoded(content)
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise UnreadableFile("Le fichier est vide. La première ligne doit donner le nom des colonnes.")
    delimiter = max(";,\t", key=lines[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    known = [column.name for column in FILES[kind]]
    try:
        header = [name.strip().lower() for name in next(reader)]
        _check_header(kind, header, known)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(header) - len(cells))]
                yield reader.line_num, dict(zip(header, padded, strict=False))
    except csv.Error:
        raise UnreadableFile(
            f"La ligne {reader.line_num} n'est pas du CSV : un guillemet n'est sans doute pas fermé."
        ) from None


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise UnreadableFile("Ce n'est pas un fichier CSV. Depuis un tableur : « Enregistrer sous », CSV UTF-8.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("Encodage inconnu. Enregistrez le fichier en CSV UTF-8.")


def _check_header(kind: str, header: list[str], known: list[str]) -> None:
    missing = [column.name for column in FILES[kind] if column.required and column.name not in header]
    unknown = [name for name in header if name not in known]
    doubled = {name for name in header if header.count(name) > 1}
    problems = []
    if missing:
        problems.append("il manque : " + ", ".join(missing))
    if unknown:
        problems.append("inconnues : " + ", ".join(name or "(sans nom)" for name in unknown))
    if doubled:
        problems.append("en double : " + ", ".join(sorted(doubled)))
    if problems:
        raise UnreadableFile(
            f"Colonnes du fichier « {kind} » : {' ; '.join(problems)}. Attendues : {', '.join(known)}."
        )


class _Importer:
    """Takes rows one at a time; what they refer to is read once for the whole file."""

    def __init__(self, uow: UnitOfWork, kind: str, now: datetime) -> None:
        self._uow, self._kind, self._now = uow, kind, now
        self._columns = FILES[kind]
        self._seen: dict[tuple, int] = {}
        self.report = Report()
        read = uow.connection.execute
        self._structures = {r.siret: r.id for r in read(sa.select(t.structures.c.siret, t.structures.c.id))}
        self._postes: dict[tuple[int, int], int] = {}
        self._dossiers: dict[int, tuple[int, int]] = {}
        if kind in ("postes", "versements"):
            rows = read(sa.select(t.postes.c.structure_id, t.postes.c.numero, t.postes.c.id))
            self._postes = {(r.structure_id, r.numero): r.id for r in rows}
        if kind in ("postes", "dossiers"):
            rows = read(sa.select(t.dossiers_subvention))
            self._dossiers = {r.numero_ds: (r.id, r.structure_id) for r in rows}
        self._existing = self._index()

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        values = self._read(line, cells)
        if values is None:
            return
        try:
            table, key, stored = getattr(self, f"_{self._kind}_row")(values)
        except FieldProblem as problem:
            self.report.errors.append(RowError(line, "", str(problem)))
            return
        first = self._seen.setdefault(key, line)
        if first != line:
            sentence = f"même ligne que la {first} : gardez-en une seule."
            self.report.errors.append(RowError(line, "", sentence))
            return
        self._store(table, key, stored)

    def _read(self, line: int, cells: Mapping[str, str]) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        count = len(self.report.errors)
        for column in self._columns:
            if column.name not in cells:
                continue
            cell = cells[column.name].strip()
            if not cell:
                values[column.name] = None
                if column.required:
                    self.report.errors.append(RowError(line, column.name, "cette case ne peut pas être vide."))
                continue
            try:
                values[column.name] = column.read(cell)
            except FieldProblem as problem:
                self.report.errors.append(RowError(line, column.name, str(problem)))
        return values if len(self.report.errors) == count else None

    def _structures_row(self, values: dict[str, Any]) -> tuple[sa.Table, tuple, dict[str, Any]]:
        _in_order(values, "inscrite_le", "avis_prefecture_le", "comite_le", "activee_le")
        return t.structures, (values["siret"],), values

    def _dossiers_row(self, values: dict[str, Any]) -> tuple[sa.Table, tuple, dict[str, Any]]:
        structure_id = self._structure(values.pop("siret"))
        _in_order(values, "depose_le", "decide_le")
        known = self._dossiers.get(values["numero_ds"])
        if known and known[1] != structure_id:
            raise FieldProblem(f"le dossier {values['numero_ds']} appartient déjà à une autre structure.")
        return t.dossiers_subvention, (values["numero_ds"],), {**values, "structure_id": structure_id}

    def _postes_row(self, values: dict[str, Any]) -> tuple[sa.Table, tuple, dict[str, Any]]:
        structure_id = self._structure(values.pop("siret"))
        numero = values.pop("poste")
        if "numero_ds" in values:
            number = values.pop("numero_ds")
            dossier = self._dossiers.get(number) if number else None
            if number and (dossier is None or dossier[1] != structure_id):
                raise FieldProblem(f"le dossier {number} n'existe pas pour cette structure : importez-le d'abord.")
            values["dossier_id"] = dossier[0] if dossier else None
        return t.postes, (structure_id, numero), {**values, "structure_id": structure_id, "numero": numero}

    def _versements_row(self, values: dict[str, Any]) -> tuple[sa.Table, tuple, dict[str, Any]]:
        structure_id = self._structure(values.pop("siret"))
        numero = values.pop("poste")
        poste_id = self._postes.get((structure_id, numero))
        if poste_id is None:
            raise FieldProblem(f"cette structure n'a pas de poste {numero} : importez les postes d'abord.")
        is_paid = values["etat"] == d.EtatVersement.VERSE.value
        if "verse_le" in values and is_paid != (values["verse_le"] is not None):
            raise FieldProblem("« verse_le » doit être rempli quand l'état est « verse », et seulement alors.")
        values["montant_centimes"] = values.pop("montant")
        return t.versements, (poste_id, values["rang"]), {**values, "poste_id": poste_id}

    def _structure(self, siret: str) -> int:
        if siret not in self._structures:
            raise FieldProblem("aucune structure n'a ce SIRET : importez les structures d'abord.")
        return self._structures[siret]

    def _index(self) -> dict[tuple, Mapping[str, Any]]:
        """The rows already there, by key: one read for the whole file."""
        table, key = {
            "structures": (t.structures, ("siret",)),
            "dossiers": (t.dossiers_subvention, ("numero_ds",)),
            "postes": (t.postes, ("structure_id", "numero")),
            "versements": (t.versements, ("poste_id", "rang")),
        }[self._kind]
        rows = self._uow.connection.execute(sa.select(table)).mappings()
        return {tuple(row[name] for name in key): row for row in rows}

    def _store(self, table: sa.Table, key: tuple, values: dict[str, Any]) -> None:
        known = self._existing.get(key)
        if known is None:
            self._uow.structures.insert(table, **values, updated_at=self._now)
            self.report.added += 1
        elif all(known[name] == value for name, value in values.items()):
            self.report.unchanged += 1
        else:
            self._uow.structures.update(table, known["id"], **values, updated_at=self._now)
            self.report.updated += 1


def _in_order(values: Mapping[str, Any], *names: str) -> None:
    """Dates of one life follow one another."""
    days: list[tuple[str, date]] = [(name, values[name]) for name in names if values.get(name)]
    for (before, first), (after, second) in zip(days, days[1:], strict=False):
        if second < first:
            raise FieldProblem(f"« {after} » ({second:%d/%m/%Y}) précède « {before} » ({first:%d/%m/%Y}).")
