"""GET /api/widget/attachments/{seq}/{index}: the token of the conversation decides."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from bot.channels.gateway.wake import Wake
from bot.channels.web.guards import Limits
from bot.channels.widget.routes import WidgetApi
from bot.channels.widget.tokens import ConversationTokens
from bot.dispositif.conversation import Author, Direction, Status
from bot.storage.unit_of_work import UnitOfWork
from tests.services.test_subvention_dialogue import Conversation

MINE, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def tokens():
    return ConversationTokens("k" * 32, 30)


@pytest.fixture
def client(engine, clock, tokens):
    chat = Conversation()
    chat.say("asso, CDI, départ en formation le 4 avril 2022, combien ?")
    content = {"attachments": chat.extra["attachments"]}
    with UnitOfWork(engine) as uow:
        for conversation_id in (MINE, OTHER):
            uow.conversations.add(conversation_id, "widget", None, clock())
        uow.messages.add(MINE, 1, Direction.OUT, Author.ASSISTANT, chat.text, Status.QUEUED, clock(), content=content)
        uow.commit()
    fields = dict.fromkeys(WidgetApi.__dataclass_fields__)
    fields |= {
        "engine": engine,
        "tokens": tokens,
        "limits": Limits(None, 20, 60, 60),
        "wake": Wake(None),
        "clock": clock,
    }
    return TestClient(Starlette(routes=[Mount("/api/widget", routes=WidgetApi(**fields).routes())]))


def ask(client, path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.get(f"/api/widget/attachments/{path}", headers=headers)


def test_the_files_of_ones_own_conversation_are_served(client, tokens):
    pdf, calendar = (ask(client, f"1/{index}", tokens.issue(MINE)) for index in (0, 1))
    assert pdf.status_code == 200 and pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert 'filename="subvention.pdf"' in pdf.headers["content-disposition"]
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.text.count("BEGIN:VEVENT") == 3


@pytest.mark.parametrize("path", ["1/0", "1/1"])
def test_another_conversation_gets_nothing(client, tokens, path):
    assert ask(client, path, tokens.issue(OTHER)).status_code == 404


def test_without_a_token_of_ours_nothing_is_served(client, tokens):
    assert ask(client, "1/0").status_code == 403
    assert ask(client, "1/0", tokens.issue(MINE)[:-2] + "xx").status_code == 403


@pytest.mark.parametrize("path", ["1/2", "2/0", "99999999/0", "99999999999999999999/0"])
def test_what_does_not_exist_is_not_found(client, tokens, path):
    assert ask(client, path, tokens.issue(MINE)).status_code == 404


@pytest.mark.parametrize("path", ["1/-1", "x/0"])
def test_an_odd_address_is_not_found(client, tokens, path):
    assert ask(client, path, tokens.issue(MINE)).status_code == 404
