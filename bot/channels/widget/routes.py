"""The widget's API: open, write, listen, read back, rate, erase."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.gateway.dispatcher import Dispatcher
from bot.channels.gateway.wake import Wake
from bot.channels.web.guards import Limits, client_address
from bot.channels.widget.identity import IdentityApi
from bot.channels.widget.privacy import privacy_page
from bot.channels.widget.tokens import ConversationTokens
from bot.dispositif.conversation import Author, Message, Status
from bot.dispositif.handover import HandoverRules
from bot.services.access.keys import AccessKeys
from bot.services.attachments import Attachment, make_attachment
from bot.services.rate_answer import rate_answer, rate_conversation
from bot.services.read_conversation import Thread, read_thread, transcript
from bot.services.receive_message import (
    PressedButton,
    Receipt,
    RefusedMessage,
    receive_message,
)
from bot.storage.unit_of_work import UnitOfWork

CHANNEL = "widget"
# Notices that go to the browser; others are for the desk.
_FOR_THE_PERSON = ("typing", "away")
# Below the minute after which many proxies cut a silent connection.
KEEP_ALIVE_SECONDS = 15.0
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_HTTP_STATUS = {
    "forbidden": 403,
    "unknown": 404,
    "identity": 403,
    "expired": 410,
    "ended": 410,
    "rate": 429,
    "too_long": 413,
}
# What the browser may draw besides the text (bot/widget/js/extras.js).
_SHOWN = ("kind", "question", "source", "invitation", "title", "table", "progress", "bars")
_TOO_FAST = RefusedMessage(
    "rate", "Vous écrivez plus vite que je ne lis. Patientez une minute puis renvoyez : votre texte n'est pas perdu."
)


@dataclass(frozen=True)
class WidgetApi:
    engine: Engine
    tokens: ConversationTokens
    limits: Limits
    wake: Wake
    dispatcher: Dispatcher
    clock: Callable[[], datetime]
    max_characters: int
    configuration: Callable[[], dict[str, Any]]
    erase: Callable[[str], Awaitable[None]]
    # Hides access codes as they arrive.
    keys: AccessKeys
    identity: IdentityApi
    handover: HandoverRules = HandoverRules()

    def routes(self) -> list[Route]:
        return [
            Route("/config", self._guard(self.config), methods=["GET"]),
            Route("/conversations", self._guard(self.open), methods=["POST"]),
            Route("/conversation", self._guard(self.remove), methods=["DELETE"]),
            Route("/messages", self._guard(self.write), methods=["POST"]),
            Route("/messages", self._guard(self.read), methods=["GET"]),
            Route("/events", self._guard(self.listen), methods=["GET"]),
            Route("/feedback", self._guard(self.rate), methods=["POST"]),
            Route("/satisfaction", self._guard(self.rate_all), methods=["POST"]),
            Route("/transcript", self._guard(self.download), methods=["GET"]),
            Route("/attachments/{seq:int}/{index:int}", self._guard(self.attachment), methods=["GET"]),
            Route("/identity", self._guard(self.challenge), methods=["GET"]),
            Route("/identity", self._guard(self.identify), methods=["POST"]),
            Route("/identity", self._guard(self.forget_identity), methods=["DELETE"]),
            Route("/confidentialite", self.privacy, methods=["GET"]),
        ]

    async def config(self, request: Request) -> Response:
        return JSONResponse(self.configuration(), headers={"Cache-Control": "max-age=300"})

    async def open(self, request: Request) -> Response:
        if not self.limits.allow(self.limits.conversation, "open", client_address(request)):
            raise RefusedMessage(
                "rate", "Trop de conversations ouvertes depuis votre réseau. Réessayez dans une heure."
            )
        conversation_id = uuid.uuid4().hex
        await asyncio.to_thread(self._add_conversation, conversation_id)
        return JSONResponse({"token": self.tokens.issue(conversation_id)}, status_code=201)

    async def remove(self, request: Request) -> Response:
        await self.erase(self._conversation_of(request))
        return Response(status_code=204)

    async def write(self, request: Request) -> Response:
        conversation_id = self._conversation_of(request)
        if not self.limits.allow(self.limits.message, "message", conversation_id):
            raise _TOO_FAST
        body = await _json_object(request)
        client_id = body.get("id")
        if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
            raise RefusedMessage("invalid", "L'identifiant du message est invalide. Rechargez la page.")
        receipt = await asyncio.to_thread(self._receive, conversation_id, client_id, _said(body))
        if not receipt.duplicate:
            self.dispatcher.notify()
            await self.wake.announce(conversation_id)
        answer = {"seq": receipt.message.seq, "duplicate": receipt.duplicate}
        return JSONResponse(answer, status_code=200 if receipt.duplicate else 202)

    async def read(self, request: Request) -> Response:
        conversation_id = self._conversation_of(request)
        thread = await asyncio.to_thread(self._thread, conversation_id, _number(request.query_params.get("after")))
        await self._delivered(conversation_id, thread)
        return JSONResponse({"messages": thread_to_json(thread)}, headers={"Cache-Control": "no-store"})

    async def listen(self, request: Request) -> Response:
        conversation_id = self._conversation_of(request)
        after = _number(request.headers.get("Last-Event-ID") or request.query_params.get("after"))
        await asyncio.to_thread(self._thread, conversation_id, after)  # refuses a conversation that is over
        return EventSourceResponse(
            self._events(conversation_id, after), ping=KEEP_ALIVE_SECONDS, headers={"X-Accel-Buffering": "no"}
        )

    async def rate(self, request: Request) -> Response:
        conversation_id = self._conversation_of(request)
        body = await _json_object(request)
        await asyncio.to_thread(
            self._rate, conversation_id, _number(body.get("seq")), body.get("value"), body.get("comment")
        )
        # An answer that did not help brings an offer.
        await self.wake.announce(conversation_id)
        return Response(status_code=204)

    async def rate_all(self, request: Request) -> Response:
        conversation_id = self._conversation_of(request)
        body = await _json_object(request)
        await asyncio.to_thread(self._rate_all, conversation_id, body.get("score"), body.get("comment"))
        return Response(status_code=204)

    async def download(self, request: Request) -> Response:
        text = await asyncio.to_thread(self._transcript, self._conversation_of(request))
        disposition = f'attachment; filename="conversation-{self.clock():%Y-%m-%d}.txt"'
        return PlainTextResponse(text, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})

    async def challenge(self, request: Request) -> Response:
        challenge = self.keys.challenge(self._conversation_of(request))
        return JSONResponse({"challenge": challenge}, headers={"Cache-Control": "no-store"})

    async def identify(self, request: Request) -> Response:
        conversation_id = self._conversation_of(request)
        if not self.limits.allow(self.limits.message, "identity", conversation_id):
            raise _TOO_FAST
        body = await _json_object(request)
        await asyncio.to_thread(self.identity.identify, conversation_id, _text(body.get("identity")) or "")
        return Response(status_code=204)

    async def forget_identity(self, request: Request) -> Response:
        await asyncio.to_thread(self.identity.forget, self._conversation_of(request))
        return Response(status_code=204)

    async def attachment(self, request: Request) -> Response:
        """A file offered by a message of this very conversation, made now."""
        conversation_id = self._conversation_of(request)
        seq, index = request.path_params["seq"], request.path_params["index"]
        file = await asyncio.to_thread(self._attachment, conversation_id, seq, index)
        headers = {"Content-Disposition": f'attachment; filename="{file.filename}"', "Cache-Control": "no-store"}
        return Response(file.content, media_type=file.media_type, headers=headers)

    async def privacy(self, _request: Request) -> Response:
        return privacy_page(self.configuration())

    async def _events(self, conversation_id: str, after: int) -> AsyncIterator[dict[str, str]]:
        async with self.wake.listen(conversation_id) as wait:
            while True:
                try:
                    thread = await asyncio.to_thread(self._thread, conversation_id, after)
                except RefusedMessage as refusal:
                    yield {"event": "end", "data": json.dumps({"code": refusal.code, "sentence": refusal.sentence})}
                    return
                for message in thread_to_json(thread):
                    after = message["seq"]
                    yield {"event": "message", "id": str(after), "data": json.dumps(message, ensure_ascii=False)}
                # Only once the last one has left.
                await self._delivered(conversation_id, thread)
                notice = await wait(KEEP_ALIVE_SECONDS)
                if notice and notice["event"] in _FOR_THE_PERSON:
                    yield {"event": notice["event"], "data": json.dumps(notice)}

    async def _delivered(self, conversation_id: str, thread: Thread) -> None:
        """Notes that the person's screen has these messages, and tells the desk if that is news."""
        if not any(message.status is Status.QUEUED for message in thread.messages):
            return
        last = thread.messages[-1].seq

        def mark() -> bool:
            with UnitOfWork(self.engine) as uow:
                marked = uow.messages.mark_delivered(conversation_id, last)
                uow.commit()
                return marked

        if await asyncio.to_thread(mark):
            await self.wake.announce(conversation_id, "delivered")

    def _guard(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                if not self.limits.allow(self.limits.call, "call", client_address(request)):
                    raise _TOO_FAST
                return await handler(request)
            except RefusedMessage as refusal:
                status = _HTTP_STATUS.get(refusal.code, 400)
                return JSONResponse({"code": refusal.code, "sentence": refusal.sentence}, status_code=status)

        return guarded

    def _conversation_of(self, request: Request) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise RefusedMessage("forbidden", "Cette conversation n'est pas la vôtre. Rechargez la page.")
        return self.tokens.read(token)

    def _add_conversation(self, conversation_id: str) -> None:
        with UnitOfWork(self.engine) as uow:
            uow.conversations.add(conversation_id, CHANNEL, None, self.clock())
            uow.commit()

    def _receive(self, conversation_id: str, client_id: str, said: str | PressedButton) -> Receipt:
        with UnitOfWork(self.engine) as uow:
            return receive_message(
                uow,
                conversation_id,
                client_id,
                said,
                self.max_characters,
                self.clock(),
                self.keys,
                handover=self.handover,
            )

    def _thread(self, conversation_id: str, after: int) -> Thread:
        with UnitOfWork(self.engine, writes=False) as uow:
            return read_thread(uow, conversation_id, after)

    def _rate(self, conversation_id: str, seq: int, value: Any, comment: Any) -> None:
        with UnitOfWork(self.engine) as uow:
            rate_answer(uow, conversation_id, seq, value, _text(comment), self.clock())

    def _rate_all(self, conversation_id: str, score: Any, comment: Any) -> None:
        with UnitOfWork(self.engine) as uow:
            rate_conversation(uow, conversation_id, score, _text(comment), self.clock())

    def _attachment(self, conversation_id: str, seq: int, index: int) -> Attachment:
        with UnitOfWork(self.engine, writes=False) as uow:
            return make_attachment(uow, conversation_id, seq, index)

    def _transcript(self, conversation_id: str) -> str:
        with UnitOfWork(self.engine, writes=False) as uow:
            return transcript(uow, conversation_id)


def thread_to_json(thread: Thread) -> list[dict[str, Any]]:
    return [message_to_json(message, thread.ratings.get(message.seq)) for message in thread.messages]


def message_to_json(message: Message, rating: int | None) -> dict[str, Any]:
    """What the browser gets of a message: button titles, never the payloads behind them."""
    data: dict[str, Any] = {
        "seq": message.seq,
        "author": message.author.value,
        "text": message.text,
        "at": message.created_at.isoformat(),
    }
    if message.author is Author.USER:
        data["id"] = message.client_id
        data["failed"] = message.status is Status.FAILED
    if message.buttons:
        data["buttons"] = [button["title"] for button in message.buttons]
    for key in _SHOWN:
        if message.content.get(key):
            data[key] = message.content[key]
    if message.content.get("agent"):
        data["name"] = message.content["agent"]
    if message.content.get("attachments"):
        # What a file is made from stays here.
        data["attachments"] = [
            {"title": item["title"], "filename": item["filename"]} for item in message.content["attachments"]
        ]
    if rating:
        data["rating"] = rating
    return data


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise RefusedMessage("invalid", "La demande est illisible. Rechargez la page.")
    return body


def _said(body: dict[str, Any]) -> str | PressedButton:
    button = body.get("button")
    if isinstance(button, dict) and isinstance(button.get("seq"), int) and isinstance(button.get("index"), int):
        return PressedButton(button["seq"], button["index"])
    return _text(body.get("text")) or ""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError, OverflowError):
        return 0
