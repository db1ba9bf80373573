"""An activity report (CRA) and its rules: what may be filed, what is missing, what is wrong and how to say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from bot.dispositif.communes import Communes
from bot.dispositif.francais.dates import spoken
from bot.dispositif.nomenclature_cra import Nomenclature

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Cra:
    """A report being written: every field may be absent (None or empty).

    Field names are those of the exchanges (`cnfs cra try`); codes are those of bot/reference/cra.yaml. Durations are in
    minutes, counts in people. `organismes` and `suite` map a code to a number of people, None when it was not said;
    an organisation outside the list is kept under its own name. `lieu` names a registered place of the conseiller.
    """

    date: date | None = None
    canal: str | None = None
    activite: str | None = None
    nb_participants: int | None = None
    nb_recurrents: int | None = None
    duree_minutes: int | None = None
    themes: tuple[str, ...] = ()
    sous_themes: tuple[str, ...] = ()
    annotation: str | None = None
    ages: Counts = field(default_factory=dict)
    statuts: Counts = field(default_factory=dict)
    lieu: str | None = None
    code_postal: str | None = None
    commune: str | None = None
    code_commune: str | None = None
    suite: Mapping[str, int | None] = field(default_factory=dict)
    organismes: Mapping[str, int | None] = field(default_factory=dict)


# In the order they are asked.
REQUIRED = (
    "date",
    "activite",
    "nb_participants",
    "duree_minutes",
    "themes",
    "canal",
    "commune",
    "code_postal",
    "statuts",
    "ages",
)


@dataclass(frozen=True)
class BrokenRule:
    """A rule the report breaks: the field to correct, a stable key, a French sentence for the conseiller."""

    champ: str
    cle: str
    phrase: str


def cra_to_dict(cra: Cra) -> dict[str, Any]:
    """JSON-ready, without what is absent."""
    content: dict[str, Any] = {}
    for item in fields(cra):
        value = getattr(cra, item.name)
        if value is None or value == () or value == {}:
            continue
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        content[item.name] = value
    return content


def cra_from_dict(content: Mapping[str, Any]) -> Cra:
    """The inverse of `cra_to_dict`; unknown keys are ignored."""
    known: dict[str, Any] = {}
    for item in fields(Cra):
        if content.get(item.name) is None:
            continue
        value = content[item.name]
        if item.name == "date":
            value = date.fromisoformat(value)
        elif item.name in ("themes", "sous_themes"):
            value = tuple(value)
        known[item.name] = value
    return Cra(**known)


def missing(cra: Cra) -> tuple[str, ...]:
    """The required fields still to ask, in order. A registered place stands for commune and postal code.

    Ages and statuses are missing as long as they do not cover every participant.
    """

    def absent(name: str) -> bool:
        if name in ("commune", "code_postal") and cra.lieu:
            return False
        if name in ("ages", "statuts"):
            counted = sum(getattr(cra, name).values())
            return counted == 0 or (cra.nb_participants is not None and counted < cra.nb_participants)
        return not getattr(cra, name)

    return tuple(name for name in REQUIRED if absent(name))


def complete(cra: Cra) -> Cra:
    """Fills what follows with certainty, and nothing else.

    An individual accompaniment has one participant. Statuses that are counted without a total are the participants of
    an accompaniment whose number was not said.
    """
    if cra.activite == "individuel" and cra.nb_participants is None:
        cra = replace(cra, nb_participants=1)
    return cra


def check(cra: Cra, nomenclature: Nomenclature, today: date, communes: Communes | None = None) -> list[BrokenRule]:
    """Every broken rule, field by field; what is absent breaks none (see `missing`).

    Without `communes`, a postal code is only checked for its shape.
    """
    return [
        *_check_date(cra, nomenclature, today),
        *_check_codes(cra, nomenclature),
        *_check_participants(cra, nomenclature),
        *_check_duration(cra, nomenclature),
        *_check_sums(cra),
        *_check_annotation(cra, nomenclature),
        *_check_follow_up(cra),
        *_check_place(cra, communes),
    ]


def _check_date(cra: Cra, nomenclature: Nomenclature, today: date) -> Iterator[BrokenRule]:
    if cra.date is None:
        return
    first = nomenclature.bounds.first_date
    if cra.date < first:
        yield BrokenRule(
            "date",
            "date_trop_ancienne",
            f"Le {spoken(cra.date)} est trop ancien : un CRA commence au {spoken(first)}.",
        )
    if cra.date > today:
        yield BrokenRule(
            "date",
            "date_future",
            f"Le {spoken(cra.date)} n'est pas encore passé : indiquez un accompagnement déjà fait.",
        )


_LISTS = (
    ("activite", "activites", "Ce type d'activité"),
    ("canal", "canaux", "Ce canal"),
    ("themes", "themes", "Ce thème"),
    ("ages", "ages", "Cette tranche d'âge"),
    ("statuts", "statuts", "Ce statut"),
    ("suite", "suites", "Cette suite"),
)


def _check_codes(cra: Cra, nomenclature: Nomenclature) -> Iterator[BrokenRule]:
    for name, known, what in _LISTS:
        value = getattr(cra, name)
        codes: Sequence[str] = (value,) if isinstance(value, str) else tuple(value or ())
        for code in codes:
            if code not in getattr(nomenclature, known):
                yield BrokenRule(
                    name, f"{name}_inconnu", f"{what} n'existe pas : « {code} ». Choisissez dans la liste."
                )
            elif name == "themes" and not nomenclature.themes[code].proposed:
                label = nomenclature.themes[code].label
                yield BrokenRule(
                    "themes", "theme_ancien", f"Le thème « {label} » n'est plus proposé : choisissez-en un autre."
                )


def _check_participants(cra: Cra, nomenclature: Nomenclature) -> Iterator[BrokenRule]:
    count, bounds = cra.nb_participants, nomenclature.bounds
    if count is not None:
        if count < bounds.participants_min:
            yield BrokenRule("nb_participants", "participants_zero", "Il faut au moins un participant.")
        if count > bounds.participants_max:
            yield BrokenRule(
                "nb_participants",
                "participants_trop",
                f"{count} participants, c'est trop pour un CRA : le maximum est {bounds.participants_max}.",
            )
        if cra.activite == "individuel" and count > 1:
            yield BrokenRule(
                "nb_participants",
                "individuel_un_seul",
                f"Un accompagnement individuel ne compte qu'une personne, et non {count} : "
                "corrigez le nombre ou choisissez « Atelier collectif ».",
            )
    if cra.nb_recurrents is not None and (
        cra.nb_recurrents < 0 or cra.nb_recurrents > (count or bounds.participants_max)
    ):
        yield BrokenRule(
            "nb_recurrents",
            "recurrents_trop",
            "Les personnes déjà accompagnées ne peuvent pas être plus nombreuses que les participants.",
        )


def _check_duration(cra: Cra, nomenclature: Nomenclature) -> Iterator[BrokenRule]:
    minutes, bounds = cra.duree_minutes, nomenclature.bounds
    if minutes is None:
        return
    if minutes < bounds.duration_min:
        yield BrokenRule("duree_minutes", "duree_nulle", "La durée doit être d'au moins une minute.")
    if minutes > bounds.duration_max:
        yield BrokenRule(
            "duree_minutes",
            "duree_trop_longue",
            f"{spoken_duration(minutes)}, c'est trop long : un accompagnement dure au plus "
            f"{spoken_duration(bounds.duration_max)}.",
        )


def _check_sums(cra: Cra) -> Iterator[BrokenRule]:
    for name, what in (("ages", "tranches d'âge"), ("statuts", "statuts")):
        counts: Counts = getattr(cra, name)
        if any(count < 0 for count in counts.values()):
            yield BrokenRule(name, f"{name}_negatif", f"Un nombre de personnes ne peut pas être négatif ({what}).")
        elif counts and cra.nb_participants is not None and sum(counts.values()) != cra.nb_participants:
            total = sum(counts.values())
            if total > cra.nb_participants:
                advice = f"c'est {total - cra.nb_participants} de trop"
            else:
                advice = f"il en manque {cra.nb_participants - total}"
            yield BrokenRule(
                name,
                f"{name}_somme",
                f"Les {what} comptent {_people(total)} pour {_people(cra.nb_participants, 'participant')} : {advice}.",
            )


def _check_annotation(cra: Cra, nomenclature: Nomenclature) -> Iterator[BrokenRule]:
    if cra.annotation is None:
        return
    bounds, length = nomenclature.bounds, len(cra.annotation.strip())
    if not bounds.annotation_min <= length <= bounds.annotation_max:
        yield BrokenRule(
            "annotation",
            "annotation_longueur",
            f"La précision doit tenir entre {bounds.annotation_min} et {bounds.annotation_max} caractères : elle en a {length}.",
        )
    if not cra.themes:
        yield BrokenRule("annotation", "annotation_sans_theme", "Choisissez un thème avant de le préciser.")


def _check_follow_up(cra: Cra) -> Iterator[BrokenRule]:
    suite = [count or 0 for count in cra.suite.values()]
    if cra.nb_participants is not None and sum(suite) > cra.nb_participants:
        yield BrokenRule(
            "suite",
            "suite_somme",
            f"Les suites comptent {_people(sum(suite))} pour {_people(cra.nb_participants, 'participant')} : réduisez-les.",
        )
    if any(count < 0 for count in suite) or any((count or 0) < 0 for count in cra.organismes.values()):
        yield BrokenRule("suite", "suite_negatif", "Un nombre de personnes ne peut pas être négatif (suites).")


def _check_place(cra: Cra, communes: Communes | None) -> Iterator[BrokenRule]:
    code, name = cra.code_postal, cra.commune
    if code is not None and not re.fullmatch(r"\d{5}", code, re.ASCII):
        yield BrokenRule(
            "code_postal", "code_postal_forme", f"« {code} » n'est pas un code postal : il en faut cinq chiffres."
        )
        return
    if communes is None:
        return
    if code is not None and not communes.at(code):
        yield BrokenRule("code_postal", "code_postal_inconnu", f"Le code postal {code} n'existe pas : vérifiez-le.")
    elif name is not None and not communes.named(name):
        yield BrokenRule(
            "commune", "commune_inconnue", f"« {name} » n'est pas dans la liste des communes : vérifiez le nom."
        )
    elif code is not None and name is not None and not communes.named_at(name, code):
        yield BrokenRule(
            "commune", "commune_code_postal", f"{name} n'a pas le code postal {code} : corrigez l'un des deux."
        )


def _people(count: int, noun: str = "personne") -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}"


def spoken_duration(minutes: int) -> str:
    """« 45 min », « 1 h 30 », « 2 h »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"
