"""Begins the calculation of the subvention; its turns are taken by the activity itself."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, incoming, recall
from bot.services.dialogue import Turn
from bot.services.subvention.activite import CalculateSubvention


class ActionCalculateSubvention(CnfsAction):
    def name(self) -> str:
        return "action_calculate_subvention"

    def turn(self, tracker: Tracker) -> Turn:
        return CalculateSubvention().start(incoming(tracker), recall(tracker))
