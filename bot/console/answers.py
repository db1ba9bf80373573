"""What helps to answer: canned answers, answers of the FAQ, what the assistant would have said; and back to the FAQ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from bot.console.access import Refusal, form_value, page
from bot.console.shell import Console
from bot.console.thread_data import candidate_of, may_read
from bot.dispositif.conversation import Direction
from bot.dispositif.personnel import Permission
from bot.reference.faq import THEMES, Question
from bot.services.handover.canned import VARIABLES, filled, save_canned
from bot.services.handover.desk import HandoverError
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

MAX_FOUND = 8
TOP = 3


def answer_routes(console: Console) -> list[BaseRoute]:
    base = "/conversations/{conversation_id:str}"
    return [
        page(console, "/reponses", _canned, Permission.WRITE_CANNED),
        page(console, "/reponses", _save, Permission.WRITE_CANNED, ["POST"]),
        page(console, "/reponses/{canned_id:int}/supprimer", _delete, Permission.WRITE_CANNED, ["POST"]),
        page(console, base + "/propositions", _find, Permission.ANSWER, passive=True),
        page(console, base + "/proposer/{message_id:int}", _propose_form, Permission.ANSWER),
        page(console, base + "/proposer/{message_id:int}", _propose, Permission.ANSWER, ["POST"]),
    ]


@dataclass(frozen=True)
class Suggestion:
    title: str
    score: float
    answer: str


async def suggestions(console: Console, text: str) -> list[Suggestion]:
    """The assistant's three best answers to a text; none when it is away."""
    reading = await console.understand(text)
    if reading is None:
        return []
    catalogue = console.faq.catalogue()
    found = [candidate_of(one.name, one.score, catalogue) for one in reading.candidates]
    return [
        Suggestion(one.title, one.score, answer_text(catalogue.questions[one.key]))
        for one in found
        if one.key is not None
    ][:TOP]


def answer_text(question: Question) -> str:
    """An answer of the FAQ as an agent would send it: with what changed since, and its source."""
    evolution = f"\nÀ savoir : {question.evolution}" if question.evolution else ""
    return f"{question.answer}{evolution}\nSource : {' ; '.join(source.label for source in question.sources)}."


async def _find(console: Console, request: Request) -> Response:
    """What « / » finds: canned answers first, then questions of the FAQ, the nearest to the words typed."""
    query = request.query_params.get("q", "").strip().lower()[:60]
    conversation_id, staff = request.path_params["conversation_id"], request.state.session.staff

    def read(uow: UnitOfWork) -> list[dict[str, str]]:
        held = uow.handovers.latest_of(conversation_id)
        return [
            {
                "name": f"/{one.shortcut} – {one.title}",
                "text": filled(one.text, staff, held, console.clock()),
                "words": f"{one.shortcut} {one.title}",
            }
            for one in uow.desk.canned()
        ]

    canned = await console.read(read)
    found = [one for one in canned if _score(query, one["words"]) >= 60] if query else canned[:MAX_FOUND]
    if len(query) >= 3:
        questions = console.faq.catalogue().questions.values()
        ranked = sorted(questions, key=lambda one: -_score(query, one.title))
        found += [
            {"name": f"FAQ – {one.title}", "text": answer_text(one)}
            for one in ranked[:MAX_FOUND]
            if _score(query, one.title) >= 60
        ]
    return JSONResponse({"propositions": [{k: one[k] for k in ("name", "text")} for one in found[:MAX_FOUND]]})


def _score(query: str, words: str) -> float:
    words = words.lower()
    return (
        100.0 if query in words else fuzz.partial_ratio(query, words) * 0.7 + fuzz.token_set_ratio(query, words) * 0.3
    )


async def _canned(console: Console, request: Request) -> Response:
    return await _show_canned(console, request)


async def _show_canned(
    console: Console, request: Request, problem: str | None = None, typed: dict[str, str] | None = None
) -> Response:
    canned = await console.read(lambda uow: uow.desk.canned())
    wanted = request.query_params.get("modifier")
    edited = next((one for one in canned if one.shortcut == wanted), None)
    if typed is None:
        typed = {"raccourci": edited.shortcut, "titre": edited.title, "texte": edited.text} if edited else {}
    return console.render(
        request,
        "reponses.html",
        409 if problem else 200,
        title="Réponses types",
        canned=canned,
        typed=typed,
        edited=edited,
        problem=problem,
        variables=VARIABLES,
    )


async def _save(console: Console, request: Request) -> Response:
    typed = {name: await form_value(request, name) for name in ("raccourci", "titre", "texte")}
    try:
        await console.write(save_canned, *typed.values(), request.state.session.staff, console.clock())
    except HandoverError as error:
        return await _show_canned(console, request, str(error), typed)
    return console.redirect("/reponses", "La réponse type est enregistrée.")


async def _delete(console: Console, request: Request) -> Response:
    canned_id, staff = request.path_params["canned_id"], request.state.session.staff

    def delete(uow: UnitOfWork) -> None:
        uow.desk.delete_canned(canned_id)
        uow.audit.write(
            Actor("agent", str(staff.id)), "reponse_type.supprimee", "reponse_type", canned_id, console.clock()
        )

    await console.write(delete)
    return console.redirect("/reponses", "La réponse type est supprimée.")


async def _propose_form(console: Console, request: Request) -> Response:
    message = await _message(console, request)
    reading = await console.understand(message.text)
    catalogue = console.faq.catalogue()
    near = [candidate_of(one.name, one.score, catalogue) for one in reading.candidates] if reading else []
    return console.render(
        request,
        "proposer.html",
        title="Proposer à la FAQ",
        message=message,
        near=[one for one in near if one.key][:TOP],
        questions=catalogue.questions,
        themes=THEMES,
    )


async def _propose(console: Console, request: Request) -> Response:
    message, staff = await _message(console, request), request.state.session.staff
    key, comment = await form_value(request, "question", 80), await form_value(request, "commentaire", 1000)
    text = await form_value(request, "texte", 600)
    if key and key not in console.faq.catalogue().questions:
        raise Refusal("Cette question n'est plus dans la FAQ.", 400)
    if not text:
        raise Refusal("La phrase proposée est vide.", 400)

    def propose(uow: UnitOfWork) -> None:
        uow.desk.propose(
            message.conversation_id, message.id, text, key or None, comment or None, staff.id, console.clock()
        )
        uow.audit.write(
            Actor("agent", str(staff.id)),
            "faq.proposee",
            "message",
            message.id,
            console.clock(),
            message.conversation_id,
        )

    await console.write(propose)
    return console.redirect(
        f"/conversations/{message.conversation_id}", "La phrase est proposée aux responsables de la FAQ."
    )


async def _message(console: Console, request: Request) -> Any:
    conversation_id, staff = request.path_params["conversation_id"], request.state.session.staff
    message_id = request.path_params["message_id"]

    def read(uow: UnitOfWork) -> Any:
        message = uow.messages.get(message_id) if may_read(uow, conversation_id, staff) else None
        if message is None or message.conversation_id != conversation_id or message.direction is not Direction.IN:
            raise Refusal("Ce message n'existe pas.", 404)
        return message

    return await console.read(read)
