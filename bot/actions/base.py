"""What every action shares: reading the conversation's memory, saying a turn, never failing silently."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.activities import activities, taken, with_reminder
from bot.actions.knowledge import THRESHOLDS, answer_with, catalogue, model, readings_of
from bot.actions.resources import utc_now
from bot.dispositif.comprehension import decide
from bot.dispositif.understanding import UNDERSTANDING, Understanding, understanding_of, understanding_to_dict
from bot.reference.contacts import load_contacts
from bot.services.dialogue import Button, Context, Incoming, Say, Turn, content_of

logger = logging.getLogger(__name__)


class CnfsAction(Action, ABC):
    """An action that apologises instead of leaving the person without a reply.

    Subclasses implement `turn`; SQL, amounts and sentences belong to the services. A message meant for a guided
    activity (a calculation under way, say) goes to that activity instead, whatever its intent.
    """

    # Whether an open activity recalls its question afterwards; False for an action that speaks for one.
    reminds = True

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        try:
            turn, understood = self._turn(tracker)
        except Exception as error:  # noqa: BLE001 -- rule 4: nothing fails silently towards a person
            # Only the kind of error: its text may quote the person.
            logger.error(
                "action_failed action=%s conversation=%s error=%s", self.name(), tracker.sender_id, type(error).__name__
            )
            say(dispatcher, apology())
            return []
        if turn.talk:
            dispatcher.utter_message(response=f"utter_{turn.talk}")
        for message in turn.says:
            say(dispatcher, message)
        if understood and dispatcher.messages:
            dispatcher.messages[0][UNDERSTANDING] = understanding_to_dict(understood)
        return remember(turn.context)

    def _turn(self, tracker: Tracker) -> tuple[Turn, Understanding | None]:
        answer_with(tracker)
        message, context = incoming(tracker), recall(tracker)
        claimed = taken(message, context, activities())
        turn = claimed or self.turn(tracker)
        if claimed is None and self.reminds:
            turn = with_reminder(turn, message.now, activities())
        # A button says by itself what is meant.
        if message.is_button:
            return turn, None
        if claimed:
            return turn, understanding_of(message.whole, None, claimed.context.active or context.active, model())
        decision = decide(message.whole, message.parts, THRESHOLDS, catalogue().neighbours, context.previous)
        return turn, understanding_of(message.whole, decision, model=model())

    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def turn(self, tracker: Tracker) -> Turn:
        """What to say, and what the conversation must remember."""


def incoming(tracker: Tracker) -> Incoming:
    """The latest message, as services see it."""
    latest = tracker.latest_message
    whole, parts = readings_of(tracker)
    return Incoming(
        conversation_id=tracker.sender_id,
        channel=(latest.get("metadata") or {}).get("channel", "rest"),
        text=latest.get("text") or "",
        intent=(latest.get("intent") or {}).get("name") or "",
        message_id=str(latest.get("message_id") or ""),
        whole=whole,
        parts=parts,
        entities={item["entity"]: str(item["value"]) for item in latest.get("entities") or () if "entity" in item},
        now=utc_now(),
    )


def recall(tracker: Tracker) -> Context:
    return Context(
        previous=tracker.get_slot("previous_question"),
        offered=tuple(tracker.get_slot("offered") or ()),
        failures=int(tracker.get_slot("failures") or 0),
        active=tracker.get_slot("active_activity"),
        memory=tracker.get_slot("activity_memory") or {},
    )


def remember(context: Context) -> list[EventType]:
    return [
        SlotSet("previous_question", context.previous),
        SlotSet("offered", list(context.offered)),
        SlotSet("failures", context.failures),
        SlotSet("active_activity", context.active),
        SlotSet("activity_memory", dict(context.memory)),
    ]


def say(dispatcher: CollectingDispatcher, message: Say) -> None:
    buttons = [{"title": button.title, "payload": button.payload} for button in message.buttons]
    dispatcher.utter_message(text=message.text, buttons=buttons or None, **content_of(message))


def entity(tracker: Tracker, name: str) -> str | None:
    """The value of an entity of the latest message: what a button carried."""
    return next(tracker.get_latest_entity_values(name), None)


def apology() -> Say:
    contacts = load_contacts()
    return Say(
        "Je suis désolé, un problème m'empêche de vous répondre. Il est signalé à l'équipe. Réessayez dans un instant, "
        f"ou écrivez à [{contacts.email}](mailto:{contacts.email}).",
        (Button("Parler à un humain", "/ask_human"),),
    )
