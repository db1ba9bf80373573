"""Tells waiting streams and workers that a conversation has something new; never carries the news itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

CHANNEL = "cnfs:wake"


class Wake:
    """Wakes listeners of this process; with Redis, those of the other `web` processes too.

    A wake-up may be lost or come twice: every listener reads the database afterwards, and also now and then
    without being woken.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._listeners: dict[str, set[asyncio.Queue[dict[str, Any]]]] = defaultdict(set)
        self._redis_url = redis_url
        self._redis: Any = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._redis_url:
            from redis import asyncio as redis

            self._redis = redis.from_url(self._redis_url)
            self._task = asyncio.create_task(self._relay(), name="wake-relay")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._redis:
            await self._redis.close()

    async def announce(self, conversation_id: str, event: str = "messages", **data: Any) -> None:
        """Wakes whoever listens to `conversation_id`; `event` is "messages", "typing" or "away"."""
        notice = {"event": event, **data}
        self._deliver(conversation_id, notice)
        if self._redis:
            import json

            with contextlib.suppress(Exception):  # a lost wake-up only delays
                await self._redis.publish(CHANNEL, json.dumps({"to": conversation_id, "notice": notice}))

    @contextlib.asynccontextmanager
    async def listen(self, conversation_id: str) -> AsyncIterator[Callable[[float], Any]]:
        """Gives `wait(seconds)`: the next notice, or None when nothing came in that time."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=100)
        self._listeners[conversation_id].add(queue)

        async def wait(seconds: float) -> dict[str, Any] | None:
            try:
                return await asyncio.wait_for(queue.get(), seconds)
            except asyncio.TimeoutError:
                return None

        try:
            yield wait
        finally:
            self._listeners[conversation_id].discard(queue)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def _deliver(self, conversation_id: str, notice: dict[str, Any]) -> None:
        for queue in self._listeners.get(conversation_id, ()):
            with contextlib.suppress(asyncio.QueueFull):  # it will read the database anyway
                queue.put_nowait(notice)

    async def _relay(self) -> None:
        import json

        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for item in pubsub.listen():
                        if item["type"] == "message":
                            data = json.loads(item["data"])
                            self._deliver(data["to"], data["notice"])
            except asyncio.CancelledError:
                raise
            except Exception:  # noqa: BLE001 -- Redis is only an accelerator: try again
                await asyncio.sleep(1)
