"""Keyboards after a press: the choice is shown, what is over disappears."""

from __future__ import annotations

import logging

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.drawing import Key, keyboard_of, with_choice
from bot.dispositif.conversation import Message

logger = logging.getLogger(__name__)


def markup_of(rows: tuple[tuple[Key, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(key.title, callback_data=key.token) for key in row] for row in rows]
    )


def is_step(message: Message) -> bool:
    """Whether the buttons are the answers to one question, and not suggestions that stay useful."""
    return any(button["payload"].startswith(("/choose", "/telegram:")) for button in message.buttons)


async def show_choice(
    bot: Bot,
    chat_id: str,
    message_id: int,
    message: Message | None,
    index: int,
    pressed: tuple[int, ...],
    rating: int | None,
) -> None:
    """Answers to a question give way to the one chosen; suggestions stay, the pressed ones ticked.

    A card (see `Say.extra`) is left alone: its next version takes its place.
    """
    if message is None or message.content.get("card") or not 0 <= index < len(message.buttons):
        return
    try:
        if is_step(message):
            chunk = with_choice(message, message.buttons[index]["title"])
            if chunk is None:
                await bot.edit_message_reply_markup(int(chat_id), message_id, reply_markup=None)
            else:
                await bot.edit_message_text(chunk.html, int(chat_id), message_id, parse_mode=ParseMode.HTML)
        else:
            await _redraw(bot, chat_id, message_id, message, pressed, rating)
    except TelegramError as error:
        _ignored(error)


async def show_rating(
    bot: Bot, chat_id: str, message_id: int, message: Message | None, pressed: tuple[int, ...], rating: int | None
) -> None:
    """Ticks the opinion given; the other stays, for who changes their mind."""
    if message is None:
        return
    try:
        await _redraw(bot, chat_id, message_id, message, pressed, rating)
    except TelegramError as error:
        _ignored(error)


async def strip_keyboard(bot: Bot, chat_id: str, message_id: int) -> None:
    try:
        await bot.edit_message_reply_markup(int(chat_id), message_id, reply_markup=None)
    except TelegramError as error:
        _ignored(error)


async def _redraw(
    bot: Bot, chat_id: str, message_id: int, message: Message, pressed: tuple[int, ...], rating: int | None
) -> None:
    markup = markup_of(keyboard_of(message, pressed, rating))
    await bot.edit_message_reply_markup(int(chat_id), message_id, reply_markup=markup)


def _ignored(error: TelegramError) -> None:
    """A keyboard that could not be redrawn loses nothing: its press is refused from now on."""
    if not (isinstance(error, BadRequest) and "not modified" in str(error).lower()):
        logger.info("keyboard_not_redrawn error=%s", type(error).__name__)
