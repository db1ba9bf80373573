"""How a report reads on a phone: the card of a draft, the one line of a filed report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.dispositif.cra import Cra, spoken_duration
from bot.dispositif.francais.dates import WEEKDAYS, spoken
from bot.dispositif.nomenclature_cra import Nomenclature


def lines_of(cra: Cra, nomenclature: Nomenclature) -> list[str]:
    """One line a field that is known."""
    lines = []
    if cra.date:
        lines.append(f"Date : {day_of(cra.date)}")
    if cra.activite:
        lines.append(f"Activité : {nomenclature.activites[cra.activite].label}")
    if cra.nb_participants is not None:
        known = f", dont {cra.nb_recurrents} déjà accompagnés" if cra.nb_recurrents else ""
        lines.append(f"Participants : {cra.nb_participants}{known}")
    if cra.duree_minutes:
        lines.append(f"Durée : {spoken_duration(cra.duree_minutes)}")
    if cra.themes:
        lines.append(f"Thèmes : {', '.join(theme_labels(cra, nomenclature))}")
    if where := place_of(cra, nomenclature):
        lines.append(f"Lieu : {where}")
    if cra.statuts:
        lines.append(f"Statuts : {counted({nomenclature.statuts[c].label: n for c, n in cra.statuts.items()})}")
    if cra.ages:
        lines.append(f"Âges : {counted({nomenclature.ages[c].label: n for c, n in cra.ages.items()})}")
    if cra.suite:
        lines.append(f"Suites : {counted({nomenclature.suites[c].label: n for c, n in cra.suite.items()})}")
    if cra.organismes:
        lines.append(f"Réorientation : {counted(cra.organismes)}")
    if cra.annotation:
        lines.append(f"Précision : {cra.annotation}")
    return lines


def card_of(cra: Cra, nomenclature: Nomenclature, title: str) -> str:
    lines = lines_of(cra, nomenclature)
    return "\n".join([title, *(f"- {line}" for line in lines)])


def summary_of(cra: Cra, nomenclature: Nomenclature) -> str:
    """« dimanche 1er mars 2026, atelier collectif, 8 participants, 2 h, Courriels, Riom » (a complete report)."""
    people = f"{cra.nb_participants} participant{'s' if cra.nb_participants and cra.nb_participants > 1 else ''}"
    label = nomenclature.activites[cra.activite].label if cra.activite else ""
    activity = label[:1].lower() + label[1:]
    parts = [
        day_of(cra.date) if cra.date else "",
        activity,
        people,
        spoken_duration(cra.duree_minutes) if cra.duree_minutes else "",
        ", ".join(theme_labels(cra, nomenclature)),
        cra.lieu or cra.commune or "",
    ]
    return ", ".join(part for part in parts if part)


def day_of(day: date) -> str:
    """« lundi 2 mars 2026 »."""
    return f"{WEEKDAYS[day.weekday()]} {spoken(day)}"


def place_of(cra: Cra, nomenclature: Nomenclature) -> str:
    town = " ".join(filter(None, (cra.commune, f"({cra.code_postal})" if cra.code_postal else None)))
    canal = nomenclature.canaux[cra.canal].label if cra.canal else ""
    return ", ".join(part for part in (canal, cra.lieu or "", town) if part)


def theme_labels(cra: Cra, nomenclature: Nomenclature) -> list[str]:
    return [nomenclature.themes[code].button for code in cra.themes if code in nomenclature.themes]


def counted(counts: Mapping[str, int | None]) -> str:
    """« Retraité : 5, Sans emploi : 3 »; a number that was not said is left out."""
    return ", ".join(f"{name} : {count}" if count is not None else name for name, count in counts.items())
