"""Reads a message: the whole, and the parts that ask something, each with its candidates."""

from __future__ import annotations

import numpy as np

from bot.dispositif.comprehension import Candidate, Reading
from bot.nlu.question_model import QuestionModel
from bot.nlu.segmentation import split_parts

# Enough candidates to judge a follow-up among the neighbours of the previous question.
CANDIDATES = 25
PART_CANDIDATES = 12
MIN_SCORE = 0.0005
MAX_CHARACTERS = 4000


class Reader:
    def __init__(self, model: QuestionModel) -> None:
        self._model = model

    def read(self, text: str) -> tuple[Reading, list[Reading]]:
        """The reading of the whole text, and those of its parts when it asks several things."""
        text = text[:MAX_CHARACTERS]
        if not any(character.isalnum() for character in text):
            return Reading(text, ()), []
        parts = split_parts(text)
        rows = self._model.probabilities([text, *parts])
        whole = Reading(text, self._candidates(rows[0], CANDIDATES))
        return whole, [Reading(part, self._candidates(row, PART_CANDIDATES)) for part, row in zip(parts, rows[1:])]

    def _candidates(self, row: np.ndarray, count: int) -> tuple[Candidate, ...]:
        order = np.argsort(-row, kind="stable")[:count]
        return tuple(
            Candidate(str(self._model.classes[i]), round(float(row[i]), 4)) for i in order if row[i] >= MIN_SCORE
        )
