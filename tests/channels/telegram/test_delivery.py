"""Nothing lost, nothing doubled, in order: Telegram floods, refuses, goes away; processes are killed and come back."""

import asyncio
import contextlib

from bot.channels.telegram.process import TelegramProcess
from bot.dispositif.conversation import Author, Direction, Status
from bot.storage.unit_of_work import UnitOfWork
from tests.channels.telegram.conftest import now, running
from tests.channels.telegram.gestures import say, start


def status(setup, message_id) -> tuple[str, str | None]:
    with UnitOfWork(setup.engine, writes=False) as uow:
        return uow.messages.get(message_id).status.value, uow.telegram.delivery(message_id).failure


async def test_a_person_speaks_and_the_agent_sees_it_delivered(setup):
    await start(setup)
    message = say(setup, "Je regarde votre dossier.", agent="Sophie")
    await setup.says("Sophie (conseiller) :\nJe regarde votre dossier.")
    await setup.until(lambda: status(setup, message) == ("delivered", None))


async def test_a_conversation_that_nobody_opened_by_writing_is_served_too(setup):
    other = list(setup.world.people)[1]
    setup.world.people[other].started = True
    with UnitOfWork(setup.engine) as uow:
        uow.conversations.add("z" * 32, "telegram", str(other), now())
        seq = uow.conversations.take_seq("z" * 32, now())
        uow.messages.add("z" * 32, seq, Direction.OUT, Author.SYSTEM, "Information", Status.QUEUED, now())
        uow.commit()
    await setup.says("Information", other)


async def test_a_flood_is_waited_for_and_order_is_kept(setup):
    await start(setup)
    setup.world.trouble.floods.extend([1, 1])
    ids = [say(setup, f"message {number}") for number in range(4)]
    await setup.until(lambda: all(status(setup, i)[0] == "delivered" for i in ids), 15)
    assert [t.split("\n")[1] for t in setup.texts()[1:]] == [f"message {number}" for number in range(4)]


async def test_a_blocked_bot_fails_with_the_reason_until_the_person_comes_back(setup):
    await start(setup)
    setup.world.block(setup.person, True)
    message = say(setup, "êtes-vous là ?")
    await setup.until(lambda: status(setup, message)[0] == "failed")
    assert "bloqué" in status(setup, message)[1]
    setup.world.write(setup.person, "me revoilà")
    await setup.says("Vous avez écrit : me revoilà")


async def test_html_that_telegram_refuses_is_sent_as_plain_text(setup, monkeypatch):
    await start(setup)
    from bot.channels.telegram import markup

    monkeypatch.setattr(markup.Piece, "html", property(lambda piece: "<b>" + piece.text))
    message = say(setup, "un texte")
    await setup.says("un texte")
    await setup.until(lambda: status(setup, message)[0] == "delivered")


async def test_a_long_answer_comes_in_several_messages_and_a_retry_goes_on_where_it_stopped(setup):
    await start(setup)
    # The second of the three sendings is refused once.
    before = len(setup.bot_messages())

    def flood_after_first():
        # At least: on a busy machine the second part may follow between two looks.
        return len(setup.bot_messages()) >= before + 1

    message = say(setup, "\n\n".join(f"Partie {n}. " + "mot " * 900 for n in range(3)))
    await setup.until(flood_after_first)
    setup.world.trouble.floods.append(1)
    await setup.until(lambda: status(setup, message)[0] == "delivered", 15)
    parts = [text for text in setup.texts() if "Partie" in text]
    assert [f"Partie {n}" in part for n, part in enumerate(parts)] == [True, True, True]


async def test_while_telegram_is_down_messages_wait_then_leave_in_order(setup):
    await start(setup)
    setup.world.trouble.down = True
    ids = [say(setup, f"message {number}") for number in range(3)]
    await asyncio.sleep(1.5)
    assert all(status(setup, i)[0] == "queued" for i in ids)
    setup.world.trouble.down = False
    await setup.until(lambda: all(status(setup, i)[0] == "delivered" for i in ids), 20)
    assert [t.split("\n")[1] for t in setup.texts()[1:]] == ["message 0", "message 1", "message 2"]


async def test_the_channel_starts_even_when_telegram_is_down(tmp_path):
    async with running(tmp_path) as setup:
        await setup.stop_channel()
        setup.world.trouble.down = True
        setup.start_channel()
        setup.world.write(setup.person, "bonjour")
        await asyncio.sleep(0.5)
        assert not setup._channel.done()
        setup.world.trouble.down = False
        await setup.says("Vous avez écrit : bonjour", seconds=15)


async def test_while_rasa_is_away_messages_wait_and_are_answered_in_order(tmp_path):
    async with running(tmp_path) as setup:
        await setup.rasa.__aexit__()
        for number in range(3):
            setup.world.write(setup.person, f"question {number}")
        await asyncio.sleep(1)
        await setup.rasa.__aenter__()
        await setup.says("question 2", seconds=20)
        assert setup.texts()[1:] == [f"Vous avez écrit : question {n}" for n in range(3)]


async def test_a_channel_killed_between_update_and_answer_loses_nothing(setup):
    await start(setup)
    for number in range(5):
        setup.world.write(setup.person, f"lent {number}" if number == 0 else f"question {number}")
    await asyncio.sleep(0.3)
    # As a power cut would: nothing is told to anyone.
    setup._channel.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await setup._channel
    setup.start_channel()
    await setup.says("question 4", seconds=40)
    said = [text for text in setup.texts() if text.startswith("Vous avez écrit")]
    assert [text.split()[-1] for text in said] == ["0", "1", "2", "3", "4"]
    assert len(setup.received) == 5


async def test_the_same_update_twice_is_one_message(setup):
    await start(setup)
    setup.world.write(setup.person, "une seule fois")
    await setup.says("une seule fois")
    await setup.until(lambda: any("une seule fois" in str(u) for u in setup.world.delivered))
    update = next(u for u in setup.world.delivered if "une seule fois" in str(u))
    setup.world.repeat(update)
    setup.world.write(setup.person, "fin")
    await setup.says("Vous avez écrit : fin")
    assert setup.received.count("une seule fois") == 1


async def test_chats_are_served_in_parallel(setup):
    slow, quick = list(setup.world.people)[:2]
    setup.world.write(slow, "lent")
    setup.world.write(quick, "rapide")
    await setup.says("Vous avez écrit : rapide", quick, seconds=2.5)


async def test_two_channel_processes_never_send_twice(setup):
    await start(setup)
    # Telegram gives updates to one poller only; both send.
    second = TelegramProcess(setup.settings, setup.engine, now)
    await second.application.initialize()
    sending = asyncio.create_task(second.outbox.run())
    try:
        ids = [say(setup, f"message {number}") for number in range(10)]
        await setup.until(lambda: all(status(setup, i)[0] == "delivered" for i in ids), 20)
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        await second.application.shutdown()
    assert [t.split("\n")[1] for t in setup.texts()[1:]] == [f"message {number}" for number in range(10)]


async def test_the_token_is_never_logged(tmp_path, caplog):
    import logging

    caplog.set_level(logging.INFO)
    async with running(tmp_path) as setup:
        setup.world.write(setup.person, "bonjour")
        await setup.says("Vous avez écrit : bonjour")
        setup.world.trouble.down = True
        await asyncio.sleep(1)
    ours = [record for record in caplog.records if not record.name.startswith(("uvicorn", "httpx"))]
    assert ours
    assert not any("jeton-de-test" in record.getMessage() or "jeton-de-test" in str(record.exc_info) for record in ours)
