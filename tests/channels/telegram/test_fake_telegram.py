"""The imitation refuses what Telegram refuses: otherwise the other tests prove nothing."""

import asyncio

import pytest

from bot.demo.telegram.errors import ApiError
from bot.demo.telegram.memory import load, save
from bot.demo.telegram.methods import Methods
from bot.demo.telegram.world import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def person(world):
    person = next(iter(world.people))
    world.write(person, "/start")
    return person


async def call(world, name, uploads=None, **parameters):
    return await Methods(world).call(name, parameters, uploads or {})


async def refused(world, name, **parameters) -> ApiError:
    with pytest.raises(ApiError) as refusal:
        await call(world, name, **parameters)
    return refusal.value


def key(**button):
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🙂" * 2049}, "message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"text": "<b>x</i>", "parse_mode": "HTML"}, "can't parse entities: Unmatched end tag"),
        ({"text": "a <script>", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
        ({"text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
        ({"text": "x", "reply_markup": key(callback_data="d" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": key(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": key(callback_data="")}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": key()}, "Text buttons are unallowed"),
        ({"text": "x", "reply_markup": key(url="javascript:x")}, "BUTTON_URL_INVALID"),
        ({"text": "x", "chat_id": 1}, "chat not found"),
    ],
)
async def test_what_breaks_a_documented_limit_is_refused(world, person, parameters, reason):
    error = await refused(world, "sendMessage", **{"chat_id": person, **parameters})
    assert error.code == 400
    assert reason in error.description


async def test_entities_are_not_counted_in_the_length(world, person):
    text = f"<b>{'x' * 4096}</b>"
    sent = await call(world, "sendMessage", chat_id=person, text=text, parse_mode="HTML")
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_an_edit_that_changes_nothing_is_refused(world, person):
    sent = await call(world, "sendMessage", chat_id=person, text="a", reply_markup=key(callback_data="1"))
    same = {"chat_id": person, "message_id": sent["message_id"], "reply_markup": key(callback_data="1")}
    for name, more in (("editMessageText", {"text": "a"}), ("editMessageReplyMarkup", {})):
        assert "message is not modified" in (await refused(world, name, **same, **more)).description
    assert (await call(world, "editMessageText", **same, text="b"))["text"] == "b"


async def test_a_bot_edits_neither_others_messages_nor_missing_ones(world, person):
    mine = world.people[person].messages[0]["message_id"]
    assert (
        "can't be edited"
        in (await refused(world, "editMessageText", chat_id=person, message_id=mine, text="x")).description
    )
    assert "not found" in (await refused(world, "editMessageText", chat_id=person, message_id=1, text="x")).description


async def test_blocked_and_unknown_people_cannot_be_written_to(world, person):
    world.block(person, True)
    assert (await refused(world, "sendMessage", chat_id=person, text="x")).code == 403
    stranger = list(world.people)[1]
    assert "can't initiate" in (await refused(world, "sendMessage", chat_id=stranger, text="x")).description


async def test_a_flood_is_told_when_to_come_back(world, person):
    world.trouble.floods.append(7)
    error = await refused(world, "sendMessage", chat_id=person, text="x")
    assert (error.code, error.parameters) == (429, {"retry_after": 7})
    methods = Methods(world)
    with pytest.raises(ApiError) as flood:
        for _ in range(31):
            await methods.call("sendMessage", {"chat_id": person, "text": "x"}, {})
    assert flood.value.code == 429


async def test_updates_come_until_they_are_confirmed(world, person):
    first = (await call(world, "getUpdates", timeout=0))[0]["update_id"]
    world.write(person, "deux")
    assert [u["update_id"] for u in await call(world, "getUpdates", timeout=0)] == [first, first + 1]
    assert [u["update_id"] for u in await call(world, "getUpdates", offset=first + 1, timeout=0)] == [first + 1]
    assert await call(world, "getUpdates", offset=first + 2, timeout=0) == []
    assert await call(world, "getUpdates", offset=first, timeout=0) == []


async def test_a_negative_offset_keeps_only_the_last_ones(world, person):
    world.write(person, "deux")
    world.write(person, "trois")
    last = await call(world, "getUpdates", offset=-1, timeout=0)
    assert [u["message"]["text"] for u in last] == ["trois"]


async def test_two_pollers_are_in_conflict(world):
    methods = Methods(world)
    first = asyncio.create_task(methods.call("getUpdates", {"timeout": 5}, {}))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(methods.call("getUpdates", {"timeout": 0}, {}))
    with pytest.raises(ApiError) as conflict:
        await first
    assert conflict.value.code == 409
    assert await second == []


async def test_polling_and_webhook_exclude_each_other(world):
    await call(world, "setWebhook", url="https://exemple.fr/x", secret_token="abc")
    assert (await refused(world, "getUpdates", timeout=0)).code == 409
    await call(world, "deleteWebhook")
    assert await call(world, "getUpdates", timeout=0) == []


async def test_a_webhook_must_be_https_and_its_secret_plain(world):
    assert (await refused(world, "setWebhook", url="http://exemple.fr/x")).code == 400
    assert (await refused(world, "setWebhook", url="https://exemple.fr/x", secret_token="é")).code == 400


async def test_only_the_updates_asked_for_come(world, person):
    await call(world, "getUpdates", timeout=0, allowed_updates=["callback_query"], offset=10**12)
    world.write(person, "rien")
    assert await call(world, "getUpdates", timeout=0) == []


async def test_a_press_is_answered_once_and_only_if_it_exists(world, person):
    sent = await call(world, "sendMessage", chat_id=person, text="a", reply_markup=key(callback_data="1"))
    query = world.press(person, sent["message_id"], "1")
    assert (
        "MESSAGE_TOO_LONG"
        in (await refused(world, "answerCallbackQuery", callback_query_id=query, text="x" * 201)).description
    )
    assert await call(world, "answerCallbackQuery", callback_query_id=query, text="ok")
    assert "too old" in (await refused(world, "answerCallbackQuery", callback_query_id=query)).description
    assert "too old" in (await refused(world, "answerCallbackQuery", callback_query_id="0")).description


@pytest.mark.parametrize("command", ["CRA", "é", "", "a" * 33, "mes-cra"])
async def test_commands_have_plain_names(world, command):
    commands = [{"command": command, "description": "x"}]
    assert "BOT_COMMAND_INVALID" in (await refused(world, "setMyCommands", commands=commands)).description


async def test_files_are_checked_and_given_back(world, person):
    for name, content in (("photo", b"pas une image"), ("document", b"")):
        with pytest.raises(ApiError):
            await call(world, f"send{name.title()}", {name: ("a", content)}, chat_id=person)
    sent = await call(world, "sendDocument", {"document": ("a.txt", b"abc")}, chat_id=person, caption="le fichier")
    found = await call(world, "getFile", file_id=sent["document"]["file_id"])
    assert found["file_size"] == 3
    assert "invalid file_id" in (await refused(world, "getFile", file_id="x")).description


async def test_unknown_methods_and_actions_are_refused(world, person):
    assert (await refused(world, "sendMagic")).code == 404
    assert (await refused(world, "sendChatAction", chat_id=person, action="dancing")).code == 400


async def test_chats_survive_a_restart_of_the_imitation(world, person, tmp_path):
    await call(world, "sendDocument", {"document": ("a.txt", b"abc")}, chat_id=person)
    world.block(person, True)
    save(world, tmp_path / "memoire.json")
    again = World()
    load(again, tmp_path / "memoire.json")
    assert again.people == world.people
    assert again.files == world.files
    assert again.updates == world.updates


async def test_an_unreadable_memory_is_an_empty_one(tmp_path):
    world = World()
    for content in ("", "{", "[]", '{"people": [{"x": 1}]}'):
        (tmp_path / "memoire.json").write_text(content)
        load(world, tmp_path / "memoire.json")
    assert len(world.people) == 3
