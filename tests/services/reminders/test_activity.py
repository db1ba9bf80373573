"""The /rappel dialogue, in one message or several, with buttons or words."""

from datetime import timedelta

import pytest

from bot.dispositif.comprehension import Reading
from bot.services.dialogue import Button, Context, Incoming
from bot.services.reminders.activity import NEEDS_LINK, ONLY_TELEGRAM, Rappels
from bot.storage.unit_of_work import UnitOfWork
from tests.services.telegram_people import linked_chat, open_telegram


class Dialogue:
    def __init__(self, engine, clock, chat, channel="telegram"):
        self.engine, self.clock, self.chat, self.channel = engine, clock, chat, channel
        self.activity = Rappels(lambda: UnitOfWork(engine))
        self.context = Context()

    def hear(self, said: str | Button, intent: str = "nlu_fallback"):
        import json

        entities: dict[str, str] = {}
        text = said
        if isinstance(said, Button):
            intent, entities, text = "choose", json.loads(said.payload.removeprefix("/choose")), said.payload
        message = Incoming(self.chat, self.channel, text, intent, "1", Reading(text, ()), (), entities, self.clock())
        turn = self.activity.take(message, self.context)
        if turn is None:
            return None
        self.context = turn.context
        self.buttons = {button.title: button for say in turn.says for button in say.buttons}
        return turn.says[-1].text

    def reminders(self):
        with UnitOfWork(self.engine, writes=False) as uow:
            return [(r.kind, r.days, r.local_time, r.time_zone, r.after_days) for r in uow.reminders.of(self.chat)]


@pytest.fixture
def dialogue(engine, clock):
    return Dialogue(engine, clock, linked_chat(engine, clock(), department="974")[0])


def test_everything_in_one_message(dialogue):
    said = dialogue.hear("rappelle-moi le vendredi à 17h30", "set_reminder")
    assert said.startswith("C'est noté : un rappel le vendredi à 17 h 30.")
    assert dialogue.reminders() == [("weekly", (5,), "17:30", "Indian/Reunion", None)]
    assert dialogue.context.active is None


def test_step_by_step_with_buttons(dialogue):
    assert dialogue.hear("/set_reminder", "set_reminder").startswith("Quels jours")
    assert dialogue.hear(dialogue.buttons["Lundi et jeudi"]).startswith("À quelle heure")
    assert dialogue.hear(dialogue.buttons["18 h 30"]).startswith("C'est noté")
    assert dialogue.reminders() == [("weekly", (1, 4), "18:30", "Indian/Reunion", None)]


def test_step_by_step_in_words_with_a_question_in_the_middle(dialogue):
    dialogue.hear("/set_reminder", "set_reminder")
    dialogue.hear("mardi")
    assert dialogue.hear("combien de temps dure la formation ?", "faq") is None
    assert dialogue.activity.resume(dialogue.context, dialogue.clock()).text.startswith("Pour votre rappel")
    assert dialogue.hear("à 23h").startswith("Je ne dérange personne la nuit")
    assert dialogue.hear("alors 19h").startswith("C'est noté : un rappel le mardi à 19 h")


def test_a_nudge_after_days_without_report(dialogue):
    dialogue.hear("/set_reminder", "set_reminder")
    dialogue.hear(dialogue.buttons["Après 5 jours sans CRA"])
    dialogue.hear("9h")
    assert dialogue.reminders() == [("nudge", (), "09:00", "Indian/Reunion", 5)]


def test_seeing_changing_and_stopping(dialogue):
    dialogue.hear("rappel le lundi à 9h", "set_reminder")
    assert "un rappel le lundi à 9 h" in dialogue.hear("/set_reminder", "set_reminder")
    dialogue.hear(dialogue.buttons["Changer"])
    dialogue.hear("le mardi à 10h")
    assert [r[1:3] for r in dialogue.reminders()] == [((2,), "10:00")]
    assert dialogue.hear("arrête les rappels", "stop_reminders").startswith("Vos rappels sont arrêtés")
    assert dialogue.reminders() == []
    assert dialogue.hear("stop", "stop_reminders") == "Vous n'avez aucun rappel."


def test_one_tap_snoozes_or_stops(dialogue):
    from bot.services.reminders.send_due import BUTTONS

    dialogue.hear("rappel le lundi à 9h", "set_reminder")
    _, two_hours, _, stop = BUTTONS
    assert dialogue.hear(two_hours).startswith("Entendu")
    with UnitOfWork(dialogue.engine, writes=False) as uow:
        assert uow.reminders.of(dialogue.chat)[0].next_at == dialogue.clock() + timedelta(hours=2)
    assert dialogue.hear(stop).startswith("Vos rappels sont arrêtés")


def test_giving_up(dialogue):
    dialogue.hear("/set_reminder", "set_reminder")
    assert dialogue.hear("annuler", "cancel") == "Très bien, rien ne change."
    assert dialogue.context.active is None
    assert dialogue.reminders() == []


def test_nonsense_is_asked_again_with_an_example(dialogue):
    dialogue.hear("/set_reminder", "set_reminder")
    assert "par exemple" in dialogue.hear("brouzouf")


def test_strangers_are_told_how_to_link(engine, clock):
    dialogue = Dialogue(engine, clock, open_telegram(engine, clock(), "9"))
    assert dialogue.hear("un rappel le lundi à 9h", "set_reminder") == NEEDS_LINK
    assert dialogue.reminders() == []


def test_the_widget_sends_people_to_telegram(engine, clock):
    with UnitOfWork(engine) as uow:
        uow.conversations.add("w" * 32, "widget", None, clock())
        uow.commit()
    dialogue = Dialogue(engine, clock, "w" * 32, "widget")
    assert dialogue.hear("un rappel le lundi à 9h", "set_reminder") == ONLY_TELEGRAM


def test_what_is_not_for_it_is_left_alone(dialogue):
    assert dialogue.hear("le vendredi à 17h") is None
    assert dialogue.hear("bonjour", "greet") is None
