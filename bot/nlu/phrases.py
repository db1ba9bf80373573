"""The phrases a classifier learns from, read without Rasa: those of `FaqImporter`, in a fraction of a second."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from bot.reference.faq import Question, example_lines
from bot.reference.yaml_files import read_yaml

NLU_DIRECTORY = Path("data/nlu")
# Rasa's marks of an entity: [mardi](date), [lundi]{"entity": "date"}.
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")

Phrases = tuple[list[str], list[str]]
"""Texts, and the intent of each."""


def training_phrases(questions: Iterable[Question], directory: Path = NLU_DIRECTORY) -> Phrases:
    """Titles and examples of `questions`, and the examples of the other intents, in `directory`."""
    pairs = [(text, question.intent) for question in questions for text in (question.title, *question.examples)]
    for path in sorted(directory.glob("**/*.yml")):
        if path.parent.name == "faq":
            continue
        for block in (read_yaml(path) or {}).get("nlu") or ():
            if "intent" in block:
                pairs += [(_ENTITY.sub(r"\1", text), block["intent"]) for text in example_lines(block["examples"])]
    return [text for text, _ in pairs], [intent for _, intent in pairs]


def phrases_fingerprint(phrases: Phrases) -> str:
    """Changes with any phrase or intent, not with answers."""
    return _digest(f"{intent}\t{text}" for text, intent in zip(*phrases))


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in sorted(lines):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
