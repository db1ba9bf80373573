"""A button of a guided activity that is over by now (while it is open, the activity takes its buttons itself)."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.services.dialogue import Say, Turn

TOO_LATE = "Cette étape est déjà passée. Dites-moi ce que vous voulez faire, ou écrivez votre question."


class ActionChoose(CnfsAction):
    def name(self) -> str:
        return "action_choose"

    def turn(self, tracker: Tracker) -> Turn:
        return Turn((Say(TOO_LATE),), recall(tracker))
