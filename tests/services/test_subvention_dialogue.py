"""The guided calculation, turn by turn, as a person lives it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.dispositif.comprehension import Candidate, Reading
from bot.services.dialogue import Context, Incoming
from bot.services.subvention.activite import CalculateSubvention

NOW = datetime(2022, 1, 10, 9, tzinfo=timezone.utc)


class Conversation:
    """Says things to the calculation, and keeps its context and its last buttons."""

    def __init__(self, now: datetime = NOW) -> None:
        self.activity, self.context, self.now = CalculateSubvention(), Context(), now
        self.text, self.buttons, self.extra = "", (), {}

    def say(self, text: str, intent: str = "nlu_fallback", score: float = 0.0, **entities: str) -> bool:
        """True when the calculation takes the message."""
        candidates = (Candidate(intent, score),) if score else ()
        name = "faq" if intent.startswith("faq/") else intent
        reading = Reading(text, candidates)
        message = Incoming("c" * 32, "widget", text, name, "1", reading, (reading,), entities, self.now)
        turn = self.activity.take(message, self.context)
        if turn is None:
            return False
        self.context = turn.context
        self.text = "\n".join(say.text for say in turn.says)
        self.buttons, self.extra = turn.says[-1].buttons, dict(turn.says[-1].extra)
        return True

    def press(self, title: str) -> bool:
        button = next(button for button in self.buttons if button.title.startswith(title))
        return self.say(button.payload, "choose", **json.loads(button.payload.removeprefix("/choose")))


@pytest.fixture
def chat() -> Conversation:
    return Conversation()


def test_one_message_is_enough(chat):
    assert chat.say("asso, CDI, départ en formation le 4 avril 2022, combien et quand ?")
    assert "Total : 40 000 €" in chat.text
    for line in (
        "8 000 € (20 %) le 4 mai 2022",
        "12 000 € (30 %) le 4 octobre 2022",
        "20 000 € (50 %) le 4 avril 2023",
    ):
        assert line in chat.text
    assert "Source : " in chat.text
    assert [len(row) for row in chat.extra["table"]["rows"]] == [4, 4, 4]
    assert [item["kind"] for item in chat.extra["attachments"]] == ["subvention.pdf", "subvention.ics"]
    assert chat.context.active is None


def test_only_what_is_missing_is_asked(chat):
    assert chat.say("calcule ma subvention", "calculate_subvention", 0.9)
    assert "employeur" in chat.text
    assert chat.press("Association")
    assert "contrat" in chat.text
    assert chat.say("cdi")
    assert "date de départ" in chat.text
    assert chat.say("le 4/04/22")
    assert "Total : 40 000 €" in chat.text


def test_a_public_employer_is_not_asked_its_contract(chat):
    chat.say("calcul", "calculate_subvention", 0.9)
    chat.say("nous sommes une mairie")
    assert "date de départ" in chat.text


def test_several_answers_in_one_message(chat):
    chat.say("calcul", "calculate_subvention", 0.9)
    chat.say("asso en cdi, départ le 14 mars 2022")
    assert "Total : 40 000 €" in chat.text


def test_an_answer_to_another_question_is_kept(chat):
    chat.say("calcul", "calculate_subvention", 0.9)
    chat.say("c'est un cdi")
    assert "employeur" in chat.text
    chat.say("une association")
    assert "date de départ" in chat.text


def test_a_correction_after_the_result(chat):
    chat.say("asso, CDI, départ le 4 avril 2022, combien ?")
    assert chat.say("non, un CDD")
    assert "32 000 € ou 30 000 €" in chat.text and "incertain" in chat.text


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("et pour deux postes ?", "80 000 €"),
        ("et si on a une aide PEC de 6 000 € ?", "34 000 €"),
        ("et pour une mairie ?", "50 000 €"),
        ("et s'il part le 2 mai 2022 ?", "2 juin 2022"),
        ("et en CDD ?", "30 000 €"),
        ("avec 3 postes", "120 000 €"),
    ],
)
def test_a_what_if_keeps_the_rest(chat, question, total):
    chat.say("asso, CDI, départ le 4 avril 2022, combien ?")
    assert chat.say(question)
    assert total in chat.text


def test_what_ifs_add_up_and_can_be_taken_back(chat):
    chat.say("mairie, départ le 4 avril 2022, combien ?")
    chat.say("et à La Réunion ?")
    assert "Total : 67 500 €" in chat.text
    chat.say("et pour deux postes ?")
    assert "Total : 135 000 €" in chat.text
    chat.say("finalement en métropole")
    assert "Total : 100 000 €" in chat.text


def test_a_follow_up_of_another_question_is_not_a_what_if(chat):
    chat.say("asso, CDI, départ le 4 avril 2022, combien ?")
    chat.context = replace(chat.context, previous="formation_duree")
    assert not chat.say("et pour un CDD ?")


def test_thanks_after_the_result_are_not_taken(chat):
    chat.say("asso, CDI, départ le 4 avril 2022, combien ?")
    assert not chat.say("merci beaucoup", "thank", 0.9)


def test_a_question_of_the_faq_interrupts_and_the_calculation_waits(chat):
    chat.say("calcul pour une asso", "calculate_subvention", 0.9)
    assert not chat.say("c'est quoi la différence entre un CDI et un CDD ?", "faq/contrat_type", 0.8)
    reminder = chat.activity.resume(chat.context, NOW)
    assert reminder is not None and "contrat" in reminder.text
    assert chat.say("cdi")
    assert "date de départ" in chat.text


def test_it_stops_when_told(chat):
    chat.say("calcul", "calculate_subvention", 0.9)
    assert chat.say("laisse tomber")
    assert chat.context.active is None and chat.activity.resume(chat.context, NOW) is None
    assert not chat.say("association")


def test_three_failures_offer_a_way_out(chat):
    chat.say("calcul", "calculate_subvention", 0.9)
    for text in ("bla", "blo"):
        chat.say(text)
    assert {"Arrêter le calcul", "Parler à un humain"} <= {button.title for button in chat.buttons}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31 février", "n'existe pas"),
        ("mi-mars", "trop vague"),
        ("le 4 avril 2012", "avant l'ouverture"),
    ],
)
def test_a_date_that_cannot_be_used_is_asked_again(chat, text, said):
    chat.say("calcul pour une asso en cdi", "calculate_subvention", 0.9)
    assert chat.say(text)
    assert said in chat.text and "date de départ" in chat.text
    chat.say("4 avril 2022")
    assert "Total : 40 000 €" in chat.text


def test_an_unknown_date_gives_the_amounts_without_dates(chat):
    chat.say("calcul pour une asso en cdi", "calculate_subvention", 0.9)
    chat.say("je ne sais pas encore")
    assert "8 000 € (20 %), 1 mois après le départ" in chat.text
    assert [item["kind"] for item in chat.extra["attachments"]] == ["subvention.pdf"]


def test_an_aided_contract_is_asked_its_amount(chat):
    chat.say("asso, CDI, PEC, départ le 4 avril 2022, combien ?")
    assert "aide" in chat.text
    chat.say("6000")
    assert "Total : 34 000 €" in chat.text


@pytest.mark.parametrize("text", ["-500 €", "environ 6000 euros"])
def test_an_amount_that_cannot_be_used_is_asked_again(chat, text):
    chat.say("asso, CDI, PEC, départ le 4 avril 2022, combien ?")
    chat.say(text)
    assert "Total" not in chat.text
    chat.say("6 000 €")
    assert "Total : 34 000 €" in chat.text


def test_no_aid_after_all(chat):
    chat.say("asso, CDI, PEC, départ le 4 avril 2022, combien ?")
    chat.say("non")
    assert "Total : 40 000 €" in chat.text


def test_a_refusal_says_why_and_lets_change(chat):
    chat.say("asso, CDD de 20 mois, départ le 14 mars 2022, combien ?")
    assert "18 mois au plus" in chat.text and "Total" not in chat.text
    assert chat.say("alors un CDD de 18 mois")
    assert "incertain" in chat.text


def test_a_service_civique_then_a_cdi(chat):
    chat.say("asso, service civique, départ le 14 mars 2022, combien ?")
    assert "service civique" in chat.text
    assert chat.say("et en CDI ?")
    assert "Total : 40 000 €" in chat.text


def test_a_new_calculation_forgets_the_old_one(chat):
    chat.say("asso, CDI, départ le 4 avril 2022, combien ?")
    assert chat.say("nouveau calcul")
    assert "employeur" in chat.text


def test_a_whole_new_request_starts_from_nothing(chat):
    chat.say("asso, CDI avec un PEC de 6000 €, départ le 4 avril 2022, combien ?")
    chat.say("mairie, contrat de projet, départ en formation le 2 mai 2022, combien ?")
    assert "Total : 50 000 €" in chat.text


def test_the_day_is_that_of_paris():
    # 23:30 UTC on the 10th is the 11th in Paris.
    chat = Conversation(datetime(2022, 1, 10, 23, 30, tzinfo=timezone.utc))
    chat.say("asso, CDI, départ en formation demain, combien ?")
    assert "départ en formation le 12 janvier 2022" in chat.text


def test_a_new_convention_after_may_2025_is_refused():
    chat = Conversation(datetime(2026, 3, 2, 9, tzinfo=timezone.utc))
    chat.say("on voudrait recruter un conseiller en CDI dans notre asso, calcule la subvention")
    assert "aucune nouvelle convention" in chat.text and "Total" not in chat.text


def test_other_questions_are_left_to_the_faq(chat):
    for text in ("combien pour un CDI ?", "quand est versée la subvention ?", "et qui paie ?", "bonjour", "deux"):
        assert not chat.say(text)


def test_what_is_remembered_is_plain_json(chat):
    chat.say(
        "deux postes en CDI, asso : l'un part le 4 avril 2022 avec un PEC de 6 000 €, l'autre le 5 mai 2022, combien ?"
    )
    assert json.loads(json.dumps(chat.context.memory)) == chat.context.memory
    assert chat.say("et sans aide ?")
    assert "Total : 80 000 €" in chat.text


def test_the_dialogue_it_interrupted_goes_on(chat):
    chat.context = replace(chat.context, active="etapes", memory={"etapes": {"etape": 4}})
    chat.say("asso, CDI, combien et quand ?")
    assert chat.context.active == "subvention"
    chat.say("le 4 avril 2022")
    assert "Total : 40 000 €" in chat.text
    assert chat.context.active == "etapes" and chat.context.memory["etapes"] == {"etape": 4}


def test_the_dialogue_it_interrupted_goes_on_when_stopped(chat):
    chat.context = replace(chat.context, active="etapes")
    chat.say("calcul", "calculate_subvention", 0.9)
    chat.say("stop")
    assert chat.context.active == "etapes"
