"""The door of `web` for Telegram: checks the secret, writes the update down, says thank you. Nothing more.

Not python-telegram-bot's own web server: only `web` faces the world, and an update is safe before it is acknowledged,
whatever state the `telegram` process is in.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.store import store_update
from bot.channels.telegram.webhook_address import SECRET_HEADER, webhook_path, webhook_secret
from bot.settings import Settings

logger = logging.getLogger(__name__)


def telegram_webhook(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> list[Route]:
    """The route, when Telegram brings its updates; none otherwise."""
    if settings.telegram_token is None or settings.telegram_mode != "webhook":
        return []
    secret = webhook_secret(settings).encode()

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, secret):
            return Response(status_code=403)
        try:
            body = json.loads(await request.body())
        except (ValueError, UnicodeDecodeError):
            return Response(status_code=400)
        if not isinstance(body, dict) or not isinstance(body.get("update_id"), int):
            return Response(status_code=400)
        try:
            await asyncio.to_thread(store_update, engine, body, clock())
        except Exception as error:  # noqa: BLE001 -- Telegram brings it again
            logger.error("update_not_stored error=%s", type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return [Route(webhook_path(settings), receive, methods=["POST"])]
