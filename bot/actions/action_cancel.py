"""Gives up what is going on, when the activity itself did not do it."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.services.dialogue import Turn
from bot.services.explain_telegram import cancel


class ActionCancel(CnfsAction):
    def name(self) -> str:
        return "action_cancel"

    def turn(self, tracker: Tracker) -> Turn:
        return cancel(recall(tracker))
