"""What must never happen: each test tries to make it happen."""

import threading
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.dispositif.conversation import Owner, Reply
from bot.dispositif.handover import CloseReason, State
from bot.services.answer_message import deliver_replies
from bot.services.handover import desk
from bot.services.handover.desk import HandoverError
from bot.services.receive_message import RefusedMessage
from bot.storage.unit_of_work import UnitOfWork
from tests.services.handover_team import RULES, Team


@pytest.fixture
def team(engine, clock):
    team = Team(engine, clock)
    yield team
    team.check()


def at_once(*works):
    """Runs the works in threads that start together; their results or errors, in order."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        gate.wait()
        try:
            results[index] = work()
        except (HandoverError, RefusedMessage) as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_agents_never_own_one_conversation(team):
    agents = [team.agent(name) for name in ("Camille", "Nadia", "Léo", "Sacha")]
    for letter in "abcdef":
        conversation = team.conversation(letter)
        team.asks_for_human(conversation)
        results = at_once(*(partial(team.claim, conversation, agent) for agent in agents))
        winners = [result for result in results if not isinstance(result, HandoverError)]
        assert len(winners) == 1
        winner = next(agent for agent in agents if agent.id == winners[0].claimed_by)
        losers = [result for result in results if isinstance(result, HandoverError)]
        assert all(winner.name in str(error) for error in losers)
        assert sum("vous répond." in text for text in team.texts(conversation)) == 1


def test_a_claim_and_a_return_to_the_assistant_at_the_same_instant_leave_one_owner(team):
    agent = team.agent("Camille")
    for letter in "abcdefgh":
        conversation = team.conversation(letter)
        team.asks_for_human(conversation)
        at_once(partial(team.claim, conversation, agent), partial(team.says, conversation, "revenir à l'assistant"))
        # Whoever came first, the person wanted the assistant: claimed then left, or left then refused.
        assert team.owner(conversation) is Owner.ASSISTANT
        assert team.request(conversation).state is State.CLOSED


def test_a_close_and_a_message_of_the_person_at_the_same_instant_lose_nothing(team):
    agent = team.agent("Camille")
    for letter in "abcdefgh":
        conversation = team.conversation(letter)
        team.asks_for_human(conversation)
        team.claim(conversation, agent)
        team.writes(conversation, agent, "voilà")
        _, message = at_once(
            partial(team.close, conversation, agent), partial(team.says, conversation, "encore une question")
        )
        assert "encore une question" in team.texts(conversation)
        claim = team.takes_message()
        # Written before the close, the agent had it; written after, the assistant answers it.
        if claim:
            assert claim.message.id == message.id
            team.assistant_says("réponse", claim=claim)


def test_the_assistant_never_speaks_while_a_human_owns_the_conversation(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.says(conversation, "une question lente")
    slow = team.takes_message()
    team.does(lambda uow: uow.handovers.add(conversation, State.KEPT, team_trigger(), team.clock()))
    team.claim(conversation, agent)
    team.assistant_says("réponse en retard", claim=slow)
    assert "réponse en retard" not in team.texts(conversation)
    assert team.notes(conversation) == ["réponse en retard"]


def test_a_slow_answer_does_not_surface_after_the_conversation_came_back(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.says(conversation, "une question lente")
    slow = team.takes_message()
    team.does(lambda uow: uow.handovers.add(conversation, State.KEPT, team_trigger(), team.clock()))
    team.claim(conversation, agent)
    team.close(conversation, agent, CloseReason.HANDED_BACK)
    team.assistant_says("réponse en retard", claim=slow)
    assert "réponse en retard" not in team.texts(conversation)


def test_a_late_handover_does_not_take_a_conversation_away(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.says(conversation, "parler à un humain")
    slow = team.takes_message()
    team.does(lambda uow: uow.handovers.add(conversation, State.KEPT, team_trigger(), team.clock()))
    team.claim(conversation, agent)
    team.assistant_says("Je transmets.", {"handover": {}}, claim=slow)
    assert team.owner(conversation) is Owner.HUMAN
    assert team.request(conversation).claimed_by == agent.id


@pytest.mark.parametrize("typed", ["/restart", "/ask_human", '/choose{"a": 1}', "/revenir_assistant", "/session_start"])
def test_commands_typed_to_a_human_are_only_words(team, typed):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    team.says(conversation, typed)
    assert team.takes_message() is None
    assert team.owner(conversation) is Owner.HUMAN
    assert typed in team.texts(conversation)


def test_what_is_said_while_waiting_is_for_the_human(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.says(conversation, "parler à un humain")
    asking = team.takes_message()
    team.says(conversation, "c'est urgent")
    team.assistant_says("Je transmets.", {"handover": {}}, claim=asking)
    team.says(conversation, "mon dossier est bloqué")
    assert team.takes_message() is None
    team.claim(conversation, agent)
    texts = team.texts(conversation)
    assert texts.index("c'est urgent") < texts.index("mon dossier est bloqué")


def test_a_message_reaches_only_the_conversation_it_was_written_in(team):
    agent = team.agent("Camille")
    mine, other = team.conversation("a"), team.conversation("b")
    for conversation in (mine, other):
        team.asks_for_human(conversation)
        team.claim(conversation, agent)
    team.writes(mine, agent, "pour A")
    team.writes(other, agent, "pour B")
    assert "pour B" not in team.texts(mine)
    assert "pour A" not in team.texts(other)


@pytest.mark.parametrize("situation", ["waiting", "colleague", "closed", "assistant", "ended", "unknown"])
def test_one_cannot_write_to_a_conversation_one_does_not_hold(team, situation):
    agent, colleague = team.agent("Camille"), team.agent("Nadia")
    conversation = team.conversation()
    if situation != "assistant":
        team.asks_for_human(conversation)
    if situation == "colleague":
        team.claim(conversation, colleague)
    if situation in ("closed", "ended"):
        team.claim(conversation, agent)
    if situation == "closed":
        team.close(conversation, agent)
    if situation == "ended":
        team.does(lambda uow: uow.conversations.end(conversation, team.clock()))
    before = team.texts(conversation)
    with pytest.raises(HandoverError):
        team.writes("f" * 32 if situation == "unknown" else conversation, agent, "pour personne")
    assert team.texts(conversation) == before


def test_a_message_sent_twice_by_a_shaky_connection_is_one_message(team):
    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.claim(conversation, agent)
    results = at_once(*(lambda: team.writes(conversation, agent, "une fois", "meme-id") for _ in range(4)))
    assert sorted(doubled for _, doubled in results) == [False, True, True, True]
    assert team.texts(conversation).count("une fois") == 1


def test_a_note_is_in_no_message_and_no_transcript(team):
    from bot.services.read_conversation import transcript

    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.does(desk.add_note, conversation, agent, "cette personne est pénible", team.clock())
    with team.uow(writes=False) as uow:
        assert "pénible" not in transcript(uow, conversation)
        stored = uow.connection.execute(sa.text("SELECT text FROM messages")).scalars()
        assert not any("pénible" in text for text in stored)
        assert [note.text for note in uow.desk.notes(conversation)] == ["cette personne est pénible"]


def test_two_open_requests_in_one_conversation_are_impossible(team):
    from sqlalchemy.exc import IntegrityError

    conversation = team.conversation()
    team.asks_for_human(conversation)
    with pytest.raises(IntegrityError):
        team.does(lambda uow: uow.handovers.add(conversation, State.KEPT, team_trigger(), team.clock()))


def test_upkeep_run_by_several_processes_says_each_thing_once(team):
    team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    team.clock.advance(timedelta(minutes=16).total_seconds())
    at_once(*(team.upkeep for _ in range(4)))
    assert sum("Personne n'a pu" in text for text in team.texts(conversation)) == 1


def test_everything_at_once_keeps_order_and_owner(team):
    """Agents grab, write and let go while the person writes: every accepted message is there, once, in order."""
    agents = [team.agent(name) for name in ("Camille", "Nadia", "Léo")]
    conversation = team.conversation()
    team.asks_for_human(conversation)
    sent, lock = [], threading.Lock()

    def agent_works(agent):
        for turn in range(12):
            try:
                team.claim(conversation, agent)
                team.writes(conversation, agent, f"{agent.first_name} {turn}")
                with lock:
                    sent.append(f"{agent.first_name} {turn}")
                team.release(conversation, agent)
            except HandoverError:
                continue

    def person_works():
        for turn in range(12):
            with UnitOfWork(team.engine) as uow:
                from bot.services.receive_message import receive_message

                receive_message(uow, conversation, f"person-{turn:03}", f"personne {turn}", 2000, team.clock())

    at_once(person_works, *(lambda agent=agent: agent_works(agent) for agent in agents))
    texts = team.texts(conversation)
    assert [text for text in texts if text.startswith("personne")] == [f"personne {turn}" for turn in range(12)]
    assert sorted(
        text for text in texts if text.split()[0] in ("Camille", "Nadia", "Léo") and "," not in text
    ) == sorted(sent)
    assert sent, "someone could write"


def test_erasing_a_person_leaves_nothing_of_theirs(team):
    from bot.services.erase_conversation import erase_conversation
    from bot.storage.tables import metadata

    agent = team.agent("Camille")
    conversation = team.conversation()
    team.asks_for_human(conversation, subject="mon secret", email="secret@exemple.fr")
    team.claim(conversation, agent)
    team.writes(conversation, agent, "votre secret est noté")
    team.does(desk.add_note, conversation, agent, "note secret", team.clock())
    team.does(
        desk.describe, team.request(conversation).id, agent, team.clock(), priority=2, theme=None, tags=["secret"]
    )
    message = team.thread(conversation)[0]
    team.does(lambda uow: uow.desk.propose(conversation, message.id, "secret", None, "secret", agent.id, team.clock()))
    with team.uow() as uow:
        erase_conversation(uow, conversation)
    with team.uow(writes=False) as uow:
        for table in metadata.sorted_tables:
            for row in uow.connection.execute(table.select()).mappings():
                assert "secret" not in str(dict(row)).lower(), table.name


def team_trigger():
    from bot.dispositif.handover import Trigger

    return Trigger.ASKED


def test_replies_to_a_message_answered_meanwhile_are_dropped(team):
    conversation = team.conversation()
    team.says(conversation, "bonjour")
    claim = team.takes_message()
    team.assistant_says("Bonjour !", claim=claim)
    with team.uow() as uow:
        assert deliver_replies(uow, claim, [Reply("Je transmets.", {"handover": {}})], team.clock(), RULES) == []
    assert team.owner(conversation) is Owner.ASSISTANT
