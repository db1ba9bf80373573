"""The phone: a page that shows a chat, and what its buttons do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.demo.telegram.world import BOT, Person, World

HERE = Path(__file__).parent
ANSWER_SECONDS = 10.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# What a person can send besides text: the part of the message that is not its envelope.
_FILE = {"file_id": "emulateur", "file_unique_id": "emulateur"}
THINGS: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{**_FILE, "width": 640, "height": 480}]},
    "voice": {"voice": {**_FILE, "duration": 4}},
    "sticker": {
        "sticker": {
            **_FILE,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }
    },
    "document": {"document": {**_FILE, "file_name": "note.pdf"}},
    "location": {"location": {"latitude": 45.89, "longitude": 3.11}},
    "contact": {"contact": {"phone_number": "+33100000000", "first_name": "Fictif"}},
}


def phone_routes(world: World) -> list[BaseRoute]:
    phone = _Phone(world)
    return [
        Route("/", _page),
        Route("/emulateur/etat", phone.state),
        Route("/emulateur/evenements", phone.events),
        Route("/emulateur/fichiers/{file_id}", phone.file),
        Route("/emulateur/{action}", phone.act, methods=["POST"]),
        Mount("/statique", StaticFiles(directory=HERE / "static")),
    ]


async def _page(_request: Request) -> Response:
    return HTMLResponse((HERE / "templates" / "telephone.html").read_text(encoding="utf-8"), headers=_HEADERS)


class _Phone:
    def __init__(self, world: World) -> None:
        self._world = world

    async def state(self, request: Request) -> Response:
        person = self._person(request.query_params.get("personne"))
        world = self._world
        profile = world.profile
        commands = profile["commands"]
        body = {
            "bot": {
                "name": BOT["first_name"],
                "username": BOT["username"],
                "description": profile["description"].get("fr") or profile["description"].get("", ""),
                "commands": commands.get("all_private_chats:fr") or commands.get("default:", []),
            },
            "people": [_person(other) for other in world.people.values()],
            "me": person.id,
            "blocked": person.blocked,
            "typing": person.typing_until > world.clock(),
            "messages": person.messages,
            "connected": bool(world.webhook.url) or any(name == "getMe" for name, _ in world.calls),
        }
        return JSONResponse(body, headers=_HEADERS)

    async def events(self, _request: Request) -> Response:
        return EventSourceResponse(self._changes(), ping=15)

    async def _changes(self) -> AsyncIterator[dict[str, str]]:
        version = -1
        while True:
            if await self._world.wait(version, 15):
                version = self._world.version
                yield {"event": "change", "data": "{}"}
                # One notice for a burst.
                await asyncio.sleep(0.03)

    async def file(self, request: Request) -> Response:
        found = self._world.files.get(request.path_params["file_id"])
        if found is None:
            return Response(status_code=404)
        name, content = found
        if content.startswith(b"\x89PNG"):
            return Response(content, media_type="image/png", headers=_HEADERS)
        quoted = name.encode("ascii", "replace").decode().replace('"', "")
        disposition = {"Content-Disposition": f'attachment; filename="{quoted}"'}
        return Response(content, media_type="application/octet-stream", headers={**_HEADERS, **disposition})

    async def act(self, request: Request) -> Response:
        """One gesture of a person. JSON only: another site cannot send it without asking."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return Response(status_code=415)
        try:
            body = json.loads(await request.body())
            person = self._person(body.get("personne"))
            gesture = getattr(self, f"_do_{request.path_params['action'].replace('-', '_')}")
        except (ValueError, AttributeError):
            return Response(status_code=404)
        return JSONResponse(await gesture(person, body) or {"ok": True}, headers=_HEADERS)

    async def _do_ecrire(self, person: Person, body: dict[str, Any]) -> None:
        text = str(body.get("texte") or "").strip()
        if text:
            self._world.write(person.id, text[:4096])

    async def _do_envoyer(self, person: Person, body: dict[str, Any]) -> None:
        thing = THINGS.get(str(body.get("quoi")))
        if thing:
            self._world.send_from(person.id, {**thing, **({"caption": body["legende"]} if body.get("legende") else {})})

    async def _do_transferer(self, person: Person, body: dict[str, Any]) -> None:
        origin = {"type": "hidden_user", "sender_user_name": "Quelqu'un", "date": 1_770_000_000}
        self._world.write(person.id, str(body.get("texte") or "Message transféré"), forward_origin=origin)

    async def _do_modifier(self, person: Person, body: dict[str, Any]) -> None:
        message = self._world.message(person.id, int(body.get("message") or 0))
        if message and not message["from"]["is_bot"] and "text" in message:
            self._world.edit(person.id, message["message_id"], str(body.get("texte") or ""))

    async def _do_presser(self, person: Person, body: dict[str, Any]) -> dict[str, Any]:
        message_id = int(body.get("message") or 0)
        if self._world.message(person.id, message_id) is None:
            return {"answered": False}
        query = self._world.press(person.id, message_id, str(body.get("donnee") or ""))
        answer = await self._world.answer_to(query, ANSWER_SECONDS)
        return {"answered": answer is not None, **(answer or {})}

    async def _do_bloquer(self, person: Person, body: dict[str, Any]) -> None:
        self._world.block(person.id, bool(body.get("bloque")))

    async def _do_groupe(self, person: Person, _body: dict[str, Any]) -> None:
        self._world.write_in_group(person.id, "Bonjour à tous")

    async def _do_personne(self, _person: Person, body: dict[str, Any]) -> dict[str, Any]:
        names = str(body.get("nom") or "Nouvelle personne").split(" ", 1)
        return {"id": self._world.add_person(*[name[:40] for name in names]).id}

    def _person(self, given: Any) -> Person:
        world = self._world
        try:
            return world.people[int(given)]
        except (KeyError, TypeError, ValueError):
            return next(iter(world.people.values()))


def _person(person: Person) -> dict[str, Any]:
    last = person.messages[-1] if person.messages else {}
    return {
        "id": person.id,
        "name": f"{person.first_name} {person.last_name}".strip(),
        "last": str(last.get("text") or last.get("caption") or ""),
        "count": len(person.messages),
    }
