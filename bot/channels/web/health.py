"""/health: what answers and what does not, without a word about anyone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.engine import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.rasa_client import RasaClient
from bot.storage.unit_of_work import UnitOfWork


def health_endpoint(engine: Engine, rasa: RasaClient) -> Callable[[Request], Awaitable[Response]]:
    """200 when every dependency answers, 503 otherwise; the body names each of them."""

    async def health(request: Request) -> Response:
        waiting, rasa_up, actions_up = await asyncio.gather(
            asyncio.to_thread(_waiting, engine), rasa.answers(), rasa.actions_answer()
        )
        checks = {"database": waiting is not None, "rasa": rasa_up, "actions": actions_up}
        body = {"status": "ok" if all(checks.values()) else "degraded", "checks": checks, "messages_waiting": waiting}
        return JSONResponse(
            body, status_code=200 if all(checks.values()) else 503, headers={"Cache-Control": "no-store"}
        )

    return health


def _waiting(engine: Engine) -> int | None:
    try:
        with UnitOfWork(engine, writes=False) as uow:
            return uow.messages.count_unhandled()
    except Exception:  # noqa: BLE001 -- whatever the reason, the database does not answer
        return None
