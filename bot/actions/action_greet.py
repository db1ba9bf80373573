"""Says hello and what can be asked."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.services.dialogue import Turn
from bot.services.greet import greet


class ActionGreet(CnfsAction):
    def name(self) -> str:
        return "action_greet"

    def turn(self, tracker: Tracker) -> Turn:
        return greet(recall(tracker))
