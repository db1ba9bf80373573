"""The methods of the Bot API that a bot like ours uses, with the real one's rules."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from bot.demo.telegram import checks
from bot.demo.telegram.errors import ApiError, bad_request, too_many_requests
from bot.demo.telegram.world import BOT, Person, World

TYPING_SECONDS = 5
MESSAGES_PER_SECOND = 30
MAX_TIMEOUT = 50

Uploads = dict[str, tuple[str, bytes]]


class Methods:
    """`call("sendMessage", parameters, uploads)`; raises ApiError as Telegram answers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._polling: asyncio.Future[None] | None = None
        self._recent: deque[float] = deque()
        self._methods: dict[str, Callable[[dict[str, Any], Uploads], Awaitable[Any]]] = {
            name: getattr(self, f"_{name}")
            for name in [
                "getMe",
                "logOut",
                "close",
                "getUpdates",
                "setWebhook",
                "deleteWebhook",
                "getWebhookInfo",
                "sendMessage",
                "sendPhoto",
                "sendDocument",
                "editMessageText",
                "editMessageReplyMarkup",
                "deleteMessage",
                "answerCallbackQuery",
                "sendChatAction",
                "getFile",
                "leaveChat",
                "getChat",
                "setMyCommands",
                "getMyCommands",
                "deleteMyCommands",
                "setMyDescription",
                "setMyShortDescription",
                "setChatMenuButton",
            ]
            if hasattr(self, f"_{name}")
        }

    async def call(self, name: str, parameters: dict[str, Any], uploads: Uploads) -> Any:
        method = next((m for known, m in self._methods.items() if known.lower() == name.lower()), None)
        if method is None:
            raise ApiError(404, "Not Found")
        if name != "getUpdates":
            self.world.calls.append((name, parameters))
        return await method(parameters, uploads)

    # -- receiving -------------------------------------------------------------------------------------------------

    async def _getMe(self, _p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        return BOT

    async def _getUpdates(self, p: dict[str, Any], _u: Uploads) -> list[dict[str, Any]]:
        world = self.world
        if world.webhook.url:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )
        if self._polling and not self._polling.done():
            self._polling.set_exception(
                ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )
        mine = self._polling = asyncio.get_running_loop().create_future()
        if isinstance(p.get("allowed_updates"), list):
            world.allowed_updates = p["allowed_updates"]
        self._confirm(int(p.get("offset") or 0))
        limit = min(max(int(p.get("limit") or 100), 1), 100)
        deadline = asyncio.get_running_loop().time() + min(float(p.get("timeout") or 0), MAX_TIMEOUT)
        try:
            while not (world.updates or world.again):
                version = world.version
                rest = deadline - asyncio.get_running_loop().time()
                if rest <= 0:
                    return []
                waiting = asyncio.ensure_future(world.wait(version, rest))
                await asyncio.wait({waiting, mine}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if mine.done():
                    mine.result()
            again, world.again = world.again, []
            ready = again + sorted(world.updates, key=lambda update: update["update_id"])
            return ready[:limit]
        finally:
            if not mine.done():
                mine.set_result(None)

    def _confirm(self, offset: int) -> None:
        """Updates before `offset` are forgotten; a negative one keeps only the last ones."""
        world = self.world
        if offset > 0:
            world.delivered += [u for u in world.updates if u["update_id"] < offset]
            world.updates = [u for u in world.updates if u["update_id"] >= offset]
        elif offset < 0:
            world.updates = world.updates[offset:]

    async def _setWebhook(self, p: dict[str, Any], _u: Uploads) -> bool:
        url = str(p.get("url") or "")
        if url:
            checks.webhook_url(url)
        secret = str(p.get("secret_token") or "")
        if secret:
            checks.webhook_secret(secret)
        if isinstance(p.get("allowed_updates"), list):
            self.world.allowed_updates = p["allowed_updates"]
        if p.get("drop_pending_updates"):
            self.world.updates.clear()
        self.world.webhook.url, self.world.webhook.secret = url, secret
        self.world.changed()
        return True

    async def _deleteWebhook(self, p: dict[str, Any], u: Uploads) -> bool:
        return await self._setWebhook({**p, "url": ""}, u)

    async def _getWebhookInfo(self, _p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        webhook = self.world.webhook
        info = {"url": webhook.url, "has_custom_certificate": False, "pending_update_count": len(self.world.updates)}
        return {**info, "last_error_message": webhook.last_error} if webhook.last_error else info

    # -- sending ---------------------------------------------------------------------------------------------------

    async def _sendMessage(self, p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        if _chat_id(p) < 0:
            self._flood()
            self.world.group_messages.append(p)
            return self._envelope({"id": _chat_id(p), "type": "supergroup", "title": "Groupe"}, {"text": p["text"]})
        person = self._person(p)
        content = checks.formatted(p, "text", checks.MAX_TEXT, empty_allowed=False)
        return self._post(person, content, p)

    async def _sendPhoto(self, p: dict[str, Any], uploads: Uploads) -> dict[str, Any]:
        person = self._person(p)
        name, data = _upload(p, uploads, "photo")
        width, height = checks.picture_size(data)
        file_id = self.world.add_file(name, data)
        size = {"file_id": file_id, "file_unique_id": file_id[:12], "width": width, "height": height}
        content = {"photo": [size], **checks.formatted(p, "caption", checks.MAX_CAPTION, empty_allowed=True)}
        return self._post(person, content, p)

    async def _sendDocument(self, p: dict[str, Any], uploads: Uploads) -> dict[str, Any]:
        person = self._person(p)
        name, data = _upload(p, uploads, "document")
        if len(data) > checks.MAX_FILE_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        file_id = self.world.add_file(name, data)
        document = {
            "file_id": file_id,
            "file_unique_id": file_id[:12],
            "file_name": name,
            "file_size": len(data),
        }
        content = {"document": document, **checks.formatted(p, "caption", checks.MAX_CAPTION, empty_allowed=True)}
        return self._post(person, content, p)

    async def _editMessageText(self, p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        message = self._editable(p)
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        content = checks.formatted(p, "text", checks.MAX_TEXT, empty_allowed=False)
        content.setdefault("entities", [])
        return self._change(message, {**content, "reply_markup": checks.keyboard(p.get("reply_markup"))})

    async def _editMessageReplyMarkup(self, p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        return self._change(self._editable(p), {"reply_markup": checks.keyboard(p.get("reply_markup"))})

    async def _deleteMessage(self, p: dict[str, Any], _u: Uploads) -> bool:
        person = self._person(p)
        message = self.world.message(person.id, int(p.get("message_id") or 0))
        if message is None:
            raise bad_request("message to delete not found")
        person.messages.remove(message)
        self.world.changed()
        return True

    async def _answerCallbackQuery(self, p: dict[str, Any], _u: Uploads) -> bool:
        if len(str(p.get("text") or "")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        waiting = self.world.queries.get(str(p.get("callback_query_id")))
        if waiting is None or waiting.done():
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        waiting.set_result({"text": p.get("text") or "", "alert": bool(p.get("show_alert"))})
        return True

    async def _sendChatAction(self, p: dict[str, Any], _u: Uploads) -> bool:
        person = self._person(p)
        if p.get("action") not in checks.ACTIONS:
            raise bad_request("wrong parameter action in request")
        person.typing_until = self.world.clock() + TYPING_SECONDS
        self.world.changed()
        return True

    async def _getFile(self, p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        file_id = str(p.get("file_id") or "")
        if file_id not in self.world.files:
            raise bad_request("invalid file_id")
        name, data = self.world.files[file_id]
        return {
            "file_id": file_id,
            "file_unique_id": file_id[:12],
            "file_size": len(data),
            "file_path": f"documents/{file_id}/{name}",
        }

    # -- chats and profile -----------------------------------------------------------------------------------------

    async def _leaveChat(self, p: dict[str, Any], _u: Uploads) -> bool:
        if _chat_id(p) >= 0:
            raise bad_request("chat member status can't be changed in private chats")
        self.world.left_chats.append(_chat_id(p))
        return True

    async def _getChat(self, p: dict[str, Any], _u: Uploads) -> dict[str, Any]:
        return {**self._person(p).as_chat(), "accent_color_id": 0, "max_reaction_count": 11}

    async def _setMyCommands(self, p: dict[str, Any], _u: Uploads) -> bool:
        self.world.profile["commands"][_scope(p)] = checks.commands(p.get("commands"))
        self.world.changed()
        return True

    async def _getMyCommands(self, p: dict[str, Any], _u: Uploads) -> list[dict[str, str]]:
        return self.world.profile["commands"].get(_scope(p), [])

    async def _deleteMyCommands(self, p: dict[str, Any], _u: Uploads) -> bool:
        self.world.profile["commands"].pop(_scope(p), None)
        return True

    async def _setMyDescription(self, p: dict[str, Any], _u: Uploads) -> bool:
        return self._describe("description", p, 512)

    async def _setMyShortDescription(self, p: dict[str, Any], _u: Uploads) -> bool:
        return self._describe("short_description", p, 120)

    async def _setChatMenuButton(self, p: dict[str, Any], _u: Uploads) -> bool:
        self.world.profile["menu_button"] = p.get("menu_button") or {}
        return True

    def _describe(self, field: str, p: dict[str, Any], limit: int) -> bool:
        text = str(p.get(field) or "")
        if len(text) > limit:
            raise bad_request(f"{field.upper()}_TOO_LONG")
        self.world.profile[field][str(p.get("language_code") or "")] = text
        self.world.changed()
        return True

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _person(self, p: dict[str, Any]) -> Person:
        person = self.world.people.get(_chat_id(p))
        if person is None:
            raise bad_request("chat not found")
        if person.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not person.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return person

    def _editable(self, p: dict[str, Any]) -> dict[str, Any]:
        person = self._person(p)
        message = self.world.message(person.id, int(p.get("message_id") or 0))
        if message is None:
            raise bad_request("message to edit not found")
        if not message["from"]["is_bot"]:
            raise bad_request("message can't be edited")
        return message

    def _change(self, message: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        before = {key: message.get(key) or None for key in content}
        if before == {key: value or None for key, value in content.items()}:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        message.update({key: value for key, value in content.items() if value})
        for key in [key for key, value in content.items() if not value]:
            message.pop(key, None)
        message["edit_date"] = int(self.world.clock())
        self.world.changed()
        return message

    def _post(self, person: Person, content: dict[str, Any], p: dict[str, Any]) -> dict[str, Any]:
        markup = checks.keyboard(p.get("reply_markup"))
        self._flood()
        message = self._envelope(person.as_chat(), content)
        if markup:
            message["reply_markup"] = markup
        person.messages.append(message)
        person.typing_until = 0.0
        self.world.changed()
        return message

    def _envelope(self, chat: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        date = int(self.world.clock())
        return {"message_id": self.world.next_number(), "date": date, "chat": chat, "from": BOT, **content}

    def _flood(self) -> None:
        if self.world.trouble.floods:
            raise too_many_requests(self.world.trouble.floods.popleft())
        now = self.world.clock()
        while self._recent and self._recent[0] < now - 1:
            self._recent.popleft()
        if len(self._recent) >= MESSAGES_PER_SECOND:
            raise too_many_requests(1)
        self._recent.append(now)


def _chat_id(p: dict[str, Any]) -> int:
    try:
        return int(p["chat_id"])
    except (KeyError, TypeError, ValueError):
        raise bad_request("chat_id is empty") from None


def _scope(p: dict[str, Any]) -> str:
    scope = p.get("scope") or {"type": "default"}
    return f"{scope.get('type')}:{p.get('language_code') or ''}"


def _upload(p: dict[str, Any], uploads: Uploads, field: str) -> tuple[str, bytes]:
    name = str(p.get(field) or "")
    found = uploads.get(name.removeprefix("attach://")) if name.startswith("attach://") else uploads.get(field)
    if found is None:
        raise bad_request(f"there is no {field} in the request")
    if not found[1]:
        raise bad_request("file must be non-empty")
    return found
