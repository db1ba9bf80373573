"""Small talk: thanks, goodbye, who are you… The sentence is the domain's `utter_<intent>`."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, incoming, recall
from bot.services.dialogue import Turn


class ActionTalk(CnfsAction):
    def name(self) -> str:
        return "action_talk"

    def turn(self, tracker: Tracker) -> Turn:
        return Turn((), recall(tracker), talk=incoming(tracker).intent)
