"""« Oui »: answers what was offered."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.actions.knowledge import catalogue
from bot.services.answer_question import choose_offer
from bot.services.dialogue import Turn


class ActionChooseOffer(CnfsAction):
    def name(self) -> str:
        return "action_choose_offer"

    def turn(self, tracker: Tracker) -> Turn:
        return choose_offer(recall(tracker), catalogue())
