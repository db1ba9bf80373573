"""The documents that go with a message, made when they are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Engine

from bot.services.attachments import ATTACHMENTS
from bot.storage.unit_of_work import UnitOfWork


def make_document(engine: Engine) -> Callable[[Mapping[str, Any], str], bytes]:
    def make(attachment: Mapping[str, Any], conversation_id: str) -> bytes:
        with UnitOfWork(engine, writes=False) as uow:
            content, _media_type = ATTACHMENTS[attachment["kind"]](uow, attachment.get("data") or {}, conversation_id)
            return content

    return make
