"""Structured logs: one event a line, with the conversation's id and never what was said."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog

# Libraries that would write addresses, tokens or contents at their usual level.
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "sse_starlette": logging.INFO,
}


def configure_logs(log_format: str, process: str, hidden: Sequence[str] = ()) -> None:
    """Sends every log of this process to standard error, as JSON or for a console; `hidden` texts never appear."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.EventRenamer("event"),
    ]
    renderer = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _named(process)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    if hidden:
        assert handler.formatter is not None
        handler.setFormatter(_Redacting(handler.formatter, hidden))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[*shared, _named(process), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


class _Redacting(logging.Formatter):
    """Whatever a library writes, in a message or in an exception's text, these secrets are not in it."""

    def __init__(self, inner: logging.Formatter, hidden: Sequence[str]) -> None:
        super().__init__()
        self._inner = inner
        self._hidden = [*hidden, *(quote(text, safe="") for text in hidden)]

    def format(self, record: logging.LogRecord) -> str:
        text = self._inner.format(record)
        for secret in self._hidden:
            text = text.replace(secret, "[secret]")
        return text


def _named(process: str) -> Any:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event["process"] = process
        return event

    return add
