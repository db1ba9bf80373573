"""Entries as a spreadsheet: export, and import with a dry run; an import becomes drafts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Refusal, form_value
from bot.console.faq.common import TABS, me, place, work, write
from bot.console.shell import Console
from bot.services.faq_desk import drafts
from bot.services.faq_desk.content import fingerprint_of
from bot.services.faq_desk.exchange import applied, plan, read_rows, to_csv, to_xlsx
from bot.storage.unit_of_work import UnitOfWork

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def show(console: Console, request: Request) -> Response:
    return console.render(request, "faq_fichiers.html", title="Import et export", tabs=TABS, lines=None, name="")


async def export(console: Console, request: Request) -> Response:
    kind = request.path_params["kind"]
    content = await work(place(console).content)
    if kind not in ("csv", "xlsx"):
        raise Refusal("Formats : csv ou xlsx.", 404)
    data = await work(to_csv if kind == "csv" else to_xlsx, content)
    headers = {"Content-Disposition": f'attachment; filename="faq-cnfs.{kind}"', "Cache-Control": "no-store"}
    return Response(data, media_type="text/csv; charset=utf-8" if kind == "csv" else XLSX, headers=headers)


async def receive(console: Console, request: Request) -> Response:
    form = await request.form()
    upload = form.get("fichier")
    if upload is None or isinstance(upload, str) or not upload.filename:
        raise Refusal("Choisissez un fichier .csv ou .xlsx.", 400)
    data = await upload.read()
    content = await work(place(console).content)
    lines = await work(lambda: plan(content, read_rows(upload.filename, data)))
    if await form_value(request, "action") != "importer":
        return console.render(
            request, "faq_fichiers.html", title="Import et export", tabs=TABS, lines=lines, name=upload.filename
        )
    await work(applied, content, lines)
    entries = content.entries()

    def keep(uow: UnitOfWork) -> int:
        changed = [line for line in lines if line.outcome in ("nouvelle", "modifiée")]
        for line in changed:
            draft = drafts.draft_of(uow, me(request), line.key)
            base = fingerprint_of(entries[line.key]) if line.key in entries else None
            drafts.save_draft(
                uow, content, me(request), line.key, line.entry, draft.version if draft else 0, base, console.clock()
            )
        return len(changed)

    count = await write(console, keep)
    return console.redirect("/faq/brouillons", f"{count} brouillon(s) créés à partir du fichier.")
