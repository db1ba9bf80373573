"""Sends the reminders that are due, through the same outbox as everything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dispositif.conversation import Author, Direction, Owner, Status
from bot.services.dialogue import Button, choice
from bot.services.link_conseiller import linked_conseiller
from bot.services.reminders.plan import WORKING_DAYS, may_disturb, next_time, working_days_since
from bot.storage.reminders import NUDGE, Reminder
from bot.storage.unit_of_work import UnitOfWork

ACTIVITY = "rappels"
# A person speaks with the conseiller: the reminder waits its turn.
BUSY_DELAY = timedelta(minutes=30)
# Later than this, a reminder is skipped: nobody wants Monday's on Wednesday.
TOO_LATE = timedelta(hours=12)

# (unit of work, conseiller id) -> the day of the last activity they reported, or None. The filing of reports says.
LastReport = Callable[[UnitOfWork, int], "date | None"]

NO_REPORT_YET = (
    "Vous n'avez pas encore fait de compte rendu d'activité. Une phrase suffit, par exemple « hier atelier de 2 h à la "
    "médiathèque avec 8 retraités »."
)
BUTTONS = (
    Button("Faire mon CRA", "/file_cra"),
    choice("Dans 2 heures", ACTIVITY, "snooze", "2h"),
    choice("Demain", ACTIVITY, "snooze", "1j"),
    choice("Arrêter les rappels", ACTIVITY, "stop", "tous"),
)


def send_next_due(uow: UnitOfWork, last_report: LastReport, now: datetime) -> bool:
    """Takes the most overdue reminder and sends or puts it off, in one transaction; False when none is due."""
    reminder = uow.reminders.claim_due(now)
    if reminder is None:
        return False
    following = _following(reminder, now)
    conversation = uow.conversations.lock(reminder.conversation_id)
    conseiller = linked_conseiller(uow, reminder.conversation_id)
    if conversation is None or conseiller is None or uow.telegram.is_blocked(reminder.conversation_id):
        uow.reminders.set_next(reminder.id, None, now)
    elif conversation.owner is not Owner.ASSISTANT:
        uow.reminders.set_next(reminder.id, now + BUSY_DELAY, now)
    elif not may_disturb(reminder.time_zone, reminder.department, now) or _is_too_late(reminder, now):
        uow.reminders.set_next(reminder.id, following, now)
    else:
        text = _text(reminder, last_report(uow, conseiller.id), now)
        if text:
            _say(uow, reminder.conversation_id, text, now)
        uow.reminders.set_next(reminder.id, following, now)
    uow.commit()
    return True


def _text(reminder: Reminder, last: date | None, now: datetime) -> str | None:
    """What to say; None when the report is already done."""
    today = now.astimezone(ZoneInfo(reminder.time_zone)).date()
    if reminder.kind == NUDGE:
        # Without any report, the count begins with the wish itself; once said, it is said again N days later only.
        since = last or reminder.chosen_at.astimezone(ZoneInfo(reminder.time_zone)).date()
        waited = working_days_since(since, today, reminder.department)
        if waited == 0 or waited % (reminder.after_days or 1):
            return None
        if last is None:
            return NO_REPORT_YET
        return (
            f"Votre dernier compte rendu d'activité date de {waited} jours ouvrés. Une phrase suffit pour le suivant."
        )
    if last == today:
        return None
    return "C'est l'heure de votre compte rendu d'activité. Racontez votre dernière activité en une phrase."


def _say(uow: UnitOfWork, conversation_id: str, text: str, now: datetime) -> None:
    buttons = [{"title": button.title, "payload": button.payload} for button in BUTTONS]
    seq = uow.conversations.take_seq(conversation_id, now)
    uow.messages.add(
        conversation_id,
        seq,
        Direction.OUT,
        Author.ASSISTANT,
        text,
        Status.QUEUED,
        now,
        content={"buttons": buttons, "reminder": True},
    )


def _following(reminder: Reminder, now: datetime) -> datetime:
    days = WORKING_DAYS if reminder.kind == NUDGE else reminder.days
    return next_time(days, reminder.local_time, reminder.time_zone, reminder.department, now)


def _is_too_late(reminder: Reminder, now: datetime) -> bool:
    return reminder.next_at is not None and now - reminder.next_at > TOO_LATE
