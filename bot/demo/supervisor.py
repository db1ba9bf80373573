"""Starts the processes of the demo, restarts those that die, stops them all together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

STOP_SECONDS = 10
MAX_PAUSE_SECONDS = 30


@dataclass(frozen=True)
class ProcessSpec:
    """A process to keep alive: its name in messages, its command, what it adds to the environment."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


class PortTaken(RuntimeError):
    """Another program listens where one of ours must."""


def check_ports(ports: Mapping[str, int]) -> None:
    """Raises PortTaken with a sentence that says which port and what to do."""
    for name, port in ports.items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise PortTaken(
                    f"Le port {port} (processus « {name} ») est déjà pris par un autre programme. Arrêtez-le, ou changez "
                    "de ports : make demo PORT=8100 RASA_PORT=5105 ACTIONS_PORT=5155 TELEGRAM_PORT=8110."
                ) from None


class Supervisor:
    """Runs until `stop` is called; a process that dies is started again, more and more patiently."""

    def __init__(self, specs: Sequence[ProcessSpec], say: Callable[[str], None]) -> None:
        self._specs = specs
        self._say = say
        self._stopping = asyncio.Event()
        self.running: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> None:
        await asyncio.gather(*(self._keep_alive(spec) for spec in self._specs))

    def stop(self) -> None:
        self._stopping.set()

    async def _keep_alive(self, spec: ProcessSpec) -> None:
        loop = asyncio.get_running_loop()
        pause = 1.0
        while not self._stopping.is_set():
            started = loop.time()
            # A group of its own: Ctrl-C reaches us alone, and we stop the children in order.
            process = await asyncio.create_subprocess_exec(
                *spec.command, env={**os.environ, **spec.environment}, start_new_session=True
            )
            self.running[spec.name] = process
            ended = asyncio.create_task(process.wait())
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if self._stopping.is_set():
                await _terminate(process)
                return
            pause = 1.0 if loop.time() - started > 60 else min(pause * 2, MAX_PAUSE_SECONDS)
            self._say(f"« {spec.name} » s'est arrêté (code {process.returncode}), nouveau départ dans {pause:.0f} s.")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)


async def _terminate(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except asyncio.TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
