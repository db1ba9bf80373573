"""The first thing that happens to an update: it is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine

from bot.storage.unit_of_work import UnitOfWork


def store_update(engine: Engine, body: dict[str, Any], now: datetime) -> bool:
    """Keeps an update as Telegram sent it; False when it is already known or is not an update."""
    update_id = body.get("update_id")
    if not isinstance(update_id, int):
        return False
    with UnitOfWork(engine) as uow:
        added = uow.telegram.add_update(update_id, _chat_of(body), body, now)
        uow.commit()
    return added


def _chat_of(body: dict[str, Any]) -> str | None:
    for key in ("message", "edited_message", "my_chat_member"):
        if isinstance(body.get(key), dict):
            return _id_of(body[key])
    query = body.get("callback_query")
    if isinstance(query, dict) and isinstance(query.get("message"), dict):
        return _id_of(query["message"])
    return None


def _id_of(message: dict[str, Any]) -> str | None:
    chat_id = (message.get("chat") or {}).get("id")
    return str(chat_id) if isinstance(chat_id, int) else None
