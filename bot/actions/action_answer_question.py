"""Answers the question asked, or the one a button names; asks or admits not to understand otherwise."""

from rasa_sdk import Tracker

from bot.actions.base import CnfsAction, entity, recall
from bot.actions.knowledge import THRESHOLDS, catalogue, readings_of
from bot.services.answer_question import answer, reply
from bot.services.dialogue import Turn
from bot.services.etapes.offer import with_walk_offer


class ActionAnswerQuestion(CnfsAction):
    def name(self) -> str:
        return "action_answer_question"

    def turn(self, tracker: Tracker) -> Turn:
        key = entity(tracker, "cle")
        if key:
            return with_walk_offer(answer([key], recall(tracker), catalogue()))
        whole, parts = readings_of(tracker)
        return with_walk_offer(reply(whole, parts, recall(tracker), catalogue(), THRESHOLDS))
