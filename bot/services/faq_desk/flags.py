"""What to look at in each entry: its traffic, its ratings, and whether someone should read it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from bot.dispositif.comprehension import FAQ_PREFIX
from bot.services.check_faq import MIN_EXAMPLES
from bot.services.faq_desk.candidates import golden_of, phrases_of
from bot.services.faq_desk.content import Content
from bot.services.faq_desk.place import Place
from bot.storage.unit_of_work import UnitOfWork

TRAFFIC = timedelta(days=90)
# An answer nobody has read against its source for so long may be wrong.
STALE = timedelta(days=365)
POOR_SHARE = 0.5
POOR_COUNT = 3


@dataclass(frozen=True)
class Flagged:
    """An entry with what is known of its use, and the names of its flags."""

    entry: Mapping[str, Any]
    asked: int
    up: int
    down: int
    tests: int
    owner: str | None
    review_on: date | None
    flags: tuple[str, ...]

    LABELS: ClassVar[Mapping[str, str]] = {
        "perimee": "à relire",
        "jamais_demandee": "jamais demandée",
        "mal_notee": "mal notée",
        "sans_test": "sans phrase de test",
        "peu_d_exemples": "peu d'exemples",
        "sans_responsable": "sans responsable",
    }


def flags_of(uow: UnitOfWork, place: Place, content: Content, now: datetime) -> dict[str, Flagged]:
    """Every entry of the content, by key."""
    asked: dict[str, list[int]] = {}
    for row in uow.faq_inbox.traffic(now - TRAFFIC):
        if row.verdict in ("repondre", "repondre_et_proposer"):
            counts = asked.setdefault(row.question, [0, 0, 0])
            for index, value in enumerate((row.count, row.up, row.down)):
                counts[index] += int(value or 0)
    tests: dict[str, int] = {}
    for key in [p.expected.removeprefix(FAQ_PREFIX) for p in phrases_of(place)] + [g.entry for g in golden_of(uow)]:
        tests[key] = tests.get(key, 0) + 1
    care = uow.faq_drafts.care()
    found = {}
    for key, entry in content.entries().items():
        count, up, down = asked.get(key, (0, 0, 0))
        kept = care.get(key)
        review_on = kept.review_on if kept else None
        due = review_on or date.fromisoformat(str(entry["verifie_le"])) + STALE
        flags = (
            ("perimee", due <= now.date()),
            ("jamais_demandee", bool(asked) and not count),
            ("mal_notee", down >= POOR_COUNT and down > POOR_SHARE * (up + down)),
            ("sans_test", not tests.get(key)),
            ("peu_d_exemples", len(entry["exemples"]) < MIN_EXAMPLES),
            ("sans_responsable", bool(care) and not (kept and kept.owner)),
        )
        found[key] = Flagged(
            entry,
            count,
            up,
            down,
            tests.get(key, 0),
            kept.owner if kept else None,
            review_on,
            tuple(name for name, applies in flags if applies),
        )
    return found
