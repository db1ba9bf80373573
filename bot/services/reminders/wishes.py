"""Reads what someone wishes: « le vendredi à 17h », « tous les jours », « après 3 jours sans CRA ». Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from bot.dispositif.francais.texte import fold
from bot.dispositif.horaires import DAYS, is_decent

_DAY = re.compile(r"\b(lun|mar|mer|jeu|ven|sam|dim)(?:di|credi|dredi|edi|anche|\.)?s?\b")
_STARTS = {name[:3]: number for number, name in enumerate(DAYS, start=1)}
_EVERY_DAY = re.compile(r"\b(tous les jours|chaque jour|quotidien|en semaine|jours? ouvres?|jours? ouvrables?)")
_WEEK = re.compile(r"\bdu lundi au vendredi\b")
_CLOCK = re.compile(r"\b(\d{1,2})\s*(?:h|heures?|:)\s*(\d{2})?\b")
_NOON = re.compile(r"\bmidi\b")
_AFTER = re.compile(r"\b(\d{1,2}|un|deux|trois|quatre|cinq|six|sept|huit|dix)\s+jours?\b")
_WORDS = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10}
_WITHOUT = re.compile(r"\b(sans|rien|pas (?:fait|de|saisi|rempli)|oubli)")

NIGHT = "Je ne dérange personne la nuit : choisissez une heure entre 7 h et 20 h."
NOT_A_TIME = "Cette heure n'existe pas. Écrivez par exemple « 17h30 »."


@dataclass(frozen=True)
class Wish:
    """What was understood; None for what was not said. `problem` is a French sentence."""

    days: tuple[int, ...] = ()
    local_time: str | None = None
    after_days: int | None = None
    problem: str | None = None


def read_wish(text: str) -> Wish:
    said = fold(text)
    after = _AFTER.search(said)
    if after and _WITHOUT.search(said):
        value = _WORDS.get(after[1]) or int(after[1])
        if not 1 <= value <= 30:
            return Wish(problem="Choisissez entre 1 et 30 jours ouvrés.")
        moment, problem = _time(said)
        return Wish(after_days=value, local_time=moment, problem=problem)
    moment, problem = _time(said)
    return Wish(days=_days(said), local_time=moment, problem=problem)


def say_days(days: tuple[int, ...]) -> str:
    """« du lundi au vendredi », « le mardi et le vendredi »."""
    if days == (1, 2, 3, 4, 5):
        return "du lundi au vendredi"
    if days == (1, 2, 3, 4, 5, 6, 7):
        return "tous les jours"
    names = [f"le {DAYS[day - 1]}" for day in days]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " et " + names[-1]


def say_time(local_time: str) -> str:
    """« 17 h 30 », « 9 h »."""
    hours, minutes = local_time.split(":")
    return f"{int(hours)} h" + (f" {minutes}" if minutes != "00" else "")


def _days(said: str) -> tuple[int, ...]:
    if _WEEK.search(said) or _EVERY_DAY.search(said):
        return (1, 2, 3, 4, 5)
    return tuple(sorted({_STARTS[match[1]] for match in _DAY.finditer(said)}))


def _time(said: str) -> tuple[str | None, str | None]:
    clock = _CLOCK.search(said)
    if clock is None:
        return ("12:00", None) if _NOON.search(said) else (None, None)
    hours, minutes = int(clock[1]), int(clock[2] or 0)
    if hours > 23 or minutes > 59:
        return None, NOT_A_TIME
    if not is_decent(time(hours, minutes)):
        return None, NIGHT
    return f"{hours:02}:{minutes:02}", None
