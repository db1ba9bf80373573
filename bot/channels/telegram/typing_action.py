"""« … écrit » in the chat while the assistant prepares its answer."""

from __future__ import annotations

import asyncio
import contextlib

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

# Telegram shows it for five seconds.
PERIOD_SECONDS = 4.0
MAX_SECONDS = 60.0


class Typing:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, chat_id: str, conversation_id: str) -> None:
        self.stop(conversation_id)
        self._tasks[conversation_id] = asyncio.create_task(self._show(chat_id, conversation_id), name="typing")

    def stop(self, conversation_id: str) -> None:
        task = self._tasks.pop(conversation_id, None)
        if task:
            task.cancel()

    async def _show(self, chat_id: str, conversation_id: str) -> None:
        for _ in range(int(MAX_SECONDS / PERIOD_SECONDS)):
            with contextlib.suppress(TelegramError):
                await self._bot.send_chat_action(int(chat_id), ChatAction.TYPING)
            await asyncio.sleep(PERIOD_SECONDS)
        self._tasks.pop(conversation_id, None)
