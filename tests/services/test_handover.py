"""From the assistant to a human and back, on both databases. The clock starts on a working Monday at 10:00 in Paris."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.dispositif.conversation import Owner, Status
from bot.dispositif.handover import CloseReason, State
from bot.services.handover import desk
from bot.services.handover.desk import HandoverError
from tests.services.handover_team import Team


@pytest.fixture
def team(engine, clock):
    team = Team(engine, clock)
    yield team
    team.check()


def test_with_someone_there_the_person_waits_and_knows_their_place(team):
    team.agent("Camille")
    first, second = team.conversation("a"), team.conversation("b")
    team.asks_for_human(first, subject="ma convention")
    team.asks_for_human(second)
    assert team.owner(first) is Owner.WAITING
    assert "Vous êtes le prochain dans la file." in team.last(first)
    assert "en position 2 dans la file" in team.last(second)
    assert team.request(first).subject == "ma convention"


def test_the_owner_changes_with_the_reply_or_not_at_all(team, monkeypatch):
    team.agent("Camille")
    conversation = team.conversation()

    def fail(*_arguments, **_options):
        raise ConnectionError

    monkeypatch.setattr("bot.services.handover.request.tell", fail)
    with pytest.raises(ConnectionError):
        team.asks_for_human(conversation)
    assert team.texts(conversation) == ["parler à un humain"]
    assert team.owner(conversation) is Owner.ASSISTANT
    assert team.request(conversation) is None


def test_what_is_asked_of_the_gateway_travels_no_further(team):
    team.agent("Camille")
    conversation = team.conversation()
    [stored] = team.asks_for_human(conversation, email="x@exemple.fr")
    assert "handover" not in stored.content


def test_with_nobody_there_nothing_is_promised_and_the_assistant_goes_on(team):
    conversation = team.conversation()
    team.asks_for_human(conversation)
    assert team.request(conversation).state is State.KEPT
    assert "Aucun agent n'est disponible pour le moment." in team.last(conversation)
    assert "file" not in team.last(conversation)
    team.says(conversation, "combien pour un CDI ?")
    team.assistant_says("50 000 €")
    assert team.last(conversation) == "50 000 €"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # Good Friday is no holiday in mainland France; Easter Monday is.
        (datetime(2026, 4, 6, 8, 0, tzinfo=timezone.utc), "férié aujourd'hui (Lundi de Pâques)"),
        (datetime(2026, 4, 6, 8, 0, tzinfo=timezone.utc), "prochaine ouverture demain à 9 h"),
        (datetime(2026, 3, 6, 18, 0, tzinfo=timezone.utc), "prochaine ouverture lundi 9 mars à 9 h"),
        (datetime(2026, 3, 2, 11, 45, tzinfo=timezone.utc), "prochaine ouverture aujourd'hui à 13 h 30"),
        (datetime(2026, 3, 2, 5, 0, tzinfo=timezone.utc), "prochaine ouverture aujourd'hui à 9 h"),
        # 1 May 2026 is a Friday: the week-end follows.
        (datetime(2026, 4, 30, 18, 0, tzinfo=timezone.utc), "prochaine ouverture lundi 4 mai à 9 h"),
    ],
)
def test_out_of_hours_one_is_told_when_even_if_an_agent_left_their_desk_open(team, clock, moment, said):
    clock.now = moment
    team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    assert team.owner(conversation) is Owner.ASSISTANT
    assert said in team.last(conversation)


def test_an_email_is_only_kept_when_it_is_one(team):
    first, second = team.conversation("a"), team.conversation("b")
    team.asks_for_human(first, email="Marie@Exemple.FR")
    team.asks_for_human(second, email="rappelez-moi")
    assert "vous répondra à marie@exemple.fr" in team.last(first)
    assert team.request(second).email is None


def test_asking_twice_keeps_one_request_and_its_place(team):
    team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation, subject="première fois")
    team.presses(conversation, "Revenir à l'assistant")
    team.asks_for_human(conversation)
    with team.uow(writes=False) as uow:
        assert len(uow.handovers.of_conversation(conversation)) == 2
        assert uow.handovers.open_of(conversation).state is State.WAITING


def test_a_kept_request_asked_again_when_someone_is_there_becomes_live(team):
    conversation = team.conversation()
    team.asks_for_human(conversation, subject="ma convention")
    team.agent("Camille")
    team.asks_for_human(conversation)
    assert team.request(conversation).state is State.WAITING
    assert team.request(conversation).subject == "ma convention"


def test_the_wait_is_estimated_from_recent_ones_and_never_invented(team):
    agent = team.agent("Camille")
    for number in range(5):
        conversation = team.conversation("bcdef"[number])
        team.asks_for_human(conversation)
        team.claim(conversation, agent)
        team.writes(conversation, agent, "voilà")
        team.clock.advance(240)
        team.at_desk(agent)
        team.close(conversation, agent)
    conversation = team.conversation("a")
    team.asks_for_human(conversation)
    assert "environ 4 minutes" in team.last(conversation)


def test_an_agent_takes_writes_and_closes_and_the_assistant_goes_on(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    assert "Camille" in team.last(conversation)
    team.says(conversation, "bonjour Camille")
    team.writes(conversation, agent, "Bonjour ! Votre convention est signée.")
    message = team.thread(conversation)[-1]
    assert (message.author.value, message.content["agent"], message.status) == ("human", "Camille", Status.QUEUED)
    team.close(conversation, agent)
    team.says(conversation, "et la subvention ?")
    team.assistant_says("50 000 €")
    assert team.last(conversation) == "50 000 €"
    assert team.owner(conversation) is Owner.ASSISTANT


def test_the_rating_after_a_human_is_one_tap_and_stored_once(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.writes(conversation, agent, "voilà")
    team.close(conversation, agent)
    team.presses(conversation, "4 – Satisfait")
    assert team.request(conversation).rating == 4
    assert team.takes_message() is None, "the assistant never hears of it"


def test_without_an_answer_nobody_is_asked_to_rate_it(team):
    team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.presses(conversation, "Revenir à l'assistant")
    titles = [button["title"] for button in team.thread(conversation)[-1].buttons]
    assert titles == ["Parler de nouveau à une personne"]


@pytest.mark.parametrize("words", ["revenir à l'assistant", "Retour à l’assistant !", "je veux revenir au robot"])
@pytest.mark.parametrize("claimed", [False, True])
def test_the_person_goes_back_to_the_assistant_whenever_they_want(team, words, claimed):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    if claimed:
        team.claim(conversation, agent)
    team.says(conversation, words)
    assert team.owner(conversation) is Owner.ASSISTANT
    assert team.request(conversation).close_reason is CloseReason.USER_LEFT
    assert team.takes_message() is None


def test_the_same_words_to_the_assistant_are_an_ordinary_message(team):
    conversation = team.conversation()
    team.says(conversation, "revenir à l'assistant")
    assert team.takes_message().message.text == "revenir à l'assistant"


def test_an_old_button_does_no_harm(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.close(conversation, agent)
    team.presses(conversation, "Revenir à l'assistant")
    assert team.last(conversation) == "Vous êtes déjà avec l'assistant. Quelle est votre question ?"


def test_a_closed_request_is_reopened_by_the_person(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.close(conversation, agent)
    team.presses(conversation, "Parler de nouveau à une personne")
    assert team.request(conversation).state is State.WAITING
    assert team.owner(conversation) is Owner.WAITING


def test_a_closed_request_is_reopened_by_an_agent_who_then_holds_it(team):
    agent, other = team.agent("Camille"), team.agent("Nadia")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.close(conversation, agent)
    team.does(desk.reopen, team.request(conversation).id, other, team.clock())
    team.writes(conversation, other, "J'ai oublié un point.")
    assert team.last(conversation) == "J'ai oublié un point."


def test_a_transfer_goes_to_someone_who_is_there(team):
    agent, there, away = team.agent("Camille"), team.agent("Nadia"), team.agent("Léo", available=False)
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    with pytest.raises(HandoverError, match="pas disponible"):
        team.transfer(conversation, agent, away)
    team.transfer(conversation, agent, there)
    with pytest.raises(HandoverError, match="Nadia Martin répond"):
        team.writes(conversation, agent, "encore moi")
    team.writes(conversation, there, "Bonjour, c'est Nadia.")
    assert "encore moi" not in team.texts(conversation)


def test_set_aside_comes_back_when_the_person_writes(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    until = team.clock() + timedelta(hours=3)
    team.does(desk.set_aside, team.request(conversation).id, agent, until, team.clock())
    assert team.request(conversation).is_set_aside(team.clock())
    team.says(conversation, "j'ai retrouvé le papier")
    assert not team.request(conversation).is_set_aside(team.clock())


@pytest.mark.parametrize("until", [timedelta(minutes=-1), timedelta(0), timedelta(days=32)])
def test_set_aside_until_a_sensible_time(team, until):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    with pytest.raises(HandoverError):
        team.does(desk.set_aside, team.request(conversation).id, agent, team.clock() + until, team.clock())


# Nobody does anything


def test_an_agent_who_vanishes_gives_back_what_they_hold(team):
    agent, other = team.agent("Camille"), team.agent("Nadia")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.passes(other, seconds=240)
    assert team.request(conversation).state is State.WAITING
    assert "a été déconnectée" in team.last(conversation)
    with pytest.raises(HandoverError):
        team.writes(conversation, agent, "me revoilà")


def test_an_agent_who_is_there_keeps_what_they_hold(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.passes(agent, minutes=10)
    assert team.request(conversation).claimed_by == agent.id


def test_what_is_set_aside_survives_the_night(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.does(desk.set_aside, team.request(conversation).id, agent, team.clock() + timedelta(hours=23), team.clock())
    team.passes(hours=1)
    assert team.request(conversation).claimed_by == agent.id


def test_nobody_is_left_in_a_silent_queue(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.passes(agent, minutes=16)
    assert team.request(conversation).state is State.KEPT
    assert team.owner(conversation) is Owner.ASSISTANT
    assert "Personne n'a pu vous répondre" in team.last(conversation)
    team.claim(conversation, agent)
    assert team.owner(conversation) is Owner.HUMAN


def test_when_the_last_agent_leaves_those_who_wait_are_told_at_once(team):
    team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.passes(minutes=3)
    assert team.request(conversation).state is State.KEPT


def test_an_unclaimed_request_rings_once(team, caplog):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.passes(agent, minutes=12)
    assert team.request(conversation).alarmed_at
    assert len([record for record in caplog.records if "request_unclaimed" in record.message]) == 1


def test_silence_is_warned_about_then_closed_and_never_swallows_a_message(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.writes(conversation, agent, "Quel est votre SIRET ?")
    team.passes(agent, minutes=21)
    assert "toujours là" in team.last(conversation)
    assert team.owner(conversation) is Owner.HUMAN
    team.passes(agent, minutes=11)
    assert team.request(conversation).close_reason is CloseReason.SILENCE
    team.says(conversation, "pardon, j'étais sorti")
    team.assistant_says("Je vous écoute.")
    assert team.last(conversation) == "Je vous écoute."


def test_a_word_after_the_warning_keeps_the_conversation_open(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.writes(conversation, agent, "Quel est votre SIRET ?")
    team.passes(agent, minutes=21)
    team.says(conversation, "je cherche")
    team.passes(agent, minutes=60)
    assert team.owner(conversation) is Owner.HUMAN


def test_a_person_who_waits_for_an_answer_is_never_closed_for_silence(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.passes(agent, hours=1)
    assert team.owner(conversation) is Owner.HUMAN
