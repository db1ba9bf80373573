"""Start-up, memory, latency and throughput: this assistant through its gateway, and stock Rasa, in one run.

    python -m benchmarks.serving                       # trains the stock project on 60 questions first (minutes)
    python -m benchmarks.serving --only ours           # this assistant alone
    options: --clients 1,8,32   --messages 240

What a visitor waits for is measured: from the post of a message to the last byte of its answer, the gateway, the
database and the event stream included. Stock Rasa is asked on its REST channel, without any of that. Phrases are
those of tests/phrases, each asked once a series: nothing is answered from a cache.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks import stock_rasa
from benchmarks.report import save, table
from bot.reference.faq import load_catalogue
from bot.services.evaluate import load_phrases
from bot.training import ROOT, rasa_command, rasa_environment

START_SECONDS = 240
STOCK_QUESTIONS = 60
Ask = Callable[[str], Awaitable[None]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="ours,stock")
    parser.add_argument("--clients", default="1,8,32")
    parser.add_argument("--messages", type=int, default=240)
    options = parser.parse_args()
    clients = [int(count) for count in options.clients.split(",")]
    figures: dict[str, Any] = {}
    for name in options.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            server = SERVERS[name](Path(folder))
            try:
                figures[name] = asyncio.run(_measure(server, clients, options.messages))
            finally:
                server.stop()
        print(name, json.dumps(figures[name]), flush=True)
    print(_report(figures, clients))
    print(save("serving", figures))


class Ours:
    """`cnfs demo`: rasa, actions and web, on an empty SQLite database."""

    title = "cet assistant, par sa passerelle"

    def __init__(self, folder: Path) -> None:
        ports = {name: free_port() for name in ("port", "rasa-port", "actions-port", "telegram-port")}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CNFS_")} | {
            "CNFS_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
            "CNFS_MESSAGES_PER_MINUTE": "1000000",
            "CNFS_CONVERSATIONS_PER_HOUR": "1000000",
            "CNFS_CALLS_PER_MINUTE": "1000000",
        }
        command = [str(Path(sys.executable).with_name("cnfs")), "demo"]
        for name, port in ports.items():
            command += [f"--{name}", str(port)]
        self.url = f"http://127.0.0.1:{ports['port']}"
        self._log = (folder / "demo.log").open("wb")
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log)
        self.ready = f"{self.url}/health"

    async def client(self) -> Ask:
        http = httpx.AsyncClient(base_url=f"{self.url}/api/widget", trust_env=False, timeout=60)
        token = (await http.post("/conversations")).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        answers: asyncio.Queue[int] = asyncio.Queue()

        async def listen() -> None:
            async with http.stream("GET", "/events", timeout=None) as stream:
                event = ""
                async for line in stream.aiter_lines():
                    if line.startswith("event:"):
                        event = line[6:].strip()
                    elif line.startswith("data:") and event == "message":
                        message = json.loads(line[5:])
                        if message["author"] == "assistant":
                            answers.put_nowait(message["seq"])

        ask_task = asyncio.create_task(listen())

        async def ask(text: str) -> None:
            response = await http.post("/messages", json={"id": secrets.token_urlsafe(12), "text": text})
            response.raise_for_status()
            while await answers.get() < response.json()["seq"]:
                pass

        ask.task = ask_task  # type: ignore[attr-defined]  # kept alive with its client
        return ask

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(40)
        self._log.close()


class Stock:
    """`rasa run` on the stock pipeline, trained on the phrases of the first questions of the FAQ."""

    title = f"Rasa, pipeline d'origine ({STOCK_QUESTIONS} questions), canal REST"

    def __init__(self, folder: Path) -> None:
        questions = list(islice(load_catalogue().questions.values(), STOCK_QUESTIONS))
        examples = [(text, question.intent) for question in questions for text in (question.title, *question.examples)]
        stock_rasa.write_project(folder, examples, {question.key: question.answer for question in questions})
        self.train_seconds = round(stock_rasa.train(folder), 1)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.ready = f"{self.url}/webhooks/rest/"
        command = [rasa_command(), "run", "--port", str(port), "--interface", "127.0.0.1"]
        self._log = (folder / "run.log").open("wb")
        self.process = subprocess.Popen(command, cwd=folder, env=rasa_environment(), stdout=self._log, stderr=self._log)

    async def client(self) -> Ask:
        http = httpx.AsyncClient(trust_env=False, timeout=60)
        sender = secrets.token_hex(8)

        async def ask(text: str) -> None:
            body = {"sender": sender, "message": text}
            (await http.post(f"{self.url}/webhooks/rest/webhook", json=body)).raise_for_status()

        return ask

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(40)
        self._log.close()


SERVERS: dict[str, Callable[[Path], Any]] = {"ours": Ours, "stock": Stock}


async def _measure(server: Any, clients: list[int], messages: int) -> dict[str, Any]:
    started = time.perf_counter()
    await _until_ready(server)
    figures: dict[str, Any] = {"start_seconds": round(time.perf_counter() - started, 1)}
    if hasattr(server, "train_seconds"):
        figures["train_seconds"] = server.train_seconds
    await _series(server, 4, iter(["bonjour", "merci", "combien pour un cdi ?"] * 20), 40)
    texts = _phrases()
    before = _cpu_seconds(server.process.pid)
    for count in clients:
        figures[f"clients_{count}"] = await _series(server, count, texts, messages)
    after = _cpu_seconds(server.process.pid)
    # What a message costs whatever else the machine is doing.
    figures["cpu_ms_per_message"] = {
        name: round(1000 * (seconds - before.get(name, 0)) / (messages * len(clients)), 1)
        for name, seconds in after.items()
    }
    figures["memory_mib"] = _memory(server.process.pid)
    return figures


async def _series(server: Any, clients: int, texts: Iterator[str], messages: int) -> dict[str, float]:
    waits: list[float] = []
    chosen = iter(list(islice(texts, messages)))

    async def talk(ask: Ask) -> None:
        for text in chosen:
            start = time.perf_counter()
            await ask(text)
            waits.append(1000 * (time.perf_counter() - start))

    asks = [await server.client() for _ in range(clients)]
    start = time.perf_counter()
    await asyncio.gather(*(talk(ask) for ask in asks))
    seconds = time.perf_counter() - start
    cuts = statistics.quantiles(waits, n=100)
    return {
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "messages_per_second": round(len(waits) / seconds, 1),
    }


def _phrases() -> Iterator[str]:
    """Every test phrase once, in an order that mixes the themes."""
    texts = sorted({phrase.text for phrase in load_phrases()}, key=lambda text: text[::-1])
    return iter(texts)


async def _until_ready(server: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        while True:
            try:
                if (await http.get(server.ready)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("le serveur ne démarre pas")
            await asyncio.sleep(0.1)


def _memory(pid: int) -> dict[str, int]:
    """Resident memory of each process, in MiB."""
    return {name: round(process.memory_info().rss / 2**20) for name, process in _processes(pid)}


def _cpu_seconds(pid: int) -> dict[str, float]:
    return {name: process.cpu_times().user + process.cpu_times().system for name, process in _processes(pid)}


def _processes(pid: int) -> Iterator[tuple[str, psutil.Process]]:
    """The server's processes, named after what their command line says they are."""
    parent = psutil.Process(pid)
    for process in [parent, *parent.children(recursive=True)]:
        words = " ".join(process.cmdline()[1:4])
        yield (
            next((role for role in ("actions", "web", "telegram", "rasa run", "demo") if role in words), "autre"),
            process,
        )


def _report(figures: dict[str, Any], clients: list[int]) -> str:
    rows = []
    for name, values in figures.items():
        for count in clients:
            series = values[f"clients_{count}"]
            rows.append([SERVERS[name].title, str(count), *(str(value) for value in series.values())])
    lines = [table(["système", "clients", "p50 (ms)", "p95 (ms)", "p99 (ms)", "messages/s"], rows)]
    if {"ours", "stock"} <= figures.keys():
        for count in clients:
            ours, stock = (figures[name][f"clients_{count}"] for name in ("ours", "stock"))
            lines.append(
                f"{count} client(s) : p50 {ours['p50_ms'] / stock['p50_ms']:.2f} × celui de Rasa d'origine, "
                f"débit {ours['messages_per_second'] / stock['messages_per_second']:.2f} ×."
            )
    return "\n".join(lines)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
