"""Says whom to contact, and when."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.services.contact_human import contact_human
from bot.services.dialogue import Turn


class ActionContactHuman(CnfsAction):
    def name(self) -> str:
        return "action_contact_human"

    def turn(self, tracker: Tracker) -> Turn:
        return contact_human(recall(tracker))
