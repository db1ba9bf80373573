"""Repeats the last answer and offers its neighbours."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.actions.knowledge import catalogue
from bot.services.answer_question import say_again
from bot.services.dialogue import Turn


class ActionSayAgain(CnfsAction):
    def name(self) -> str:
        return "action_say_again"

    def turn(self, tracker: Tracker) -> Turn:
        return say_again(recall(tracker), catalogue())
