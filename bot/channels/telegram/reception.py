"""What happens to each thing a person does in Telegram: stored first, then passed on or answered politely."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy.engine import Engine
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.channels.telegram.commands import START, Command, find_command
from bot.channels.telegram.drawing import read_rating, read_token
from bot.channels.telegram.events import (
    Edited,
    Event,
    Forwarded,
    InGroup,
    Membership,
    Pressed,
    Sent,
    Written,
    read_update,
)
from bot.channels.telegram.house import ERASED, House
from bot.channels.telegram.keyboards import show_choice, show_rating, strip_keyboard
from bot.channels.web.guards import Limits
from bot.dispositif.conversation import Message, Status
from bot.dispositif.handover import HandoverRules
from bot.services.access.keys import AccessKeys
from bot.services.link_conseiller import is_invitation
from bot.services.personal_data import erase_personal_data
from bot.services.rate_answer import rate_answer
from bot.services.receive_message import PressedButton, RefusedMessage, receive_message
from bot.services.telegram_chats import OF_THE_CHANNEL, announce, note_received, open_chat, press
from bot.storage.telegram import CHANNEL
from bot.storage.unit_of_work import UnitOfWork

TOO_FAST = "Vous écrivez plus vite que je ne lis : je n'ai pas gardé ce dernier message. Patientez une minute, puis renvoyez-le."
NOT_READ = "Je ne lis que les textes : je n'ai pas gardé {what}. Écrivez-moi votre demande en quelques mots."
CAPTION_READ = "Je n'ai lu que le texte qui accompagne votre envoi : je n'ai pas gardé {what}."
FORWARDED = (
    "Je ne lis pas les messages transférés : ils peuvent contenir les données d'une autre personne. "
    "Écrivez-moi l'essentiel avec vos mots, sans nom."
)
EDITED = (
    "Vous avez modifié un message que j'avais déjà reçu : c'est la première version qui compte. "
    "Pour corriger, envoyez un nouveau message."
)
UNKNOWN_COMMAND = "Je ne connais pas cette commande. /aide montre ce que je sais faire."
GROUP = "Je ne parle qu'en privé, pour ne rien montrer à d'autres : écrivez-moi directement. Je quitte ce groupe, au revoir."

logger = logging.getLogger(__name__)


class Reception:
    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        bot: Bot,
        house: House,
        limits: Limits,
        max_characters: int,
        keys: AccessKeys,
        notify: Callable[[str], None],
        typing: Callable[[str, str], None],
        handover: HandoverRules | None = None,
    ) -> None:
        self._handover = handover
        self._engine = engine
        self._clock = clock
        self._bot = bot
        self._house = house
        self._limits = limits
        self._max_characters = max_characters
        self._keys = keys
        # Says that a conversation has something to send, or that its person waits for an answer.
        self._notify = notify
        self._typing = typing

    async def handle(self, update: Update) -> None:
        """Stores and answers one update; the same update twice does nothing more.

        Raises:
            Exception: nothing was stored; the update may be tried again.
        """
        read = read_update(update)
        if read is None:
            return
        chat_id, event = read
        client_id = f"u{update.update_id}"
        if isinstance(event, InGroup):
            await self._leave(chat_id)
        elif isinstance(event, Membership) and not await asyncio.to_thread(self._is_known, chat_id):
            return
        elif isinstance(event, Pressed):
            await self._press(chat_id, client_id, event)
        else:
            await self._store(chat_id, partial(self._take, client_id=client_id, event=event))

    async def _store(self, chat_id: str, work: Callable[..., Message | None]) -> Message | None:
        conversation_id, result = await asyncio.to_thread(self._in_transaction, chat_id, work)
        self._notify(conversation_id)
        if isinstance(result, Message) and result.status is Status.PENDING:
            self._typing(chat_id, conversation_id)
        return result

    def _in_transaction(self, chat_id: str, work: Callable[..., Message | None]) -> tuple[str, Message | None]:
        now = self._clock()
        with UnitOfWork(self._engine) as uow:
            opened = open_chat(uow, chat_id, now)
            if opened.is_new:
                self._house.welcome(uow, opened.conversation.id, now)
            # A refusal further on must not undo the welcome.
            uow.commit()
        with UnitOfWork(self._engine) as uow:
            uow.conversations.lock(opened.conversation.id)
            result = work(uow, opened, now=now)
            uow.commit()
        return opened.conversation.id, result

    def _take(self, uow, opened, *, client_id: str, event: Event, now: datetime) -> Message | None:
        conversation_id = opened.conversation.id
        if isinstance(event, Membership):
            if event.blocked:
                self._house.blocked(uow, conversation_id, now)
            return None
        if uow.messages.find(conversation_id, client_id):
            return None
        if not self._limits.allow(self._limits.message, "telegram", conversation_id):
            self._refuse(uow, conversation_id, client_id, "(message refusé : trop d'envois)", TOO_FAST, now)
            return None
        if isinstance(event, Written):
            return self._take_text(uow, opened, client_id, event.text, now)
        if isinstance(event, Sent) and event.caption:
            announce(uow, conversation_id, CAPTION_READ.format(what=event.what), now)
            return self._receive(uow, conversation_id, client_id, event.caption, now)
        if isinstance(event, Sent):
            if event.album:
                # Ten photos sent together are answered once.
                client_id = f"album{event.album}"[:64]
            trace, sentence = f"({event.what}, que l'assistant ne lit pas)", NOT_READ.format(what=event.what)
        elif isinstance(event, Forwarded):
            trace, sentence = "(message transféré, que l'assistant ne lit pas)", FORWARDED
        else:
            assert isinstance(event, Edited)
            trace, sentence = "(message modifié après envoi)", EDITED
        self._refuse(uow, conversation_id, client_id, trace, sentence, now)
        return None

    def _take_text(self, uow, opened, client_id: str, text: str, now: datetime) -> Message | None:
        found = find_command(text, self._bot.username)
        if found is None and is_invitation(uow, self._keys, text):
            # Pasted instead of opened: the same thing.
            found = START, text
        if found is None:
            return self._receive(uow, opened.conversation.id, client_id, text, now)
        command, argument = found
        if command is None and argument:
            # A sentence that begins with « / » by mistake: its words count, never as a command.
            return self._receive(uow, opened.conversation.id, client_id, text.lstrip("/ "), now)
        if command is None:
            self._refuse(uow, opened.conversation.id, client_id, text.split()[0][:40], UNKNOWN_COMMAND, now)
            return None
        return self._run_command(uow, opened, client_id, command, argument, now)

    def _run_command(self, uow, opened, client_id, command: Command, argument: str, now: datetime):
        conversation_id = opened.conversation.id
        if command.words:
            return self._receive(uow, conversation_id, client_id, command.words, now)
        if command.payload is None:
            # The code of a deep link is a secret: it is not kept.
            note_received(uow, conversation_id, client_id, f"/{command.name}", now)
            self._house.run(uow, opened, command.name, argument, now)
            return None
        if argument:
            # « /cra hier atelier 2h » says everything at once: the words are what counts.
            return self._receive(uow, conversation_id, client_id, argument, now)
        shown = f"/{command.name}"
        return receive_message(
            uow, conversation_id, client_id, shown, self._max_characters, now, payload=command.payload
        ).message

    def _receive(self, uow, conversation_id: str, client_id: str, text: str, now: datetime) -> Message | None:
        try:
            return receive_message(
                uow, conversation_id, client_id, text, self._max_characters, now, self._keys, handover=self._handover
            ).message
        except RefusedMessage as refusal:
            self._refuse(uow, conversation_id, client_id, f"(message refusé : {refusal.code})", refusal.sentence, now)
            return None

    def _refuse(self, uow, conversation_id: str, client_id: str, trace: str, sentence: str, now: datetime) -> None:
        if note_received(uow, conversation_id, client_id, trace, now):
            announce(uow, conversation_id, sentence, now)

    async def _press(self, chat_id: str, client_id: str, event: Pressed) -> None:
        """A press is stored, then acknowledged at once: the person's screen waits for it."""
        rated = read_rating(event.data)
        if rated:
            await self._rate(chat_id, event, *rated)
            return
        named = read_token(event.data)
        refusal: RefusedMessage | None = None
        pressed: PressedButton | None = PressedButton(*named) if named else None
        outcome = None
        try:
            if pressed is None:
                raise RefusedMessage("unknown_button", "Ce bouton n'existe plus. Écrivez votre demande.")
            outcome = await self._store(chat_id, partial(self._take_press, client_id=client_id, pressed=pressed))
        except RefusedMessage as error:
            refusal = error
        with suppress(TelegramError):
            # Too old to be acknowledged, or Telegram is away: the press itself is stored.
            await self._bot.answer_callback_query(event.query_id, text=refusal.sentence if refusal else None)
        if outcome is not None and outcome.payload and self._house.is_erasure(outcome.payload):
            await self._erase(chat_id, outcome.conversation_id, event.message_id)
            return
        if event.message_id is None:
            return
        if refusal is not None and refusal.code != "pressed_button":
            await strip_keyboard(self._bot, chat_id, event.message_id)
        elif outcome is not None and pressed is not None:
            source, presses, rating = await asyncio.to_thread(self._source_of, outcome.conversation_id, pressed.seq)
            await show_choice(self._bot, chat_id, event.message_id, source, pressed.index, presses, rating)

    def _take_press(self, uow, opened, *, client_id: str, pressed: PressedButton, now: datetime) -> Message | None:
        receipt = press(uow, opened.conversation.id, client_id, pressed, self._max_characters, now, self._handover)
        if receipt.duplicate:
            return None
        if receipt.message.payload and receipt.message.payload.startswith(OF_THE_CHANNEL):
            self._house.press(uow, opened, receipt.message.payload, now)
        return receipt.message

    async def _erase(self, chat_id: str, conversation_id: str, message_id: int | None) -> None:
        def erase() -> None:
            with UnitOfWork(self._engine) as uow:
                erase_personal_data(uow, conversation_id)

        await asyncio.to_thread(erase)
        # Nothing is left to keep this sentence in.
        with suppress(TelegramError):
            if message_id is not None:
                await self._bot.edit_message_reply_markup(int(chat_id), message_id, reply_markup=None)
        with suppress(TelegramError):
            await self._bot.send_message(int(chat_id), ERASED)

    def _source_of(self, conversation_id: str, seq: int) -> tuple[Message | None, tuple[int, ...], int | None]:
        with UnitOfWork(self._engine, writes=False) as uow:
            message = uow.messages.at(conversation_id, seq)
            if message is None:
                return None, (), None
            pressed = tuple(uow.telegram.delivery(message.id).pressed)
            return message, pressed, uow.messages.ratings(conversation_id).get(seq)

    async def _rate(self, chat_id: str, event: Pressed, seq: int, value: int) -> None:
        def rate() -> str:
            with UnitOfWork(self._engine) as uow:
                conversation_id = open_chat(uow, chat_id, self._clock()).conversation.id
                answer = uow.messages.at(conversation_id, seq)
                if answer is None or not answer.content.get("question"):
                    raise RefusedMessage("unknown_answer", "Cette réponse ne peut pas être notée.")
                rate_answer(uow, conversation_id, seq, value, None, self._clock())
                return conversation_id

        try:
            conversation_id, told = await asyncio.to_thread(rate), "Merci, votre avis est enregistré."
        except RefusedMessage as refusal:
            conversation_id, told = None, refusal.sentence
        with suppress(TelegramError):
            await self._bot.answer_callback_query(event.query_id, text=told)
        if conversation_id and event.message_id is not None:
            # An offer of help may follow.
            self._notify(conversation_id)
            source, pressed, rating = await asyncio.to_thread(self._source_of, conversation_id, seq)
            await show_rating(self._bot, chat_id, event.message_id, source, pressed, rating)

    def _is_known(self, chat_id: str) -> bool:
        with UnitOfWork(self._engine, writes=False) as uow:
            return uow.conversations.find(CHANNEL, chat_id) is not None

    async def _leave(self, chat_id: str) -> None:
        with suppress(TelegramError):
            await self._bot.send_message(int(chat_id), GROUP)
        with suppress(TelegramError):
            await self._bot.leave_chat(int(chat_id))

    async def apologise(self, chat_id: str | None, reference: int) -> None:
        """The last resort, when an update could not be handled: a sentence and a reference to quote."""
        if chat_id is None:
            return
        with suppress(TelegramError, ValueError):
            await self._bot.send_message(
                int(chat_id),
                "Je suis désolé, un problème m'a empêché de traiter votre message. Il est signalé à l'équipe "
                f"(référence {reference}). Renvoyez-le dans quelques minutes.",
            )
