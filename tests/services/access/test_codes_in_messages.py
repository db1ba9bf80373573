"""A code typed in a message is never stored, nor sent on; what stands for it works in one conversation only."""

import json
import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dispositif.access import HIDDEN_CODE, canonical_code, find_codes, hide_codes, new_code
from bot.services.access.keys import AccessKeys
from bot.services.receive_message import receive_message
from bot.storage.unit_of_work import UnitOfWork

KEYS = AccessKeys("k" * 32)
CODE = "K7PM-42QX-9FRT"


@given(st.integers(0, 10**9))
def test_every_code_is_recognised_however_it_is_typed(seed):
    code = new_code(random.Random(seed).choice)
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("-", "–")):
        assert canonical_code(f"voici le code {typed}.") == code
        assert typed not in hide_codes(f"voici {typed}, merci")


@given(st.text(max_size=300))
def test_hiding_twice_changes_nothing_more(text):
    assert hide_codes(hide_codes(text)) == hide_codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "combien pour un CDD de 18 mois à partir du 12-04-2022 ?",
        "mon SIRET est 356 000 000 00048",
        "appelez le 06 12 34 56 78",
        "le dossier DS 12345678 du 01-mars-2022",
        "subvention, convention, inscription",
        "63000 Clermont-Ferrand, 2022-mars-2023",
        "la 2emetranche2022 et le dossier DS90000123, plaque AB123CD, IBAN FR7612345678",
        "",
    ],
)
def test_ordinary_messages_are_left_alone(text):
    assert find_codes(text) == []


@pytest.mark.parametrize(
    "typed", ["K7PO-42QX-9FRT", "K7PM-42QX-9FRTT", "k7pm-42qx-9f1", "K7PM42QX9FR", "k7pm42qx9frtt"]
)
def test_a_mistyped_code_is_hidden_too(typed):
    assert hide_codes(f"code {typed}") == f"code {HIDDEN_CODE}"
    assert canonical_code(typed) is None


@pytest.fixture
def conversation(engine, clock):
    with UnitOfWork(engine) as uow:
        uow.conversations.add("a" * 32, "widget", None, clock())
        uow.commit()
    return "a" * 32


def receive(engine, conversation, text, clock, keys=KEYS):
    with UnitOfWork(engine) as uow:
        return receive_message(uow, conversation, secrets.token_hex(8), text, 2000, clock(), keys).message


def test_the_code_is_nowhere_in_what_is_stored(engine, conversation, clock):
    message = receive(engine, conversation, f"SIRET 356 000 000 00048, code {CODE}", clock)
    with UnitOfWork(engine, writes=False) as uow:
        stored = uow.messages.get(message.id)
    assert stored.text == f"SIRET 356 000 000 00048, code {HIDDEN_CODE}"
    for part in CODE.split("-"):
        assert part not in stored.text and part not in stored.payload.upper().replace("PROOF", "")
    value = json.loads(stored.payload.removeprefix("/choose"))["value"]
    siret, proof = value.split("|")
    assert siret == "35600000000048"
    assert proof == KEYS.proof(conversation, KEYS.hash_code(CODE))


def test_what_stands_for_a_code_differs_in_another_conversation():
    code_hash = KEYS.hash_code(CODE)
    assert KEYS.proof("a" * 32, code_hash) != KEYS.proof("b" * 32, code_hash)
    assert AccessKeys("z" * 32).hash_code(CODE) != code_hash


def test_without_keys_a_code_is_hidden_and_proves_nothing(engine, conversation, clock):
    message = receive(engine, conversation, CODE, clock, keys=None)
    assert message.text == HIDDEN_CODE
    assert json.loads(message.payload.removeprefix("/choose"))["value"] == "|"


def test_a_message_without_code_goes_on_as_it_is(engine, conversation, clock):
    message = receive(engine, conversation, "où en est mon dossier ?", clock)
    assert (message.text, message.payload) == ("où en est mon dossier ?", None)
