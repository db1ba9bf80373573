"""The rules of the gateway, on both databases: persist first, dedupe, order, ownership."""

import pytest

from bot.dispositif.conversation import LEASE, MAX_ATTEMPTS, Direction, Owner, Reply, Status
from bot.services.answer_message import APOLOGY, claim_message, deliver_replies, postpone, renew_claim
from bot.services.erase_conversation import erase_conversation, erase_old_conversations
from bot.services.rate_answer import rate_answer, rate_conversation
from bot.services.read_conversation import read_thread, transcript
from bot.services.receive_message import PressedButton, RefusedMessage, receive_message
from bot.storage.unit_of_work import UnitOfWork


@pytest.fixture
def conversation(engine, clock):
    with UnitOfWork(engine) as uow:
        uow.conversations.add("a" * 32, "widget", None, clock())
        uow.commit()
    return "a" * 32


class Gateway:
    """Short names for the services, one transaction each."""

    def __init__(self, engine, clock):
        self.engine, self.clock = engine, clock

    def receive(self, conversation, said, client_id="client-id-1", limit=2000):
        with UnitOfWork(self.engine) as uow:
            return receive_message(uow, conversation, client_id, said, limit, self.clock())

    def claim(self):
        with UnitOfWork(self.engine) as uow:
            return claim_message(uow, self.clock())

    def deliver(self, claim, *replies):
        with UnitOfWork(self.engine) as uow:
            return deliver_replies(uow, claim, replies, self.clock())

    def postpone(self, claim, blame):
        with UnitOfWork(self.engine) as uow:
            return postpone(uow, claim, self.clock(), blame)

    def take_over(self, conversation, owner=Owner.HUMAN):
        with UnitOfWork(self.engine) as uow:
            version = uow.conversations.get(conversation).version
            assert uow.conversations.change_owner(conversation, owner, version, self.clock())
            uow.commit()

    def thread(self, conversation, after=0):
        with UnitOfWork(self.engine, writes=False) as uow:
            return [(m.direction.value, m.text) for m in read_thread(uow, conversation, after).messages]


@pytest.fixture
def gateway(engine, clock):
    return Gateway(engine, clock)


def test_a_message_is_stored_then_answered_once(gateway, conversation):
    gateway.receive(conversation, "bonjour")
    claim = gateway.claim()
    assert claim.message.text == "bonjour"
    gateway.deliver(claim, Reply("Bonjour !"), Reply("Que puis-je faire ?"))
    assert gateway.thread(conversation) == [("in", "bonjour"), ("out", "Bonjour !"), ("out", "Que puis-je faire ?")]
    assert gateway.claim() is None


def test_the_same_client_id_is_the_same_message(gateway, conversation):
    first = gateway.receive(conversation, "une fois")
    again = gateway.receive(conversation, "une fois")
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.message.seq == first.message.seq
    assert gateway.thread(conversation) == [("in", "une fois")]


def test_messages_of_one_conversation_are_handled_in_order(gateway, conversation):
    gateway.receive(conversation, "un", "client-id-1")
    gateway.receive(conversation, "deux", "client-id-2")
    first = gateway.claim()
    assert first.message.text == "un"
    assert gateway.claim() is None, "the second waits for the first"
    gateway.deliver(first, Reply("réponse un"))
    assert gateway.claim().message.text == "deux"


def test_conversations_do_not_wait_for_one_another(gateway, conversation, engine, clock):
    with UnitOfWork(engine) as uow:
        uow.conversations.add("b" * 32, "widget", None, clock())
        uow.commit()
    gateway.receive(conversation, "un", "client-id-1")
    gateway.receive("b" * 32, "autre", "client-id-1")
    assert {gateway.claim().message.text, gateway.claim().message.text} == {"un", "autre"}


def test_a_message_held_by_a_dead_process_is_taken_again_after_its_lease(gateway, conversation, clock):
    gateway.receive(conversation, "bonjour")
    gateway.claim()
    assert gateway.claim() is None
    clock.advance(LEASE.total_seconds() + 1)
    again = gateway.claim()
    assert (again.message.text, again.message.attempts) == ("bonjour", 2)


def test_a_message_whose_answer_takes_long_stays_with_its_worker(gateway, conversation, engine, clock):
    gateway.receive(conversation, "bonjour")
    claim = gateway.claim()
    for _ in range(4):
        clock.advance(LEASE.total_seconds() * 0.8)
        with UnitOfWork(engine) as uow:
            assert renew_claim(uow, claim, clock())
        assert gateway.claim() is None


def test_a_lost_claim_cannot_be_renewed(gateway, conversation, engine, clock):
    gateway.receive(conversation, "bonjour")
    slow = gateway.claim()
    clock.advance(LEASE.total_seconds() + 1)
    assert gateway.claim() is not None
    with UnitOfWork(engine) as uow:
        assert not renew_claim(uow, slow, clock())


def test_a_reply_that_arrives_twice_is_stored_once(gateway, conversation, clock):
    gateway.receive(conversation, "bonjour")
    slow = gateway.claim()
    clock.advance(LEASE.total_seconds() + 1)
    quick = gateway.claim()
    gateway.deliver(quick, Reply("Bonjour !"))
    assert gateway.deliver(slow, Reply("Bonjour !")) == []
    assert gateway.thread(conversation) == [("in", "bonjour"), ("out", "Bonjour !")]


def test_the_assistant_never_speaks_over_a_human(gateway, conversation, engine):
    gateway.receive(conversation, "bonjour")
    claim = gateway.claim()
    gateway.take_over(conversation)
    assert gateway.deliver(claim, Reply("trop tard")) == []
    assert gateway.thread(conversation) == [("in", "bonjour")]
    with UnitOfWork(engine, writes=False) as uow:
        note = uow.messages.at(conversation, 2)
    assert (note.direction, note.text) == (Direction.NOTE, "trop tard")


def test_a_reply_computed_before_a_takeover_and_hand_back_is_only_a_note(gateway, conversation):
    gateway.receive(conversation, "bonjour")
    claim = gateway.claim()
    gateway.take_over(conversation, Owner.HUMAN)
    gateway.take_over(conversation, Owner.ASSISTANT)
    gateway.deliver(claim, Reply("trop tard"))
    assert gateway.thread(conversation) == [("in", "bonjour")]


def test_what_is_said_to_a_human_never_goes_to_the_assistant(gateway, conversation):
    gateway.take_over(conversation)
    receipt = gateway.receive(conversation, "pour une personne")
    assert receipt.message.status is Status.DONE
    assert gateway.claim() is None


def test_a_waiting_message_is_left_to_the_human_who_takes_over(gateway, conversation):
    gateway.receive(conversation, "bonjour")
    gateway.take_over(conversation)
    assert gateway.claim() is None
    assert gateway.thread(conversation) == [("in", "bonjour")]


def test_only_one_of_two_claims_of_ownership_wins(engine, conversation, clock):
    with UnitOfWork(engine) as uow:
        assert uow.conversations.change_owner(conversation, Owner.HUMAN, 1, clock())
        assert not uow.conversations.change_owner(conversation, Owner.HUMAN, 1, clock())


def test_while_the_assistant_is_away_a_message_waits_as_long_as_it_takes(gateway, conversation, clock):
    gateway.receive(conversation, "bonjour")
    for _ in range(5 * MAX_ATTEMPTS):
        claim = gateway.claim()
        assert gateway.postpone(claim, blame=False) == []
        clock.advance(20)
    gateway.deliver(gateway.claim(), Reply("Bonjour !"))
    assert gateway.thread(conversation)[-1] == ("out", "Bonjour !")


def test_a_message_that_breaks_the_assistant_ends_with_an_apology(gateway, conversation, clock):
    gateway.receive(conversation, "poison")
    for _ in range(MAX_ATTEMPTS):
        gateway.postpone(gateway.claim(), blame=True)
        clock.advance(60)
    assert gateway.claim() is None
    assert gateway.thread(conversation)[-1] == ("out", APOLOGY.text)


def test_a_button_sends_its_payload_and_shows_its_title(gateway, conversation):
    gateway.receive(conversation, "aide")
    buttons = [{"title": "Formation", "payload": '/show_theme{"theme": "formation"}'}]
    gateway.deliver(gateway.claim(), Reply("Quel thème ?", {"buttons": buttons}))
    receipt = gateway.receive(conversation, PressedButton(2, 0), "client-id-2")
    assert (receipt.message.text, receipt.message.payload) == ("Formation", buttons[0]["payload"])


@pytest.mark.parametrize(
    "pressed", [PressedButton(2, 1), PressedButton(2, -1), PressedButton(1, 0), PressedButton(99, 0)]
)
def test_a_button_that_was_never_offered_is_refused(gateway, conversation, pressed):
    gateway.receive(conversation, "aide")
    gateway.deliver(gateway.claim(), Reply("Quel thème ?", {"buttons": [{"title": "a", "payload": "/a"}]}))
    with pytest.raises(RefusedMessage) as refusal:
        gateway.receive(conversation, pressed, "client-id-2")
    assert refusal.value.code == "unknown_button"


@pytest.mark.parametrize(
    ("said", "code"),
    [("", "empty"), (" \n\t ", "empty"), ("\x00\x07", "empty"), ("x" * 2001, "too_long")],
    ids=["nothing", "spaces", "control", "huge"],
)
def test_empty_and_huge_messages_are_refused_with_a_sentence(gateway, conversation, said, code):
    with pytest.raises(RefusedMessage) as refusal:
        gateway.receive(conversation, said)
    assert refusal.value.code == code
    assert refusal.value.sentence.endswith(".")


def test_control_characters_are_dropped_and_the_rest_is_kept(gateway, conversation):
    receipt = gateway.receive(conversation, "  dure\u0301e\x00 ?\nmerci 🙂\u202e ")
    assert receipt.message.text == "durée ?\nmerci 🙂\u202e"


def test_nothing_enters_a_conversation_that_is_over(gateway, conversation, engine, clock):
    with UnitOfWork(engine) as uow:
        uow.conversations.end(conversation, clock())
        uow.commit()
    with pytest.raises(RefusedMessage) as refusal:
        gateway.receive(conversation, "encore là ?")
    assert refusal.value.code == "ended"


def test_the_last_rating_of_an_answer_counts(gateway, conversation, engine, clock):
    gateway.receive(conversation, "durée ?")
    gateway.deliver(gateway.claim(), Reply("105 heures", {"question": "formation_duree"}))
    for value in (1, -1):
        with UnitOfWork(engine) as uow:
            rate_answer(uow, conversation, 2, value, "pas clair", clock())
    with UnitOfWork(engine, writes=False) as uow:
        assert read_thread(uow, conversation).ratings == {2: -1}


@pytest.mark.parametrize(("seq", "value"), [(1, 1), (7, 1), (2, 0), (2, 5)])
def test_only_answers_are_rated_and_only_by_a_thumb(gateway, conversation, engine, clock, seq, value):
    gateway.receive(conversation, "durée ?")
    gateway.deliver(gateway.claim(), Reply("105 heures"))
    with UnitOfWork(engine) as uow, pytest.raises(RefusedMessage):
        rate_answer(uow, conversation, seq, value, None, clock())


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_conversation_is_rated_from_one_to_five(engine, conversation, clock, score):
    with UnitOfWork(engine) as uow:
        rate_conversation(uow, conversation, 5, "merci", clock())
    with UnitOfWork(engine) as uow, pytest.raises(RefusedMessage):
        rate_conversation(uow, conversation, score, None, clock())


def test_the_transcript_has_every_message_and_no_note(gateway, conversation, engine):
    gateway.receive(conversation, "bonjour")
    claim = gateway.claim()
    gateway.take_over(conversation)
    gateway.deliver(claim, Reply("note interne"))
    with UnitOfWork(engine, writes=False) as uow:
        text = transcript(uow, conversation)
    assert "bonjour" in text
    assert "note interne" not in text


def test_erasing_leaves_nothing(gateway, conversation, engine):
    gateway.receive(conversation, "mon secret")
    with UnitOfWork(engine) as uow:
        erase_conversation(uow, conversation)
    with UnitOfWork(engine, writes=False) as uow:
        assert uow.conversations.get(conversation) is None
        assert uow.messages.find(conversation, "client-id-1") is None


def test_only_conversations_older_than_the_retention_are_purged(gateway, conversation, engine, clock):
    from datetime import timedelta

    clock.advance(40 * 86400)
    with UnitOfWork(engine) as uow:
        uow.conversations.add("c" * 32, "widget", None, clock())
        uow.commit()
    with UnitOfWork(engine) as uow:
        assert erase_old_conversations(uow, timedelta(days=30), clock()) == 1
    with UnitOfWork(engine, writes=False) as uow:
        assert uow.conversations.get(conversation) is None
        assert uow.conversations.get("c" * 32) is not None


UNDERSTOOD = {
    "verdict": "reformuler",
    "question": None,
    "candidates": [["faq/formation_duree", 0.2], ["faq/formation_date", 0.15]],
    "model": "abc.tar.gz",
}


def test_how_a_message_was_understood_is_kept_beside_it_and_never_shown(gateway, conversation, engine):
    gateway.receive(conversation, "combien de semaines de ski ?")
    claim = gateway.claim()
    stored = gateway.deliver(
        claim, Reply("Dites-le autrement.", {"understanding": UNDERSTOOD, "kind": "x"}), Reply("Ou bien :")
    )
    assert [dict(message.content) for message in stored] == [{"kind": "x"}, {}]
    with UnitOfWork(engine, writes=False) as uow:
        understood = uow.understandings.of_conversation(conversation)[claim.message.id]
    assert (understood.verdict, understood.model) == ("reformuler", "abc.tar.gz")
    assert understood.candidates[0] == ("faq/formation_duree", 0.2)
    assert understood.margin == pytest.approx(0.05)


def test_an_erased_conversation_forgets_how_it_was_understood(gateway, conversation, engine):
    gateway.receive(conversation, "bonjour")
    claim = gateway.claim()
    gateway.deliver(claim, Reply("Bonjour !", {"understanding": UNDERSTOOD}))
    with UnitOfWork(engine) as uow:
        erase_conversation(uow, conversation)
    with UnitOfWork(engine, writes=False) as uow:
        assert uow.understandings.get(claim.message.id) is None
