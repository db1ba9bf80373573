"""Plays the conversations of scenarios.yml and of the other files of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reference.yaml_files import read_yaml

FILES = sorted(Path(__file__).parent.glob("*.yml"))
SCENARIOS = {name: turns for path in FILES for name, turns in read_yaml(path).items()}


def test_no_scenario_hides_another():
    assert len(SCENARIOS) == sum(len(read_yaml(path)) for path in FILES)


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_scenario(name, talk):
    buttons = []
    for turn in SCENARIOS[name]:
        said = turn.get("dit") or _payload(buttons, turn["bouton"])
        messages = talk(said)
        text = "\n".join(message.get("text", "") for message in messages)
        buttons = [button for message in messages for button in message.get("buttons", [])]
        heading = f"après « {turn.get('dit') or turn['bouton']} » :\n{text}"
        if "question" in turn:
            wanted = turn["question"] if isinstance(turn["question"], list) else [turn["question"]]
            assert [message.get("question") for message in messages] == wanted, heading
        for wanted in turn.get("contient", []):
            assert wanted in text, f"« {wanted} » manque, {heading}"
        for unwanted in turn.get("absent", []):
            assert unwanted not in text, f"« {unwanted} » est de trop, {heading}"
        for title in turn.get("boutons", []):
            assert any(b["title"].startswith(title) for b in buttons), f"bouton « {title} » absent, {heading}"


def _payload(buttons, title):
    return next(button["payload"] for button in buttons if button["title"].startswith(title))
