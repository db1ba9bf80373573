"""Whatever is typed, something sensible is said, and never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOSTILE = [
    "",
    " ",
    "?",
    "/",
    "/restart",
    "/faq{",
    '/faq{"cle": "inconnue"}',
    "/ask_human",
    "x" * 10_000,
    "mot " * 3_000,
    "🙂" * 50,
    "<script>alert(1)</script>",
    "'; DROP TABLE messages; --",
    "\u202e\u0627\u0644\u0633\u0644\u0627\u0645 \u200f?",
    "\x00\x07\x1b[31mrouge",
    "{{7*7}} ${jndi:ldap://x}",
    "combien" + "\n" * 500 + "?",
    "0" * 400,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:25]) for text in HOSTILE])
def test_hostile_input_is_answered_politely(talk, text):
    messages = talk(text)
    assert messages, "l'assistant se tait"
    said = "\n".join(message.get("text", "") for message in messages)
    assert said.strip()
    assert "Traceback" not in said
    assert "un problème m'empêche" not in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=300))
def test_any_text_is_answered(talk, text):
    messages = talk(text.lstrip("/") or "x")
    assert messages
    assert all("un problème m'empêche" not in message.get("text", "") for message in messages)


def test_a_crashing_action_apologises(talk, monkeypatch):
    from bot.actions.action_greet import ActionGreet

    def crash(_self, _tracker):
        raise RuntimeError("secret de la personne")

    monkeypatch.setattr(ActionGreet, "turn", crash)
    messages = talk("bonjour")
    assert "désolé" in messages[0]["text"]
    assert "secret" not in messages[0]["text"]
