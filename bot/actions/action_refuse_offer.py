"""« Non »: something else, or nothing more."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.services.answer_question import refuse_offer
from bot.services.dialogue import Turn


class ActionRefuseOffer(CnfsAction):
    def name(self) -> str:
        return "action_refuse_offer"

    def turn(self, tracker: Tracker) -> Turn:
        return refuse_offer(recall(tracker))
