"""A conseiller's reports as a table for a spreadsheet: the V1 fields, then the columns the Coop (V2) would want.

The columns are documented for conseillers in docs/export-cra.md; a test compares that page with this module.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.dispositif.nomenclature_cra import Nomenclature
from bot.reference.cra import load_nomenclature
from bot.services.link_conseiller import linked_conseiller
from bot.storage.cra import FiledCra
from bot.storage.unit_of_work import UnitOfWork

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# A cell that starts with one of these would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(nomenclature: Nomenclature) -> list[str]:
    """The headers, in order."""
    return [
        "Numéro",
        "Date",
        "Enregistré le",
        "Activité",
        "Participants",
        "Déjà accompagnés",
        "Durée (minutes)",
        "Durée V1",
        "Canal",
        "Lieu",
        "Code postal",
        "Commune",
        "Thèmes",
        "Précision",
        *(band.label for band in nomenclature.ages.values()),
        *(value.label for value in nomenclature.statuts.values()),
        "Suites",
        "Réorientations",
        "V2 type",
        "V2 lieu",
        "V2 thématiques",
        "V2 structures de redirection",
    ]


def rows(reports: Iterable[FiledCra], nomenclature: Nomenclature) -> Iterable[list[Any]]:
    """One row a report, in the order of `columns`; dates are dates, numbers are numbers."""
    for filed in reports:
        cra = filed.cra
        themes = [nomenclature.themes[code] for code in cra.themes if code in nomenclature.themes]
        organismes = [nomenclature.organismes[code] for code in cra.organismes if code in nomenclature.organismes]
        yield [
            filed.id,
            cra.date,
            filed.created_at.date(),
            nomenclature.activites[cra.activite].label,
            cra.nb_participants,
            cra.nb_recurrents,
            cra.duree_minutes,
            nomenclature.v1_duration(cra.duree_minutes),
            nomenclature.canaux[cra.canal].label,
            cra.lieu,
            cra.code_postal,
            cra.commune,
            " ; ".join([*(theme.label for theme in themes), *cra.sous_themes]),
            cra.annotation,
            *(cra.ages.get(code, 0) for code in nomenclature.ages),
            *(cra.statuts.get(code, 0) for code in nomenclature.statuts),
            _counted({nomenclature.suites[code].label: count for code, count in cra.suite.items()}),
            _counted(cra.organismes),
            nomenclature.activites[cra.activite].v2,
            nomenclature.canaux[cra.canal].v2,
            " ; ".join(dict.fromkeys(theme.v2 for theme in themes if theme.v2)),
            " ; ".join(dict.fromkeys(value.v2 for value in organismes if value.v2)),
        ]


def to_csv(reports: Iterable[FiledCra], nomenclature: Nomenclature) -> bytes:
    """Semicolons and a byte-order mark: what a French spreadsheet opens with a double click."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(columns(nomenclature))
    for row in rows(reports, nomenclature):
        writer.writerow([cell.strftime("%d/%m/%Y") if isinstance(cell, date) else _harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def to_xlsx(reports: Iterable[FiledCra], nomenclature: Nomenclature) -> bytes:
    """One sheet, its header frozen and filterable."""
    book = Workbook()
    sheet = book.active
    sheet.title = "CRA"
    headers = columns(nomenclature)
    sheet.append(headers)
    for row in rows(reports, nomenclature):
        sheet.append([_harmless(cell) for cell in row])
    for index, header in enumerate(headers, start=1):
        cell = sheet.cell(1, index)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="000091")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(index)].width = 28 if header in ("Thèmes", "V2 thématiques") else 14
    for column in ("B", "C"):
        for cell in sheet[column][1:]:
            cell.number_format = "DD/MM/YYYY"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def export_attachment(uow: UnitOfWork, data: Mapping[str, Any], conversation_id: str) -> tuple[bytes, str]:
    """`data`: `format` ("csv" or "xlsx"), `since` and `until` (ISO dates, both included).

    Made for whoever is linked to the conversation now, never for the one it was offered to before.

    Raises:
        PermissionError: nobody is linked to this conversation.
    """
    conseiller = linked_conseiller(uow, conversation_id)
    if conseiller is None:
        raise PermissionError("cra.export")
    since, until = (date.fromisoformat(data[name]) for name in ("since", "until"))
    reports = uow.cras.of_conseiller(conseiller.id, since, until)
    nomenclature = load_nomenclature()
    if data["format"] == "csv":
        return to_csv(reports, nomenclature), CSV
    return to_xlsx(reports, nomenclature), XLSX


def _counted(counts: Mapping[str, int | None]) -> str:
    """« CAF (2) ; mairie »."""
    return " ; ".join(f"{name} ({count})" if count else str(name) for name, count in counts.items())


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
