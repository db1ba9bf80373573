"""Entries and drafts: search, edit, create, warn at once, compare line by line."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.access import Refusal, form_value
from bot.console.faq.common import TABS, form_lines, me, place, read, work, workbench, write
from bot.console.shell import Console
from bot.dispositif.redaction import DraftKind, InboxState
from bot.reference.faq import THEMES
from bot.reference.yaml_files import ReferenceError
from bot.services.answer_question import say_answer
from bot.services.check_faq import normalise
from bot.services.faq_desk import drafts as service
from bot.services.faq_desk.candidates import golden_of, phrases_of
from bot.services.faq_desk.content import Content, fingerprint_of, question_of_entry
from bot.services.faq_desk.edit import warnings_of
from bot.services.faq_desk.exchange import _source_text, source_of
from bot.services.faq_desk.flags import Flagged, flags_of
from bot.services.faq_desk.place import FaqDeskError
from bot.storage.unit_of_work import UnitOfWork

_BLANK = dict.fromkeys(("theme", "titre", "reponse", "evolution", "valide_au", "verifie_le"), "") | {
    name: [] for name in ("faits", "voir_aussi", "exemples", "phrases_de_test")
}
MASKED = re.compile(r"\[(?:nom|e-mail|téléphone|adresse|adresse web|SIRET|SIREN|IBAN|numéro[^\]]*)\]")


async def show_all(console: Console, request: Request) -> Response:
    query, theme, state = (request.query_params.get(name, "")[:100] for name in ("q", "theme", "etat"))
    content = await work(place(console).content)
    flagged = await read(console, flags_of, place(console), content, console.clock())
    wanted = normalise(query)
    rows = []
    for key, item in flagged.items():
        haystack = normalise(
            " ".join([key, item.entry.get("titre", ""), item.entry.get("reponse", ""), *item.entry["exemples"]])
        )
        if (wanted and wanted not in haystack) or (theme and item.entry["theme"] != theme):
            continue
        if state and state not in item.flags:
            continue
        rows.append((key, item))
    return console.render(
        request,
        "faq_entrees.html",
        title="Entrées de la FAQ",
        tabs=TABS,
        rows=rows,
        themes=THEMES,
        query=query,
        theme=theme,
        state=state,
        states=Flagged.LABELS,
        total=len(flagged),
    )


async def show(console: Console, request: Request) -> Response:
    key = request.path_params["key"]
    content = await work(place(console).content)
    current = content.entries().get(key)

    def gather(uow: UnitOfWork) -> tuple:
        return (
            service.draft_of(uow, me(request), key),
            service.others_on(uow, me(request), key),
            uow.faq_drafts.care().get(key),
            golden_of(uow),
        )

    draft, others, care, golden = await read(console, gather)
    if current is None and draft is None:
        raise Refusal("Cette entrée n'existe pas.", 404)
    tests = [p.text for p in await work(phrases_of, place(console)) if p.expected == f"faq/{key}"]
    tests += [item.text for item in golden if item.entry == key]
    return _editor(console, request, key, draft.content if draft else current, content, draft, others, care, tests)


async def save(console: Console, request: Request) -> Response:
    key, action = request.path_params["key"], await form_value(request, "action")
    content = await work(place(console).content)
    version, base = int(await form_value(request, "version") or 0), await form_value(request, "base")
    if action == "supprimer":
        current = content.entries().get(key)
        if current is None:
            raise Refusal("Cette entrée n'est pas publiée : abandonnez le brouillon.")
        values, kind = current, DraftKind.DELETE
    else:
        values, kind = await _values(request), None
    await write(console, service.save_draft, content, me(request), key, values, version, base, console.clock(), kind)
    owner, review = await form_value(request, "responsable", 64), await form_value(request, "a_revoir_le", 10)
    await write(
        console,
        lambda uow: uow.faq_drafts.take_care(key, owner or None, _date(review), me(request), console.clock()),
    )
    return console.redirect("/faq/brouillons", f"Brouillon de « {values.get('titre', key)} » enregistré.")


async def show_new(console: Console, request: Request) -> Response:
    content = await work(place(console).content)
    ids = [int(value) for value in request.query_params.get("messages", "").split(",") if value.isdigit()]
    items = await read(console, lambda uow: uow.faq_inbox.find(ids)) if ids else []
    today = console.clock().date().isoformat()
    entry = {
        "theme": "",
        "titre": "",
        "reponse": "",
        "exemples": [text for text in dict.fromkeys(item.text for item in items) if not MASKED.search(text)],
        "valide_au": today,
        "verifie_le": today,
    }
    return _editor(console, request, "", entry, content, None, [], None, [], messages=",".join(map(str, ids)))


async def create(console: Console, request: Request) -> Response:
    values = await _values(request)
    content = await work(place(console).content)
    key = await form_value(request, "cle", 60) or key_of(values.get("titre", ""))
    found = await _warnings(console, key, values, content, is_new=True)
    blocking = [warning.text for warning in found if warning.blocking]
    if blocking:
        raise Refusal("À corriger : " + " ".join(blocking) + " Revenez en arrière : votre texte est encore là.")
    ids = [int(value) for value in (await form_value(request, "messages")).split(",") if value.isdigit()]

    def apply(uow: UnitOfWork) -> None:
        draft = service.save_draft(uow, content, me(request), key, values, 0, None, console.clock())
        waiting = [item.id for item in uow.faq_inbox.find(ids) if item.state is InboxState.NEW]
        if waiting:
            uow.faq_inbox.decide(waiting, InboxState.CREATED, me(request), console.clock(), key, draft.id)

    await write(console, apply)
    return console.redirect("/faq/brouillons", f"Brouillon de « {values['titre']} » enregistré.")


async def check(console: Console, request: Request) -> Response:
    """JSON for the editor while one writes: warnings, and the answer as people will see it."""
    values = await _values(request)
    is_new = await form_value(request, "nouvelle") == "1"
    key = await form_value(request, "cle", 60) or key_of(values.get("titre", ""))
    content = await work(place(console).content)
    found = await _warnings(console, key, values, content, is_new)
    try:
        said = say_answer(question_of_entry(key, values))
        preview = {"texte": said.text, "longueur": len(values.get("reponse", "")) + len(values.get("evolution", ""))}
    except (ReferenceError, ValueError):
        preview = {"texte": values.get("reponse", ""), "longueur": len(values.get("reponse", ""))}
    return JSONResponse(
        {
            "cle": key,
            "avertissements": [{"texte": w.text, "bloquant": w.blocking, "champ": w.field} for w in found],
            "apercu": preview,
        }
    )


async def show_drafts(console: Console, request: Request) -> Response:
    content = await work(place(console).content)
    entries = content.entries()

    def gather(uow: UnitOfWork) -> tuple:
        return uow.faq_drafts.open(), uow.faq_releases.candidates(8)

    drafts, candidates = await read(console, gather)
    mine = [draft for draft in drafts if draft.author == me(request)]
    shown = await work(lambda: [(d, service.diff(content, d), service.is_stale(entries, d)) for d in mine])
    return console.render(
        request,
        "faq_brouillons.html",
        title="Brouillons et publication",
        tabs=TABS,
        drafts=shown,
        others=[draft for draft in drafts if draft.author != me(request)],
        candidates=candidates,
        running=next((c for c in candidates if c.is_running), None),
    )


async def change_draft(console: Console, request: Request) -> Response:
    action, draft_id = await form_value(request, "action"), request.path_params["draft_id"]
    content = await work(place(console).content)

    def apply(uow: UnitOfWork) -> str:
        draft = uow.faq_drafts.get(draft_id)
        if draft is None or draft.author != me(request):
            raise FaqDeskError("Ce brouillon n'est pas (ou plus) à vous.")
        if action == "abandonner":
            uow.faq_drafts.close([draft_id], "abandoned", console.clock())
            return "Brouillon abandonné."
        if action == "garder":
            service.rebase(uow, content, draft, console.clock())
            return "Votre texte remplacera la version publiée depuis, à votre prochaine publication."
        raise FaqDeskError("Action inconnue.")

    return console.redirect("/faq/brouillons", await write(console, apply))


def key_of(title: str) -> str:
    """A key made from the title: its first words, without accents."""
    flat = unicodedata.normalize("NFKD", title.lower())
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    small = {
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "de",
        "du",
        "d",
        "l",
        "est",
        "ce",
        "que",
        "qu",
        "il",
        "on",
        "a",
        "et",
        "ou",
        "peut",
        "t",
    }
    words = [word for word in re.findall(r"[a-z0-9]+", flat) if word not in small]
    key = "_".join(words)[:50].strip("_")
    return key if key[:1].isalpha() else f"q_{key}"


def _editor(
    console: Console,
    request: Request,
    key: str,
    entry: Any,
    content: Content,
    draft: Any,
    others: Any,
    care: Any,
    tests: Any,
    messages: str = "",
) -> Response:
    current = content.entries().get(key)
    return console.render(
        request,
        "faq_entree.html",
        title=entry.get("titre") or "Nouvelle entrée",
        tabs=TABS,
        key=key,
        entry={**_BLANK, **entry},
        sources="\n".join(_source_text(source) for source in entry.get("sources") or ()),
        draft=draft,
        base=fingerprint_of(current) if current else "",
        stale=bool(draft and service.is_stale(content.entries(), draft)),
        others=others,
        care=care,
        tests=tests,
        themes=THEMES,
        messages=messages,
        deleting=bool(draft and draft.kind is DraftKind.DELETE),
        next_review=(console.clock().date() + timedelta(days=365)).isoformat(),
    )


async def _values(request: Request) -> dict[str, Any]:
    try:
        sources = [source_of(line) for line in await form_lines(request, "sources")]
    except FaqDeskError:
        sources = []
    form = await request.form()

    def text(name: str) -> str:
        value = form.get(name, "")
        return value.replace("\r\n", "\n").strip()[:5000] if isinstance(value, str) else ""

    values = {
        "theme": text("theme"),
        "titre": text("titre"),
        "reponse": text("reponse"),
        "evolution": text("evolution"),
        "sources": sources,
        "valide_au": text("valide_au")[:10],
        "verifie_le": text("verifie_le")[:10],
        "faits": [item.strip() for item in text("faits").split(",") if item.strip()],
        "voir_aussi": [item.strip() for item in text("voir_aussi").split(",") if item.strip()],
        "exemples": await form_lines(request, "exemples"),
        "phrases_de_test": await form_lines(request, "phrases_de_test"),
    }
    return {name: value for name, value in values.items() if value or name in ("exemples", "theme")}


async def _warnings(console: Console, key: str, values: dict[str, Any], content: Content, is_new: bool) -> list:
    near = await work(workbench(console).neighbours)
    golden = await read(console, golden_of)
    tests = values.get("phrases_de_test") or ()
    return await work(warnings_of, key, values, content, place(console), near, golden, tests, is_new)


def _date(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None
