"""Searching transcripts in French, on both databases."""

import pytest

from bot.dispositif.conversation import Author, Direction, Status
from bot.services.erase_conversation import erase_conversation
from bot.storage.search import search_conversations, words_of
from bot.storage.unit_of_work import UnitOfWork

TEXTS = {
    "a": "Bonjour, notre convention n'est toujours pas signée par la préfecture.",
    "b": "Combien de temps dure la formation des conseillers numériques ?",
    "c": "Les subventions de l'État sont versées en trois fois.",
}


@pytest.fixture
def uow(engine, clock):
    with UnitOfWork(engine) as uow:
        for letter, text in TEXTS.items():
            uow.conversations.add(letter * 32, "widget", None, clock())
            seq = uow.conversations.take_seq(letter * 32, clock())
            uow.messages.add(letter * 32, seq, Direction.IN, Author.USER, text, Status.DONE, clock())
        uow.commit()
    with UnitOfWork(engine) as uow:
        yield uow


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("convention", "a"),
        ("conventions", "a"),
        ("signee prefecture", "a"),
        ("SIGNÉE", "a"),
        ("conv", "a"),
        ("formations", "b"),
        ("conseiller numerique", "b"),
        ("subvention", "c"),
        ("convention formation", ""),
        ("introuvable", ""),
        ("", ""),
        ("   ", ""),
    ],
)
def test_words_are_found_in_their_forms_with_or_without_accents(uow, query, found):
    assert search_conversations(uow.connection, query) == [letter * 32 for letter in found]


@pytest.mark.parametrize(
    "query", ['"', "'", 'a" OR *', "(((", "NEAR(", "conv:*", "!&|", "-", "x" * 300, "\x00", "é" * 50]
)
def test_operators_and_nonsense_are_only_words(uow, query):
    assert isinstance(search_conversations(uow.connection, query), list)


def test_only_a_few_words_are_looked_for():
    assert len(words_of("un deux trois quatre cinq six sept huit neuf dix")) == 8


def test_what_is_erased_is_found_no_more(uow, engine):
    uow.commit()
    with UnitOfWork(engine) as erasing:
        erase_conversation(erasing, "a" * 32)
    with UnitOfWork(engine, writes=False) as reading:
        assert search_conversations(reading.connection, "convention") == []
        rows = reading.connection.exec_driver_sql("SELECT count(*) FROM messages_fts").scalar()
        assert rows == 2
