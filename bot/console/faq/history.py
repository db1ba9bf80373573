"""The history of versions, going back, patches; questions that must never regress."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Refusal, form_value
from bot.console.faq.common import TABS, me, place, read, work, write
from bot.console.shell import Console
from bot.services.check_faq import normalise
from bot.services.faq_desk.content import load_snapshot
from bot.services.faq_desk.git import patch
from bot.services.faq_desk.publish import recover, roll_back
from bot.storage.unit_of_work import UnitOfWork


async def show(console: Console, request: Request) -> Response:
    here = place(console)
    await work(recover, console.engine, here, console.clock())
    live = await work(here.live)

    def gather(uow: UnitOfWork) -> tuple:
        return uow.faq_releases.publications(), uow.faq_drafts.golden()

    versions, golden = await read(console, gather)
    served = await console.services["served_model"]()
    current = next((v for v in versions if v.state == "live" and (v.model, v.faq) == (live.model, live.faq)), None)
    kept = {v.id for v in versions if all((here.models / name).exists() for name in (v.model, v.faq))}
    titles = {key: entry.get("titre", key) for key, entry in (await work(here.content)).entries().items()}
    return console.render(
        request,
        "faq_historique.html",
        title="Historique des versions",
        tabs=TABS,
        versions=versions,
        current=current,
        kept=kept,
        live=live,
        served=served,
        golden=golden,
        titles=titles,
        branch=here.branch,
    )


async def go_back(console: Console, request: Request) -> Response:
    version, staff = request.path_params["version"], request.state.session.staff
    reason = await form_value(request, "motif", 500)
    published = await work(roll_back, console.engine, place(console), version, staff.name, reason, console.clock())
    return console.redirect(
        "/faq/historique", f"La version {version} est de nouveau en ligne (version {published.id})."
    )


async def patch_file(console: Console, request: Request) -> Response:
    """What a version changed, as `git apply` takes it."""
    version = request.path_params["version"]
    here = place(console)

    def find(uow: UnitOfWork) -> tuple:
        wanted = uow.faq_releases.publication(version)
        earlier = [v for v in uow.faq_releases.publications("live") if v.id < version]
        return wanted, earlier[0] if earlier else None

    wanted, before = await read(console, find)
    if wanted is None or before is None:
        raise Refusal("Il n'y a rien avant cette version : pas de correctif.", 404)

    def make() -> str:
        return patch(load_snapshot(before.content, here.models), load_snapshot(wanted.content, here.models))

    headers = {"Content-Disposition": f'attachment; filename="faq-version-{version}.patch"'}
    return Response(await work(make), media_type="text/x-diff; charset=utf-8", headers=headers)


async def golden(console: Console, request: Request) -> Response:
    """Adds or removes a question whose right answer is known; critical ones must never be lost."""
    action = await form_value(request, "action")
    if action == "retirer":
        number = await form_value(request, "id")
        if not number.isdigit():
            raise Refusal("Question inconnue.", 400)
        await write(console, lambda uow: uow.faq_drafts.remove_golden(int(number)))
        return console.redirect("/faq/historique#questions-connues", "Question retirée.")
    text, entry = await form_value(request, "texte", 600), await form_value(request, "entree", 80)
    content = await work(place(console).content)
    entries = content.entries()
    if not text or (entry not in entries and entry != "out_of_scope"):
        raise Refusal("Écrivez la question et choisissez l'entrée qui doit répondre.", 400)
    form = normalise(text)
    for key, item in entries.items():
        if form in {normalise(example) for example in item["exemples"]}:
            raise Refusal(
                f"C'est un exemple de « {item.get('titre', key)} » : une question connue doit être autre chose."
            )
    critical = await form_value(request, "critique") == "1"
    await write(
        console, lambda uow: uow.faq_drafts.add_golden(text, form, entry, critical, me(request), console.clock())
    )
    return console.redirect("/faq/historique#questions-connues", "Question enregistrée : chaque candidat y répondra.")
