"""The imitated Telegram: people, their chat with the bot, updates that wait for it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.telegram.text_markup import plain_entities, trim

BOT = {
    "id": 700100200,
    "is_bot": True,
    "first_name": "Assistant CNFS",
    "username": "assistant_cnfs_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
PEOPLE = (("Camille", "Moreau"), ("Rémi", "Payet"), ("Nadia", "Benali"))
FIRST_PERSON_ID = 700000001
GROUP_ID = -1001234567890


@dataclass
class Person:
    id: int
    first_name: str
    last_name: str = ""
    started: bool = False
    blocked: bool = False
    typing_until: float = 0.0
    messages: list[dict[str, Any]] = field(default_factory=list)

    def as_user(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": "fr"}
        return {**user, "last_name": self.last_name} if self.last_name else user

    def as_chat(self) -> dict[str, Any]:
        chat = {"id": self.id, "type": "private", "first_name": self.first_name}
        return {**chat, "last_name": self.last_name} if self.last_name else chat


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    last_error: str = ""


@dataclass
class Trouble:
    """What goes wrong on demand."""

    # Seconds to wait, one for each coming request that sends.
    floods: deque[int] = field(default_factory=deque)
    # The whole API answers 502.
    down: bool = False
    # The next two updates arrive in the wrong order.
    swap_next: bool = False


class World:
    """Everything in memory. Numbers begin at the time of the start: they grow over restarts, as Telegram's do."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.version = 0
        self.people: dict[int, Person] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.updates: list[dict[str, Any]] = []
        self.again: list[dict[str, Any]] = []
        self.delivered: list[dict[str, Any]] = []
        self.allowed_updates: list[str] = []
        self.webhook = Webhook()
        self.trouble = Trouble()
        self.queries: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.profile: dict[str, Any] = {"commands": {}, "description": {}, "short_description": {}, "menu_button": {}}
        self.left_chats: list[int] = []
        self.group_messages: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._number = int(clock() - 1_760_000_000)
        self._update_id = int((clock() - 1_760_000_000) * 10)
        self._listeners: set[asyncio.Event] = set()
        self._held: dict[str, Any] | None = None
        for first_name, last_name in PEOPLE:
            self.add_person(first_name, last_name)

    def add_person(self, first_name: str, last_name: str = "") -> Person:
        person = Person(FIRST_PERSON_ID + len(self.people), first_name, last_name)
        self.people[person.id] = person
        self.changed()
        return person

    def next_number(self) -> int:
        self._number += 1
        return self._number

    # -- what people do ------------------------------------------------------------------------------------------

    def write(self, person_id: int, text: str, **extra: Any) -> dict[str, Any]:
        """A person sends a text."""
        text, _ = trim(text, [])
        content: dict[str, Any] = {"text": text, **extra}
        entities = plain_entities(text)
        if entities:
            content["entities"] = entities
        return self.send_from(person_id, content)

    def send_from(self, person_id: int, content: dict[str, Any]) -> dict[str, Any]:
        """A person sends anything: `content` is the part of the message that is not its envelope."""
        person = self.people[person_id]
        if person.blocked:
            self.block(person_id, False)
        person.started = True
        message = {
            "message_id": self.next_number(),
            "date": int(self.clock()),
            "chat": person.as_chat(),
            "from": person.as_user(),
            **content,
        }
        person.messages.append(message)
        self.push("message", message)
        return message

    def edit(self, person_id: int, message_id: int, text: str) -> None:
        """A person edits what they wrote."""
        message = self.message(person_id, message_id)
        assert message is not None
        message.update(text=text, edit_date=int(self.clock()))
        self.push("edited_message", message)

    def press(self, person_id: int, message_id: int, data: str) -> str:
        """A person presses a button; returns the query's id, whose answer is awaited in `queries`."""
        person = self.people[person_id]
        message = self.message(person_id, message_id)
        query_id = str(secrets.randbits(62))
        self.queries[query_id] = asyncio.get_running_loop().create_future()
        query = {"id": query_id, "from": person.as_user(), "chat_instance": str(person.id), "data": data}
        self.push("callback_query", {**query, "message": {**(message or {})}})
        return query_id

    def block(self, person_id: int, blocked: bool) -> None:
        """A person blocks the bot, or lets it back in."""
        person = self.people[person_id]
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        person.blocked = blocked

        def member(status: str) -> dict[str, Any]:
            return {"user": BOT, "status": status, **({"until_date": 0} if status == "kicked" else {})}

        change = {"chat": person.as_chat(), "from": person.as_user(), "date": int(self.clock())}
        self.push("my_chat_member", {**change, "old_chat_member": member(before), "new_chat_member": member(after)})

    def write_in_group(self, person_id: int, text: str) -> None:
        """The bot was added to a group, where a person writes."""
        chat = {"id": GROUP_ID, "type": "supergroup", "title": "Équipe du département"}
        sender = self.people[person_id].as_user()
        self.push(
            "message",
            {"message_id": self.next_number(), "date": int(self.clock()), "chat": chat, "from": sender, "text": text},
        )

    # -- updates -------------------------------------------------------------------------------------------------

    def push(self, kind: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Queues an update, if the bot asked for its kind."""
        if self.allowed_updates and kind not in self.allowed_updates:
            return None
        self._update_id += 1
        update = {"update_id": self._update_id, kind: _copy(body)}
        if self.trouble.swap_next:
            if self._held is None:
                self._held = update
                return update
            self.updates += [update, self._held]
            self._held, self.trouble.swap_next = None, False
        else:
            self.updates.append(update)
        self.changed()
        return update

    def repeat(self, update: dict[str, Any]) -> None:
        """Delivers an update once more, confirmed or not."""
        self.again.append(update)
        self.changed()

    # -- messages ------------------------------------------------------------------------------------------------

    def message(self, person_id: int, message_id: int) -> dict[str, Any] | None:
        return next((m for m in self.people[person_id].messages if m["message_id"] == message_id), None)

    def add_file(self, name: str, content: bytes) -> str:
        file_id = secrets.token_urlsafe(24)
        self.files[file_id] = (name, content)
        return file_id

    # -- waiting -------------------------------------------------------------------------------------------------

    def changed(self) -> None:
        self.version += 1
        for event in self._listeners:
            event.set()

    async def wait(self, since: int, seconds: float) -> bool:
        """True when something changed after version `since`, or does within `seconds`."""
        if self.version != since:
            return True
        event = asyncio.Event()
        self._listeners.add(event)
        try:
            await asyncio.wait_for(event.wait(), seconds)
            return True
        except asyncio.TimeoutError:
            return False
        finally:
            self._listeners.discard(event)

    async def answer_to(self, query_id: str, seconds: float) -> dict[str, Any] | None:
        """What the bot answered to a press, or None when it did not in time (the button keeps turning)."""
        with contextlib.suppress(asyncio.TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self.queries[query_id]), seconds)
        return None


def _copy(body: dict[str, Any]) -> dict[str, Any]:
    import copy

    return copy.deepcopy(body)
