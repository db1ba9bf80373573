"""The walk, turn by turn: what is said, what is kept, and what is left to others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.dispositif.comprehension import Candidate, Reading
from bot.reference.etapes import load_etapes
from bot.reference.faq import load_catalogue
from bot.services.answer_question import answer
from bot.services.dialogue import Context, Incoming
from bot.services.etapes import EtapesActivity
from bot.services.etapes.offer import with_walk_offer

NOW = datetime(2022, 4, 4, 9, 0, tzinfo=timezone.utc)
PARCOURS = load_etapes()


class Visitor:
    """Talks to the walk alone; what it leaves to others is None."""

    def __init__(self, activity: EtapesActivity | None = None) -> None:
        self.activity = activity or EtapesActivity()
        self.context, self.now, self.buttons = Context(), NOW, ()

    def say(self, text: str, intent: str = "nlu_fallback", score: float = 0.9) -> str | None:
        return self._turn(self._incoming(text, intent, {}, score), begins=intent.startswith("etape_"))

    def press(self, title: str) -> str | None:
        payload = next(button.payload for button in self.buttons if button.title.startswith(title))
        return self._turn(self._incoming(payload, "choose", json.loads(payload.removeprefix("/choose")), 1.0), False)

    def faq(self, key: str) -> None:
        """A question of the FAQ is answered meanwhile."""
        self.context = replace(self.context, previous=key, failures=0)

    @property
    def titles(self) -> list[str]:
        return [button.title for button in self.buttons]

    @property
    def picture(self) -> dict:
        return self.says[-1].extra["progress"]

    @property
    def states(self) -> list[str]:
        return [step["state"] for step in self.picture["steps"]]

    def _incoming(self, text: str, intent: str, entities: dict[str, str], score: float) -> Incoming:
        reading = Reading(text, (Candidate(intent, score),))
        return Incoming("c1", "widget", text, intent, "m", reading, [], entities, self.now)

    def _turn(self, message: Incoming, begins: bool) -> str | None:
        turn = self.activity.take(message, self.context)
        if turn is None and begins:
            turn = self.activity.begin(message, self.context)
        if turn is None:
            return None
        # Everything remembered must survive the tracker, which keeps JSON.
        memory = json.loads(json.dumps(turn.context.memory))
        self.context, self.says = replace(turn.context, memory=memory), turn.says
        self.buttons = turn.says[-1].buttons
        return "\n".join(say.text for say in turn.says)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def walker(visitor: Visitor) -> Visitor:
    visitor.say("je commence", "etape_start")
    return visitor


def test_the_walk_begins_at_the_first_step(visitor):
    text = visitor.say("je commence", "etape_start")
    assert "Étape 1 sur 8 : Inscription" in text
    assert visitor.context.active == "etapes"
    assert visitor.titles[:2] == ["C'est fait", "Étape suivante"]
    assert visitor.states == ["current"] + ["todo"] * 7


def test_every_step_says_its_number_what_to_do_what_follows_and_its_source(walker):
    for number, etape in enumerate(PARCOURS.etapes, start=1):
        text = walker.say(f"étape {number}")
        assert f"Étape {number} sur 8 : {etape.titre}" in text
        assert all(line.texte in text for line in etape.a_faire)
        assert "Ce qui lance la suite" in text
        assert "Source : Guide de l'employeur (2022), p. " in text
        assert "centre d'aide" in text


def test_each_side_of_each_step_is_told(walker):
    sides = {
        "quels documents ?": "documents",
        "quels outils ?": "outils",
        "des conseils ?": "conseils",
        "qui fait quoi ?": "acteurs",
        "combien de temps ?": "delais",
        "plus de détails": "a_savoir",
    }
    for number, etape in enumerate(PARCOURS.etapes, start=1):
        walker.say(f"étape {number}")
        for asked, name in sides.items():
            text = walker.say(asked)
            assert f"tape {number} sur 8" in text
            assert all(line.texte in text for line in getattr(etape, name)), (number, asked)
        text = walker.say("les liens")
        assert all(link.url in text for link in etape.liens)


def test_next_and_previous_move_without_declaring(walker):
    assert "Étape 2 sur 8" in walker.say("étape suivante")
    assert "Étape 3 sur 8" in walker.say("et après ?")
    assert "Étape 2 sur 8" in walker.say("revenir")
    assert walker.states == ["todo", "current"] + ["todo"] * 6


def test_the_ends_of_the_walk_are_said(walker):
    assert "première étape" in walker.say("étape précédente")
    walker.say("la dernière étape")
    assert "C'était la dernière étape" in walker.say("étape suivante")


def test_done_moves_on_and_is_drawn(walker):
    walker.say("étape 2")
    text = walker.say("c'est fait")
    assert "C'est noté : étape 2 faite." in text
    assert "Étape 3 sur 8" in text
    assert walker.states[:3] == ["todo", "done", "current"]


def test_yes_to_is_it_done_is_done_and_no_is_not(walker):
    walker.say("étape 2")
    assert "reste à faire" in walker.say("non", "deny")
    assert "étape 2 faite" in walker.say("oui", "affirm")


def test_yes_to_an_offer_of_the_faq_is_not_taken(walker):
    walker.context = replace(walker.context, offered=("formation_duree",))
    assert walker.say("oui", "affirm") is None
    assert walker.say("2") is None


def test_yes_after_an_answer_of_the_faq_declares_nothing(walker):
    walker.say("étape 2")
    walker.faq("tenue_obligatoire")
    assert walker.say("oui", "affirm") is None


def test_several_steps_are_done_at_once(walker):
    text = walker.say("les étapes 1 à 3 sont faites")
    assert "étapes 1, 2 et 3 faites" in text
    assert "Étape 4 sur 8" in text


def test_skipping_sets_aside_and_can_be_undone(walker):
    walker.say("étape 2")
    text = walker.say("passer")
    assert "mise de côté" in text
    assert walker.states[1:3] == ["skipped", "current"]
    walker.say("étape 2")
    walker.say("c'est fait")
    assert walker.states[1] == "done"


@pytest.mark.parametrize("text", ["étape zéro", "étape 9", "étape 12", "la 9e étape"])
def test_a_step_that_does_not_exist_gets_a_sentence_and_loses_nothing(walker, text):
    walker.say("étape 3")
    said = walker.say(text)
    assert "le parcours en compte 8, de 1 à 8" in said
    assert "étape 3 sur 8" in walker.say("où j'en suis ?")


def test_where_one_stands_is_text_enough(walker):
    walker.say("étape 2")
    walker.say("c'est fait")
    text = walker.say("où j'en suis ?")
    assert "Vous en êtes à l'étape 3 sur 8" in text
    assert "déclaré : étape 2 faite" in text
    assert "Reste à faire : étapes 1, 3, 4, 5, 6, 7 et 8." in text
    assert walker.picture["label"] == "Étape 3 sur 8 : Entretiens"


def test_the_overview_tells_the_eight_steps_and_where_one_is(walker):
    walker.say("étape 4")
    text = walker.say("résume les 8 étapes")
    assert all(f"{etape.numero}. {etape.titre}" in text for etape in PARCOURS.etapes)
    assert "4. Demande de subvention (vous êtes ici)" in text
    assert len(walker.buttons) == 8


def test_being_at_a_step_asks_whether_those_before_are_done(walker):
    text = walker.say("on en est à l'étape 3")
    assert "étapes 1 et 2 comme faites ?" in text
    text = walker.say("oui", "affirm")
    assert "étapes 1 et 2 faites" in text
    assert walker.states[:3] == ["done", "done", "current"]


def test_being_at_a_step_and_saying_no_only_goes_there(walker):
    walker.say("on en est à l'étape 3")
    assert "Étape 3 sur 8" in walker.press("Non")
    assert walker.states[:3] == ["todo", "todo", "current"]


def test_finishing_everything_is_said_once(walker):
    for number in range(1, 9):
        text = walker.say(f"étape {number} faite")
    while "Par exemple" in text:
        text = walker.say("je ne sais pas")
    assert "Les 8 étapes sont derrière vous" in text
    assert walker.states == ["done"] * 8
    assert "terminé" in walker.picture["label"]


# Filed on 1 April 2022 + 21 days: 22 April, 18 days after the 4th.
def test_a_date_is_asked_when_it_gives_others(walker):
    walker.say("étape 4")
    assert "À quelle date avez-vous déposé" in walker.say("c'est fait")
    text = walker.say("le 1er avril")
    assert "1er avril 2022" in text
    assert "pas avant le 22 avril 2022, dans 18 jours" in text
    assert "Étape 5 sur 8" in text


def test_a_date_in_the_declaration_is_not_asked_again(walker):
    walker.say("étape 4")
    text = walker.say("c'est fait le 1er avril 2022")
    assert "pas avant le 22 avril 2022" in text
    assert "À quelle date" not in text


# Departure on 31 March 2022: 30 April (no 31st), 30 September (no 31st), 31 March 2023.
def test_the_payments_follow_the_departure_told_in_passing(walker):
    text = walker.say("mon conseiller est parti en formation le 31 mars 2022")
    assert "tranche 1 (20 %) : prévue le 30 avril 2022, dans 26 jours" in text
    assert "tranche 2 (30 %) : prévue le 30 septembre 2022" in text
    assert "tranche 3 (50 %) : prévue le 31 mars 2023" in text


# Validated on 3 March 2022: until 3 April, yesterday.
def test_what_is_late_is_said_and_drawn(walker):
    walker.say("c'est fait le 3 mars 2022")
    text = walker.say("où j'en suis ?")
    assert "En retard : le mois pour recruter s'est terminé le 3 avril 2022, il y a 1 jour" in text
    assert walker.states[5] == "late"


def test_a_day_earlier_nothing_is_late(walker):
    walker.now = NOW - timedelta(days=1)
    walker.say("c'est fait le 3 mars 2022")
    text = walker.say("où j'en suis ?")
    assert "En retard" not in text
    assert "Prochaine échéance : recruter au plus tard le 3 avril 2022, aujourd'hui." in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("le 31/02/2022", "n'existe pas"),
        ("12/05/2022", "à venir"),
        ("le 4 mars 2015", "antérieure"),
        ("début mars", "jour"),
    ],
)
def test_an_impossible_date_is_refused_with_a_sentence_and_asked_again(walker, text, expected):
    walker.say("étape 4")
    walker.say("c'est fait")
    said = walker.say(text)
    assert expected in said
    assert "À quelle date avez-vous déposé" in said
    assert "22 avril 2022" in walker.say("1er avril 2022")


def test_an_impossible_date_in_a_declaration_is_asked_again(walker):
    walker.say("étape 4")
    text = walker.say("c'est fait le 31 février 2022")
    assert "étape 4 faite" in text
    assert "n'existe pas" in text
    assert "À quelle date avez-vous déposé" in text


def test_a_date_that_is_not_known_is_skipped(walker):
    walker.say("étape 4")
    walker.say("c'est fait")
    assert "Étape 5 sur 8" in walker.press("Je ne la connais pas")


def test_a_departure_before_the_contract_is_questioned_but_kept(walker):
    walker.say("le contrat a commencé le 1er avril 2022")
    text = walker.say("il est parti en formation le 20 mars 2022")
    assert "Attention" in text
    assert "prévue le 20 avril 2022" in text


def test_delays_ask_for_the_date_that_would_make_them_exact(walker):
    walker.say("étape 4")
    assert "à quelle date avez-vous déposé" in walker.say("combien de temps ?")
    assert "22 avril 2022" in walker.say("1er avril")


QUESTIONS = [
    "combien de temps dure la formation ?",
    "qui paie la formation ?",
    "quels documents pour la demande de subvention ?",
    "combien pour un CDI ?",
    "où en est mon dossier ?",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_left_to_the_faq_and_the_walk_goes_on(walker, text):
    walker.say("étape 3")
    assert walker.say(text, "faq") is None
    walker.faq("formation_duree")
    reminder = walker.activity.resume(walker.context, walker.now)
    assert "Vous en étiez à l'étape 3 sur 8" in reminder.text
    assert reminder.buttons
    assert "Étape 4 sur 8" in walker.say("étape suivante")


def test_a_date_that_was_asked_for_is_still_taken_after_a_question(walker):
    walker.say("étape 4")
    walker.say("c'est fait")
    walker.faq("formation_duree")
    assert "À quelle date" in walker.activity.resume(walker.context, walker.now).text
    assert "22 avril 2022" in walker.say("le 1er avril")


def test_the_reminder_stays_silent_when_something_else_is_asked_or_long_after(walker):
    resume = walker.activity.resume
    assert resume(replace(walker.context, offered=("formation_duree",)), walker.now) is None
    assert resume(replace(walker.context, failures=2), walker.now) is None
    assert resume(walker.context, walker.now + timedelta(hours=2)) is None
    assert resume(Context(), walker.now) is None


def test_stopping_keeps_the_place_and_naming_the_walk_returns_to_it(walker):
    walker.say("étape 5")
    assert "Je garde votre place à l'étape 5" in walker.say("stop")
    assert walker.context.active is None
    assert walker.say("5") is None
    assert "Étape 6 sur 8" in walker.say("étape suivante")
    assert walker.context.active == "etapes"


def test_goodbye_keeps_the_place(walker):
    walker.say("étape 5")
    assert "votre place à l'étape 5" in walker.say("au revoir", "goodbye")
    assert "étape 5 sur 8" in walker.say("où j'en suis ?", "etape_position")


def test_restarting_is_confirmed_first(walker):
    walker.say("étape 2 faite")
    walker.say("recommencer le parcours depuis le début")
    assert walker.press("Non") and "étape 2 faite" in walker.say("où j'en suis ?")
    walker.say("recommencer le parcours depuis le début")
    assert "Nous repartons" in walker.press("Oui")
    assert walker.states == ["current"] + ["todo"] * 7


def test_an_old_button_still_means_its_own_step(walker):
    walker.say("étape 2")
    old = walker.buttons
    walker.say("étape 6")
    walker.buttons = old
    assert "étape 2 faite" in walker.press("C'est fait")
    walker.buttons = old
    assert "étape 2 faite" in walker.press("C'est fait")
    assert "Étape 6 sur 8" in walker.say("répète", "ask_repeat")


@pytest.mark.parametrize("intent", ["etape_next", "etape_done", "etape_position", "etape_documents"])
def test_before_anything_begun_the_walk_is_offered(visitor, intent):
    text = visitor.say("et ensuite", intent)
    assert "Voulez-vous que je vous guide" in text
    assert visitor.context.active is None
    assert "Étape 1 sur 8" in visitor.press("Commencer")


def test_nothing_is_taken_from_others_before_it_begins(visitor):
    for text in ["suivant", "c'est fait", "5", "combien de temps ?", "le 4 avril", "quelles sont les étapes ?", "oui"]:
        assert visitor.say(text) is None, text


def test_a_step_named_opens_the_walk(visitor):
    assert "Étape 5 sur 8" in visitor.say("étape 5")


def test_a_follow_up_is_about_the_step_being_read(walker):
    walker.say("étape 5")
    assert walker.context.previous == PARCOURS[5].question


def test_days_are_those_of_france(visitor):
    # 22:30 UTC on 3 April is already the 4th in Paris: the month from 3 March is over.
    visitor.now = datetime(2022, 4, 3, 22, 30, tzinfo=timezone.utc)
    visitor.say("je commence", "etape_start")
    visitor.say("c'est fait le 3 mars 2022")
    assert "En retard" in visitor.say("où j'en suis ?")


def test_the_overview_of_the_faq_offers_the_walk_unless_it_is_open():
    catalogue = load_catalogue()
    turn = with_walk_offer(answer(["etapes_vue_ensemble"], Context(), catalogue))
    assert "guidez-moi pas à pas" in turn.says[-1].text
    assert turn.says[-1].buttons[0].title == "Être guidé pas à pas"
    visitor = Visitor()
    visitor.buttons = turn.says[-1].buttons
    assert "Étape 1 sur 8" in visitor.press("Être guidé")
    within = answer(["etapes_vue_ensemble"], visitor.context, catalogue)
    assert with_walk_offer(within) == within
    other = answer(["formation_duree"], Context(), catalogue)
    assert with_walk_offer(other) == other
