"""Gives Rasa the FAQ's phrases without their answers: answers may change without training again."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.reference.faq import FAQ_DIRECTORY, load_catalogue


class FaqImporter(RasaFileImporter):
    """Reads the theme files of the FAQ's folder by itself, everything else as Rasa does.

    Rasa would copy the metadata of a question (answer, sources…) into each of its forty examples, and fingerprint
    every copy several times: a minute of each training. The titles are examples too: people type what they read on
    a button.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._other_files = [path for path in self._nlu_files if Path(path).parent.name != "faq"]

    def get_nlu_data(self, language: str | None = "fr") -> TrainingData:
        questions = load_catalogue(FAQ_DIRECTORY).questions.values()
        messages = [
            Message.build(text=text, intent=question.intent)
            for question in questions
            for text in (question.title, *question.examples)
        ]
        return training_data_from_paths(self._other_files, language).merge(TrainingData(training_examples=messages))
