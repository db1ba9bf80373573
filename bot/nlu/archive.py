"""Opens the classifier inside a trained Rasa archive, without starting Rasa."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from bot.nlu.encoders import load_encoders
from bot.nlu.question_model import QuestionModel
from bot.nlu.reader import Reader

_FILES = {"model.json", "linear.npz", "ngrams.npz", "vocabulary.json"}
_COMPONENT = "QuestionClassifier"


def load_reader(archive: Path) -> Reader:
    """The very reader that `rasa run` uses for this archive.

    Raises:
        ValueError: the archive holds no classifier of ours.
    """
    with tempfile.TemporaryDirectory() as directory:
        found = set()
        with tarfile.open(archive) as tar:
            for member in tar:
                path = PurePosixPath(member.name)
                if member.isfile() and _COMPONENT in path.parent.name and path.name in _FILES:
                    Path(directory, path.name).write_bytes(tar.extractfile(member).read())
                    found.add(path.name)
        if found != _FILES:
            raise ValueError(f"{archive.name} ne contient pas le classifieur attendu")
        return Reader(QuestionModel.load(Path(directory), load_encoders()))
