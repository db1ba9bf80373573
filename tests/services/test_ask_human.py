"""What is asked before a human: the subject, then an address only when nobody is there; both may be skipped."""

from datetime import datetime, timezone

import pytest

from bot.dispositif.comprehension import Reading
from bot.dispositif.handover import Availability
from bot.reference.faq import Catalogue, load_catalogue
from bot.services.ask_human import AskHuman
from bot.services.dialogue import Context, Incoming

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
HERE = Availability(agents=1, is_open=True, next_opening=None, holiday=None)
AWAY = Availability(agents=0, is_open=False, next_opening=datetime(2026, 3, 3, 8, 0, tzinfo=timezone.utc), holiday=None)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


class Talk:
    """A person in front of the activity alone; `self.said` is what the assistant said last."""

    def __init__(self, there, catalogue):
        self.activity, self.catalogue, self.context = AskHuman(lambda now: there), catalogue, Context()
        self.said = None

    def message(self, text, intent="faq", entities=None, channel="widget"):
        return Incoming("a" * 32, channel, text, intent, "1", Reading(text, ()), (), entities or {}, NOW)

    def begins(self, **options):
        return self._hear(
            self.activity.begin(self.message("un humain", "ask_human", **options), self.context, self.catalogue)
        )

    def says(self, text, intent="faq"):
        return self._hear(self.activity.take(self.message(text, intent), self.context))

    def presses(self, title):
        button = next(button for button in self.said.buttons if button.title == title)
        import json

        entities = json.loads(button.payload.removeprefix("/choose"))
        return self._hear(self.activity.take(self.message(title, "choose", entities), self.context))

    def _hear(self, turn):
        if turn is not None:
            self.context, self.said = turn.context, turn.says[-1]
        return turn

    @property
    def handover(self):
        return self.said.extra.get("handover")


@pytest.fixture
def here(catalogue):
    return Talk(HERE, catalogue)


@pytest.fixture
def away(catalogue):
    return Talk(AWAY, catalogue)


def test_with_someone_there_only_the_subject_is_asked(here):
    here.begins()
    assert here.handover is None
    here.says("ma convention n'est pas signée")
    assert here.handover["subject"] == "ma convention n'est pas signée"
    assert here.context.active is None


@pytest.mark.parametrize("words", ["Passer", "non", "je ne sais pas", "aucun", "oui"])
def test_the_subject_may_be_skipped_in_words(here, words):
    here.begins()
    here.says(words)
    assert here.handover["subject"] is None


def test_the_subject_may_be_skipped_by_a_button(here):
    here.begins()
    here.presses("Passer")
    assert here.handover == {"trigger": "asked", "subject": None, "email": None, "theme": None}


def test_insisting_skips_the_questions(away):
    away.begins()
    away.begins()
    assert away.handover is not None


def test_with_nobody_there_it_is_said_at_once_and_an_address_is_asked(away):
    away.begins()
    assert "prochaine ouverture demain à 9 h" in away.said.text
    away.says("ma convention")
    assert "adresse e-mail" in away.said.text and "facultatif" in away.said.text and "qu'à cela" in away.said.text
    away.says("c'est marie.durand@mairie-riom.fr merci")
    assert (away.handover["email"], away.handover["subject"]) == ("marie.durand@mairie-riom.fr", "ma convention")


@pytest.mark.parametrize("words", ["sans adresse", "j'en ai pas", "non", "pas d'email"])
def test_the_address_may_be_refused(away, words):
    away.begins()
    away.says("ma convention")
    away.says("je n'en ai pas" if words == "j'en ai pas" else words)
    assert away.handover["email"] is None


def test_a_wrong_address_is_explained_once_then_left_out(away):
    away.begins()
    away.says("ma convention")
    away.says("marie@")
    assert "n'est pas complète" in away.said.text and away.handover is None
    away.says("marie arobase riom")
    assert away.handover["email"] is None


@pytest.mark.parametrize("step", ["subject", "address"])
def test_one_may_cancel_at_each_step(away, step):
    away.begins()
    if step == "address":
        away.says("ma convention")
    away.says("annuler")
    assert away.handover is None
    assert away.context.active is None
    assert away.activity.take(away.message("autre chose"), away.context) is None


def test_what_was_open_before_is_open_again(here):
    here.context = Context().remembering("subvention", {"contrat": "CDI"})
    here.begins()
    here.says("le montant")
    assert here.context.active == "subvention"
    assert here.context.memory == {"subvention": {"contrat": "CDI"}}


@pytest.mark.parametrize(
    ("failures", "entities", "trigger"),
    [(0, {}, "asked"), (1, {}, "asked"), (2, {}, "failures"), (0, {"field": "raison", "value": "thumb"}, "thumb")],
)
def test_why_the_person_came_is_told_to_the_desk(here, failures, entities, trigger):
    here.context = Context(failures=failures)
    here.begins(entities=entities)
    here.says("le montant")
    assert here.handover["trigger"] == trigger


def test_the_theme_is_that_of_the_last_question(here, catalogue):
    question = next(iter(catalogue.questions.values()))
    here.context = Context(previous=question.key)
    here.begins()
    here.says("le montant")
    assert here.handover["theme"] == question.theme


def test_a_plain_rasa_client_gets_the_contacts(here):
    here.begins(channel="rest")
    assert "conseiller-numerique@anct.gouv.fr" in here.said.text
    assert here.context.active is None


def test_when_it_is_not_open_it_takes_nothing(here):
    assert here.says("annuler") is None
    assert here.says("marie@exemple.fr") is None


def test_after_an_interruption_the_question_comes_back(away):
    away.begins()
    assert "de quoi s'agit-il" in away.activity.resume(away.context, NOW).text
    away.says("ma convention")
    assert "adresse e-mail" in away.activity.resume(away.context, NOW).text
