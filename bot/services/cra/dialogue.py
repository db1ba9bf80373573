"""The activity of conseillers in Telegram: file reports, find them again, see figures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.dispositif.dossier import Conseiller
from bot.dispositif.francais.periodes import Period, find_period, month_of
from bot.dispositif.horaires import time_zone_of
from bot.reference.communes import load_communes
from bot.reference.cra import load_nomenclature
from bot.services.cra.figures import asks_for_figures, period_buttons, tell_figures
from bot.services.cra.habits import READ, habits_of
from bot.services.cra.hearing import Listener, has_content, is_question, tells_a_report
from bot.services.cra.lists import Reports, asks_for_a_list, asks_for_an_export, export_button, filter_of
from bot.services.cra.screen import NAME, Tools, draw, read_value, state_of
from bot.services.cra.words import is_cancel, is_later, is_resumption, is_yes, repeats_surely
from bot.services.cra.writing import NOTHING_TOLD, REMINDED, Writing
from bot.services.dialogue import Activity, Button, Context, Incoming, Say, Turn, choice
from bot.services.explain_telegram import NOT_LINKED
from bot.services.link_conseiller import linked_conseiller
from bot.services.read_cra import load_reader
from bot.storage.cra import Filter
from bot.storage.cra_drafts import Draft
from bot.storage.unit_of_work import UnitOfWork

INTENTS = frozenset({"file_cra", "list_cra", "show_cra_statistics"})
# Said in passing while a draft is open: answered for themselves, then the draft is recalled.
_SMALL_TALK = frozenset(
    {"greet", "thank", "goodbye", "ask_capabilities", "ask_help", "ask_if_bot", "set_reminder", "stop_reminders"}
)


class ComptesRendus(Activity):
    """Nothing is kept here: drafts are in the database, and which one is on screen in the conversation's memory."""

    name = NAME

    def __init__(self, open_unit_of_work: Callable[..., AbstractContextManager[UnitOfWork]]) -> None:
        self._open = open_unit_of_work

    def take(self, message: Incoming, context: Context) -> Turn | None:
        if message.channel != "telegram":
            return None
        chosen = message.chosen(NAME)
        is_open = context.active == NAME
        if message.is_button and chosen is None:
            return None
        if chosen is None and context.active is None and (is_stopping(message) or is_resumption(message.text)):
            return self._in_passing(message, context)
        if chosen is None and message.intent not in INTENTS and not is_open and not self._is_surely_told(message):
            return None
        with self._open() as uow:
            conseiller = linked_conseiller(uow, message.conversation_id, message.now.date())
            if conseiller is None:
                return Turn((Say(NOT_LINKED),), context.without(NAME))
            writing = self._writing(uow, conseiller, message, context)
            turn = self._choose(writing, *chosen) if chosen else self._listen(writing, message, is_open)
            uow.commit()
            return turn

    def resume(self, context: Context, now: datetime) -> Say | None:
        memory = context.memory.get(NAME) or {}
        if memory.get("listening"):
            return Say("Je vous écoute toujours pour votre compte rendu : une phrase suffit.", (_stop(),))
        with self._open(False) as uow:
            drafts = uow.cra_drafts.of(memory["conseiller"]) if "conseiller" in memory else []
            draft = next((draft for draft in drafts if draft.id == memory.get("draft")), None)
            if draft is None or now - draft.updated_at > REMINDED:
                return None
            conseiller = uow.conseillers.get(draft.conseiller_id)
            if conseiller is None:
                return None
            tools = Tools(load_nomenclature(), load_communes(), _today(uow, conseiller, now))
            return draw(draft, state_of(draft), tools, short=True)

    def _in_passing(self, message: Incoming, context: Context) -> Turn | None:
        """« Annuler » or « reprendre » while nothing is open: ours only when there is something to undo or take up."""
        with self._open() as uow:
            conseiller = linked_conseiller(uow, message.conversation_id, message.now.date())
            if conseiller is None:
                return None
            writing = self._writing(uow, conseiller, message, context)
            if is_stopping(message):
                turn = writing.offer_undo()
            else:
                turn = writing.begin() if writing.waiting() else None
            uow.commit()
            return turn

    def _is_surely_told(self, message: Incoming) -> bool:
        """Whether a message nobody asked for can only be a report."""
        if message.text.startswith("/"):
            return False
        text = message.text
        if repeats_surely(text) or asks_for_a_list(text) or asks_for_an_export(text) or asks_for_figures(text):
            return True
        return not is_question(text) and tells_a_report(load_reader().read(text, message.now.date()))

    def _choose(self, writing: Writing, name: str, value: str) -> Turn | None:
        if name == "figures":
            since, until, label = read_value(value)[1].split("|")
            return self._figures(writing, Period(date.fromisoformat(since), date.fromisoformat(until), label))
        return writing.choose(name, value) or self._reports(writing).choose(name, value)

    def _looking_back(self, writing: Writing, message: Incoming, text: str) -> Turn | None:
        """What was filed, when that is what the message asks for."""
        today, reports = writing.today, self._reports(writing)
        if asks_for_an_export(text):
            return reports.export(filter_of(text, load_reader(), today))
        if asks_for_figures(text) or message.intent == "show_cra_statistics":
            return self._figures(writing, find_period(text, today) or month_of(today))
        if asks_for_a_list(text) or message.intent == "list_cra":
            return reports.page(filter_of(text, load_reader(), today))
        return None

    def _figures(self, writing: Writing, period: Period) -> Turn:
        filed = writing.uow.cras.of_conseiller(writing.conseiller.id, period.since, period.until)
        says = tell_figures([one.cra for one in filed], period, writing.tools.nomenclature)
        wanted = Filter(period.since, period.until)
        export = (export_button(wanted),) if filed else ()
        last = replace(says[-1], buttons=(*period_buttons(writing.today), *export))
        return Turn((*says[:-1], last), replace(writing.context, failures=0, offered=()))

    def _reports(self, writing: Writing) -> Reports:
        recent = [filed.cra for filed in writing.uow.cras.recent(writing.conseiller.id, READ)]
        tools = replace(writing.tools, habits=habits_of(recent))
        return Reports(writing.uow, writing.conseiller, writing.message, writing.context, tools)

    def _writing(self, uow: UnitOfWork, conseiller: Conseiller, message: Incoming, context: Context) -> Writing:
        communes = load_communes()
        tools = Tools(load_nomenclature(), communes, _today(uow, conseiller, message.now))
        return Writing(uow, conseiller, message, context, Listener(load_reader(), communes), tools)

    def _listen(self, writing: Writing, message: Incoming, is_open: bool) -> Turn | None:
        text = "" if message.text.startswith("/") else message.text
        draft = writing.on_screen() if is_open else None
        looked = self._looking_back(writing, message, text)
        if looked is not None:
            return looked
        if message.intent == "file_cra" and not text:
            return writing.begin()
        if draft is not None and text:
            return self._about_draft(writing, message, draft, text)
        if is_open and draft is None and is_yes(text) and (over := writing.over()):
            return over
        if is_open and draft is None and (is_cancel(text) or message.intent == "cancel"):
            return Turn((Say("Très bien, rien n'est commencé."),), writing.context.without(NAME))
        if not text:
            return None
        if is_question(text) and message.intent != "file_cra":
            return None
        repeated = writing.repeat(text)
        if repeated is not None:
            return repeated
        reports = writing.listener.read(text, writing.today)
        if any(map(has_content, reports)):
            return writing.tell(reports)
        if message.intent == "file_cra":
            return writing.begin()
        if message.intent in _SMALL_TALK or message.intent == "faq":
            return None
        return Turn((Say(NOTHING_TOLD, (_stop(),)),), writing.context) if is_open else None

    def _about_draft(self, writing: Writing, message: Incoming, draft: Draft, text: str) -> Turn | None:
        if is_yes(text):
            return writing.confirm(draft)
        if is_cancel(text):
            return writing.drop(draft)
        if is_later(text):
            return writing.pause(draft)
        if is_question(text):
            return None
        turn = writing.repeat(text) if repeats_surely(text) else writing.hear(draft, text)
        if turn is not None:
            return turn
        if message.intent == "cancel":
            return writing.drop(draft)
        if message.intent == "file_cra":
            return writing.begin()
        if message.intent == "affirm":
            return writing.confirm(draft)
        if message.intent in _SMALL_TALK or message.intent in INTENTS:
            return None
        if message.intent == "faq" and len(text.split()) > 3:
            return None
        return writing.misunderstood(draft)


def is_stopping(message: Incoming) -> bool:
    return message.intent == "cancel" or is_cancel(message.text)


def _stop() -> Button:
    return choice("Pas maintenant", NAME, "leave", "0:")


def _today(uow: UnitOfWork, conseiller: Conseiller, now: datetime) -> date:
    """The day where the conseiller works: an evening in Paris is an afternoon in Martinique."""
    structure = uow.structures.get(conseiller.structure_id)
    return now.astimezone(ZoneInfo(time_zone_of(structure.departement if structure else None))).date()
