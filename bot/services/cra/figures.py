"""A conseiller's figures over a period, in words and in bars."""

from __future__ import annotations

import re
from datetime import date

from bot.dispositif.cra import Cra, spoken_duration
from bot.dispositif.francais.dates import MONTHS
from bot.dispositif.francais.periodes import Period, month_of, previous_month, year_of
from bot.dispositif.francais.texte import fold, normalise
from bot.dispositif.nomenclature_cra import Nomenclature
from bot.dispositif.statistiques_cra import Statistics, compute, shares
from bot.services.cra.screen import NAME
from bot.services.dialogue import Button, Say, choice

_ASKS = re.compile(
    r"^\W*(?:(?:montre[rz]?|affiche[rz]?|donne[rz]?|voir|je\s+(?:veux|voudrais)\s+voir|quel\w*\s+sont|combien\s+(?:j'ai|ai[- ]je)\s+\w+)(?:[- ]moi)?\s+)?"
    r"(?:mes\s+(?:stats?|statistiques|chiffres)|mon\s+bilan)(?!\w)"
)
SHOWN = 6


def asks_for_figures(text: str) -> bool:
    return bool(_ASKS.match(fold(normalise(text))))


def period_buttons(today: date) -> tuple[Button, ...]:
    this, last, year = month_of(today), previous_month(today), year_of(today.year)
    return (
        _button("Ce mois-ci", this),
        _button("Mois dernier", last),
        _button(f"Année {today.year}", year),
    )


def tell_figures(
    reports: list[Cra], period: Period, nomenclature: Nomenclature, whose: str = "Vos chiffres"
) -> tuple[Say, ...]:
    """The text says every figure the pictures show; no report, no picture."""
    if not reports:
        return (Say(f"Aucun compte rendu pour {period.label}."),)
    figures = compute(reports, nomenclature)
    says = [Say(_text(figures, period, nomenclature, whose), extra={"bars": _themes(figures, period, nomenclature)})]
    if len(figures.by_month) > 1:
        rows = [{"label": _month(month), "value": count} for month, count in figures.by_month.items()]
        caption = f"Personnes accompagnées par mois, {period.label}"
        says.append(Say("Et mois par mois :", extra={"bars": {"caption": caption, "unit": "pers.", "rows": rows}}))
    return tuple(says)


def _text(figures: Statistics, period: Period, names: Nomenclature, whose: str) -> str:
    lines = [
        f"{whose} pour {period.label} :",
        f"- {_many(figures.reports, 'compte rendu', 'comptes rendus')}, {spoken_duration(figures.minutes)} d'accompagnement ;",
        f"- {_many(figures.people, 'personne accompagnée', 'personnes accompagnées')}"
        + (
            f" (et {figures.accompaniments - figures.people} déjà connues)"
            if figures.accompaniments > figures.people
            else ""
        )
        + " ;",
        f"- {_many(figures.workshops, 'atelier', 'ateliers')} ({_many(figures.workshop_participants, 'participant', 'participants')}), "
        f"{_many(figures.individuals, 'accompagnement individuel', 'accompagnements individuels')}, "
        f"{_many(figures.one_off, 'demande ponctuelle', 'demandes ponctuelles')}.",
    ]
    for title, counts, labels in (("Statuts", figures.statuts, names.statuts), ("Âges", figures.ages, names.ages)):
        said = [f"{labels[code].label} {share} %" for code, share in shares(counts).items()]
        lines.append(f"{title} : {', '.join(said)}.")
    themes = [f"{names.themes[code].button} ({count})" for code, count in list(figures.themes.items())[:3]]
    lines.append(f"Premiers thèmes : {', '.join(themes)}.")
    lines.append(
        "Les durées sont comptées comme dans les statistiques officielles (30 min, 1 h, puis la durée exacte)."
    )
    return "\n".join(lines)


def _themes(figures: Statistics, period: Period, names: Nomenclature) -> dict:
    rows = [{"label": names.themes[code].button, "value": count} for code, count in figures.themes.items()]
    return {"caption": f"Thèmes, {period.label}", "unit": "CRA", "rows": rows[:SHOWN]}


def _button(title: str, period: Period) -> Button:
    return choice(title, NAME, "figures", f"0:{period.since.isoformat()}|{period.until.isoformat()}|{period.label}")


def _month(month: str) -> str:
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count < 2 else several}"
