"""The answer did not help: what is near it, or a human."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.actions.knowledge import catalogue
from bot.services.answer_question import react_to_dissatisfaction
from bot.services.dialogue import Turn


class ActionReactToDissatisfaction(CnfsAction):
    def name(self) -> str:
        return "action_react_to_dissatisfaction"

    def turn(self, tracker: Tracker) -> Turn:
        return react_to_dissatisfaction(recall(tracker), catalogue())
