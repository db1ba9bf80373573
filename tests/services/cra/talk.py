"""A conseiller who talks with the activity, as the actions would let them: in words or by pressing buttons."""

from __future__ import annotations

import itertools
import json

from bot.dispositif.comprehension import Reading
from bot.services.cra.dialogue import ComptesRendus
from bot.services.dialogue import Context, Incoming
from bot.storage.cra import Filter
from bot.storage.unit_of_work import UnitOfWork
from tests.services.telegram_people import linked_chat


class Talk:
    """Remembers what the assistant said last, its buttons, and how many messages and taps were needed."""

    def __init__(self, engine, clock, chat=None, conseiller=None, channel="telegram"):
        if chat is None:
            chat, conseiller = linked_chat(engine, clock())
        self.engine, self.clock, self.chat, self.conseiller, self.channel = engine, clock, chat, conseiller, channel
        self.context, self.says, self.buttons = Context(), (), {}
        self.messages, self.taps = 0, 0
        self._ids = itertools.count(1)
        self.last = None
        self.restart()

    def restart(self):
        """Another process takes over: nothing was kept in memory."""
        self.activity = ComptesRendus(lambda writes=True: UnitOfWork(self.engine, writes))

    def write(self, text, intent="nlu_fallback"):
        self.messages += 1
        return self._send(text, intent, {})

    def press(self, title):
        self.taps += 1
        payload = next(b.payload for t, b in self.buttons.items() if t == title or t.startswith(title))
        if not payload.startswith("/choose"):
            return self._send(payload, payload.removeprefix("/"), {})
        return self._send(payload, "choose", json.loads(payload.removeprefix("/choose")))

    def again(self):
        """The same message, delivered twice; the memory of the first turn may be lost or not."""
        return self._take(self.last)

    def _send(self, text, intent, entities):
        self.last = Incoming(
            self.chat, self.channel, text, intent, f"m{next(self._ids)}", Reading(text, ()), (), entities, self.clock()
        )
        return self._take(self.last)

    def _take(self, message):
        turn = self.activity.take(message, self.context)
        if turn is None:
            return None
        self.context, self.says = turn.context, turn.says
        self.buttons = {button.title: button for said in turn.says for button in said.buttons}
        return "\n".join(said.text for said in turn.says)

    def resume(self):
        return self.activity.resume(self.context, self.clock())

    def filed(self):
        with UnitOfWork(self.engine, writes=False) as uow:
            return [filed.cra for filed in uow.cras.page(self.conseiller.id, Filter(), 50, 0)]

    def drafts(self):
        with UnitOfWork(self.engine, writes=False) as uow:
            return uow.cra_drafts.of(self.conseiller.id)
