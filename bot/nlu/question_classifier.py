"""The Rasa graph component around `QuestionModel`: intents, ranking, the FAQ's response and the parts of a message."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_RESPONSE_KEY,
    RESPONSE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dispositif.comprehension import FAQ_PREFIX, reading_to_dict
from bot.nlu.encoders import CachedEncoder, load_encoders
from bot.nlu.live_reader import LiveReader, serve
from bot.nlu.question_model import ModelConfig, QuestionModel
from bot.nlu.reader import Reader
from bot.reference.thresholds import load_thresholds
from bot.training import PROGRESS_MARK

RETRIEVAL_INTENT = FAQ_PREFIX.rstrip("/")
FALLBACK_INTENT = "nlu_fallback"
CACHE_DIRECTORY = Path(os.environ.get("CNFS_CACHE", "var/cache"))
RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent):
    """Predicts every intent at once, `faq/<key>` included; fills `intent`, `intent_ranking`, `response_selector`.

    Below the refusal threshold the intent becomes `nlu_fallback`, as Rasa's FallbackClassifier would do.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def supported_languages() -> list[str]:
        return ["fr"]

    def __init__(self, reader: Reader | None, storage: ModelStorage, resource: Resource) -> None:
        self._live = serve(reader) if reader else None
        self._storage, self._resource = storage, resource
        self._thresholds = load_thresholds()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        return cls(None, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        with model_storage.read_from(resource) as directory:
            model = QuestionModel.load(directory, load_encoders())
        return cls(Reader(model), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.training_examples if m.get(TEXT) and m.get(INTENT)]
        texts = [m.get(TEXT) for m in examples]
        labels = [m.get(INTENT_RESPONSE_KEY) or m.get(INTENT) for m in examples]
        encoders = {
            name: CachedEncoder(encoder, CACHE_DIRECTORY, _log_progress) for name, encoder in load_encoders().items()
        }
        model = QuestionModel.fit(texts, labels, encoders, ModelConfig(), _log_progress, CACHE_DIRECTORY)
        self._live = LiveReader(Reader(model), None)
        with self._storage.write_to(self._resource) as directory:
            model.save(directory)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            # A button's payload is not read: Rasa's own handler replaces this, unless it cannot read it either.
            self._read(message, "" if text.startswith(INTENT_MESSAGE_PREFIX) else text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        reader, name = self._live.current()
        whole, parts = reader.read(text)
        questions = [c for c in whole.candidates if c.is_question]
        best = whole.best
        intents: dict[str, float] = {}
        for candidate in whole.candidates:
            name = RETRIEVAL_INTENT if candidate.is_question else candidate.name
            intents[name] = max(intents.get(name, 0.0), candidate.score)
        ranking = [{"name": name, "confidence": round(score, 4)} for name, score in intents.items()][:RANKING_LENGTH]
        understood = best.score >= self._thresholds.ask
        intent = (RETRIEVAL_INTENT if best.is_question else best.name) if understood else FALLBACK_INTENT
        message.set("intent", {"name": intent, "confidence": round(best.score, 4)}, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        if questions:
            message.set("response_selector", self._response(questions), add_to_output=True)
        message.set(
            "reading",
            {"whole": reading_to_dict(whole), "parts": [reading_to_dict(part) for part in parts], "model": name},
            add_to_output=True,
        )

    def _response(self, questions: list) -> dict[str, Any]:
        """The shape of Rasa's own ResponseSelector, so that its tools find the FAQ key they expect."""
        best = questions[0]
        return {
            "all_retrieval_intents": [RETRIEVAL_INTENT],
            RETRIEVAL_INTENT: {
                RESPONSE: {
                    # Answers are not in the model: actions read those that are live.
                    "responses": [],
                    "confidence": round(best.score, 4),
                    INTENT_RESPONSE_KEY: best.name,
                    "utter_action": f"utter_{best.name}",
                },
                "ranking": [
                    {"confidence": round(c.score, 4), INTENT_RESPONSE_KEY: c.name} for c in questions[:RANKING_LENGTH]
                ],
            },
        }


def _log_progress(stage: str, done: int, total: int) -> None:
    """Read by `cnfs faq train`, which draws it; silent in a plain `rasa train`."""
    if os.environ.get("CNFS_PROGRESS"):
        print(PROGRESS_MARK, stage, done, total, flush=True)
