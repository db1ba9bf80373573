"""Whom to contact, and what the assistant shows before the first question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.reference.yaml_files import read_yaml

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


@lru_cache(maxsize=1)
def load_contacts() -> Contacts:
    content = read_yaml(PATH)
    return Contacts(**{**content, "top_questions": tuple(content["top_questions"])})
