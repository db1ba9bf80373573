"""Explains how a conseiller gets to file reports, to whoever no activity is open to."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, incoming, recall
from bot.actions.resources import open_unit_of_work
from bot.services.dialogue import Turn
from bot.services.explain_telegram import explain_telegram
from bot.services.link_conseiller import linked_conseiller


class ActionExplainTelegram(CnfsAction):
    def name(self) -> str:
        return "action_explain_telegram"

    def turn(self, tracker: Tracker) -> Turn:
        message = incoming(tracker)
        with open_unit_of_work(writes=False) as uow:
            is_linked = linked_conseiller(uow, message.conversation_id, message.now.date()) is not None
        return explain_telegram(message, recall(tracker), is_linked)
