"""What remains to ask about a draft, one thing at a time, and the answers offered in one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.dispositif.communes import Commune, Communes
from bot.dispositif.cra import BrokenRule, Cra, missing, spoken_duration
from bot.dispositif.francais.dates import spoken
from bot.dispositif.nomenclature_cra import Nomenclature
from bot.services.cra.habits import Habits, UsualPlace

# One question may settle several fields: where it was is a canal, a commune and a postal code.
LIEU = "lieu"
_STEP_OF = {
    "canal": LIEU,
    "commune": LIEU,
    "code_postal": LIEU,
    "nb_recurrents": "nb_participants",
    "annotation": "themes",
}
# What the card lets change, and how its button is called.
CHANGEABLE = {
    "date": "Date",
    "activite": "Activité",
    "nb_participants": "Participants",
    "duree_minutes": "Durée",
    "themes": "Thèmes",
    LIEU: "Lieu",
    "statuts": "Statuts",
    "ages": "Âges",
    "suite": "Suites",
}
_OFTEN = ("demarche en ligne", "courriel", "internet", "equipement informatique", "traitement texte", "trouver emploi")
MAX_PLACES = 3
MAX_COMMUNES = 8


@dataclass(frozen=True)
class Choice:
    """`value` is read back by `apply_choice`, with the step's name."""

    title: str
    step: str
    value: str


def step_of(name: str) -> str:
    return _STEP_OF.get(name, name)


def next_step(cra: Cra, broken: Sequence[BrokenRule], doubts: Sequence[BrokenRule]) -> str | None:
    """What to ask now: what was said and cannot stand comes first, then what is missing, in order."""
    absent = missing(cra)
    for rule in (*doubts, *broken):
        # A sum that is short is a question of its own (« Et les 3 autres ? »).
        if not (rule.cle.endswith("_somme") and rule.champ in absent):
            return step_of(rule.champ)
    return step_of(absent[0]) if absent else None


def question_of(step: str, cra: Cra, nomenclature: Nomenclature, again: bool = False) -> str:
    example = f" {_EXAMPLES[step]}" if again else ""
    rest = remaining(cra, step)
    if step == LIEU and (cra.canal or cra.commune or cra.code_postal):
        return _where(cra) + example
    if step == "ages" and cra.ages and rest:
        return f"Quel âge {_have(rest)} {_others(rest)} ?"
    if step == "statuts" and cra.statuts and rest:
        return f"Quel est le statut {_of_others(rest)} ?"
    alone = cra.nb_participants == 1
    question = {
        "date": "Quel jour ?",
        "activite": "Quel type d'activité ?",
        "nb_participants": "Combien de participants ?",
        "duree_minutes": "Combien de temps ?",
        "themes": "Sur quel thème ?",
        LIEU: "Où ? Vous pouvez aussi écrire la commune ou le code postal.",
        "statuts": "Quel est le statut de la personne ?" if alone else "Quel est le statut des participants ?",
        "ages": "Quel âge a la personne ?" if alone else "Quel âge ont les participants ?",
        "suite": "Quelle suite ? Vous pouvez écrire, par exemple, « 2 orientés vers la CAF ».",
    }[step]
    return f"{question} {_EXAMPLES[step]}" if again or (step in _SHOWN and not alone) else question


def _where(cra: Cra) -> str:
    if cra.code_postal and not cra.commune:
        return f"Plusieurs communes ont le code postal {cra.code_postal}. Laquelle ?"
    if cra.commune and not cra.code_postal:
        return f"Quel code postal pour {cra.commune} ?"
    if not cra.canal:
        return f"À {cra.commune}, dans quel type de lieu ?"
    if cra.canal == "distance":
        return "Pour quelle commune (la vôtre, ou celle de la personne) ? Écrivez son nom ou son code postal."
    return "Dans quelle commune ? Écrivez son nom ou son code postal."


_EXAMPLES = {
    "date": "Écrivez par exemple « hier », « lundi » ou « le 12 mars ».",
    "activite": "Écrivez « atelier », « individuel » ou « ponctuel ».",
    "nb_participants": "Écrivez un nombre de 1 à 100.",
    "duree_minutes": "Écrivez par exemple « 45 min », « 1h30 » ou « de 14h à 16h ».",
    "themes": "Écrivez par exemple « mails » ou « impôts et CAF ».",
    LIEU: "Écrivez par exemple « Riom », « 63200 » ou « à distance ».",
    "statuts": "Vous pouvez écrire « 5 retraités, 3 sans emploi ».",
    "ages": "Vous pouvez écrire « 5 de plus de 60 ans, 3 de 35 à 60 ».",
    "suite": "",
}
_SHOWN = ("statuts", "ages")


def choices_of(
    step: str, cra: Cra, nomenclature: Nomenclature, communes: Communes, habits: Habits, today: date
) -> tuple[Choice, ...]:
    """One-tap answers, the likeliest first."""
    if step == "date":
        days = [("Aujourd'hui", 0), ("Hier", 1), ("Avant-hier", 2)]
        named = [Choice(title, step, (today - timedelta(days=n)).isoformat()) for title, n in days]
        older = [today - timedelta(days=n) for n in (3, 4)]
        return (*named, *(Choice(spoken(day).rsplit(" ", 1)[0].capitalize(), step, day.isoformat()) for day in older))
    if step == "activite":
        codes = sorted(nomenclature.activites, key=lambda code: code == "collectif" and cra.nb_participants == 1)
        return tuple(Choice(nomenclature.activites[code].label, step, code) for code in codes)
    if step == "nb_participants":
        offered = tuple(Choice(str(count), step, str(count)) for count in _counts(cra, habits))
        if cra.activite == "individuel" and (cra.nb_participants or 1) > 1:
            return (*offered, Choice(nomenclature.activites["collectif"].label, "activite", "collectif"))
        return offered
    if step == "duree_minutes":
        offered = dict.fromkeys([*habits.durations[:2], 30, 60, 90, 120])
        return tuple(Choice(spoken_duration(minutes), step, str(minutes)) for minutes in offered)
    if step == "themes":
        return _themes(cra, nomenclature, habits)
    if step == LIEU:
        return _places(cra, nomenclature, communes, habits)
    if step == "suite":
        return tuple(
            Choice(_ticked(value.label, code in cra.suite), step, code) for code, value in nomenclature.suites.items()
        )
    values = nomenclature.statuts if step == "statuts" else nomenclature.ages
    rest, known = remaining(cra, step), getattr(cra, step)
    all_of = rest if rest and known else cra.nb_participants or 1
    head = "" if all_of == 1 else (f"Les {all_of} : " if known and rest else "Tous : ")
    return tuple(Choice(f"{head}{_lowered(value.label, head)}", step, code) for code, value in values.items())


def apply_choice(cra: Cra, step: str, value: str, nomenclature: Nomenclature) -> Cra | None:
    """The draft with this answer; None for a value that no button of ours carries."""
    if step == "date":
        return replace(cra, date=date.fromisoformat(value))
    if step == "activite" and value in nomenclature.activites:
        one = value == "individuel" and cra.nb_participants is None
        return replace(cra, activite=value, nb_participants=1 if one else cra.nb_participants)
    if step == "nb_participants" and value.isdecimal():
        return with_participants(cra, int(value))
    if step == "duree_minutes" and value.isdecimal():
        return replace(cra, duree_minutes=int(value))
    if step == "themes" and value in nomenclature.themes:
        kept = tuple(theme for theme in cra.themes if theme != value)
        return replace(cra, themes=kept if value in cra.themes else (*kept, value))
    if step == "suite" and value in nomenclature.suites:
        if value in cra.suite:
            return replace(cra, suite={code: n for code, n in cra.suite.items() if code != value})
        return replace(cra, suite={**cra.suite, value: 1 if cra.nb_participants == 1 else None})
    if step in ("statuts", "ages") and value in getattr(nomenclature, step):
        counts, rest = dict(getattr(cra, step)), remaining(cra, step)
        if counts and rest:
            return replace(cra, **{step: {**counts, value: counts.get(value, 0) + rest}})
        changes: dict[str, Any] = {step: {value: cra.nb_participants or 1}}
        return replace(cra, **changes)
    if step == LIEU:
        return _apply_place(cra, value, nomenclature)
    return None


def with_participants(cra: Cra, count: int) -> Cra:
    """Another number of people: a group that was all of one age or status still is; anything else is asked again."""
    before = cra.nb_participants
    cra = replace(cra, nb_participants=count)
    for name in ("ages", "statuts"):
        counts = getattr(cra, name)
        if len(counts) == 1 and sum(counts.values()) == before:
            cra = replace(cra, **{name: dict.fromkeys(counts, count)})
    return cra


def remaining(cra: Cra, step: str) -> int:
    """How many participants have no age (or status) yet."""
    if step not in ("ages", "statuts") or cra.nb_participants is None:
        return 0
    return max(0, cra.nb_participants - sum(getattr(cra, step).values()))


def _counts(cra: Cra, habits: Habits) -> list[int]:
    if cra.activite == "individuel":
        return [1]
    usual = [*habits.counts[:3], *((1, 2, 3) if cra.activite == "ponctuel" else (4, 5, 6, 8, 10, 12))]
    return sorted(list(dict.fromkeys(usual))[:6])


def _themes(cra: Cra, nomenclature: Nomenclature, habits: Habits) -> tuple[Choice, ...]:
    proposed = {theme.code: theme for theme in nomenclature.proposed_themes}
    order = dict.fromkeys(code for code in (*habits.themes[:4], *_OFTEN, *proposed) if code in proposed)
    return tuple(Choice(_ticked(proposed[code].button, code in cra.themes), "themes", code) for code in order)


def _places(cra: Cra, nomenclature: Nomenclature, communes: Communes, habits: Habits) -> tuple[Choice, ...]:
    usual = [place for place in habits.places if _agrees(place, cra)]
    offered = tuple(
        Choice(_place_title(place, nomenclature), LIEU, "|".join(("lieu", *(part or "" for part in _parts(place)))))
        for place in usual[:MAX_PLACES]
    )
    if cra.code_postal and not cra.commune and communes.at(cra.code_postal):
        at = sorted(communes.at(cra.code_postal), key=lambda commune: -commune.population)
        return (*offered, *(_commune(commune, cra.code_postal) for commune in at[:MAX_COMMUNES]))
    if cra.commune and not cra.code_postal:
        named = sorted(communes.named(cra.commune), key=lambda commune: -commune.population)
        pairs = [(commune, code) for commune in named for code in commune.postal_codes]
        return (*offered, *(_commune(commune, code, with_code=True) for commune, code in pairs[:MAX_COMMUNES]))
    if cra.canal:
        return offered
    return (*offered, *(Choice(value.label, LIEU, f"canal|{code}") for code, value in nomenclature.canaux.items()))


def _agrees(place: UsualPlace, cra: Cra) -> bool:
    """Whether a usual place is one that what was said leaves possible, and settles more than it."""
    asked = (cra.canal, cra.commune, cra.code_postal)
    known = (place.canal, place.commune, place.code_postal)
    return known != asked and all(said in (None, usual) for said, usual in zip(asked, known, strict=True))


def _parts(place: UsualPlace) -> tuple[str | None, ...]:
    return (place.canal, place.code_postal, place.commune, place.code_commune, place.lieu)


def _place_title(place: UsualPlace, nomenclature: Nomenclature) -> str:
    town = place.lieu or place.commune
    label = nomenclature.canaux[place.canal].label
    return f"{label}, {town}" if town else label


def _commune(commune: Commune, code: str, with_code: bool = False) -> Choice:
    title = f"{commune.name} ({code})" if with_code else commune.name
    return Choice(title, LIEU, f"commune|{code}|{commune.name}|{commune.insee}")


def _apply_place(cra: Cra, value: str, nomenclature: Nomenclature) -> Cra | None:
    kind, *parts = value.split("|")
    if kind == "canal" and parts and parts[0] in nomenclature.canaux:
        return replace(cra, canal=parts[0])
    if kind == "commune" and len(parts) == 3:
        code, name, insee = parts
        return replace(cra, code_postal=code, commune=name, code_commune=insee, lieu=None)
    if kind == "lieu" and len(parts) == 5 and parts[0] in nomenclature.canaux:
        canal, *others = parts
        return UsualPlace(canal, *(part or None for part in others)).put(cra)
    return None


def _ticked(title: str, on: bool) -> str:
    return f"✓ {title}" if on else title


def _lowered(label: str, head: str) -> str:
    return label[:1].lower() + label[1:] if head else label


def _have(count: int) -> str:
    return "a" if count == 1 else "ont"


def _others(count: int) -> str:
    return "l'autre personne" if count == 1 else f"les {count} autres"


def _of_others(count: int) -> str:
    return "de l'autre personne" if count == 1 else f"des {count} autres"
