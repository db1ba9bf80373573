"""What tests do again and again."""

from __future__ import annotations

from bot.dispositif.conversation import Author, Direction, Status
from bot.storage.unit_of_work import UnitOfWork
from tests.channels.telegram.conftest import now


def say(setup, text, author=Author.HUMAN, **content) -> int:
    """A message written to the person's conversation by another process; its id."""
    with UnitOfWork(setup.engine) as uow:
        conversation = uow.conversations.find("telegram", str(setup.person))
        seq = uow.conversations.take_seq(conversation.id, now())
        added = uow.messages.add(
            conversation.id, seq, Direction.OUT, author, text, Status.QUEUED, now(), content=content
        )
        uow.commit()
        return added.id


async def start(setup):
    setup.world.write(setup.person, "/start")
    await setup.says("Bonjour")
