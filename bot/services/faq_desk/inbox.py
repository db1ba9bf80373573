"""The inbox: messages that were not understood or went badly, grouped by what they ask; one click decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz

from bot.dispositif.redaction import InboxItem, InboxState
from bot.services.check_faq import normalise
from bot.services.faq_desk.masking import FindPeople, mask
from bot.services.faq_desk.place import FaqDeskError
from bot.storage.unit_of_work import UnitOfWork

LOOK_BACK = timedelta(days=60)
LOW_MARGIN = 0.15
# A next message this soon and this alike (0-100) is another try at the same question.
REPHRASED_WITHIN = timedelta(minutes=3)
REPHRASED_LIKENESS = 55
MIN_LETTERS = 3
_BY_VERDICT = {"reformuler": "refusal", "hors_sujet": "out_of_scope", "demander": "hesitation"}
_ANSWERED = ("repondre", "repondre_et_proposer")


@dataclass(frozen=True)
class Group:
    """Messages that ask the same thing, the latest first."""

    id: int
    items: Sequence[InboxItem]
    # Messages of the last seven days, and of the seven before.
    recent: int
    before: int

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def texts(self) -> list[tuple[str, int]]:
        """Distinct texts with how many times each came, the most frequent first."""
        return Counter(item.text for item in self.items).most_common()

    @property
    def reasons(self) -> list[str]:
        return [reason for reason, _ in Counter(r for item in self.items for r in item.reasons).most_common()]

    @property
    def trend(self) -> str:
        if self.recent > self.before:
            return "en hausse"
        return "en baisse" if self.recent < self.before else "stable"


def collect(uow: UnitOfWork, now: datetime, find_people: FindPeople | None = None) -> int:
    """Brings what went badly lately into the inbox; what is already there keeps its decision. Returns how many came."""
    known = uow.faq_inbox.known_messages()
    rows = uow.faq_inbox.evidence(now - LOOK_BACK)
    came = 0
    for index, row in enumerate(rows):
        following = rows[index + 1] if index + 1 < len(rows) else None
        reasons = _reasons(row, following)
        if not reasons or sum(character.isalpha() for character in row.text) < MIN_LETTERS:
            continue
        if row.id not in known:
            uow.faq_inbox.add(row.id, mask(row.text, find_people), reasons, row.created_at)
            came += 1
        elif sorted(known[row.id]) != sorted(reasons):
            uow.faq_inbox.set_reasons(row.id, reasons)
    return came


def regroup(uow: UnitOfWork, near: Any) -> None:
    """Groups the messages to handle; `near` is a `Neighbours`. A group is named after its oldest message."""
    items = uow.faq_inbox.items(InboxState.NEW)
    texts = list(dict.fromkeys(item.text for item in items))
    numbers = dict(zip(texts, near.groups(texts))) if texts else {}
    names: dict[int, int] = {}
    for item in items:
        number = numbers[item.text]
        names[number] = min(item.id, names.get(number, item.id))
    changed = {i.id: names[numbers[i.text]] for i in items if i.group_id != names[numbers[i.text]]}
    uow.faq_inbox.regroup(changed)


def groups(uow: UnitOfWork, now: datetime, state: InboxState = InboxState.NEW) -> list[Group]:
    """The biggest first, then the most recent."""
    gathered: dict[int, list[InboxItem]] = {}
    for item in uow.faq_inbox.items(state):
        gathered.setdefault(item.group_id or item.id, []).append(item)
    week, fortnight = now - timedelta(days=7), now - timedelta(days=14)
    found = [
        Group(
            group_id,
            items,
            sum(item.created_at >= week for item in items),
            sum(fortnight <= item.created_at < week for item in items),
        )
        for group_id, items in gathered.items()
    ]
    return sorted(found, key=lambda group: (-group.count, -max(item.created_at.timestamp() for item in group.items)))


def decide(
    uow: UnitOfWork,
    ids: Sequence[int],
    state: InboxState,
    author: str,
    now: datetime,
    entry: str | None = None,
    draft_id: int | None = None,
) -> list[InboxItem]:
    """Marks messages as handled; returns them as they were.

    Raises:
        FaqDeskError: one of them was handled by someone else meanwhile.
    """
    items = uow.faq_inbox.find(ids)
    taken = [item for item in items if item.state is not InboxState.NEW]
    if not items or taken:
        who = f" par {taken[0].decided_by}" if taken else ""
        raise FaqDeskError(f"Ces messages viennent d'être traités{who} : rechargez la page.")
    uow.faq_inbox.decide([item.id for item in items], state, author, now, entry, draft_id)
    return items


def explain(uow: UnitOfWork, items: Sequence[InboxItem]) -> Mapping[int, Any]:
    """How each message was understood, by message id."""
    found = {item.message_id: uow.understandings.get(item.message_id) for item in items}
    return {message_id: understood for message_id, understood in found.items() if understood}


def _reasons(row: Any, following: Any) -> list[str]:
    reasons = []
    if row.verdict in _BY_VERDICT:
        reasons.append(_BY_VERDICT[row.verdict])
    elif row.verdict in _ANSWERED and row.margin < LOW_MARGIN:
        reasons.append("low_margin")
    if row.thumbs is not None and row.thumbs < 0:
        reasons.append("thumbs_down")
    if (
        row.human_seq is not None
        and row.seq < row.human_seq
        and (following is None or following.conversation_id != row.conversation_id or following.seq > row.human_seq)
    ):
        reasons.append("takeover")
    if (
        row.verdict in _ANSWERED
        and following is not None
        and following.conversation_id == row.conversation_id
        and following.created_at - row.created_at <= REPHRASED_WITHIN
        and fuzz.token_set_ratio(normalise(row.text), normalise(following.text)) >= REPHRASED_LIKENESS
        and normalise(row.text) != normalise(following.text)
    ):
        reasons.append("rephrased")
    return reasons
