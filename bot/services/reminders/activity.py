"""The /rappel dialogue: choose days and time, see, snooze, stop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from bot.dispositif.dossier import Conseiller
from bot.dispositif.horaires import time_zone_of
from bot.services.dialogue import Activity, Button, Context, Incoming, Say, Turn, choice
from bot.services.link_conseiller import linked_conseiller
from bot.services.reminders.plan import WORKING_DAYS, next_time, snoozed
from bot.services.reminders.send_due import ACTIVITY
from bot.services.reminders.wishes import read_wish, say_days, say_time
from bot.storage.reminders import NUDGE, WEEKLY, Reminder
from bot.storage.unit_of_work import UnitOfWork

DEFAULT_TIME = "17:00"
_SNOOZES = {"2h": (timedelta(hours=2), "dans deux heures"), "1j": (timedelta(days=1), "demain")}
NEEDS_LINK = (
    "Les rappels sont réservés aux conseillers dont le compte Telegram est lié. Ouvrez le lien d'invitation que vous a "
    "remis votre coordinateur, ou demandez-le au support. En attendant, je réponds à vos questions."
)
ONLY_TELEGRAM = "Les rappels de compte rendu partent dans Telegram : demandez-les là-bas, avec /rappel."
DAYS_BUTTONS = (
    choice("Le vendredi", ACTIVITY, "days", "5"),
    choice("Lundi et jeudi", ACTIVITY, "days", "1,4"),
    choice("Du lundi au vendredi", ACTIVITY, "days", "1,2,3,4,5"),
    choice("Après 5 jours sans CRA", ACTIVITY, "after", "5"),
    choice("Annuler", ACTIVITY, "cancel", "1"),
)
TIME_BUTTONS = tuple(
    choice(say_time(moment), ACTIVITY, "time", moment) for moment in ("09:00", "12:00", "17:00", "18:30")
)
ASK_DAYS = (
    "Quels jours voulez-vous un rappel ? Vous pouvez aussi écrire, par exemple « le mardi et le vendredi à 17h30 »."
)
ASK_TIME = "À quelle heure ? (heure de chez vous, entre 7 h et 20 h ; jamais les jours fériés)"
NOT_UNDERSTOOD = "Je n'ai pas compris. Écrivez par exemple « le vendredi à 17h », ou choisissez :"


class Rappels(Activity):
    name = ACTIVITY

    def __init__(self, open_unit_of_work: Callable[[], AbstractContextManager[UnitOfWork]]) -> None:
        self._open = open_unit_of_work

    def take(self, message: Incoming, context: Context) -> Turn | None:
        chosen = message.chosen(self.name)
        is_open = context.active == self.name
        if chosen is None and message.intent not in ("set_reminder", "stop_reminders") and not is_open:
            return None
        if message.channel != "telegram":
            return Turn((Say(ONLY_TELEGRAM),), context.without(self.name))
        with self._open() as uow:
            conseiller = linked_conseiller(uow, message.conversation_id, message.now.date())
            if conseiller is None:
                return Turn((Say(NEEDS_LINK),), context.without(self.name))
            turn = self._choose(uow, message, context, conseiller, *chosen) if chosen else None
            if turn is None and message.intent == "stop_reminders":
                turn = self._stop(uow, message, context)
            if turn is None:
                turn = self._listen(uow, message, context, conseiller, is_open)
            uow.commit()
            return turn

    def resume(self, context: Context, now: datetime) -> Say | None:
        memory = context.memory.get(self.name) or {}
        if memory.get("days") or memory.get("after"):
            return Say("Pour votre rappel : " + ASK_TIME[0].lower() + ASK_TIME[1:], TIME_BUTTONS)
        return Say("Pour votre rappel : quels jours ?", DAYS_BUTTONS)

    def _choose(
        self, uow: UnitOfWork, message: Incoming, context: Context, conseiller: Conseiller, field: str, value: str
    ) -> Turn | None:
        if field == "snooze" and value in _SNOOZES:
            return self._snooze(uow, message, context, value)
        if field == "stop":
            return self._stop(uow, message, context)
        if field == "cancel":
            return Turn((Say("Très bien, rien ne change."),), context.without(self.name))
        if field == "change":
            return self._ask_days(context)
        if field == "days" and value:
            return self._progress(uow, message, context, conseiller, days=tuple(map(int, value.split(","))))
        if field == "after" and value.isdecimal():
            return self._progress(uow, message, context, conseiller, after=int(value))
        if field == "time":
            return self._progress(uow, message, context, conseiller, moment=value)
        return None

    def _listen(
        self, uow: UnitOfWork, message: Incoming, context: Context, conseiller: Conseiller, is_open: bool
    ) -> Turn | None:
        if message.intent == "faq" and "?" in message.text:
            return None
        wish = read_wish(message.text)
        if wish.problem:
            memory = context.memory.get(self.name) or {}
            days = list(wish.days or memory.get("days") or ())
            return Turn((Say(wish.problem, TIME_BUTTONS),), context.remembering(self.name, {**memory, "days": days}))
        if wish.days or wish.after_days or (wish.local_time and is_open):
            return self._progress(
                uow, message, context, conseiller, days=wish.days, after=wish.after_days, moment=wish.local_time
            )
        if message.intent == "set_reminder":
            return self._show(uow, message, context)
        if message.intent in ("cancel", "deny"):
            return Turn((Say("Très bien, rien ne change."),), context.without(self.name))
        if message.intent in ("nlu_fallback", "out_of_scope") or message.is_button:
            return Turn((Say(NOT_UNDERSTOOD, DAYS_BUTTONS),), context)
        # A question on something else: it is answered, then the dialogue goes on.
        return None

    def _show(self, uow: UnitOfWork, message: Incoming, context: Context) -> Turn:
        running = uow.reminders.of(message.conversation_id)
        if not running:
            return self._ask_days(context)
        lines = [f"- {say_reminder(reminder)}" for reminder in running]
        buttons = (
            choice("Changer", ACTIVITY, "change", "1"),
            choice("Tout arrêter", ACTIVITY, "stop", "tous"),
            choice("Garder", ACTIVITY, "cancel", "1"),
        )
        return Turn((Say("Vos rappels :\n" + "\n".join(lines), buttons),), context.without(self.name))

    def _ask_days(self, context: Context) -> Turn:
        return Turn((Say(ASK_DAYS, DAYS_BUTTONS),), context.remembering(self.name, {}))

    def _progress(
        self,
        uow: UnitOfWork,
        message: Incoming,
        context: Context,
        conseiller: Conseiller,
        days: tuple[int, ...] = (),
        after: int | None = None,
        moment: str | None = None,
    ) -> Turn:
        """Adds what was just said to what is known; saves once nothing is missing."""
        memory = context.memory.get(self.name) or {}
        if not days and after is None:
            days, after = tuple(memory.get("days") or ()), memory.get("after")
        moment = moment or memory.get("time")
        if not days and after is None:
            return Turn((Say(ASK_DAYS, DAYS_BUTTONS),), context.remembering(self.name, {"time": moment}))
        if moment is None:
            wish = {"days": list(days), "after": after}
            return Turn((Say(ASK_TIME, TIME_BUTTONS),), context.remembering(self.name, wish))
        reminder = self._save(uow, message, conseiller, days, after, moment)
        button = Button("Faire un CRA maintenant", "/file_cra")
        text = f"C'est noté : {say_reminder(reminder)}. Pour changer ou arrêter : /rappel."
        return Turn((Say(text, (button,)),), context.without(self.name))

    def _save(
        self,
        uow: UnitOfWork,
        message: Incoming,
        conseiller: Conseiller,
        days: tuple[int, ...],
        after: int | None,
        moment: str,
    ) -> Reminder:
        structure = uow.structures.get(conseiller.structure_id)
        department = structure.departement if structure else None
        zone = time_zone_of(department)
        reminder = Reminder(
            conversation_id=message.conversation_id,
            kind=WEEKLY if days else NUDGE,
            days=days,
            local_time=moment,
            time_zone=zone,
            department=department,
            after_days=None if days else after,
            next_at=next_time(days or WORKING_DAYS, moment, zone, department, message.now),
            chosen_at=message.now,
        )
        uow.reminders.save(reminder, message.now)
        return reminder

    def _snooze(self, uow: UnitOfWork, message: Incoming, context: Context, value: str) -> Turn:
        delay, spoken = _SNOOZES[value]
        running = uow.reminders.of(message.conversation_id)
        if not running:
            return Turn((Say("Vous n'avez plus de rappel. /rappel en choisit un."),), context)
        reminder = running[0]
        due = snoozed(delay, reminder.time_zone, reminder.department, message.now)
        uow.reminders.set_next(reminder.id, due, message.now)
        return Turn((Say(f"Entendu, je vous le rappelle {spoken} (ou au prochain moment convenable)."),), context)

    def _stop(self, uow: UnitOfWork, message: Incoming, context: Context) -> Turn:
        stopped = uow.reminders.stop(message.conversation_id, message.now)
        text = "Vos rappels sont arrêtés. /rappel en choisit de nouveaux." if stopped else "Vous n'avez aucun rappel."
        return Turn((Say(text),), context.without(self.name))


def say_reminder(reminder: Reminder) -> str:
    """« un rappel le vendredi à 17 h »."""
    moment = say_time(reminder.local_time)
    if reminder.kind == NUDGE:
        return f"un rappel à {moment} après {reminder.after_days} jours ouvrés sans compte rendu"
    return f"un rappel {say_days(reminder.days)} à {moment}"
