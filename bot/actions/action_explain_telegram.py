"""Explains how a conseiller gets to file reports, to whoever no activity is open to."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, incoming, recall
from bot.services.dialogue import Turn
from bot.services.explain_telegram import explain_telegram


class ActionExplainTelegram(CnfsAction):
    def name(self) -> str:
        return "action_explain_telegram"

    def turn(self, tracker: Tracker) -> Turn:
        return explain_telegram(incoming(tracker), recall(tracker))
