"""The one door of the `rasa` process: Rasa's REST input with a shared secret and replay protection."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.nlu.live_reader import served_model

SECRET_HEADER = "X-Cnfs-Secret"
logger = logging.getLogger(__name__)


class WholeMessages(OutputChannel):
    """Keeps each reply in one piece, with every key the action gave it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "cnfs"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append({key: value for key, value in message.items() if value})


class CnfsInput(RestInput):
    """Same request as Rasa's REST channel, plus `message_id` and `retry`, for the gateway only."""

    @classmethod
    def name(cls) -> str:
        return "cnfs"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> CnfsInput:
        secret = (credentials or {}).get("secret", "")
        if len(secret) < 32 or secret.startswith("${"):
            raise SystemExit("credentials.yml : CNFS_RASA_SECRET manque ou fait moins de 32 caractères.")
        return cls(secret)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        webhook = Blueprint("cnfs_webhook")

        def is_gateway(request: Request) -> bool:
            given = request.headers.get(SECRET_HEADER, "")
            return hmac.compare_digest(given.encode(), self._secret.encode())

        @webhook.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok", "model": served_model()})

        @webhook.route("/understand", methods=["POST"])
        async def understand(request: Request) -> HTTPResponse:
            """How a text reads, without a turn of conversation: for staff."""
            if not is_gateway(request):
                return response.json({"error": "forbidden"}, status=403)
            parsed = await request.app.ctx.agent.parse_message(str(request.json["text"]))
            return response.json((parsed.get("reading") or {}).get("whole") or {})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not is_gateway(request):
                return response.json({"error": "forbidden"}, status=403)
            body = request.json
            sender, message_id = body["sender"], body["message_id"]
            if body.get("retry"):
                known = await _known_replies(request, sender, message_id)
                if known is not None:
                    return response.json(known)
            output = WholeMessages()
            try:
                await on_new_message(
                    UserMessage(
                        body["message"],
                        output,
                        sender,
                        input_channel=self.name(),
                        message_id=message_id,
                        metadata=body.get("metadata"),
                    )
                )
            except Exception as error:  # noqa: BLE001 -- the gateway decides what the person is told
                # The message itself may be in the exception's text: log its kind only.
                logger.error("message_failed conversation=%s error=%s", sender, type(error).__name__)
                return response.json({"error": type(error).__name__}, status=500)
            return response.json(output.messages)

        return webhook


async def _known_replies(request: Request, sender: str, message_id: str) -> list[dict[str, Any]] | None:
    """The replies already given to this message, or None if Rasa has never handled it.

    The gateway may have died after Rasa answered: asking again must not play the turn twice.
    """
    tracker = await request.app.ctx.agent.tracker_store.retrieve(sender)
    if tracker is None:
        return None
    replies: list[dict[str, Any]] | None = None
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if replies is not None:
                break
            if event.message_id == message_id:
                replies = []
        elif isinstance(event, BotUttered) and replies is not None:
            replies.append({key: value for key, value in event.message().items() if value})
    return replies
