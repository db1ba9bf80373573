"""Shows the questions of the theme that a button names."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, entity, recall
from bot.actions.knowledge import catalogue
from bot.services.answer_question import show_theme
from bot.services.dialogue import Turn


class ActionShowTheme(CnfsAction):
    def name(self) -> str:
        return "action_show_theme"

    def turn(self, tracker: Tracker) -> Turn:
        return show_theme(entity(tracker, "theme") or "", recall(tracker), catalogue())
