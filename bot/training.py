"""Trains with `rasa train` when content or code changed, shows real progress, keeps answers beside the model."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bot import numerics
from bot.reference.faq import FAQ_DIRECTORY, load_catalogue
from bot.services.published_faq import Publication, live, save_catalogue, set_live

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
# What a model depends on; anything else may change without training again.
_SOURCES = (
    "domain.yml",
    "config.yml",
    "uv.lock",
    "data/**/*.yml",
    "bot/nlu/**/*.py",
    "bot/reference/abreviations.yaml",
    "bot/dispositif/comprehension.py",
)
PROGRESS_MARK = "@@progress"


class TrainingFailed(RuntimeError):
    """`rasa train` stopped; the message ends with what it printed."""


def fingerprint(root: Path = ROOT) -> str:
    """Twelve hexadecimal digits naming the model that today's content and code give."""
    digest = hashlib.sha256()
    for path in _source_files(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def train(progress: Callable[[str, int, int], None], root: Path = ROOT, force: bool = False) -> Path:
    """Trains today's content unless that was done before, and makes model and answers live.

    Raises:
        TrainingFailed: the training stopped; what was live stays live.
    """
    models = root / "models"
    name = fingerprint(root)
    path = models / f"{name}.tar.gz"
    if force or not path.exists():
        _run_rasa_train(name, root, progress)
    answers = save_catalogue(load_catalogue(root / FAQ_DIRECTORY), models)
    set_live(Publication(path.name, answers.name), models)
    return path


def live_model(models: Path = MODELS) -> Path | None:
    """The model to serve, or None before the first training."""
    publication = live(models)
    path = models / publication.model if publication else None
    return path if path and path.exists() else None


def rasa_environment() -> dict[str, str]:
    """The environment for Rasa's commands: no telemetry, no chatter, memory kept in check."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "MALLOC_ARENA_MAX": "2",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    return {**os.environ, **numerics.environment(), **quiet}


def rasa_command() -> str:
    return str(Path(sys.executable).with_name("rasa"))


def _run_rasa_train(name: str, root: Path, progress: Callable[[str, int, int], None]) -> None:
    command = [rasa_command(), "train", "--fixed-model-name", name, "--out", "models", "--data", "data"]
    # Our own coherence tests say more, in a few seconds.
    command.append("--skip-validation")
    process = subprocess.Popen(
        command,
        cwd=root,
        env={**rasa_environment(), "CNFS_PROGRESS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    tail: list[str] = []
    for line in process.stdout:
        if line.startswith(PROGRESS_MARK):
            _, stage, done, total = line.split()
            progress(stage, int(done), int(total))
        else:
            tail = [*tail, line][-40:]
    if process.wait() != 0 or not (root / "models" / f"{name}.tar.gz").exists():
        raise TrainingFailed("l'apprentissage a échoué :\n" + "".join(tail))


def _source_files(root: Path) -> Iterator[Path]:
    seen = {path for pattern in _SOURCES for path in root.glob(pattern)}
    return iter(sorted(seen))
