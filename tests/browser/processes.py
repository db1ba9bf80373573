"""The processes a browser test needs, each on a free port, each stopped at the end."""

from __future__ import annotations

import http.server
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import uvicorn

from tests.fakes.fake_rasa import create_fake_rasa

CNFS = Path(sys.executable).with_name("cnfs")
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if httpx.get(url, trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"{url} ne répond pas")
        time.sleep(0.05)


class FakeRasa:
    """The fake Rasa in a thread; `received` is what reached it, over its stops and starts."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = create_fake_rasa()

    @property
    def received(self) -> list[str]:
        return [text for _sender, _id, text in self.app.state.received]

    def start(self) -> None:
        config = uvicorn.Config(
            self.app, port=self.port, log_level="warning", ws="none", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        wait_until_up(f"{self.url}/health")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> FakeRasa:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._thread.is_alive():
            self.stop()


class Web:
    """`cnfs web` on its own SQLite database; may be killed and started again on the same port."""

    def __init__(self, folder: Path, rasa_url: str, origins: list[str]) -> None:
        self.folder = folder
        self.database = folder / "cnfs.db"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CNFS_")},
            "CNFS_PROFILE": "demo",
            "CNFS_DATABASE_URL": f"sqlite:///{self.database}",
            "CNFS_SECRET_KEY": "cle-de-signature-des-tests-du-navigateur",
            "CNFS_RASA_SECRET": "secret-partage-des-tests-du-navigateur",
            "CNFS_RASA_URL": rasa_url,
            "CNFS_ACTIONS_URL": rasa_url,
            "CNFS_WEB_PORT": str(self.port),
            "CNFS_PUBLIC_URL": self.url,
            "CNFS_ALLOWED_ORIGINS": ",".join([self.url, *origins]),
            # Tests write faster than people.
            "CNFS_CONVERSATIONS_PER_HOUR": "1000",
            "CNFS_MESSAGES_PER_MINUTE": "1000",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "web.log").open("ab") as log:
            self._process = subprocess.Popen(
                [CNFS, "web"], cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        wait_until_up(f"{self.url}/api/widget/config")

    def kill(self) -> None:
        """As a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def end_leases(self) -> None:
        """Messages a dead process was busy with are free at once, not after its lease."""
        with sqlite3.connect(self.database, timeout=30) as connection:
            connection.execute("UPDATE messages SET due_at = '2000-01-01 00:00:00.000000' WHERE status = 'processing'")
        connection.close()

    def __enter__(self) -> Web:
        subprocess.run([CNFS, "base", "migrer"], cwd=self.folder, env=self.environment, check=True)
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()


HOST_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mairie de Hôte</title>
<script src="{web}/widget/cnfs-widget.js" data-title="L'assistant de la mairie" data-accent="#ffd60a"
  data-position="left" data-texts='{{"launcher": "Besoin d\\u2019aide ?"}}' defer></script>
</head><body><main><h1>Mairie de Hôte</h1></main></body></html>"""


class HostSite:
    """Somebody else's site, on plain http, whose policy allows our origin for scripts and connections only."""

    def __init__(self, port: int, web_url: str) -> None:
        self.url = f"http://hote.test:{port}/"
        page = HOST_PAGE.format(web=web_url).encode()
        policy = f"default-src 'none'; script-src {web_url}; connect-src {web_url}; base-uri 'none'"

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> HostSite:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
