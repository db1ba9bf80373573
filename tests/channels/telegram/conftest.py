"""The real channel (python-telegram-bot included) between a strict imitation of Telegram and a fake Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest
import uvicorn

from bot.channels.gateway.dispatcher import Dispatcher
from bot.channels.gateway.wake import Wake
from bot.channels.rasa_client import RasaClient
from bot.channels.telegram.process import TelegramProcess
from bot.demo.telegram.app import create_emulator
from bot.demo.telegram.world import World
from bot.settings import Settings
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade
from tests.fakes.fake_rasa import create_fake_rasa

TOKEN = "700100200:jeton-de-test-qui-ne-doit-jamais-etre-journalise"


def now() -> datetime:
    return datetime.now(timezone.utc)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """An ASGI application on a port of this machine, in this event loop."""

    def __init__(self, app, port: int | None = None, lifespan: str = "on") -> None:
        self.app = app
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._lifespan = lifespan

    async def __aenter__(self) -> Served:
        config = uvicorn.Config(
            self.app,
            port=self.port,
            log_config=None,
            ws="none",
            lifespan=self._lifespan,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.should_exit = True
        await self._task


class Setup:
    """Telegram, the channel, the gateway and Rasa; each can be stopped and started."""

    def __init__(self, folder: Path, settings: dict) -> None:
        self.emulator = Served(create_emulator(TOKEN))
        self.rasa_app = create_fake_rasa()
        self.rasa = Served(self.rasa_app, lifespan="off")
        self.settings = Settings(
            profile="demo",
            database_url=f"sqlite:///{folder / 'cnfs.db'}",
            secret_key="cle-de-signature-des-tests-de-telegram",
            rasa_secret="secret-partage-des-tests-de-telegram",
            rasa_url=self.rasa.url,
            actions_url=self.rasa.url,
            telegram_token=TOKEN,
            telegram_api_url=self.emulator.url,
            **{"messages_per_minute": 1000, **settings},
        )
        self.engine = create_engine(self.settings.database_url)
        upgrade(self.engine)
        self._channel: asyncio.Task | None = None

    @property
    def world(self) -> World:
        return self.emulator.app.state.world

    @property
    def person(self) -> int:
        return next(iter(self.world.people))

    @property
    def received(self) -> list[str]:
        """What reached Rasa."""
        return [text for _sender, _id, text in self.rasa_app.state.received]

    def start_channel(self) -> None:
        self.process = TelegramProcess(self.settings, self.engine, now)
        self._channel = asyncio.create_task(self.process.run())

    async def stop_channel(self) -> None:
        if self._channel:
            self._channel.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._channel
            self._channel = None

    def bot_messages(self, person: int | None = None) -> list[dict]:
        messages = self.world.people[person or self.person].messages
        return [message for message in messages if message["from"]["is_bot"]]

    def texts(self, person: int | None = None) -> list[str]:
        return [m.get("text") or m.get("caption") or "" for m in self.bot_messages(person)]

    async def until(self, condition: Callable[[], object], seconds: float = 10.0, what: str = "") -> object:
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > deadline:
                pytest.fail(f"{what or 'rien'} : {self.texts()} ; rasa : {self.received}")
            await asyncio.sleep(0.02)
        return found

    async def says(self, text: str, person: int | None = None, seconds: float = 10.0) -> dict:
        """Waits for a message of the bot that contains `text`."""

        def find() -> dict | None:
            return next((m for m in reversed(self.bot_messages(person)) if text in (m.get("text") or "")), None)

        found = await self.until(find, seconds, f"« {text} » attendu")
        assert isinstance(found, dict)
        return found

    async def press(self, message: dict, title: str, person: int | None = None, seconds: float = 10.0) -> dict | None:
        """Presses a button by its title; what the bot answered to the press, or None."""
        buttons = [b for row in message["reply_markup"]["inline_keyboard"] for b in row]
        data = next(b["callback_data"] for b in buttons if title in b["text"])
        query = self.world.press(person or self.person, message["message_id"], data)
        return await self.world.answer_to(query, seconds)


@contextlib.asynccontextmanager
async def running(folder: Path, **settings) -> AsyncIterator[Setup]:
    setup = Setup(folder, settings)
    async with setup.emulator, setup.rasa:
        client = RasaClient(setup.rasa.url, setup.rasa.url, setup.settings.rasa_secret.get_secret_value())
        dispatcher = Dispatcher(setup.engine, client, Wake(), now, workers=4)
        dispatcher.start()
        setup.dispatcher = dispatcher
        setup.start_channel()
        try:
            yield setup
        finally:
            await setup.stop_channel()
            await dispatcher.stop()
            await client.close()
    setup.engine.dispose()


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    async with running(tmp_path) as ready:
        yield ready
