"""Due reminders leave once, at the right time, and never over a person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.dispositif.conversation import Author, Owner
from bot.services.link_conseiller import unlink_conseiller
from bot.services.reminders.send_due import NO_REPORT_YET, send_next_due
from bot.storage.reminders import NUDGE, WEEKLY, Reminder
from bot.storage.unit_of_work import UnitOfWork
from tests.services.telegram_people import linked_chat


@pytest.fixture
def chat(engine, clock):
    """Linked, on Monday 2 March 2026 at 9:00 UTC (10:00 in Paris)."""
    return linked_chat(engine, clock())[0]


def choose(engine, clock, chat, **changes) -> Reminder:
    """Every Monday at 10:30 in Paris, next in half an hour."""
    reminder = Reminder(
        conversation_id=chat,
        kind=WEEKLY,
        days=(1,),
        local_time="10:30",
        time_zone="Europe/Paris",
        department="63",
        after_days=None,
        next_at=clock() + timedelta(minutes=30),
        chosen_at=clock(),
    )
    with UnitOfWork(engine) as uow:
        uow.reminders.save(replace(reminder, **changes), clock())
        uow.commit()
    return reminder


def send(engine, clock, last: date | None = None) -> bool:
    with UnitOfWork(engine) as uow:
        return send_next_due(uow, lambda _uow, _conseiller: last, clock())


def said(engine, chat) -> list[str]:
    with UnitOfWork(engine, writes=False) as uow:
        return [m.text for m in uow.messages.visible_after(chat, 0) if m.author is Author.ASSISTANT]


def next_at(engine, chat, kind=WEEKLY):
    with UnitOfWork(engine, writes=False) as uow:
        return uow.reminders.find(chat, kind).next_at


def test_a_reminder_leaves_when_due_and_comes_back_the_week_after(engine, clock, chat):
    choose(engine, clock, chat)
    assert not send(engine, clock)
    clock.advance(31 * 60)
    assert send(engine, clock)
    assert not send(engine, clock)
    assert len(said(engine, chat)) == 1
    assert next_at(engine, chat).isoformat() == "2026-03-09T09:30:00+00:00"


def test_no_reminder_when_the_report_of_the_day_is_done(engine, clock, chat):
    choose(engine, clock, chat)
    clock.advance(31 * 60)
    assert send(engine, clock, last=date(2026, 3, 2))
    assert said(engine, chat) == []


def test_while_a_person_owns_the_conversation_the_reminder_waits(engine, clock, chat):
    choose(engine, clock, chat)
    with UnitOfWork(engine) as uow:
        assert uow.conversations.change_owner(chat, Owner.HUMAN, 1, clock())
        uow.commit()
    clock.advance(31 * 60)
    assert send(engine, clock)
    assert said(engine, chat) == []
    with UnitOfWork(engine) as uow:
        assert uow.conversations.change_owner(chat, Owner.ASSISTANT, 2, clock())
        uow.commit()
    clock.advance(31 * 60)
    assert send(engine, clock)
    assert len(said(engine, chat)) == 1


def test_one_of_several_processes_sends(engine, clock, chat):
    choose(engine, clock, chat)
    clock.advance(31 * 60)
    with ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(lambda _: send(engine, clock), range(6)))
    assert sum(sent) == 1
    assert len(said(engine, chat)) == 1


def test_a_late_worker_does_not_wake_people_at_night(engine, clock, chat):
    choose(engine, clock, chat)
    clock.advance(11 * 3600)  # 21:00 in Paris
    assert send(engine, clock)
    assert said(engine, chat) == []
    assert next_at(engine, chat).isoformat() == "2026-03-09T09:30:00+00:00"


def test_what_is_a_day_late_is_skipped(engine, clock, chat):
    choose(engine, clock, chat)
    clock.advance(26 * 3600)
    assert send(engine, clock)
    assert said(engine, chat) == []


def test_a_blocked_or_unlinked_chat_gets_none_any_more(engine, clock, chat):
    choose(engine, clock, chat)
    with UnitOfWork(engine) as uow:
        uow.telegram.set_blocked(chat, clock())
        uow.commit()
    clock.advance(31 * 60)
    assert send(engine, clock)
    assert next_at(engine, chat) is None
    choose(engine, clock, chat)
    with UnitOfWork(engine) as uow:
        unlink_conseiller(uow, chat, clock())
        uow.commit()
    assert next_at(engine, chat) is None
    assert said(engine, chat) == []


@pytest.mark.parametrize(
    ("last", "told"),
    [
        # Monday 2 March: working days since Monday 23 February are 5, since Thursday 26 are 2.
        (date(2026, 2, 23), ["Votre dernier compte rendu d'activité date de 5 jours ouvrés."]),
        (date(2026, 2, 26), []),
        (date(2026, 2, 16), ["Votre dernier compte rendu d'activité date de 10 jours ouvrés."]),
        (date(2026, 2, 20), []),
    ],
)
def test_a_nudge_comes_every_n_working_days_without_report(engine, clock, chat, last, told):
    choose(engine, clock, chat, kind=NUDGE, days=(), after_days=5)
    clock.advance(31 * 60)
    assert send(engine, clock, last=last)
    assert [text[: len(wanted)] for text, wanted in zip(said(engine, chat), told, strict=True)] == told


def test_a_nudge_counts_from_the_wish_when_there_is_no_report_yet(engine, clock, chat):
    choose(engine, clock, chat, kind=NUDGE, days=(), after_days=2)
    clock.advance(31 * 60)
    send(engine, clock)
    for _ in range(4):
        clock.advance(86400)
        send(engine, clock)
    # Monday's wish: said on Wednesday and on Friday.
    assert said(engine, chat) == [NO_REPORT_YET, NO_REPORT_YET]
