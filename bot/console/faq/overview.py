"""Where things stand: figures, quality over time, confusions and coverage as pictures, acronyms."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.console.faq.common import TABS, me, place, read, work
from bot.console.faq.pictures import bars, matrix, stacked_days
from bot.console.shell import Console
from bot.dispositif.comparaison import comparison_from_dict, confusions
from bot.dispositif.redaction import CandidateState, InboxState
from bot.nlu.normalisation import ABBREVIATIONS
from bot.reference.faq import THEMES
from bot.reference.yaml_files import read_yaml
from bot.services.faq_desk.flags import Flagged, flags_of
from bot.storage.unit_of_work import UnitOfWork

DAYS = timedelta(days=30)


async def show(console: Console, request: Request) -> Response:
    content = await work(place(console).content)
    live = await work(place(console).live)

    def gather(uow: UnitOfWork) -> dict:
        return {
            "waiting": len(uow.faq_inbox.items(InboxState.NEW)),
            "drafts": len(uow.faq_drafts.open(me(request))),
            "flags": flags_of(uow, place(console), content, console.clock()),
            "days": uow.faq_inbox.verdicts_by_day(console.clock() - DAYS),
            "versions": uow.faq_releases.publications("live", 1),
        }

    found = await read(console, gather)
    counts = {name: sum(name in item.flags for item in found["flags"].values()) for name in Flagged.LABELS}
    return console.render(
        request,
        "faq_vue.html",
        title="La FAQ en bref",
        tabs=TABS,
        live=live,
        waiting=found["waiting"],
        drafts=found["drafts"],
        entries=len(found["flags"]),
        counts=counts,
        labels=Flagged.LABELS,
        version=found["versions"][0] if found["versions"] else None,
        chart=stacked_days([(str(row.day), row.verdict, row.count) for row in found["days"]]),
    )


async def quality(console: Console, request: Request) -> Response:
    """The latest comparison as pictures: confusions between entries, coverage of the themes."""
    content = await work(place(console).content)
    entries = content.entries()

    def gather(uow: UnitOfWork) -> tuple:
        return uow.faq_releases.candidates(30), flags_of(uow, place(console), content, console.clock())

    candidates, flagged = await read(console, gather)
    latest = next(
        (c for c in candidates if c.report and c.state in (CandidateState.READY, CandidateState.PUBLISHED)), None
    )
    pairs = comparison_from_dict(latest.report).pairs if latest else ()
    names = {f"faq/{key}": entry.get("titre", key) for key, entry in entries.items()}
    table = [
        (names.get(expected, expected), names.get(f"faq/{said}", said), count)
        for expected, said, count in confusions(pairs, 12)
    ]
    coverage = []
    for theme, title in THEMES.items():
        keys = [key for key, entry in entries.items() if entry["theme"] == theme]
        asked = sum(flagged[key].asked > 0 for key in keys)
        coverage.append((title, asked, len(keys)))
    return console.render(
        request,
        "faq_qualite.html",
        title="Qualité",
        tabs=TABS,
        latest=latest,
        table=table,
        matrix=matrix(table),
        coverage=bars(coverage),
        themes=[(t.theme, t.count, t.after) for t in comparison_from_dict(latest.report).themes()] if latest else [],
    )


async def glossary(console: Console, request: Request) -> Response:
    """What people abbreviate, and what the assistant reads instead."""
    content = await work(read_yaml, ABBREVIATIONS)
    groups = [
        ("Sigles et mots du dispositif", content["sigles"]),
        ("Sigles, en majuscules seulement", content["majuscules"]),
        ("Écriture rapide", content["sms"]),
    ]
    return console.render(request, "faq_sigles.html", title="Sigles et abréviations", tabs=TABS, groups=groups)
