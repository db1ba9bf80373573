"""Webhook mode: the real `web` application receives, the real library answers, a strict Telegram brings updates."""

import asyncio

import httpx
import pytest

from bot.bootstrap import create_web
from bot.channels.telegram.webhook_address import SECRET_HEADER, webhook_path, webhook_secret
from tests.channels.telegram.conftest import Served, Setup, free_port


@pytest.fixture
async def setup(tmp_path):
    port = free_port()
    setup = Setup(tmp_path, {"telegram_mode": "webhook", "public_url": f"http://127.0.0.1:{port}"})
    async with setup.emulator, setup.rasa:
        setup.web = Served(create_web(setup.settings), port)
        async with setup.web:
            setup.start_channel()
            await setup.until(lambda: setup.world.webhook.url)
            yield setup
            await setup.stop_channel()
    setup.engine.dispose()


async def post(setup, body, headers=None, path=None, content=None):
    async with httpx.AsyncClient(trust_env=False) as client:
        url = setup.web.url + (path or webhook_path(setup.settings))
        return await client.post(url, json=body, headers=headers, content=content)


def stored(setup) -> int:
    import sqlalchemy as sa

    with setup.engine.connect() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM telegram_updates")).scalar()


async def test_questions_and_buttons_are_answered(setup):
    setup.world.write(setup.person, "boutons")
    message = await setup.says("Vouliez-vous dire")
    assert (await setup.press(message, "Durée"))["text"] == ""
    await setup.says('Vous avez écrit : /faq{"cle": "formation_duree"}')


async def test_the_webhook_is_set_with_a_secret_and_what_we_read(setup):
    name, parameters = next(call for call in setup.world.calls if call[0] == "setWebhook")
    assert parameters["secret_token"] == webhook_secret(setup.settings)
    assert set(parameters["allowed_updates"]) == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert parameters.get("drop_pending_updates") in (None, False)
    assert len(webhook_path(setup.settings)) > 40
    assert "jeton" not in parameters["url"]


async def test_without_the_secret_nothing_enters(setup):
    update = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"},
    }
    for headers in ({}, {SECRET_HEADER: ""}, {SECRET_HEADER: "0" * 64}):
        assert (await post(setup, update, headers)).status_code == 403
    assert (await post(setup, update, path="/telegram/devine")).status_code in (404, 405)
    assert stored(setup) == 0


async def test_what_is_not_an_update_is_refused(setup):
    headers = {SECRET_HEADER: webhook_secret(setup.settings)}
    for body in ([], {}, {"update_id": "x"}, "texte"):
        assert (await post(setup, body, headers)).status_code == 400
    assert (await post(setup, None, headers, content=b"\xff{")).status_code == 400
    assert stored(setup) == 0


async def test_the_same_update_twice_and_in_the_wrong_order(setup):
    setup.world.write(setup.person, "un")
    await setup.says("Vous avez écrit : un")
    setup.world.repeat(setup.world.delivered[-1])
    setup.world.trouble.swap_next = True
    setup.world.write(setup.person, "deux")
    setup.world.write(setup.person, "trois")
    await setup.says("Vous avez écrit : deux")
    await setup.says("Vous avez écrit : trois")
    assert sorted(setup.received) == ["deux", "trois", "un"]


async def test_while_web_is_down_telegram_keeps_the_updates(setup):
    await setup.web.__aexit__()
    for number in range(3):
        setup.world.write(setup.person, f"question {number}")
    await asyncio.sleep(0.5)
    assert setup.world.webhook.last_error
    setup.web.app = create_web(setup.settings)
    await setup.web.__aenter__()
    await setup.says("question 2", seconds=20)
    assert setup.received == ["question 0", "question 1", "question 2"]


async def test_while_the_channel_is_down_web_keeps_the_updates(setup):
    await setup.stop_channel()
    setup.world.write(setup.person, "bonjour")
    await setup.until(lambda: stored(setup) == 1)
    setup.start_channel()
    await setup.says("Vous avez écrit : bonjour")


async def test_polling_takes_over_from_a_webhook(setup):
    await setup.stop_channel()
    setup.settings.telegram_mode = "polling"
    setup.world.write(setup.person, "avant le changement")
    setup.start_channel()
    await setup.says("Vous avez écrit : avant le changement")
    await setup.until(lambda: not setup.world.webhook.url)
