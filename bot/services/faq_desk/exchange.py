"""Entries as a spreadsheet (CSV or XLSX), there and back without loss; what a file would change is said first."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reference.faq import THEMES
from bot.reference.yaml_files import ReferenceError
from bot.services.faq_desk.content import Content, fingerprint_of, question_of_entry
from bot.services.faq_desk.place import FaqDeskError

COLUMNS = (
    "cle",
    "theme",
    "titre",
    "reponse",
    "evolution",
    "sources",
    "valide_au",
    "verifie_le",
    "faits",
    "voir_aussi",
    "exemples",
)
_REQUIRED = ("cle", "theme", "titre", "reponse", "sources", "valide_au", "verifie_le", "exemples")
MAX_ROWS = 5000
MAX_BYTES = 10_000_000
# A spreadsheet would run a cell that begins with one of these.
_FORMULA = ("=", "+", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """What a row of the file would do: create, change, nothing, or an error."""

    number: int
    key: str
    outcome: str
    problem: str = ""
    entry: Mapping[str, Any] | None = None


def to_csv(content: Content) -> bytes:
    """For spreadsheets in French: semicolons, and a mark of UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(content):
        writer.writerow([_harmless(value) for value in row])
    return "\ufeff".encode() + stream.getvalue().encode()


def to_xlsx(content: Content) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "FAQ"
    sheet.append(COLUMNS)
    for row in _rows(content):
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            # Text, even when it looks like a formula.
            cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHIJK", (28, 14, 40, 80, 50, 50, 12, 12, 16, 30, 90)):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "B2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_rows(name: str, data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV or XLSX file, by column.

    Raises:
        FaqDeskError: unreadable, too long, or columns are missing.
    """
    if len(data) > MAX_BYTES:
        raise FaqDeskError("Le fichier dépasse 10 Mo.")
    table = _xlsx_table(data) if name.lower().endswith(".xlsx") else _csv_table(data)
    if not table:
        raise FaqDeskError("Le fichier est vide.")
    header = [str(cell or "").strip().lower() for cell in table[0]]
    missing = [column for column in _REQUIRED if column not in header]
    if missing:
        raise FaqDeskError(f"Il manque les colonnes : {', '.join(missing)}.")
    if len(table) > MAX_ROWS + 1:
        raise FaqDeskError(f"Le fichier dépasse {MAX_ROWS} lignes.")
    rows = []
    for cells in table[1:]:
        values = {column: _text(cell) for column, cell in zip(header, cells) if column in COLUMNS}
        rows.append({column: values.get(column, "") for column in COLUMNS})
    return rows


def plan(content: Content, rows: Sequence[Mapping[str, str]]) -> list[Line]:
    """What each row would do; nothing is written."""
    entries = content.entries()
    lines: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if not any(row.values()):
            continue
        key = row["cle"].strip()
        try:
            if not re.fullmatch(r"[a-z][a-z0-9_]{2,59}", key):
                raise FaqDeskError("clé absente ou mal écrite (minuscules, chiffres et « _ »).")
            if key in seen:
                raise FaqDeskError("cette clé est déjà plus haut dans le fichier.")
            seen.add(key)
            entry = _entry(row)
            question_of_entry(key, entry)
        except (FaqDeskError, ReferenceError, ValueError) as error:
            lines.append(Line(number, key, "erreur", str(error)))
            continue
        current = entries.get(key)
        if current is None:
            lines.append(Line(number, key, "nouvelle", entry=entry))
        elif fingerprint_of(current) == fingerprint_of(entry):
            lines.append(Line(number, key, "inchangée", entry=entry))
        else:
            changed = [name for name in (*COLUMNS[1:],) if (current.get(name) or None) != (entry.get(name) or None)]
            lines.append(Line(number, key, "modifiée", ", ".join(changed), entry))
    return lines


def applied(content: Content, lines: Sequence[Line]) -> Content:
    """Raises FaqDeskError when a row is wrong: all or nothing."""
    wrong = [line for line in lines if line.outcome == "erreur"]
    if wrong:
        raise FaqDeskError(f"{len(wrong)} ligne(s) à corriger : rien n'est importé.")
    for line in lines:
        if line.outcome in ("nouvelle", "modifiée"):
            content = content.with_entry(line.key, line.entry)
    return content


def _rows(content: Content) -> list[list[str]]:
    return [
        [
            key,
            entry["theme"],
            entry.get("titre", ""),
            entry.get("reponse", ""),
            entry.get("evolution", ""),
            "\n".join(_source_text(source) for source in entry.get("sources") or ()),
            entry.get("valide_au", ""),
            entry.get("verifie_le", ""),
            ", ".join(entry.get("faits") or ()),
            ", ".join(entry.get("voir_aussi") or ()),
            "\n".join(entry["exemples"]),
        ]
        for key, entry in content.entries().items()
    ]


def _entry(row: Mapping[str, str]) -> dict[str, Any]:
    if row["theme"] not in THEMES:
        raise FaqDeskError(f"thème inconnu : « {row['theme']} ».")
    entry: dict[str, Any] = {
        "theme": row["theme"],
        "titre": row["titre"],
        "reponse": row["reponse"],
        "evolution": row["evolution"],
        "sources": [source_of(line) for line in row["sources"].splitlines() if line.strip()],
        "valide_au": row["valide_au"][:10],
        "verifie_le": row["verifie_le"][:10],
        "faits": [item.strip() for item in row["faits"].split(",") if item.strip()],
        "voir_aussi": [item.strip() for item in row["voir_aussi"].split(",") if item.strip()],
        "exemples": [line.strip() for line in row["exemples"].splitlines() if line.strip()],
    }
    return {name: value for name, value in entry.items() if value or name == "exemples"}


def _source_text(source: Mapping[str, Any]) -> str:
    if "guide" in source:
        pages = source["guide"] if isinstance(source["guide"], list) else [source["guide"]]
        return f"guide:{','.join(map(str, pages))}" + (f" | {source['section']}" if source.get("section") else "")
    parts = [str(source.get("article", "")), str(source.get("url", "")), str(source.get("date") or "")]
    return " | ".join(parts if parts[2] else parts[:2])


def source_of(line: str) -> dict[str, Any]:
    """The inverse of what an export writes: « guide:5,7 | Section » or « Titre | adresse | date ».

    Raises:
        FaqDeskError: neither.
    """
    name, *rest = [part.strip() for part in line.split(" | ")] if " | " in line else [line.strip()]
    if name.lower().startswith("guide:"):
        pages = [int(page) for page in re.findall(r"\d+", name)]
        if not pages:
            raise FaqDeskError(f"source sans page : « {line} ».")
        return {"guide": pages, **({"section": " | ".join(rest)} if rest else {})}
    urls = [index for index, part in enumerate(rest) if re.match(r"https?://\S+$", part)]
    if not urls:
        raise FaqDeskError(
            f"source illisible : « {line} » (attendu : « guide:5 | Section » ou « Titre | https://… | date »)."
        )
    title = " | ".join([name, *rest[: urls[0]]])
    dated = " | ".join(rest[urls[0] + 1 :])
    return {"article": title, "url": rest[urls[0]], **({"date": dated} if dated else {})}


def _csv_table(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise FaqDeskError(f"CSV illisible : {error}.") from None


def _xlsx_table(data: bytes) -> list[list[Any]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as error:  # noqa: BLE001 -- any broken file
        raise FaqDeskError(f"Fichier XLSX illisible ({type(error).__name__}).") from None


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    text = str(cell).replace("\r\n", "\n").strip()
    # Put there by `_harmless`.
    return text[1:] if text.startswith("'") and text[1:2] in _FORMULA else text


def _harmless(value: str) -> str:
    return "'" + value if value.startswith(_FORMULA) else value
