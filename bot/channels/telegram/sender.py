"""One sending to Telegram, and what its refusals mean to us."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.drawing import DocumentPart, Part, PicturePart, TextPart
from bot.channels.telegram.keyboards import markup_of
from bot.channels.telegram.pictures import draw_bars
from bot.dispositif.conversation import Message

MakeDocument = Callable[[Mapping[str, Any], str], bytes]

logger = logging.getLogger(__name__)


class Unreachable(RuntimeError):
    """Telegram is away: try later."""


class Refused(RuntimeError):
    """Telegram will never take this message; `sentence` tells the agents why, in French."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class Sender:
    def __init__(self, bot: Bot, make_document: MakeDocument) -> None:
        self._bot = bot
        # (attachment, conversation id) -> bytes
        self._make_document = make_document

    async def send(self, chat_id: int, part: Part, message: Message, card_id: int | None = None) -> int | None:
        """Sends one part; returns Telegram's number of the message that bears the buttons, if this one does.

        Raises:
            RetryAfter: Telegram says when.
            Unreachable: try later.
            Refused: never.
        """
        try:
            if isinstance(part, TextPart):
                return await self._text(chat_id, part, card_id)
            if isinstance(part, PicturePart):
                await self._picture(chat_id, part)
            else:
                await self._document(chat_id, part, message)
            return None
        except RetryAfter:
            raise
        except Forbidden:
            raise Refused("blocked", "La personne a bloqué l'assistant dans Telegram.") from None
        except (BadRequest, ChatMigrated) as error:
            raise Refused(*_reason(error)) from None
        except NetworkError as error:
            raise Unreachable(type(error).__name__) from None
        except TelegramError as error:
            # A revoked token, a server error: the operator sees it in the log, the message waits.
            raise Unreachable(type(error).__name__) from None

    async def _text(self, chat_id: int, part: TextPart, card_id: int | None) -> int | None:
        markup = markup_of(part.keyboard)
        if card_id is not None and part.keyboard and await self._edit(chat_id, card_id, part, markup):
            return card_id
        try:
            sent = await self._bot.send_message(
                chat_id, part.chunk.html, parse_mode=ParseMode.HTML, reply_markup=markup, disable_web_page_preview=True
            )
        except BadRequest as error:
            if "parse" not in str(error).lower():
                raise
            logger.error("html_refused length=%s", len(part.chunk.html))
            sent = await self._bot.send_message(chat_id, part.chunk.plain, reply_markup=markup)
        return sent.message_id if markup else None

    async def _edit(self, chat_id: int, card_id: int, part: TextPart, markup: Any) -> bool:
        """False when the card is gone or too old to be edited: a new one is sent."""
        try:
            await self._bot.edit_message_text(
                part.chunk.html,
                chat_id,
                card_id,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                disable_web_page_preview=True,
            )
        except BadRequest as error:
            return "not modified" in str(error).lower()
        return True

    async def _picture(self, chat_id: int, part: PicturePart) -> None:
        try:
            picture = await asyncio.to_thread(draw_bars, part.bars)
        except Exception as error:  # noqa: BLE001 -- the figures are in the text
            logger.error("picture_failed error=%s", type(error).__name__)
            return
        await self._bot.send_photo(chat_id, InputFile(picture, filename="graphique.png"))

    async def _document(self, chat_id: int, part: DocumentPart, message: Message) -> None:
        attachment = part.attachment
        try:
            data = await asyncio.to_thread(self._make_document, attachment, message.conversation_id)
        except Exception as error:  # noqa: BLE001 -- the person is told, the rest of the message is there
            logger.error("document_failed conversation=%s error=%s", message.conversation_id, type(error).__name__)
            await self._bot.send_message(
                chat_id, "Je n'ai pas réussi à préparer le document. Réessayez dans un instant, ou demandez /humain."
            )
            return
        filename = str(attachment.get("filename") or "document")
        caption = str(attachment.get("title") or "")[:1024]
        await self._bot.send_document(chat_id, InputFile(data, filename=filename), caption=caption or None)


def _reason(error: TelegramError) -> tuple[str, str]:
    text = str(error).lower()
    if "chat not found" in text or isinstance(error, ChatMigrated):
        return "no_chat", "Cette conversation Telegram n'existe plus."
    if "too long" in text or "too big" in text:
        return "too_long", "Telegram refuse ce message : il est trop long."
    return "refused", "Telegram refuse ce message."
