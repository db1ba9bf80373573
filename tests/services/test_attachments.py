"""Files offered by a message: made on demand, only for the conversation that was offered them."""

from __future__ import annotations

from datetime import date, datetime, timezone

import icalendar
import pytest

from bot.dispositif.conversation import Author, Direction, Status
from bot.services.attachments import ATTACHMENTS, make_attachment
from bot.services.receive_message import RefusedMessage
from bot.services.subvention.fichiers import subvention_calendar, subvention_pdf
from bot.storage.unit_of_work import UnitOfWork
from tests.services.test_subvention_dialogue import Conversation

MINE, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def offered():
    chat = Conversation()
    chat.say("asso, CDI avec un PEC de 1 333,33 €, départ en formation le 31 janvier 2022, combien ?")
    return chat.extra["attachments"]


@pytest.fixture
def conversation(engine, clock, offered):
    with UnitOfWork(engine) as uow:
        for conversation_id in (MINE, OTHER):
            uow.conversations.add(conversation_id, "widget", None, clock())
        content = {"attachments": offered}
        add = uow.messages.add
        add(MINE, 1, Direction.IN, Author.USER, "asso…", Status.DONE, clock())
        add(MINE, 2, Direction.OUT, Author.ASSISTANT, "Total", Status.QUEUED, clock(), content=content)
        add(MINE, 3, Direction.NOTE, Author.ASSISTANT, "Total", Status.DONE, clock(), content=content)
        uow.commit()
    return engine


def test_a_file_is_made_from_the_message(conversation):
    with UnitOfWork(conversation, writes=False) as uow:
        file = make_attachment(uow, MINE, 2, 0)
    assert file.filename == "subvention.pdf" and file.media_type == "application/pdf"
    assert file.content.startswith(b"%PDF-") and b"%%EOF" in file.content[-32:]


@pytest.mark.parametrize(
    ("conversation_id", "seq", "index"),
    [(OTHER, 2, 0), (MINE, 1, 0), (MINE, 3, 0), (MINE, 2, 2), (MINE, 99, 0), (MINE, 2, -1)],
)
def test_what_was_not_offered_to_this_conversation_is_refused(conversation, conversation_id, seq, index):
    with UnitOfWork(conversation, writes=False) as uow, pytest.raises(RefusedMessage):
        make_attachment(uow, conversation_id, seq, index)


def test_the_calendar_has_one_whole_day_a_tranche(offered):
    calendar = icalendar.Calendar.from_ical(subvention_calendar(offered[1]["data"]))
    events = list(calendar.walk("VEVENT"))
    assert [event.decoded("dtstart") for event in events] == [date(2022, 2, 28), date(2022, 7, 31), date(2023, 1, 31)]
    # 38 666,67 € : 7 733,33 + 11 600 + 19 333,34
    assert ["7 733,33 €" in str(events[0]["summary"]), "19 333,34 €" in str(events[2]["summary"])] == [True, True]
    assert len({str(event["uid"]) for event in events}) == 3


def test_the_files_are_the_same_each_time(offered):
    data = offered[0]["data"]
    assert subvention_calendar(data) == subvention_calendar(data)
    assert subvention_pdf(data) == subvention_pdf(data)


def test_every_kind_the_calculation_offers_is_known():
    chat = Conversation(datetime(2023, 5, 10, tzinfo=timezone.utc))
    kinds = set()
    for text in ("calcule le renouvellement de notre mairie", "asso CDD départ le 4 avril 2023, combien ?"):
        chat.say(text, "calculate_subvention", 0.9)
        kinds |= {item["kind"] for item in chat.extra["attachments"]}
        for item in chat.extra["attachments"]:
            assert ATTACHMENTS[item["kind"]](None, item["data"], MINE)[0]
    assert kinds == {"subvention.pdf", "subvention.ics"}
