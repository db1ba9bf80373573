"""The calculation as files: a PDF to print, a calendar of the dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from icalendar import Alarm, Calendar, Event

from bot.dispositif.calcul_subvention import calculate
from bot.dispositif.francais.dates import spoken
from bot.dispositif.francais.montants import euros
from bot.dispositif.subvention import Bareme, Calcul
from bot.reference.subvention import load_bareme
from bot.services.subvention.demande import Demande
from bot.services.subvention.redaction import describe, table_of

_MARGIN = 20


def subvention_pdf(data: Mapping[str, Any]) -> bytes:
    """One page: what was asked, the total, the tranches, how it was computed, what is uncertain, the sources."""
    request, outcome, bareme, today = _again(data)
    pdf = FPDF(format="A4")
    # Standard fonts with the euro sign: no font file to carry, and French fits.
    pdf.core_fonts_encoding = "windows-1252"
    pdf.set_lang("fr")
    pdf.set_title("Subvention Conseiller numérique : estimation")
    pdf.set_creator("Assistant Conseiller numérique France Services")
    # The same request makes the same file.
    pdf.set_creation_date(datetime.combine(today, time(12), timezone.utc))
    pdf.set_margin(_MARGIN)
    pdf.add_page()
    _line(pdf, "Subvention Conseiller numérique", size=18, bold=True)
    _line(
        pdf, f"Estimation faite le {spoken(today)} par l'assistant. Ce document n'engage pas l'administration.", size=10
    )
    _title(pdf, "Votre situation")
    _line(pdf, describe(request))
    _title(pdf, "Total")
    totals = [euros(sum(outcome.annees))] if outcome.annees else [euros(v.total) for v in outcome.variantes]
    _line(pdf, " ou ".join(totals) if totals else "Montant inconnu", size=14, bold=True)
    table = table_of(outcome)
    if table:
        _title(pdf, table["caption"])
        _table(pdf, table)
    if outcome.explication:
        _title(pdf, "Calcul")
        for line in outcome.explication:
            _line(pdf, line)
    if outcome.avertissements or outcome.refus:
        _title(pdf, "À savoir")
        for notice in (*outcome.refus, *outcome.avertissements):
            _line(pdf, f"- {notice.phrase}")
    if outcome.sources:
        _title(pdf, "Sources")
        for key in outcome.sources:
            _line(pdf, f"- {bareme.sources[key].title}")
    return bytes(pdf.output())


def subvention_calendar(data: Mapping[str, Any]) -> bytes:
    """One whole-day event a tranche, with a reminder a week before."""
    request, outcome, _bareme, today = _again(data)
    calendar = Calendar()
    calendar.add("prodid", "-//Assistant Conseiller numerique France Services//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Subvention Conseiller numérique")
    stamp = datetime.combine(today, time(12), timezone.utc)
    for index, first in enumerate(outcome.variantes[0].tranches if outcome.variantes else ()):
        if first.jour is None:
            continue
        amounts = " ou ".join(dict.fromkeys(euros(v.tranches[index].montant or 0) for v in outcome.variantes))
        event = Event()
        event.add("summary", f"Subvention CNFS : tranche {first.rang} ({amounts})")
        event.add("description", f"{describe(request)}. {first.pour_cent} % de la subvention. Date théorique.")
        event.add("dtstart", first.jour)
        event.add("dtend", first.jour + timedelta(days=1))
        event.add("dtstamp", stamp)
        postes = "-".join(map(str, first.postes))
        event.add("uid", f"subvention-{first.jour.isoformat()}-{first.rang}-{postes}-{first.montant}@cnfs")
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Tranche {first.rang} de la subvention dans une semaine")
        alarm.add("trigger", timedelta(days=-7))
        event.add_component(alarm)
        calendar.add_component(event)
    return calendar.to_ical()


def _again(data: Mapping[str, Any]) -> tuple[Demande, Calcul, Bareme, date]:
    """The calculation as it was shown: same request, same day, same amounts."""
    today = date.fromisoformat(data["jour"])
    request, bareme = Demande.from_json(dict(data["demande"])), load_bareme(today)
    return request, calculate(request.situation(), bareme, today), bareme, today


def _latin(text: str) -> str:
    """What the standard fonts can draw; anything else becomes a question mark."""
    return text.replace("\u202f", " ").encode("cp1252", errors="replace").decode("cp1252")


def _title(pdf: FPDF, text: str) -> None:
    pdf.ln(3)
    _line(pdf, text, size=12, bold=True)


def _line(pdf: FPDF, text: str, size: int = 11, bold: bool = False) -> None:
    pdf.set_font("Helvetica", style="B" if bold else "", size=size)
    pdf.multi_cell(0, size * 0.5, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(pdf: FPDF, content: Mapping[str, Any]) -> None:
    pdf.set_font("Helvetica", size=10)
    with pdf.table(headings_style=FontFace(emphasis="B"), line_height=7) as drawn:
        for row in (content["headers"], *content["rows"]):
            line = drawn.row()
            for cell in row:
                line.cell(_latin(cell))
