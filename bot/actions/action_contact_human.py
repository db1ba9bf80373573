"""Someone wants a human: what to ask them first."""

from rasa_sdk import Tracker

from bot.actions.activities import ask_human
from bot.actions.base import CnfsAction, incoming, recall
from bot.actions.knowledge import catalogue
from bot.services.dialogue import Turn


class ActionContactHuman(CnfsAction):
    # It asks its question itself.
    reminds = False

    def name(self) -> str:
        return "action_contact_human"

    def turn(self, tracker: Tracker) -> Turn:
        return ask_human().begin(incoming(tracker), recall(tracker), catalogue())
