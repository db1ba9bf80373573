"""Whom to contact, and what the assistant shows before the first question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path

from bot.dispositif.handover import OpeningHours
from bot.reference.yaml_files import ReferenceError, read_yaml

PATH = Path(__file__).with_name("contacts.yaml")


@dataclass(frozen=True)
class Contacts:
    email: str
    phone: str
    phone_hours: str
    phone_checked_on: date
    faq_url: str
    procedures_url: str
    top_questions: tuple[str, ...]
    support_hours: OpeningHours


@lru_cache(maxsize=1)
def load_contacts() -> Contacts:
    content = read_yaml(PATH)
    hours = _opening_hours(content.pop("heures_du_support"))
    return Contacts(**{**content, "top_questions": tuple(content["top_questions"]), "support_hours": hours})


_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _opening_hours(content: dict[str, list[list[str]]]) -> OpeningHours:
    try:
        slots = {
            _DAYS.index(day): tuple((_time(start), _time(end)) for start, end in intervals)
            for day, intervals in content.items()
        }
    except (ValueError, TypeError, AttributeError):
        raise ReferenceError(
            f'{PATH} : « heures_du_support » attend, par jour, des intervalles comme ["9:00", "12:30"].'
        ) from None
    return OpeningHours(slots)


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
