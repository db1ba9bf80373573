"""Reads and writes what staff keep beside conversations: notes, who looks, canned answers, proposals for the FAQ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.storage.tables import canned_answers, conversation_viewers, faq_proposals, staff, staff_notes
from bot.storage.upsert import upsert


@dataclass(frozen=True)
class Note:
    id: int
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Viewer:
    staff_id: int
    name: str
    is_typing: bool


@dataclass(frozen=True)
class CannedAnswer:
    id: int
    shortcut: str
    title: str
    text: str
    updated_at: datetime


@dataclass(frozen=True)
class Proposal:
    """A message that the desk proposes to the FAQ: `kind` is "example" (of the entry `faq_key`) or "question"."""

    id: int
    conversation_id: str
    message_id: int
    text: str
    kind: str
    faq_key: str | None
    comment: str | None
    author: str | None
    created_at: datetime


TYPING = timedelta(seconds=6)


class DeskRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Notes

    def add_note(self, conversation_id: str, staff_id: int, text: str, now: datetime) -> None:
        self._connection.execute(
            staff_notes.insert().values(conversation_id=conversation_id, staff_id=staff_id, text=text, created_at=now)
        )

    def notes(self, conversation_id: str) -> list[Note]:
        rows = self._connection.execute(
            sa.select(staff_notes, staff.c.first_name, staff.c.last_name)
            .outerjoin(staff, staff.c.id == staff_notes.c.staff_id)
            .where(staff_notes.c.conversation_id == conversation_id)
            .order_by(staff_notes.c.id)
        )
        return [
            Note(
                row.id,
                f"{row.first_name} {row.last_name}" if row.first_name else "Ancien compte",
                row.text,
                row.created_at,
            )
            for row in rows
        ]

    # Who looks, reads, types

    def see(self, conversation_id: str, staff_id: int, now: datetime, typing: bool | None = None) -> None:
        """Someone has the conversation open; `typing` None leaves that as it is."""
        values: dict = {"seen_at": now}
        if typing is not None:
            values["typing_at"] = now if typing else None
        result = self._connection.execute(
            conversation_viewers.update()
            .where(
                conversation_viewers.c.conversation_id == conversation_id, conversation_viewers.c.staff_id == staff_id
            )
            .values(**values)
        )
        if result.rowcount == 0:
            upsert(
                self._connection,
                conversation_viewers,
                {"conversation_id": conversation_id, "staff_id": staff_id},
                {"read_seq": 0, **values},
            )

    def read(self, conversation_id: str, staff_id: int, seq: int, now: datetime) -> None:
        """Everything up to `seq` has been seen by this person."""
        result = self._connection.execute(
            conversation_viewers.update()
            .where(
                conversation_viewers.c.conversation_id == conversation_id, conversation_viewers.c.staff_id == staff_id
            )
            .values(
                read_seq=sa.case((conversation_viewers.c.read_seq < seq, seq), else_=conversation_viewers.c.read_seq),
                seen_at=now,
                typing_at=None,
            )
        )
        if result.rowcount == 0:
            upsert(
                self._connection,
                conversation_viewers,
                {"conversation_id": conversation_id, "staff_id": staff_id},
                {"read_seq": seq, "seen_at": now},
            )

    def leave(self, conversation_id: str, staff_id: int, now: datetime) -> None:
        """The page is closed: they are not looking any more."""
        self._connection.execute(
            conversation_viewers.update()
            .where(
                conversation_viewers.c.conversation_id == conversation_id, conversation_viewers.c.staff_id == staff_id
            )
            .values(seen_at=now - timedelta(hours=1), typing_at=None)
        )

    def viewers(self, conversation_id: str, since: datetime, now: datetime) -> list[Viewer]:
        rows = self._connection.execute(
            sa.select(conversation_viewers, staff.c.first_name, staff.c.last_name)
            .join(staff, staff.c.id == conversation_viewers.c.staff_id)
            .where(conversation_viewers.c.conversation_id == conversation_id, conversation_viewers.c.seen_at >= since)
            .order_by(staff.c.first_name)
        )
        return [
            Viewer(
                row.staff_id,
                f"{row.first_name} {row.last_name}",
                row.typing_at is not None and now - row.typing_at < TYPING,
            )
            for row in rows
        ]

    # Canned answers

    def canned(self) -> list[CannedAnswer]:
        rows = self._connection.execute(sa.select(canned_answers).order_by(canned_answers.c.shortcut))
        return [CannedAnswer(row.id, row.shortcut, row.title, row.text, row.updated_at) for row in rows]

    def save_canned(self, shortcut: str, title: str, text: str, staff_id: int | None, now: datetime) -> None:
        upsert(
            self._connection,
            canned_answers,
            {"shortcut": shortcut},
            {"title": title, "text": text, "updated_by": staff_id, "updated_at": now},
        )

    def delete_canned(self, canned_id: int) -> None:
        self._connection.execute(canned_answers.delete().where(canned_answers.c.id == canned_id))

    # Proposals for the FAQ

    def propose(
        self,
        conversation_id: str,
        message_id: int,
        text: str,
        faq_key: str | None,
        comment: str | None,
        staff_id: int,
        now: datetime,
    ) -> None:
        self._connection.execute(
            faq_proposals.insert().values(
                conversation_id=conversation_id,
                message_id=message_id,
                text=text,
                kind="example" if faq_key else "question",
                faq_key=faq_key,
                comment=comment,
                proposed_by=staff_id,
                created_at=now,
                state="proposed",
            )
        )

    def proposals(self, state: str = "proposed") -> list[Proposal]:
        """What waits for the FAQ's maintainers, oldest first."""
        rows = self._connection.execute(
            sa.select(faq_proposals, staff.c.first_name, staff.c.last_name)
            .outerjoin(staff, staff.c.id == faq_proposals.c.proposed_by)
            .where(faq_proposals.c.state == state)
            .order_by(faq_proposals.c.id)
        )
        return [
            Proposal(
                row.id,
                row.conversation_id,
                row.message_id,
                row.text,
                row.kind,
                row.faq_key,
                row.comment,
                f"{row.first_name} {row.last_name}" if row.first_name else None,
                row.created_at,
            )
            for row in rows
        ]

    def handle_proposal(self, proposal_id: int, accepted: bool, staff_id: int, now: datetime) -> bool:
        """Marks a proposal accepted or refused; False when it was handled already."""
        result = self._connection.execute(
            faq_proposals.update()
            .where(faq_proposals.c.id == proposal_id, faq_proposals.c.state == "proposed")
            .values(state="accepted" if accepted else "refused", handled_by=staff_id, handled_at=now)
        )
        return result.rowcount == 1
