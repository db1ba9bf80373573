"""A maintainer with nothing but a browser: from unanswered messages to published answers, every figure measured.

Starts `rasa`, `actions` and `web` on free ports with their own database, content and models; visitors ask what the
FAQ does not have; a scripted browser empties the inbox, writes entries, trains, compares, publishes; visitors go on
writing during the switch. Then held-back phrasings are asked, and the other themes are measured again.

    python benchmarks/maintainer.py [--subjects 20] [--screenshots docs/images]
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import numerics  # noqa: E402

numerics.apply()

import httpx  # noqa: E402

from benchmarks.report import save  # noqa: E402
from bot.reference.yaml_files import read_yaml  # noqa: E402
from bot.training import ROOT, live_model, rasa_environment  # noqa: E402

SUBJECTS = Path(__file__).with_name("maintainer_data") / "sujets.yml"
CNFS = str(Path(sys.executable).with_name("cnfs"))
PASSWORD = "une phrase longue et rare"
EMAIL = "camille.martin@exemple.gouv.fr"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """The three processes, on copies of the content and of the models."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models, self.faq = folder / "models", folder / "depot" / "data" / "nlu" / "faq"
        self.models.mkdir()
        shutil.copytree(ROOT / "data/nlu/faq", self.faq)
        live = live_model()
        if live is None:
            raise SystemExit("Aucun modèle : lancez d'abord « cnfs faq train ».")
        for path in (ROOT / "models").iterdir():
            if path.is_file() and (path.suffix == ".json" or path == live):
                shutil.copy(path, self.models / path.name)
        shutil.copytree(ROOT / "models/contents", self.models / "contents")
        for command in (
            ["init", "-q", "-b", "main"],
            ["add", "."],
            ["-c", "user.name=Essai", "-c", "user.email=essai@exemple.fr", "commit", "-qm", "Départ"],
        ):
            subprocess.run(["git", "-C", self.faq.parents[2], *command], check=True)
        self.ports = {name: free_port() for name in ("web", "rasa", "actions")}
        self.url = f"http://127.0.0.1:{self.ports['web']}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CNFS_")},
            "CNFS_PROFILE": "demo",
            "CNFS_DATABASE_URL": f"sqlite:///{folder / 'essai.db'}",
            "CNFS_SECRET_KEY": secrets.token_hex(32),
            "CNFS_RASA_SECRET": secrets.token_hex(32),
            "CNFS_RASA_URL": f"http://127.0.0.1:{self.ports['rasa']}",
            "CNFS_ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}",
            "CNFS_WEB_PORT": str(self.ports["web"]),
            "CNFS_PUBLIC_URL": self.url,
            "CNFS_ALLOWED_ORIGINS": self.url,
            "CNFS_MODELS": str(self.models),
            "CNFS_FAQ_DIRECTORY": str(self.faq),
            "CNFS_FAQ_BRANCH": "faq-publiee",
            "CNFS_CONVERSATIONS_PER_HOUR": "100000",
            "CNFS_MESSAGES_PER_MINUTE": "100000",
            "CNFS_CALLS_PER_MINUTE": "1000000",
        }
        self._processes: list[subprocess.Popen] = []

    def start(self) -> None:
        self.run("base", "migrer")
        account = "from bot.cli.personnel import _run; from bot.services.staff.accounts import create_account; from bot.dispositif.personnel import Role; from datetime import datetime, timezone; "
        account += f"_run(lambda uow: create_account(uow, {EMAIL!r}, 'Camille', 'Martin', Role.MAINTAINER, {PASSWORD!r}, datetime.now(timezone.utc)))"
        subprocess.run([sys.executable, "-c", account], cwd=ROOT, env=self.environment, check=True)
        for command, extra in (
            (["rasa", "--port", str(self.ports["rasa"])], rasa_environment()),
            (["actions", "--port", str(self.ports["actions"])], {}),
            (["web"], {}),
        ):
            log = (self.folder / f"{command[0]}.log").open("wb")
            self._processes.append(
                subprocess.Popen(
                    [CNFS, *command],
                    cwd=ROOT,
                    env={**extra, **self.environment},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        deadline = time.monotonic() + 400
        while not self._is_up():
            if time.monotonic() > deadline:
                raise SystemExit("les processus ne démarrent pas : " + (self.folder / "rasa.log").read_text()[-2000:])
            time.sleep(0.5)

    def run(self, *arguments: str) -> None:
        subprocess.run([CNFS, *arguments], cwd=ROOT, env=self.environment, check=True)

    def stop(self) -> None:
        for process in self._processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            process.wait(20)

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False


class Visitor:
    """One conversation; asks and waits for the answer."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=f"{url}/api/widget", trust_env=False, timeout=30)
        self._client.headers["Authorization"] = f"Bearer {self._client.post('/conversations').json()['token']}"

    def ask(self, text: str, seconds: float = 60) -> list[dict]:
        before = len(self.replies())
        self._client.post("/messages", json={"id": secrets.token_urlsafe(12), "text": text}).raise_for_status()
        deadline = time.monotonic() + seconds
        while len(found := self.replies()) == before and time.monotonic() < deadline:
            time.sleep(0.1)
        return found[before:]

    def replies(self) -> list[dict]:
        return [m for m in self._client.get("/messages").json()["messages"] if m["author"] == "assistant"]


def answered(url: str, phrases: list[str], answers: list[str]) -> int:
    """How many phrases get exactly the answer of their subject."""
    right = 0
    for phrase, answer in zip(phrases, answers):
        replies = Visitor(url).ask(phrase)
        flat = " ".join(" ".join(reply["text"] for reply in replies).split())
        right += " ".join(answer.split())[:60] in flat
    return right


class Chatter(threading.Thread):
    """Someone who writes without pause while the model changes: each message must be answered once."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._visitor, self._over = Visitor(url), threading.Event()
        self.asked, self.slowest, self.wrong = 0, 0.0, 0

    def run(self) -> None:
        while not self._over.is_set():
            started = time.monotonic()
            replies = self._visitor.ask("combien de temps dure la formation ?")
            self.slowest = max(self.slowest, time.monotonic() - started)
            self.asked += 1
            self.wrong += len(replies) != 1

    def stop(self) -> None:
        self._over.set()
        self.join(70)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=20)
    parser.add_argument("--screenshots", type=Path)
    options = parser.parse_args()
    subjects = read_yaml(SUBJECTS)[: options.subjects]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        installation = Installation(folder)
        stack.callback(installation.stop)
        installation.start()
        print("processus prêts", flush=True)
        held = [(text, s["reponse"]) for s in subjects for text in s["retenues"]]
        texts, answers = [text for text, _ in held], [answer for _, answer in held]
        before = answered(installation.url, texts, answers)
        for subject in subjects:
            Visitor(installation.url).ask(subject["message"])
        print(f"avant : {before}/{len(held)}", flush=True)
        from benchmarks.maintainer_browser import maintain

        os.environ["CNFS_BENCH_DATABASE"] = installation.environment["CNFS_DATABASE_URL"]
        chatter = Chatter(installation.url)
        figures = maintain(installation.url, EMAIL, PASSWORD, subjects, chatter, options.screenshots)
        after = answered(installation.url, texts, answers)
        log = subprocess.run(
            ["git", "-C", installation.faq.parents[2], "log", "--format=%an : %s", "faq-publiee"],
            capture_output=True,
            text=True,
        )
        figures |= {
            "held_back": len(held),
            "answered_before": before,
            "answered_after": after,
            "share_after": round(after / len(held), 3),
            "messages_during": chatter.asked,
            "messages_lost_or_doubled": chatter.wrong,
            "slowest_answer_during": round(chatter.slowest, 2),
            "commits": log.stdout.splitlines(),
        }
        print(save("maintainer", figures))
        for name, value in figures.items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
