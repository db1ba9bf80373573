"""The whole of it: a phone, the channel, the gateway, the real Rasa; and kill -9 in the middle."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.system.conftest import Demo


class Phone:
    """One new person's phone."""

    def __init__(self, demo: Demo) -> None:
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{demo.ports['telegram']}/emulateur", trust_env=False, timeout=20
        )
        self.person = None
        self.person = self.act("personne", nom="Essai Fictif")["id"]

    def close(self) -> None:
        self._client.close()

    def act(self, action: str, **body) -> dict:
        return self._client.post(f"/{action}", json={"personne": self.person, **body}).json()

    def write(self, text: str) -> None:
        self.act("ecrire", texte=text)

    def messages(self) -> list[dict]:
        return self._client.get("/etat", params={"personne": self.person}).json()["messages"]

    def replies(self) -> list[dict]:
        return [message for message in self.messages() if message["from"]["is_bot"]]

    def wait_for(self, text: str, seconds: float = 60) -> dict:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in reversed(self.replies()):
                if text in (message.get("text") or ""):
                    return message
            time.sleep(0.1)
        pytest.fail(f"« {text} » attendu : {[m.get('text') for m in self.replies()]}")

    def press(self, message: dict, title: str) -> dict:
        buttons = [button for row in message["reply_markup"]["inline_keyboard"] for button in row]
        data = next(button["callback_data"] for button in buttons if title in button["text"])
        return self.act("presser", message=message["message_id"], donnee=data)


@pytest.fixture
def phone(demo: Demo) -> Iterator[Phone]:
    held = Phone(demo)
    yield held
    held.close()


def test_the_assistant_answers_in_telegram_with_its_source(phone: Phone):
    phone.write("combien de temps dure la formation ?")
    answer = phone.wait_for("420 heures")
    assert "Source : Guide de l'employeur" in answer["text"]
    assert "Je suis un programme" in phone.replies()[0]["text"]


def test_commands_and_buttons_reach_the_assistant(phone: Phone):
    phone.write("/aide")
    themes = phone.wait_for("Écrivez votre question")
    assert phone.press(themes, "Formation")["answered"]
    phone.wait_for("Formation : quelle est votre question ?")
    phone.write("/rappel")
    phone.wait_for("réservés aux conseillers dont le compte Telegram est lié")


def test_nothing_is_lost_or_moved_when_the_channel_dies(demo: Demo, phone: Phone):
    phone.write("bonjour")
    phone.wait_for("Bonjour")
    questions = [
        ("quel montant pour un cdi ?", "40 000 €"),
        ("où trouver des candidats ?", "andidat"),
        ("merci", "plaisir"),
    ]
    for text, _ in questions:
        phone.write(text)
    demo.kill_command("telegram")
    phone.wait_for("plaisir", 90)
    said = [reply["text"] for reply in phone.replies()[-3:]]
    assert [expected in text for (_, expected), text in zip(questions, said, strict=True)] == [True, True, True], said


def test_a_report_is_filed_in_one_sentence_and_one_tap(demo: Demo, phone: Phone):
    code = re.search(r"&start=([A-Z0-9-]+)", demo.log.read_text(encoding="utf-8"))
    assert code, "la démonstration ne donne plus d'invitation"
    phone.write(f"/start {code[1]}")
    phone.wait_for("votre compte est lié")
    phone.write("ce matin au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne")
    card = phone.wait_for("Tout y est")
    assert phone.press(card, "Confirmer")["answered"]
    phone.wait_for("C'est enregistré")
    phone.write("/mes_cra")
    phone.wait_for("1 à 1 sur 1")
