"""Opens the classifier inside a trained Rasa archive, or puts another one there, without starting Rasa."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bot.nlu.encoders import Encoder, load_encoders
from bot.nlu.question_model import QuestionModel
from bot.nlu.reader import Reader

_FILES = {"model.json", "linear.npz", "ngrams.npz", "vocabulary.json"}
_COMPONENT = "QuestionClassifier"


def load_reader(archive: Path, encoders: Mapping[str, Encoder] | None = None) -> Reader:
    """The very reader that `rasa run` uses for this archive; encoders already in memory may be shared.

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
        return Reader(QuestionModel.load(Path(directory), encoders or load_encoders()))


def graft(base: Path, model: QuestionModel, target: Path) -> None:
    """Writes the archive `target`: that of `base` with this classifier instead of its own.

    The dialogue's part depends on the domain and the rules alone: when those are the same, so is the archive that
    `rasa train` would make, in three seconds instead of a minute. `target` appears whole or not at all.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with tempfile.TemporaryDirectory() as directory:
        model.save(Path(directory))
        with tarfile.open(base) as old, temporary.open("wb") as raw:
            # Vectors hardly shrink: a low level saves seconds for a few per cent.
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, filename="") as stream:
                with tarfile.open(fileobj=stream, mode="w") as new:
                    for member in old:
                        _copy(member, old, new, Path(directory), target.name)
    temporary.replace(target)


def _copy(member: tarfile.TarInfo, old: tarfile.TarFile, new: tarfile.TarFile, model: Path, name: str) -> None:
    if not member.isfile():
        new.addfile(member)
        return
    path = PurePosixPath(member.name)
    if _COMPONENT in path.parent.name and path.name in _FILES:
        data = (model / path.name).read_bytes()
    else:
        data = old.extractfile(member).read()
        if path.name == "metadata.json":
            description = json.loads(data)
            description["model_id"] = hashlib.sha256(name.encode()).hexdigest()[:32]
            data = json.dumps(description, indent=2).encode()
    member.size = len(data)
    new.addfile(member, io.BytesIO(data))
