"""The `telegram` process: receives (polling, or the table `web` writes in webhook mode), handles, sends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, ContextTypes, TypeHandler

from bot.channels.gateway.tail import Tail
from bot.channels.telegram.commands import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION
from bot.channels.telegram.documents import make_document
from bot.channels.telegram.events import ALLOWED_UPDATES
from bot.channels.telegram.house import House
from bot.channels.telegram.inbox import Inbox, PersistingQueue
from bot.channels.telegram.outbox import Outbox
from bot.channels.telegram.reception import Reception
from bot.channels.telegram.reminding import remind
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.typing_action import Typing
from bot.channels.telegram.webhook_address import webhook_path, webhook_secret
from bot.channels.web.guards import Limits
from bot.services.access.from_settings import access_keys
from bot.services.handover.rules import handover_rules
from bot.settings import Settings
from bot.storage.telegram import StoredUpdate

MAX_PAUSE_SECONDS = 60
TAIL_SECONDS = 0.25

logger = logging.getLogger(__name__)


class TelegramProcess:
    """Everything the process holds; `run` never ends because Telegram is down."""

    def __init__(self, settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> None:
        if settings.telegram_token is None:
            raise ValueError("no Telegram token")
        self._settings = settings
        self._engine = engine
        self._clock = clock
        queue = PersistingQueue(engine, clock, lambda: self.inbox.notify())
        self.application = _build(settings, queue)
        self.application.add_handler(TypeHandler(Update, self._handle))
        self.application.add_error_handler(self._note_error)
        self._errors: dict[int, Exception] = {}
        bot = self.application.bot
        self.typing = Typing(bot)
        self.outbox = Outbox(engine, Sender(bot, make_document(engine)), clock)
        self.outbox.sent = self.typing.stop
        self.inbox = Inbox(engine, clock, self._process, self._give_up)
        limits = Limits(None, settings.messages_per_minute, settings.conversations_per_hour, settings.calls_per_minute)
        privacy_url = settings.privacy_url or f"{settings.public_url}/confidentialite"
        self.reception = Reception(
            engine,
            clock,
            bot,
            House(access_keys(settings), settings.retention_days, privacy_url),
            limits,
            settings.message_max_characters,
            access_keys(settings),
            self.outbox.notify,
            self.typing.start,
            handover_rules(settings),
        )

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await self._connect()
            tail = Tail(self._engine, self.outbox, TAIL_SECONDS)
            jobs = (tail.run(), self.outbox.run(), self.inbox.run(), remind(self._engine, self._clock))
            await asyncio.gather(*jobs)
        finally:
            await self._disconnect()

    async def _connect(self) -> None:
        """Says hello to Telegram, as often as it takes."""
        pause = 1
        while True:
            try:
                await self.application.initialize()
                await self._introduce()
                await self._listen()
                logger.info("telegram_connected mode=%s", self._settings.telegram_mode)
                return
            except InvalidToken:
                logger.error(
                    "telegram_token_refused: Telegram refuse CNFS_TELEGRAM_TOKEN, vérifiez-le auprès de BotFather"
                )
                pause = MAX_PAUSE_SECONDS
            except TelegramError as error:
                logger.warning("telegram_away error=%s retry_in=%s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_PAUSE_SECONDS)

    async def _introduce(self) -> None:
        """The menu and the presentation, in French and by default."""
        bot: Bot = self.application.bot
        commands = [BotCommand(command.name, command.description) for command in COMMANDS]
        for language in (None, "fr"):
            await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code=language)
            await bot.set_my_commands(commands, language_code=language)
            await bot.set_my_description(DESCRIPTION, language_code=language)
            await bot.set_my_short_description(SHORT_DESCRIPTION, language_code=language)
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())

    async def _listen(self) -> None:
        settings = self._settings
        if settings.telegram_mode == "webhook":
            await self.application.bot.set_webhook(
                settings.public_url + webhook_path(settings),
                secret_token=webhook_secret(settings),
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                max_connections=10,
            )
        else:
            assert self.application.updater is not None
            await self.application.updater.start_polling(
                timeout=25,
                bootstrap_retries=0,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                error_callback=_log_polling_error,
            )

    async def _disconnect(self) -> None:
        updater = self.application.updater
        with contextlib.suppress(TelegramError, RuntimeError):
            if updater and updater.running:
                await updater.stop()
            await self.application.shutdown()

    async def _process(self, stored: StoredUpdate) -> None:
        """Plays one stored update through the handlers.

        Raises:
            Exception: what a handler raised, so that the update is tried again.
        """
        update = Update.de_json(dict(stored.body), self.application.bot)
        await self.application.process_update(update)
        error = self._errors.pop(stored.update_id, None)
        if error:
            raise error

    async def _handle(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self.reception.handle(update)

    async def _note_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if isinstance(update, Update) and isinstance(context.error, Exception):
            self._errors[update.update_id] = context.error

    async def _give_up(self, stored: StoredUpdate) -> None:
        await self.reception.apologise(stored.chat_id, stored.update_id)


def _build(settings: Settings, queue: PersistingQueue) -> Application:
    assert settings.telegram_token is not None
    builder = (
        ApplicationBuilder()
        .token(settings.telegram_token.get_secret_value())
        # Flood waits are the outbox's business: it puts messages back and serves them in order.
        .rate_limiter(AIORateLimiter(max_retries=0))
        .update_queue(queue)
        .connect_timeout(10)
        .read_timeout(20)
    )
    if settings.telegram_api_url:
        builder = builder.base_url(f"{settings.telegram_api_url}/bot").base_file_url(
            f"{settings.telegram_api_url}/file/bot"
        )
    return builder.build()


def _log_polling_error(error: TelegramError) -> None:
    # Only its kind: an address in its text may contain the token.
    logger.warning("telegram_polling error=%s", type(error).__name__)
