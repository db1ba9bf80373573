"""From one added phrase to a published model, from the command line, through a kill -9 in the middle of the training."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bot.services.published_faq import live
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork
from bot.training import ROOT, live_model
from tests.system.conftest import CNFS

PHRASE = "son école dure combien de semaines au juste"


class Desk:
    def __init__(self, folder: Path) -> None:
        self.models, self.faq = folder / "models", folder / "depot/data/nlu/faq"
        self.models.mkdir()
        shutil.copytree(ROOT / "data/nlu/faq", self.faq)
        shutil.copytree(ROOT / "models/contents", self.models / "contents")
        for path in (ROOT / "models").iterdir():
            if path.is_file() and (path.suffix == ".json" or path == live_model()):
                shutil.copy(path, self.models / path.name)
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("-c", "user.name=Essai", "-c", "user.email=essai@exemple.fr", "commit", "-qm", "Départ")
        self.url = f"sqlite:///{folder / 'essai.db'}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CNFS_")},
            "CNFS_DATABASE_URL": self.url,
            "CNFS_SECRET_KEY": "cle-de-signature-des-tests-de-la-faq",
            "CNFS_RASA_SECRET": "secret-partage-des-tests-de-la-faq-xx",
            "CNFS_MODELS": str(self.models),
            "CNFS_FAQ_DIRECTORY": str(self.faq),
            "CNFS_FAQ_BRANCH": "faq-publiee",
            # The gate has tests of its own; here a phrase or two gained or lost between two trainings must not decide.
            "CNFS_FAQ_TOTAL_POINTS": "5",
            "CNFS_FAQ_THEME_POINTS": "10",
            "CNFS_FAQ_REFUSAL_POINTS": "5",
        }

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.faq.parents[2]), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [CNFS, "faq", *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        out, _ = process.communicate(timeout=280)
        assert process.returncode == 0, out
        return out

    def candidates(self) -> list:
        engine = create_engine(self.url)
        try:
            with UnitOfWork(engine, writes=False) as uow:
                return uow.faq_releases.candidates()
        finally:
            engine.dispose()


@pytest.mark.timeout(600)
def test_a_killed_training_harms_nothing_and_the_next_is_published_and_rolled_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    subprocess.run([CNFS, "base", "migrer"], cwd=ROOT, env=desk.environment, check=True)
    before = live(desk.models)
    desk.run("add", "formation_duree", PHRASE)
    killed = desk.start("publish", "--auteur", "Anne Dupré")
    deadline = time.monotonic() + 200
    while not any(c.progress > 0.2 for c in desk.candidates()):
        assert killed.poll() is None, "the training ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.2)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert live(desk.models) == before
    assert json.loads(desk.run("publish", "--auteur", "Anne Dupré", "--motif", "Une façon de demander", "--json"))
    assert [c.state.value for c in desk.candidates()] == ["published", "interrupted"]
    after = live(desk.models)
    assert after.model != before.model
    assert desk.git("log", "-1", "--format=%an|%s", "faq-publiee") == "Anne Dupré|Une façon de demander"
    assert desk.git("diff", "--numstat", "main", "faq-publiee").split()[:2] == ["1", "0"]
    desk.run("rollback")
    assert (live(desk.models).model, live(desk.models).faq) == (before.model, before.faq)
    assert PHRASE not in (desk.faq / "formation.yml").read_text()
