"""Reads a message: the whole, and the parts that ask something, each with its candidates."""

from __future__ import annotations

from collections.abc import Sequence

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

    @property
    def model(self) -> QuestionModel:
        return self._model

    def read(self, text: str) -> tuple[Reading, list[Reading]]:
        """The reading of the whole text, and those of its parts when it asks several things."""
        text = text[:MAX_CHARACTERS]
        if not any(character.isalnum() for character in text):
            return Reading(text, ()), []
        parts = split_parts(text)
        rows = self._model.probabilities([text, *parts])
        whole = Reading(text, self._candidates(rows[0], CANDIDATES))
        return whole, [Reading(part, self._candidates(row, PART_CANDIDATES)) for part, row in zip(parts, rows[1:])]

    def prepare(self, texts: Sequence[str]) -> None:
        """Computes at once what `read` will say of `texts`: many phrases together cost less than one by one."""
        wanted = [text[:MAX_CHARACTERS] for text in texts]
        self._model.probabilities([piece for text in wanted for piece in (text, *split_parts(text))], keep_all=True)

    def _candidates(self, row: np.ndarray, count: int) -> tuple[Candidate, ...]:
        order = np.argsort(-row, kind="stable")[:count]
        return tuple(
            Candidate(str(self._model.classes[i]), round(float(row[i]), 4)) for i in order if row[i] >= MIN_SCORE
        )
