"""`cnfs demo`: everything on one machine, from nothing to the addresses to open."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from bot.demo.access import prepare_structures
from bot.demo.invitations import telegram_lines
from bot.demo.staff import PEOPLE, prepare_staff
from bot.demo.supervisor import ProcessSpec, Supervisor, check_ports
from bot.services.staff.sessions import DEMO_DOMAIN
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade
from bot.training import ROOT, live_model, rasa_environment

VAR = ROOT / "var"
SECRETS = VAR / "demo.env"
STAFF_PASSWORD = VAR / "demo.personnel"
READY_SECONDS = 180
# A bot's token begins with its number.
_SECRETS = {"CNFS_SECRET_KEY": "", "CNFS_RASA_SECRET": "", "CNFS_IDENTITY_KEY": "", "CNFS_TELEGRAM_TOKEN": "700100200:"}


def demo_environment(port: int, rasa_port: int, actions_port: int, telegram_port: int) -> dict[str, str]:
    """The demo's settings; its secrets are drawn at random once, for this machine only.

    With a token of the operator's (CNFS_TELEGRAM_TOKEN) the real Telegram is used, without one an imitation.
    """
    environment = {
        "CNFS_PROFILE": "demo",
        "CNFS_DATABASE_URL": os.environ.get("CNFS_DATABASE_URL", f"sqlite:///{VAR / 'cnfs.db'}"),
        "CNFS_WEB_PORT": str(port),
        "CNFS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CNFS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port},http://localhost:{port}",
        "CNFS_RASA_URL": f"http://127.0.0.1:{rasa_port}",
        "CNFS_ACTIONS_URL": f"http://127.0.0.1:{actions_port}",
        # Whoever tries the demonstration does so at any hour.
        "CNFS_SUPPORT_HOURS_ONLY": "false",
        "CNFS_LOG_FORMAT": os.environ.get("CNFS_LOG_FORMAT", "console"),
        "CNFS_TELEGRAM_API_URL": f"http://127.0.0.1:{telegram_port}",
        **_secrets(),
    }
    if os.environ.get("CNFS_TELEGRAM_TOKEN"):
        del environment["CNFS_TELEGRAM_API_URL"], environment["CNFS_TELEGRAM_TOKEN"]
    return environment


def prepare_database(environment: dict[str, str]) -> None:
    upgrade(create_engine(environment["CNFS_DATABASE_URL"]))


def run_demo(port: int, rasa_port: int, actions_port: int, telegram_port: int, say: Callable[[str], None]) -> None:
    """Starts every process, says where to go once they answer, and keeps them alive until Ctrl-C.

    Raises:
        PortTaken: another program holds one of the ports.
    """
    environment = demo_environment(port, rasa_port, actions_port, telegram_port)
    phone = environment.get("CNFS_TELEGRAM_API_URL")
    ports = {"web": port, "rasa": rasa_port, "actions": actions_port}
    check_ports({**ports, "emulateur": telegram_port} if phone else ports)
    prepare_database(environment)
    files = prepare_structures(environment["CNFS_DATABASE_URL"], environment["CNFS_SECRET_KEY"])
    password = prepare_staff(environment["CNFS_DATABASE_URL"], STAFF_PASSWORD)
    cnfs = str(Path(sys.executable).with_name("cnfs"))
    rasa = [cnfs, "rasa", "--port", str(rasa_port), "--credentials", "credentials.demo.yml"]
    specs = [
        ProcessSpec("rasa", rasa, {**rasa_environment(), **environment}),
        ProcessSpec("actions", [cnfs, "actions", "--port", str(actions_port)], environment),
        ProcessSpec("web", [cnfs, "web"], environment),
        ProcessSpec("telegram", [cnfs, "telegram"], environment),
    ]
    if phone:
        specs.append(ProcessSpec("emulateur", [cnfs, "emulateur", "--port", str(telegram_port)], environment))
    asyncio.run(
        _run(
            Supervisor(specs, say),
            environment["CNFS_PUBLIC_URL"],
            rasa_port,
            files + telegram_lines(environment),
            password,
            say,
        )
    )


async def _run(
    supervisor: Supervisor, url: str, rasa_port: int, telegram: str, password: str, say: Callable[[str], None]
) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, supervisor.stop)
    announcing = asyncio.create_task(_announce(url, rasa_port, telegram, password, say))
    await supervisor.run()
    announcing.cancel()
    say("Tout est arrêté.")


async def _announce(url: str, rasa_port: int, telegram: str, password: str, say: Callable[[str], None]) -> None:
    say("Démarrage de rasa, actions, web et telegram (une demi-minute)…")
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(READY_SECONDS):
            try:
                if (await client.get(f"{url}/health")).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            await asyncio.sleep(1)
        else:
            say(f"Le service ne répond toujours pas après {READY_SECONDS} s ; voyez les messages ci-dessus.")
            return
    localhost = url.replace("127.0.0.1", "localhost")
    say(
        "\nL'assistant répond :\n"
        f"  site de démonstration      {url}/\n"
        f"  page sans style, autre origine  {localhost}/page-nue\n"
        f"{telegram}"
        f"  consoles du personnel      {url}/console/\n"
        f"    comptes                  {', '.join(name + DEMO_DOMAIN for name, *_ in PEOPLE)}\n"
        f"    mot de passe             {password}\n"
        f"  canal REST de Rasa         POST http://127.0.0.1:{rasa_port}/webhooks/rest/webhook\n"
        f"  terminal                   .venv/bin/cnfs chat --url {url}\n"
        f"  état                       {url}/health\n"
        f"  modèle                     {live_model()}\n"
        "Ctrl-C arrête tout.\n"
    )


def _secrets() -> dict[str, str]:
    SECRETS.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(SECRETS, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        known = dict(line.strip().split("=", 1) for line in file if "=" in line)
        for name, prefix in _SECRETS.items():
            if name not in known:
                known[name] = prefix + secrets.token_hex(32)
                file.write(f"{name}={known[name]}\n")
    return known
