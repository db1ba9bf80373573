"""Trains what content and code ask for: the classifier alone when the dialogue is the same, all of Rasa otherwise."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import numerics
from bot.reference.faq import FAQ_DIRECTORY, Catalogue, load_catalogue
from bot.services import published_faq
from bot.services.published_faq import Card, Publication, card_of, live, save_card, save_catalogue, set_live

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / published_faq.MODELS
# What the dialogue depends on. Phrases only change the classifier; anything else may change without training again.
_CORE_SOURCES = (
    "domain.yml",
    "config.yml",
    "uv.lock",
    "data/stories/**/*.yml",
    "bot/nlu/**/*.py",
    "bot/reference/abreviations.yaml",
    "bot/dispositif/comprehension.py",
)
PROGRESS_MARK = "@@progress"
LOCK = "training.lock"

Progress = Callable[[str, int, int], None]


class TrainingFailed(RuntimeError):
    """The training stopped; the message, in French, ends with what it printed."""


class TrainingUnderWay(TrainingFailed):
    """Another training is running on this machine: one at a time."""


def core_fingerprint(root: Path = ROOT) -> str:
    """Twelve hexadecimal digits naming the dialogue: domain, rules, components. Models that share it can be swapped."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _CORE_SOURCES for path in root.glob(pattern)}):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def fingerprint(root: Path = ROOT, catalogue: Catalogue | None = None) -> str:
    """Twelve hexadecimal digits naming the model that this content and today's code give; answers do not count."""
    from bot.nlu.phrases import phrases_fingerprint, training_phrases

    questions = (catalogue or load_catalogue(root / FAQ_DIRECTORY)).questions.values()
    phrases = phrases_fingerprint(training_phrases(questions, root / "data/nlu"))
    return hashlib.sha256(f"{core_fingerprint(root)}{phrases}".encode()).hexdigest()[:12]


def train(progress: Progress, root: Path = ROOT, force: bool = False) -> Path:
    """Trains today's content unless that was done before, and makes model and answers live.

    Raises:
        TrainingFailed: the training stopped; what was live stays live.
    """
    from bot.services.faq_desk.content import read_content, save_snapshot

    models = root / published_faq.MODELS
    content = read_content(root / FAQ_DIRECTORY)
    catalogue = load_catalogue(root / FAQ_DIRECTORY)
    path = build(catalogue, progress, root, force)
    answers = save_catalogue(catalogue, models)
    set_live(Publication(path.name, answers.name, save_snapshot(content, models)), models)
    return path


def build(catalogue: Catalogue, progress: Progress, root: Path = ROOT, force: bool = False) -> Path:
    """The archive of this content, trained unless it exists; nothing becomes live.

    Raises:
        TrainingFailed: the training stopped, or another one is under way.
    """
    models = root / published_faq.MODELS
    name = fingerprint(root, catalogue)
    path = models / f"{name}.tar.gz"
    if path.exists() and not force:
        return path
    with training_lock(models):
        core = core_fingerprint(root)
        base = _archive_with(core, models)
        if base and not force:
            train_classifier(catalogue, base, path, progress, root)
        else:
            _run_rasa_train(name, root, progress)
        save_card(path.name, Card(core, save_catalogue(catalogue, models).name), models)
    return path


def train_classifier(catalogue: Catalogue, base: Path, target: Path, progress: Progress, root: Path = ROOT) -> None:
    """Trains the classifier of `catalogue`, and writes the archive `target` with the dialogue of `base` around it."""
    from bot.nlu.archive import graft, load_reader
    from bot.nlu.encoders import CachedEncoder
    from bot.nlu.phrases import training_phrases
    from bot.nlu.question_model import ModelConfig, QuestionModel

    cache = root / "var/cache"
    installed = load_reader(base).model.encoders
    encoders = {name: CachedEncoder(encoder, cache, progress) for name, encoder in installed.items()}
    texts, labels = training_phrases(catalogue.questions.values(), root / "data/nlu")
    model = QuestionModel.fit(texts, labels, encoders, ModelConfig(), progress, cache)
    progress("archive", 0, 1)
    graft(base, model, target)
    progress("archive", 1, 1)


@contextmanager
def training_lock(models: Path = MODELS) -> Iterator[None]:
    """One training at a time; the system frees the lock of a process that dies.

    Raises:
        TrainingUnderWay: another process holds it.
    """
    models.mkdir(parents=True, exist_ok=True)
    with (models / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrainingUnderWay("Un apprentissage est déjà en cours sur cette machine : attendez sa fin.") from None
        yield


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


def _archive_with(core: str, models: Path) -> Path | None:
    """The live archive when it holds the same dialogue: only the classifier is to be trained."""
    path = live_model(models)
    card = card_of(path.name, models) if path else None
    return path if card and card.core == core else None


def _run_rasa_train(name: str, root: Path, progress: Progress) -> None:
    command = [
        rasa_command(),
        "train",
        "--fixed-model-name",
        name,
        "--out",
        str(published_faq.MODELS),
        "--data",
        "data",
    ]
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
    if process.wait() != 0 or not (root / published_faq.MODELS / f"{name}.tar.gz").exists():
        raise TrainingFailed("l'apprentissage a échoué :\n" + "".join(tail))
