"""The inbox: groups of messages, suggestions, one click to decide, undo."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Refusal, form_value
from bot.console.faq.common import TABS, me, place, read, work, workbench, write
from bot.console.shell import Console
from bot.dispositif.redaction import REASONS, InboxState
from bot.nlu.people import find_people
from bot.services.faq_desk import drafts, inbox
from bot.services.published_faq import PublishedFaq
from bot.storage.unit_of_work import UnitOfWork

SHOWN = 15
ACTIONS = {
    "rattacher": InboxState.ATTACHED,
    "hors_sujet": InboxState.OUT_OF_SCOPE,
    "ignorer": InboxState.IGNORED,
}


async def show(console: Console, request: Request) -> Response:
    bench = workbench(console)
    near = await work(bench.neighbours)
    # Its model takes seconds to load: not while the database waits.
    await work(lambda: find_people("Marie Dupont"))

    def gather(uow: UnitOfWork) -> tuple[list[inbox.Group], dict]:
        inbox.collect(uow, console.clock(), find_people)
        inbox.regroup(uow, near)
        found = inbox.groups(uow, console.clock())
        items = [item for group in found[:SHOWN] for item in group.items[:8]]
        return found, dict(inbox.explain(uow, items))

    groups, understood = await write(console, gather)
    catalogue = await work(PublishedFaq(place(console).models).catalogue)

    def suggest() -> dict[int, list[dict[str, Any]]]:
        return {g.id: bench.suggestions(g.items[0].text, catalogue) for g in groups[:SHOWN]}

    titles = {key: question.title for key, question in catalogue.questions.items()}
    return console.render(
        request,
        "faq_boite.html",
        title="Boîte de réception de la FAQ",
        tabs=TABS,
        groups=groups[:SHOWN],
        more=max(0, len(groups) - SHOWN),
        total=sum(group.count for group in groups),
        understood=understood,
        suggestions=await work(suggest),
        reasons=REASONS,
        titles=titles,
        undo=request.query_params.get("annuler", ""),
        handled=await read(console, _handled),
    )


async def decide(console: Console, request: Request) -> Response:
    action, author = await form_value(request, "action"), me(request)
    suggested = await form_value(request, "suggestion", 80)
    if suggested:
        action = "rattacher"
    ids = [int(value) for value in (await form_value(request, "ids")).split(",") if value.isdigit()]
    if not ids:
        raise Refusal("Choisissez au moins un message.", 400)
    if action == "annuler":
        count = await write(console, drafts.undo, ids, author, console.clock())
        return console.redirect("/faq/boite", f"{count} message(s) remis dans la boîte.")
    if action == "creer":
        return console.redirect(f"/faq/nouvelle?messages={','.join(map(str, ids))}")
    if action not in ACTIONS:
        raise Refusal("Action inconnue.", 400)
    entry = (suggested or await form_value(request, "entree", 80)) if action == "rattacher" else None
    content = await work(place(console).content)
    if entry is not None and entry not in content.entries():
        raise Refusal("Choisissez une entrée existante.", 400)

    def apply(uow: UnitOfWork) -> int:
        items = inbox.decide(uow, ids, ACTIONS[action], author, console.clock(), entry)
        if entry:
            draft = drafts.add_examples(uow, content, author, entry, [item.text for item in items], console.clock())
            uow.faq_inbox.decide(
                [item.id for item in items], InboxState.ATTACHED, author, console.clock(), entry, draft.id
            )
        return len(items)

    count = await write(console, apply)
    where = f" à « {content.entries()[entry]['titre']} » (dans votre brouillon)" if entry else ""
    done = {"rattacher": "rattaché(s)", "hors_sujet": "classé(s) hors sujet", "ignorer": "ignoré(s)"}[action]
    return console.redirect(f"/faq/boite?annuler={','.join(map(str, ids))}", f"{count} message(s) {done}{where}.")


def _handled(uow: UnitOfWork) -> list:
    found = [
        item
        for state in (InboxState.ATTACHED, InboxState.CREATED, InboxState.OUT_OF_SCOPE, InboxState.IGNORED)
        for item in uow.faq_inbox.items(state, 30)
    ]
    return sorted(found, key=lambda item: item.decided_at or item.created_at, reverse=True)[:30]
