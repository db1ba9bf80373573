"""Figures drawn from activity reports, counted the way the official statistics count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.dispositif.cra import Cra
from bot.dispositif.nomenclature_cra import Nomenclature

COLLECTIF, INDIVIDUEL, PONCTUEL = "collectif", "individuel", "ponctuel"
# Upper bounds, in minutes, of the four classes of duration; the last one has none.
_DURATION_CLASSES = ((30, "moins de 30 min"), (60, "de 30 à 60 min"), (120, "de 1 h à 2 h"))


@dataclass(frozen=True)
class Statistics:
    """Counts of people and reports; minutes as V1 counts them; shares in whole percents, truncated.

    `people` leaves out those already accompanied before; `accompaniments` counts them. `themes` counts reports, and its
    shares are of all themes ticked, not of reports.
    """

    reports: int
    people: int
    accompaniments: int
    workshops: int
    workshop_participants: int
    individuals: int
    one_off: int
    minutes: int
    minutes_by_activity: Mapping[str, int]
    themes: Mapping[str, int]
    canaux: Mapping[str, int]
    durations: Mapping[str, int]
    ages: Mapping[str, int]
    statuts: Mapping[str, int]
    suites: Mapping[str, int]
    organismes: Mapping[str, int]
    by_month: Mapping[str, int]


def compute(reports: Iterable[Cra], nomenclature: Nomenclature) -> Statistics:
    """Everything in one pass over complete reports (date, activite, nb_participants, duree_minutes present)."""
    kinds, themes, canaux, durations = Counter(), Counter(), Counter(), Counter()
    ages, statuts, suites, organismes = Counter(), Counter(), Counter(), Counter()
    participants, minutes, months = Counter(), Counter(), Counter()
    returning = count = 0
    for cra in reports:
        count += 1
        kinds[cra.activite] += 1
        participants[cra.activite] += cra.nb_participants
        minutes[cra.activite] += nomenclature.counted_minutes(cra.duree_minutes)
        returning += cra.nb_recurrents or 0
        months[month_of(cra.date)] += cra.nb_participants
        themes.update(cra.themes)
        canaux[cra.canal] += 1
        durations[duration_class(cra.duree_minutes)] += 1
        ages.update(cra.ages)
        statuts.update(cra.statuts)
        suites.update({code: number or 1 for code, number in cra.suite.items()})
        organismes.update({code: number or 1 for code, number in cra.organismes.items()})
    total = sum(participants.values())
    return Statistics(
        reports=count,
        people=total - returning,
        accompaniments=total,
        workshops=kinds[COLLECTIF],
        workshop_participants=participants[COLLECTIF],
        individuals=participants[INDIVIDUEL],
        one_off=participants[PONCTUEL],
        minutes=sum(minutes.values()),
        minutes_by_activity=dict(minutes),
        themes=_ranked(themes),
        canaux=_ranked(canaux),
        durations={label: durations[label] for label in (*(c[1] for c in _DURATION_CLASSES), LONG) if durations[label]},
        ages={code: ages[code] for code in nomenclature.ages if ages[code]},
        statuts={code: statuts[code] for code in nomenclature.statuts if statuts[code]},
        suites=_ranked(suites),
        organismes=_ranked(organismes),
        by_month=dict(sorted(months.items())),
    )


LONG = "plus de 2 h"


def duration_class(minutes: int) -> str:
    """The class of a duration; exactly 30 minutes is « de 30 à 60 min », exactly two hours « de 1 h à 2 h »."""
    for bound, label in _DURATION_CLASSES[:2]:
        if minutes < bound:
            return label
    return _DURATION_CLASSES[2][1] if minutes <= _DURATION_CLASSES[2][0] else LONG


def shares(counts: Mapping[str, int]) -> dict[str, int]:
    """Whole percents, truncated as the official tables do: their sum may stay under 100."""
    total = sum(counts.values())
    return {code: 100 * count // total for code, count in counts.items()} if total else {}


def month_of(day: date) -> str:
    """« 2026-03 »: sorts in time."""
    return f"{day:%Y-%m}"


def _ranked(counts: Counter) -> dict[str, int]:
    """The most frequent first; ties in the order of their codes."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
