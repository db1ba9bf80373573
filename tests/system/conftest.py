"""The demo as `make demo` starts it, on free ports and an empty database."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bot.training import ROOT

CNFS = str(Path(sys.executable).with_name("cnfs"))
START_SECONDS = 180


class Demo:
    """`cnfs demo` and the three processes it keeps alive."""

    def __init__(self, folder: Path) -> None:
        self.ports = {name: _free_port() for name in ("web", "rasa", "actions", "telegram")}
        self.url = f"http://127.0.0.1:{self.ports['web']}"
        self.rest = f"http://127.0.0.1:{self.ports['rasa']}/webhooks/rest/webhook"
        self.log = folder / "demo.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CNFS_")}
        environment |= {
            "CNFS_DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
            # A test says in seconds what people say in minutes.
            "CNFS_MESSAGES_PER_MINUTE": "10000",
            "CNFS_CONVERSATIONS_PER_HOUR": "10000",
        }
        command = [CNFS, "demo"]
        for name, port in self.ports.items():
            command += ["--port" if name == "web" else f"--{name}-port", str(port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self.wait_until(
            lambda: "L'assistant répond" in self.log.read_text(errors="replace"), "la démonstration ne démarre pas"
        )

    def wait_until(self, condition: Callable[[], bool], problem: str, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{problem} :\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)

    def pid_of(self, name: str) -> int | None:
        """The process that listens on the port of `name`."""
        import psutil

        child = psutil.Process(self._process.pid).children(recursive=True)
        port = self.ports[name]
        for process in child:
            try:
                if any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in process.net_connections("tcp")):
                    return process.pid
            except psutil.Error:
                continue
        return None

    def kill(self, name: str) -> None:
        """kill -9, as a power cut would."""
        pid = self.pid_of(name)
        assert pid, f"« {name} » n'écoute pas"
        os.kill(pid, signal.SIGKILL)

    def kill_command(self, name: str) -> None:
        """kill -9 of `cnfs <name>`, a process that listens on no port."""
        import psutil

        found = [
            child
            for child in psutil.Process(self._process.pid).children(recursive=True)
            if child.cmdline()[-2:] == [CNFS, name]
        ]
        assert found, f"« {name} » ne tourne pas"
        found[0].kill()

    def listening_addresses(self) -> dict[int, set[str]]:
        import psutil

        found: dict[int, set[str]] = {}
        for process in psutil.Process(self._process.pid).children(recursive=True):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    found.setdefault(connection.laddr.port, set()).add(connection.laddr.ip)
        return found

    def stop(self) -> int:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(40)


class Visitor:
    """A widget without a browser: writes with client ids and reads the thread."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=f"{url}/api/widget", trust_env=False, timeout=10)
        self._client.headers["Authorization"] = f"Bearer {self._client.post('/conversations').json()['token']}"

    def close(self) -> None:
        self._client.close()

    def write(self, text: str, client_id: str | None = None) -> str:
        """Posts until it is acknowledged, always under the same id, as the widget does."""
        client_id = client_id or secrets.token_urlsafe(12)
        while True:
            try:
                response = self._client.post("/messages", json={"id": client_id, "text": text})
                response.raise_for_status()
                return client_id
            except httpx.TransportError:
                time.sleep(0.3)

    def thread(self) -> list[dict]:
        while True:
            try:
                return self._client.get("/messages").json()["messages"]
            except httpx.TransportError:
                time.sleep(0.3)

    def wait_for_replies(self, count: int, seconds: float = 150) -> list[dict]:
        deadline = time.monotonic() + seconds
        while True:
            replies = [message for message in self.thread() if message["author"] == "assistant"]
            if len(replies) >= count or time.monotonic() > deadline:
                return replies
            time.sleep(0.2)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"))
    yield running
    running.stop()


@pytest.fixture
def new_visitor(demo: Demo) -> Iterator[Callable[[], Visitor]]:
    visitors: list[Visitor] = []

    def create() -> Visitor:
        visitors.append(Visitor(demo.url))
        return visitors[-1]

    yield create
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
