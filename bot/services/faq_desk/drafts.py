"""Drafts: one person's changes to entries, kept until they are published, and never over someone else's."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dispositif.redaction import Draft, DraftKind, InboxState
from bot.reference.yaml_files import ReferenceError
from bot.services.check_faq import normalise
from bot.services.faq_desk.content import Content, fingerprint_of
from bot.services.faq_desk.place import FaqDeskError
from bot.storage.unit_of_work import UnitOfWork

CONTEXT_LINES = 2


@dataclass(frozen=True)
class DiffLine:
    """`kind`: « + », « - », « » (unchanged) or « @ » (lines left out)."""

    kind: str
    text: str


def draft_of(uow: UnitOfWork, author: str, entry: str) -> Draft | None:
    found = uow.faq_drafts.open(author, entry)
    return found[-1] if found else None


def others_on(uow: UnitOfWork, author: str, entry: str) -> list[Draft]:
    """What other people are writing on the same entry."""
    return [draft for draft in uow.faq_drafts.open(entry=entry) if draft.author != author]


def save_draft(
    uow: UnitOfWork,
    content: Content,
    author: str,
    entry: str,
    values: Mapping[str, Any],
    version: int,
    base: str | None,
    now: datetime,
    kind: DraftKind | None = None,
) -> Draft:
    """Keeps a person's draft of an entry. `version`: the one they read (0: none yet); `base`: the published entry they saw.

    Raises:
        FaqDeskError: the draft was saved from another window, or the entry was published meanwhile.
    """
    current = content.entries().get(entry)
    if kind is None:
        kind = DraftKind.CREATE if current is None else DraftKind.EDIT
    fresh_base = fingerprint_of(current) if current else None
    if (base or None) != fresh_base:
        raise FaqDeskError(
            "L'entrée a été publiée par quelqu'un d'autre pendant que vous écriviez. Rien n'est écrasé : "
            "rouvrez-la pour voir la version en ligne, votre texte est encore à l'écran."
        )
    existing = draft_of(uow, author, entry)
    if existing is None:
        if version:
            raise FaqDeskError("Ce brouillon a été publié ou abandonné depuis une autre fenêtre.")
        return uow.faq_drafts.add(author, entry, kind, fresh_base, values, now)
    saved = existing.version == version and uow.faq_drafts.save(
        existing.id, version, values, now, entry=entry, base=fresh_base, kind=kind
    )
    if not saved:
        raise FaqDeskError("Ce brouillon a été enregistré depuis une autre fenêtre : rechargez-la, rien n'est écrasé.")
    return uow.faq_drafts.get(existing.id)


def rebase(uow: UnitOfWork, content: Content, draft: Draft, now: datetime) -> None:
    """The author has seen what was published since, and keeps their own text."""
    current = content.entries().get(draft.entry)
    kind = draft.kind if current else DraftKind.CREATE
    if current and draft.kind is DraftKind.CREATE:
        kind = DraftKind.EDIT
    base = fingerprint_of(current) if current else None
    uow.faq_drafts.save(draft.id, draft.version, draft.content, now, entry=draft.entry, base=base, kind=kind)


def is_stale(content_entries: Mapping[str, Mapping[str, Any]], draft: Draft) -> bool:
    current = content_entries.get(draft.entry)
    return (fingerprint_of(current) if current else None) != draft.base


def add_examples(
    uow: UnitOfWork, content: Content, author: str, entry: str, texts: Sequence[str], now: datetime
) -> Draft:
    """Adds examples to a person's draft of an entry, begun if needed.

    Raises:
        FaqDeskError: the entry does not exist.
    """
    draft = draft_of(uow, author, entry)
    current = content.entries().get(entry)
    values = dict(draft.content) if draft else dict(current or {})
    if not values:
        raise FaqDeskError(f"L'entrée « {entry} » n'existe pas.")
    known = {normalise(text) for text in values.get("exemples") or ()}
    fresh = [text for text in dict.fromkeys(" ".join(t.split()) for t in texts) if normalise(text) not in known]
    values["exemples"] = [*(values.get("exemples") or ()), *fresh]
    if draft:
        uow.faq_drafts.save(draft.id, draft.version, values, now, entry=entry, base=draft.base, kind=draft.kind)
        return uow.faq_drafts.get(draft.id)
    return uow.faq_drafts.add(author, entry, DraftKind.EDIT, fingerprint_of(current), values, now)


def undo(uow: UnitOfWork, ids: Sequence[int], author: str, now: datetime) -> int:
    """Puts messages back in the inbox, and takes the examples they gave out of the draft; returns how many."""
    items = [item for item in uow.faq_inbox.find(ids) if item.state is not InboxState.NEW]
    by_draft: dict[int, set[str]] = {}
    for item in items:
        if item.draft_id is not None and item.state is InboxState.ATTACHED:
            by_draft.setdefault(item.draft_id, set()).add(normalise(item.text))
    for draft_id, forms in by_draft.items():
        draft = uow.faq_drafts.get(draft_id)
        if draft is None:
            raise FaqDeskError("Ce rattachement est déjà publié : modifiez l'entrée.")
        kept = [text for text in draft.content.get("exemples") or () if normalise(text) not in forms]
        values = {**draft.content, "exemples": kept}
        uow.faq_drafts.save(draft.id, draft.version, values, now, entry=draft.entry, base=draft.base, kind=draft.kind)
    return uow.faq_inbox.decide([item.id for item in items], InboxState.NEW, None, None) if items else 0


def diff(content: Content, draft: Draft) -> list[DiffLine]:
    """The draft against what is published, line by line, as it will be in the file."""
    try:
        if draft.kind is DraftKind.DELETE:
            after = content.without_entry(draft.entry)
        else:
            after = content.with_entry(draft.entry, draft.content)
    except (ReferenceError, ValueError, KeyError) as error:
        return [DiffLine("@", f"Brouillon incomplet : {error}")]
    return lines_between(content, after)


def lines_between(before: Content, after: Content) -> list[DiffLine]:
    found: list[DiffLine] = []
    for theme in sorted({*before.files, *after.files}):
        old, new = before.files.get(theme, ""), after.files.get(theme, "")
        if old == new:
            continue
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), n=CONTEXT_LINES, lineterm=""):
            if line.startswith(("---", "+++")):
                continue
            if line.startswith("@@"):
                found.append(DiffLine("@", f"{theme}.yml"))
            else:
                found.append(DiffLine(line[:1].strip(), line[1:]))
    return found
