"""Forgets the conversation so far and greets again."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction
from bot.services.dialogue import Context, Turn
from bot.services.greet import greet


class ActionRestartConversation(CnfsAction):
    def name(self) -> str:
        return "action_restart_conversation"

    def turn(self, tracker: Tracker) -> Turn:
        return greet(Context())
