"""The queue: who waits for a human, for how long, and one click to answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from bot.console.access import Refusal, form_value, page, still_open, wants_json
from bot.console.shell import Console
from bot.dispositif.handover import PRIORITIES
from bot.dispositif.personnel import Permission, Staff
from bot.reference.faq import THEMES
from bot.services.handover import desk
from bot.services.handover.availability import availability
from bot.services.handover.desk import HandoverError
from bot.storage.queue import QueueFilter
from bot.storage.search import search_conversations
from bot.storage.unit_of_work import UnitOfWork

# The key under which the desk listens for changes of the queue.
DESK = "desk"
TICK_SECONDS = 2.0
# Fewer writes than ticks; well under the time after which someone counts as gone.
PRESENCE_EVERY = timedelta(seconds=15)
VIEWS: Mapping[str, str] = {
    "open": "Toutes",
    "free": "À prendre",
    "mine": "Les miennes",
    "aside": "Mises de côté",
    "closed": "Closes",
}
CHANNELS: Mapping[str, str] = {"widget": "Site web", "telegram": "Telegram"}


def queue_routes(console: Console) -> list[BaseRoute]:
    answer = Permission.ANSWER
    return [
        page(console, "/demandes", _show, answer),
        page(console, "/demandes/liste", _list, answer, passive=True),
        page(console, "/demandes/flux", _stream, answer, passive=True),
        page(console, "/demandes/{request_id:int}/prendre", _claim, answer, ["POST"]),
        page(console, "/presence", _presence, answer, ["POST"]),
    ]


async def _show(console: Console, request: Request) -> Response:
    staff = request.state.session.staff

    def arrive(uow: UnitOfWork) -> None:
        presence = uow.staff.presence(staff.id)
        now = console.clock()
        # Opening the queue is coming to the desk; who said « pause » today stays on pause.
        if presence is None or now - presence.seen_at > timedelta(hours=8):
            uow.staff.set_presence(staff.id, True, now)
        else:
            uow.staff.seen(staff.id, now)

    await console.write(arrive)
    values = await console.read(_values, request, staff, console)
    return console.render(request, "demandes.html", title="Demandes", themes=THEMES, **values)


async def _list(console: Console, request: Request) -> Response:
    values = await console.read(_values, request, request.state.session.staff, console)
    return console.render(request, "_liste.html", **values)


async def _claim(console: Console, request: Request) -> Response:
    staff, request_id = request.state.session.staff, request.path_params["request_id"]
    try:
        claimed = await console.write(desk.claim, request_id, staff, console.clock())
    except HandoverError as error:
        if wants_json(request):
            raise Refusal(str(error)) from None
        return console.redirect("/demandes", str(error), "warning")
    await announce(console, claimed.conversation_id)
    if wants_json(request):
        return JSONResponse({"conversation": claimed.conversation_id})
    return console.redirect(f"/conversations/{claimed.conversation_id}")


async def _presence(console: Console, request: Request) -> Response:
    available = await form_value(request, "disponible") == "oui"
    await console.write(lambda uow: uow.staff.set_presence(request.state.session.staff.id, available, console.clock()))
    await console.wake.announce(DESK)
    sentence = (
        "Vous êtes disponible." if available else "Vous êtes en pause : les personnes ne vous sont plus promises."
    )
    return console.redirect("/demandes", sentence)


async def _stream(console: Console, request: Request) -> Response:
    return EventSourceResponse(_events(console, request), ping=15, headers={"X-Accel-Buffering": "no"})


async def _events(console: Console, request: Request) -> AsyncIterator[dict[str, str]]:
    """« file » when the queue may have changed, with the figures of the title; « fin » when the session is over."""
    session, known, seen_at = request.state.session, None, None
    async with console.wake.listen(DESK) as wait:
        while True:
            now = console.clock()
            if seen_at is None or now - seen_at >= PRESENCE_EVERY:
                if await still_open(console, session) is None:
                    yield {"event": "fin", "data": "{}"}
                    return
                await console.write(lambda uow, now=now: uow.staff.seen(session.staff.id, now))
                seen_at = now
            stamp, counts = await console.read(_state, session.staff.id, now)
            if (stamp, counts) != known:
                known = (stamp, counts)
                yield {"event": "file", "data": json.dumps(counts)}
            await wait(TICK_SECONDS)


async def announce(console: Console, conversation_id: str, event: str = "messages", **data: Any) -> None:
    """Wakes the person's stream and the desk's."""
    await console.wake.announce(conversation_id, event, **data)
    await console.wake.announce(DESK)


def _state(uow: UnitOfWork, staff_id: int, now: datetime) -> tuple[tuple, dict[str, int]]:
    return uow.queue.stamp(), uow.queue.counts(staff_id, now)


def _values(uow: UnitOfWork, request: Request, staff: Staff, console: Console) -> dict[str, Any]:
    query, now = request.query_params, console.clock()
    search = query.get("q", "").strip()[:100]
    priority = query.get("priorite", "")
    wanted = QueueFilter(
        view=query.get("vue") if query.get("vue") in VIEWS else "open",
        channel=query.get("canal") if query.get("canal") in CHANNELS else None,
        theme=query.get("theme") if query.get("theme") in THEMES else None,
        priority=int(priority) if priority in map(str, PRIORITIES) else None,
        conversations=search_conversations(uow.connection, search) if search else None,
    )
    rows = uow.queue.rows(staff.id, wanted, now)
    presence = uow.staff.presence(staff.id)
    return {
        "rows": rows,
        "tags": uow.handovers.tags([row.request.id for row in rows]),
        "counts": uow.queue.counts(staff.id, now),
        "wanted": wanted,
        "search": search,
        "views": VIEWS,
        "channels": CHANNELS,
        "theme_names": THEMES,
        "priorities": PRIORITIES,
        "available": bool(presence and presence.available),
        "there": availability(uow, console.config.handover, now),
    }
