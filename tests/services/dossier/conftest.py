"""A conversation with the dossier activity alone: no Rasa, intents are given."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from bot.demo.seed import SHOWCASE, fictitious_siret, seed_demo
from bot.dispositif.comprehension import Candidate, Reading
from bot.reference.delais import load_delais
from bot.services.access.codes import issue_structure_code
from bot.services.access.keys import AccessKeys
from bot.services.access.sessions import Access, SessionRules
from bot.services.dialogue import Context, Incoming
from bot.services.dossier.activity import DossierActivity
from bot.services.receive_message import receive_message
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

KEYS = AccessKeys("k" * 32)
RULES = SessionRules()


class Chat:
    """One conversation: what is typed goes through the gateway's own door."""

    def __init__(self, engine, clock, conversation_id="a" * 32, channel="widget", plain=False):
        self.engine, self.clock, self.id, self.channel = engine, clock, conversation_id, channel
        self.context = Context()
        self.activity = DossierActivity(
            lambda writes=True: UnitOfWork(engine, writes), lambda: Access(KEYS, RULES, plain), load_delais()
        )
        self.count = 0
        if channel != "rest":
            with UnitOfWork(engine) as uow:
                uow.conversations.add(conversation_id, channel, None, clock())
                uow.commit()

    def code(self, siret):
        with UnitOfWork(self.engine) as uow:
            return issue_structure_code(uow, KEYS, siret, Actor("cli"), 14 * RULES.longest, self.clock()).code

    def type(self, text, intent="nlu_fallback", parts=()):
        """What the activity says to a typed message; None when it leaves it to others."""
        payload = None
        if self.channel != "rest":
            self.count += 1
            with UnitOfWork(self.engine) as uow:
                received = receive_message(uow, self.id, f"client-{self.count:04}", text, 2000, self.clock(), KEYS)
            text, payload = received.message.text, received.message.payload
        return self._take(text, intent, payload, parts)

    def press(self, title):
        button = next(b for say in self.last for b in say.buttons if b.title == title)
        return self._take(title, "", button.payload)

    def _take(self, text, intent, payload=None, parts=()):
        entities = {}
        if payload:
            intent, _, data = payload.removeprefix("/").partition("{")
            entities = json.loads("{" + data)
        readings = [Reading(part, (Candidate(name, 0.9),)) for part, name in parts]
        message = Incoming(
            conversation_id=self.id,
            channel=self.channel,
            text=text,
            intent=intent,
            message_id="1",
            whole=Reading(text, (Candidate(intent, 0.9),)),
            parts=readings,
            entities=entities,
            now=self.clock(),
        )
        turn = self.activity.take(message, self.context)
        if turn is None:
            return None
        json.dumps(dict(turn.context.memory))
        self.context, self.last = turn.context, turn.says
        return "\n".join(say.text for say in turn.says)

    def sign_in(self, siret):
        return self.type(f"{siret} {self.code(siret)}")


@pytest.fixture
def seeded(engine, clock):
    clock.now = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
    with UnitOfWork(engine) as uow:
        seed_demo(uow, clock(), 16)
    return engine


@pytest.fixture
def chat(seeded, clock):
    return Chat(seeded, clock)


@pytest.fixture
def rich():
    """The SIRET with several postes."""
    return fictitious_siret(SHOWCASE)
