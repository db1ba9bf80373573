"""Asks the `rasa` process for the replies to one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bot.dispositif.comprehension import Reading, reading_from_dict
from bot.dispositif.conversation import Reply

SECRET_HEADER = "X-Cnfs-Secret"
# Keys of a Rasa message that are not for the person's screen.
_INTERNAL = {"text", "recipient_id", "timestamp", "utter_action", "model_id", "assistant_id"}


class AssistantAway(RuntimeError):
    """Rasa or the action server is not answering (restarting, unreachable): the message must wait."""


class AssistantFailed(RuntimeError):
    """Rasa answered that it could not handle this very message."""


class RasaClient:
    """One keep-alive client for one `rasa` process."""

    def __init__(self, url: str, actions_url: str, secret: str, timeout: float = 30.0) -> None:
        self._url = url.rstrip("/")
        self._actions_url = actions_url.rstrip("/")
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=2.0),
            headers={SECRET_HEADER: secret},
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            trust_env=False,
        )

    async def ask(
        self, conversation_id: str, message: str, message_id: str, retry: bool, metadata: Mapping[str, Any]
    ) -> list[Reply]:
        """The replies to `message`, in order.

        Raises:
            AssistantAway: nothing answered; try later.
            AssistantFailed: this message breaks the assistant.
        """
        body = {
            "sender": conversation_id,
            "message": message,
            "message_id": message_id,
            "retry": retry,
            "metadata": dict(metadata),
        }
        try:
            response = await self._client.post(f"{self._url}/webhooks/cnfs/webhook", json=body)
        except httpx.TransportError as error:
            raise AssistantAway(type(error).__name__) from None
        if response.status_code in (404, 502, 503):
            # Rasa's server listens before its model and channels are ready.
            raise AssistantAway(f"HTTP {response.status_code}")
        if response.status_code != 200:
            raise AssistantFailed(f"HTTP {response.status_code}")
        replies = [_reply(item) for item in response.json()]
        if not replies:
            # Rasa says nothing when an action crashed, and also when the action server is away.
            if not await self.actions_answer():
                raise AssistantAway("actions")
            raise AssistantFailed("no reply")
        return replies

    async def understand(self, text: str) -> Reading | None:
        """How `text` reads, outside any conversation; None when the assistant is away."""
        try:
            response = await self._client.post(
                f"{self._url}/webhooks/cnfs/understand", json={"text": text}, timeout=5.0
            )
        except httpx.TransportError:
            return None
        found = response.json() if response.status_code == 200 else None
        return reading_from_dict(found) if found else None

    async def answers(self) -> bool:
        return await self._is_up(f"{self._url}/webhooks/cnfs/")

    async def served_model(self) -> str | None:
        """The archive that reads messages now; None when `rasa` does not answer, or does not know."""
        try:
            response = await self._client.get(f"{self._url}/webhooks/cnfs/", timeout=2.0)
            return response.json().get("model") if response.status_code == 200 else None
        except (httpx.TransportError, ValueError):
            return None

    async def actions_answer(self) -> bool:
        return await self._is_up(f"{self._actions_url}/health")

    async def close(self) -> None:
        await self._client.aclose()

    async def _is_up(self, url: str) -> bool:
        try:
            return (await self._client.get(url, timeout=2.0)).status_code == 200
        except httpx.TransportError:
            return False


def _reply(item: Mapping[str, Any]) -> Reply:
    content = {key: value for key, value in item.items() if key not in _INTERNAL and value}
    text = str(item.get("text", ""))
    parts = content.pop("parts", None)
    if parts:
        # Drawn apart here; a plain Rasa client gets everything in `text`.
        tail = text.split(parts["source"], 1)[-1].strip()
        text = "\n\n".join(filter(None, (_spaced(parts["answer"]), parts.get("evolution"))))
        content["source"] = parts["source"].removeprefix("Source : ")
        if tail:
            # « Vous vouliez plutôt savoir : » goes under the source, next to its buttons.
            content["invitation"] = tail
        if parts.get("title"):
            content["title"] = parts["title"]
    return Reply(text, content)


def _spaced(answer: str) -> str:
    """A blank line between paragraphs; the items of a list stay together."""
    lines = answer.split("\n")
    spaced = lines[:1]
    for before, line in zip(lines, lines[1:], strict=False):
        in_list = line.startswith("- ")
        spaced.append(line if in_list or not line or not before else "\n" + line)
    return "\n".join(spaced)
