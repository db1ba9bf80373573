"""« Je commence », « étape suivante », « où j'en suis ? »: begins the walk, or goes back to it."""

from rasa_sdk import Tracker

from bot.actions.activities import walk
from bot.actions.base import CnfsAction, incoming, recall
from bot.services.dialogue import Turn


class ActionWalkSteps(CnfsAction):
    reminds = False

    def name(self) -> str:
        return "action_walk_steps"

    def turn(self, tracker: Tracker) -> Turn:
        return walk().begin(incoming(tracker), recall(tracker))
