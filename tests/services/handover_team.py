"""A small support team for tests: short names for the services, one transaction each."""

from __future__ import annotations

from datetime import timedelta

from bot.dispositif.conversation import Direction, Owner, Reply
from bot.dispositif.handover import OWNER_OF, CloseReason, HandoverRules
from bot.dispositif.personnel import Role
from bot.services.answer_message import claim_message, deliver_replies
from bot.services.handover import desk, upkeep
from bot.services.receive_message import PressedButton, receive_message
from bot.storage.unit_of_work import UnitOfWork

RULES = HandoverRules()


class Team:
    """Agents with short names, persons who write, and the assistant, over one database."""

    def __init__(self, engine, clock):
        self.engine, self.clock, self.rules = engine, clock, RULES
        self._count = 0

    def uow(self, writes=True):
        return UnitOfWork(self.engine, writes)

    def agent(self, name, role=Role.AGENT, available=True):
        with self.uow() as uow:
            staff = uow.staff.add(f"{name.lower()}@exemple.fr", name, "Martin", role, None, self.clock())
            uow.staff.set_presence(staff.id, available, self.clock())
            uow.commit()
        return staff

    def at_desk(self, *agents, available=True):
        with self.uow() as uow:
            for agent in agents:
                uow.staff.set_presence(agent.id, available, self.clock())
            uow.commit()

    def conversation(self, letter="a", channel="widget"):
        with self.uow() as uow:
            uow.conversations.add(letter * 32, channel, None, self.clock())
            uow.commit()
        return letter * 32

    # The person

    def says(self, conversation, said):
        self._count += 1
        with self.uow() as uow:
            return receive_message(
                uow, conversation, f"client-{self._count:04}", said, 2000, self.clock(), handover=self.rules
            ).message

    def presses(self, conversation, title):
        """Presses the latest button that has this title."""
        for message in reversed(self.thread(conversation)):
            for index, button in enumerate(message.buttons):
                if button["title"] == title:
                    return self.says(conversation, PressedButton(message.seq, index))
        raise AssertionError(f"no button « {title} »")

    def asks_for_human(self, conversation, **details):
        """What the assistant's actions do at the end of their questions."""
        self.says(conversation, "parler à un humain")
        return self.assistant_says("Je transmets.", {"handover": {"trigger": "asked", **details}})

    # The assistant

    def takes_message(self):
        with self.uow() as uow:
            return claim_message(uow, self.clock())

    def assistant_says(self, text, content=None, claim=None):
        claim = claim or self.takes_message()
        with self.uow() as uow:
            return deliver_replies(uow, claim, [Reply(text, content or {})], self.clock(), self.rules)

    # The agents

    def does(self, action, *arguments, **options):
        with self.uow() as uow:
            result = action(uow, *arguments, **options)
            if uow.is_active:
                uow.commit()
            return result

    def claim(self, conversation, agent):
        return self.does(desk.claim, self.request(conversation).id, agent, self.clock())

    def writes(self, conversation, agent, text, client_id=None):
        self._count += 1
        return self.does(desk.write, conversation, agent, client_id or f"own-{self._count}", text, self.clock())

    def release(self, conversation, agent):
        return self.does(desk.release, self.request(conversation).id, agent, self.rules, self.clock())

    def close(self, conversation, agent, reason=CloseReason.ANSWERED):
        return self.does(desk.close, self.request(conversation).id, agent, reason, self.clock())

    def transfer(self, conversation, agent, to):
        return self.does(desk.transfer, self.request(conversation).id, agent, to.id, self.rules, self.clock())

    def upkeep(self):
        return upkeep.look_after(self.uow, self.rules, self.clock())

    def passes(self, *at_desk, **time):
        """Time passes, a little at a time; only those named stay at their desks."""
        end = self.clock() + timedelta(**time)
        while self.clock() < end:
            self.clock.advance(min(20, (end - self.clock()).total_seconds()))
            self.at_desk(*at_desk)
            self.upkeep()

    # What there is

    def request(self, conversation):
        with self.uow(writes=False) as uow:
            return uow.handovers.latest_of(conversation)

    def owner(self, conversation):
        with self.uow(writes=False) as uow:
            return uow.conversations.get(conversation).owner

    def thread(self, conversation):
        """What the person sees."""
        with self.uow(writes=False) as uow:
            return uow.messages.visible_after(conversation, 0)

    def texts(self, conversation):
        return [message.text for message in self.thread(conversation)]

    def last(self, conversation):
        return self.texts(conversation)[-1]

    def notes(self, conversation):
        with self.uow(writes=False) as uow:
            seqs = range(1, 60)
            found = [uow.messages.at(conversation, seq) for seq in seqs]
        return [message.text for message in found if message and message.direction is Direction.NOTE]

    def check(self):
        """The owner of every conversation is the one its request says; sequence numbers have no hole."""
        with self.uow(writes=False) as uow:
            rows = uow.connection.exec_driver_sql("SELECT id, owner, next_seq FROM conversations").all()
            for conversation, owner, next_seq in rows:
                request = uow.handovers.open_of(conversation)
                assert Owner(owner) is (OWNER_OF[request.state] if request else Owner.ASSISTANT)
                count = uow.connection.exec_driver_sql(
                    f"SELECT count(*) FROM messages WHERE conversation_id = '{conversation}'"
                ).scalar()
                assert count == next_seq - 1
