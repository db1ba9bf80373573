"""One conversation: read it live, answer, note, and everything one may do with it."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from bot.console.access import Refusal, form_value, page, still_open, wants_json
from bot.console.answers import suggestions
from bot.console.identity import identity_of
from bot.console.queue import CHANNELS, announce
from bot.console.shell import PARIS, Console
from bot.console.thread_data import Thread, may_read, memory_of, read_thread
from bot.dispositif.conversation import Conversation
from bot.dispositif.handover import AGENT_REASONS, PRIORITIES, CloseReason, State
from bot.dispositif.personnel import Permission, Staff
from bot.reference.faq import THEMES
from bot.services.handover import desk
from bot.services.handover.desk import HandoverError
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

TICK_SECONDS = 5.0
PRESENCE_EVERY = timedelta(seconds=15)
MAX_TAGS = 8
_READ_ONLY = "Cette conversation n'existe pas, ou personne n'y a demandé l'équipe."


def thread_routes(console: Console) -> list[BaseRoute]:
    answer, base = Permission.ANSWER, "/conversations/{conversation_id:str}"
    return [
        page(console, base, _show, answer),
        page(console, base + "/fil", _fragment, answer, passive=True),
        page(console, base + "/flux", _stream, answer, passive=True),
        page(console, base + "/messages", _write, answer, ["POST"]),
        page(console, base + "/notes", _note, answer, ["POST"]),
        page(console, base + "/frappe", _typing, answer, ["POST"]),
        page(console, base + "/renvoyer/{message_id:int}", _retry, answer, ["POST"]),
        page(console, base + "/actions", _act, answer, ["POST"]),
        page(console, base + "/effacer", _erase, Permission.ERASE, ["POST"]),
    ]


async def _show(console: Console, request: Request) -> Response:
    staff, now = request.state.session.staff, console.clock()
    conversation = await _conversation(console, request)

    def arrive(uow: UnitOfWork) -> tuple[Thread, dict[str, Any]]:
        thread = read_thread(uow, conversation, console.faq.catalogue(), now)
        uow.desk.read(conversation.id, staff.id, thread.last_seq, now)
        uow.audit.write(
            Actor("agent", str(staff.id)), "conversation.lue", "conversation", conversation.id, now, conversation.id
        )
        colleagues = [
            uow.staff.get(one)
            for one in uow.staff.available_since(now - console.config.handover.presence)
            if one != staff.id
        ]
        return thread, {
            **memory_of(uow, conversation.id),
            "colleagues": [one for one in colleagues if one and one.may(Permission.ANSWER)],
            "identity": identity_of(uow, conversation, console.config.access, staff, now),
        }

    thread, more = await console.write(arrive)
    await console.wake.announce(conversation.id, "regards")
    return console.render(
        request,
        "conversation.html",
        title=f"Conversation – {(thread.request and thread.request.subject) or 'sans sujet'}",
        **_common(thread, staff),
        **more,
        suggestions=await suggestions(console, thread.topic) if thread.topic else [],
        message_id=uuid.uuid4().hex,
    )


async def _fragment(console: Console, request: Request) -> Response:
    """The thread and what goes with it, drawn again; reading it marks everything as read."""
    staff, now = request.state.session.staff, console.clock()
    conversation = await _conversation(console, request)

    def read(uow: UnitOfWork) -> Thread:
        thread = read_thread(uow, conversation, console.faq.catalogue(), now)
        if request.query_params.get("lu") == "1":
            uow.desk.read(conversation.id, staff.id, thread.last_seq, now)
        return thread

    return console.render(request, "_fil.html", **_common(await console.write(read), staff))


async def _stream(console: Console, request: Request) -> Response:
    conversation = await _conversation(console, request)
    return EventSourceResponse(_events(console, request, conversation.id), ping=15, headers={"X-Accel-Buffering": "no"})


async def _events(console: Console, request: Request, conversation_id: str) -> AsyncIterator[dict[str, str]]:
    """« fil » at each change, « saisie » while the person types, « fin » when the session or the conversation is over."""
    session, seen_at = request.state.session, None
    staff_id = session.staff.id

    def look(uow: UnitOfWork, now: datetime) -> None:
        uow.staff.seen(staff_id, now)
        uow.desk.see(conversation_id, staff_id, now)

    try:
        async with console.wake.listen(conversation_id) as wait:
            while True:
                now = console.clock()
                if seen_at is None or now - seen_at >= PRESENCE_EVERY:
                    gone = await console.read(lambda uow: may_read(uow, conversation_id, session.staff)) is None
                    if gone or await still_open(console, session) is None:
                        yield {"event": "fin", "data": "{}"}
                        return
                    await console.write(look, now)
                    seen_at = now
                    yield {"event": "fil", "data": "{}"}
                notice = await wait(TICK_SECONDS)
                if notice is None:
                    continue
                if notice["event"] == "saisie":
                    yield {"event": "saisie", "data": json.dumps({"on": bool(notice.get("on"))})}
                elif notice["event"] != "typing":
                    yield {"event": "fil", "data": "{}"}
    finally:
        await console.write(lambda uow: uow.desk.leave(conversation_id, staff_id, console.clock()))


async def _write(console: Console, request: Request) -> Response:
    conversation = await _conversation(console, request)
    text, client_id = await form_value(request, "texte"), await form_value(request, "id", 40) or uuid.uuid4().hex
    message, _ = await _do(
        console, desk.write, conversation.id, request.state.session.staff, client_id, text, console.clock()
    )
    await announce(console, conversation.id)
    return _done(console, request, conversation, seq=message.seq)


async def _note(console: Console, request: Request) -> Response:
    conversation = await _conversation(console, request)
    text = await form_value(request, "note")
    await _do(console, desk.add_note, conversation.id, request.state.session.staff, text, console.clock())
    # Only the desk hears of it: the person's stream has nothing to read.
    await console.wake.announce(conversation.id, "regards")
    return _done(console, request, conversation)


async def _typing(console: Console, request: Request) -> Response:
    conversation, staff = await _conversation(console, request), request.state.session.staff
    on, now = await form_value(request, "on") == "1", console.clock()

    def note(uow: UnitOfWork) -> bool:
        uow.desk.see(conversation.id, staff.id, now, typing=on)
        held = uow.handovers.open_of(conversation.id)
        return held is not None and held.claimed_by == staff.id

    if await console.write(note):
        await console.wake.announce(conversation.id, "typing", on=on, agent=staff.first_name)
    await console.wake.announce(conversation.id, "regards")
    return JSONResponse({})


async def _retry(console: Console, request: Request) -> Response:
    conversation = await _conversation(console, request)
    staff, message_id = request.state.session.staff, request.path_params["message_id"]
    await _do(console, desk.retry, conversation.id, staff, message_id, console.clock())
    await announce(console, conversation.id)
    return _done(console, request, conversation)


async def _act(console: Console, request: Request) -> Response:
    """Everything that changes the request: one form each, told apart by the button pressed."""
    conversation = await _conversation(console, request)
    staff, now, rules = request.state.session.staff, console.clock(), console.config.handover
    action, request_id = await form_value(request, "action"), _number(await form_value(request, "demande"))
    if action == "prendre":
        await _do(console, desk.claim, request_id, staff, now)
    elif action == "rendre":
        await _do(console, desk.release, request_id, staff, rules, now)
    elif action == "assistant":
        await _do(console, desk.close, request_id, staff, CloseReason.HANDED_BACK, now)
    elif action == "clore":
        await _do(console, desk.close, request_id, staff, _reason(await form_value(request, "raison")), now)
    elif action == "rouvrir":
        await _do(console, desk.reopen, request_id, staff, now)
    elif action == "transmettre":
        await _do(console, desk.transfer, request_id, staff, _number(await form_value(request, "collegue")), rules, now)
    elif action == "de_cote":
        until = _moment(await form_value(request, "jusqu_a"))
        await _do(console, desk.set_aside, request_id, staff, until, now)
    elif action == "reprendre":
        await _do(console, desk.set_aside, request_id, staff, None, now)
    elif action == "classer":
        await _describe(console, request, request_id, staff, now)
    else:
        raise Refusal("Action inconnue.", 400)
    await announce(console, conversation.id)
    return _done(console, request, conversation)


async def _describe(console: Console, request: Request, request_id: int, staff: Staff, now: datetime) -> None:
    priority, theme = _number(await form_value(request, "priorite")), await form_value(request, "theme")
    tags = [" ".join(tag.lower().split())[:40] for tag in (await form_value(request, "etiquettes", 400)).split(",")]
    if priority not in PRIORITIES or (theme and theme not in THEMES):
        raise Refusal("Choisissez une priorité et un thème de la liste.", 400)

    def work(uow: UnitOfWork) -> None:
        desk.describe(
            uow, request_id, staff, now, priority=priority, theme=theme or None, tags=[t for t in tags if t][:MAX_TAGS]
        )

    await _do(console, work)


async def _erase(console: Console, request: Request) -> Response:
    conversation, staff = await _conversation(console, request), request.state.session.staff
    if await form_value(request, "confirmation") != "EFFACER":
        raise Refusal("Pour effacer, écrivez EFFACER en toutes lettres.", 400)
    await console.erase(conversation.id)
    await console.write(
        lambda uow: uow.audit.write(
            Actor("agent", str(staff.id)), "conversation.effacee", "conversation", conversation.id, console.clock()
        )
    )
    await announce(console, conversation.id)
    return console.redirect("/demandes", "La conversation et tout ce qui s'y rattache sont effacés.")


async def _conversation(console: Console, request: Request) -> Conversation:
    staff, wanted = request.state.session.staff, request.path_params["conversation_id"]
    conversation = await console.read(lambda uow: may_read(uow, wanted, staff))
    if conversation is None:
        raise Refusal(_READ_ONLY, 404)
    return conversation


async def _do(console: Console, work: Any, *arguments: Any) -> Any:
    try:
        return await console.write(work, *arguments)
    except HandoverError as error:
        raise Refusal(str(error)) from None


def _done(console: Console, request: Request, conversation: Conversation, **answer: Any) -> Response:
    if wants_json(request):
        return JSONResponse(answer)
    return console.redirect(f"/conversations/{conversation.id}")


def _common(thread: Thread, staff: Staff) -> dict[str, Any]:
    request = thread.request
    return {
        "thread": thread,
        "request": request,
        "mine": request is not None and request.state is State.CLAIMED and request.claimed_by == staff.id,
        "others": [viewer for viewer in thread.viewers if viewer.staff_id != staff.id],
        "channels": CHANNELS,
        "themes": THEMES,
        "priorities": PRIORITIES,
        "reasons": AGENT_REASONS,
    }


def _reason(raw: str) -> CloseReason:
    try:
        return CloseReason(raw)
    except ValueError:
        raise Refusal("Choisissez une raison.", 400) from None


def _number(raw: str) -> int:
    return int(raw) if raw.isdigit() and len(raw) < 18 else -1


def _moment(raw: str) -> datetime:
    """A local time of the browser's date field, in Paris."""
    try:
        return datetime.fromisoformat(raw).replace(tzinfo=PARIS)
    except ValueError:
        raise Refusal("Indiquez un jour et une heure.", 400) from None
