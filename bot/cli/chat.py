"""`cnfs chat`: a terminal client of the gateway, the same door as the widget."""

from __future__ import annotations

import json
import secrets
import threading
import time

import httpx
import typer


def chat(url: str = typer.Option("http://127.0.0.1:8000", envvar="CNFS_PUBLIC_URL", help="Adresse de `web`.")) -> None:
    """Parle à l'assistant dans le terminal. Un numéro presse le bouton correspondant ; Ctrl-D termine."""
    with httpx.Client(base_url=url.rstrip("/") + "/api/widget", trust_env=False, timeout=10) as client:
        try:
            opened = client.post("/conversations")
            opened.raise_for_status()
        except httpx.HTTPError as error:
            typer.echo(f"L'assistant ne répond pas à {url} ({type(error).__name__}). Lancez « make demo ».", err=True)
            raise typer.Exit(1) from None
        client.headers["Authorization"] = f"Bearer {opened.json()['token']}"
        typer.echo("Posez votre question (Ctrl-D pour finir).")
        _Session(client).run()


class _Session:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._buttons: tuple[int, list[str]] = (0, [])
        self._seen = 0
        self._answered = threading.Event()

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            try:
                line = input("> ").strip()
            except (EOFError, KeyboardInterrupt):
                typer.echo("")
                return
            if line:
                self._send(line)

    def _send(self, line: str) -> None:
        seq, titles = self._buttons
        body: dict = {"id": secrets.token_urlsafe(12)}
        if line.isdigit() and 1 <= int(line) <= len(titles):
            body["button"] = {"seq": seq, "index": int(line) - 1}
        else:
            body["text"] = line
        self._answered.clear()
        response = self._client.post("/messages", json=body)
        if response.status_code >= 400:
            typer.echo(response.json().get("sentence", "Message refusé."))
            return
        if not self._answered.wait(30):
            typer.echo("(pas encore de réponse : votre message est gardé, elle s'affichera dès qu'elle arrive)")

    def _listen(self) -> None:
        while True:
            try:
                with self._client.stream(
                    "GET", "/events", headers={"Last-Event-ID": str(self._seen)}, timeout=60
                ) as stream:
                    self._read(stream)
            except httpx.HTTPError:
                time.sleep(1)

    def _read(self, stream: httpx.Response) -> None:
        event = ""
        for line in stream.iter_lines():
            if line.startswith("event:"):
                event = line[6:].strip()
            elif line.startswith("data:") and event == "message":
                self._show(json.loads(line[5:]))
            elif line.startswith("data:") and event == "away":
                typer.echo("(l'assistant redémarre, votre message est gardé)")

    def _show(self, message: dict) -> None:
        self._seen = max(self._seen, message["seq"])
        if message["author"] == "user":
            return
        typer.echo("\n" + message["text"])
        if message.get("source"):
            typer.echo(f"Source : {message['source']}")
        titles = message.get("buttons", [])
        for number, title in enumerate(titles, start=1):
            typer.echo(f"  [{number}] {title}")
        self._buttons = (message["seq"], titles)
        self._answered.set()
