"""Questions about a structure's own file: the activity `dossier` takes them; this is its door in the domain."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, recall
from bot.services.dialogue import Turn
from bot.services.dossier.identification import NOT_HERE


class ActionDossier(CnfsAction):
    def name(self) -> str:
        return "action_dossier"

    def turn(self, tracker: Tracker) -> Turn:
        return Turn((NOT_HERE,), recall(tracker))
