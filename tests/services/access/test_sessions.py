"""SIRET and code: single use, expiring, locked after failures, and the same answer whatever was wrong."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.dispositif.access import LOCKS, Method
from bot.services.access.codes import (
    UnknownOwner,
    issue_conseiller_code,
    issue_structure_code,
    revoke_structure_codes,
)
from bot.services.access.keys import AccessKeys
from bot.services.access.sessions import (
    Outcome,
    Place,
    SessionRules,
    close_session,
    current_identity,
    open_by_token,
    place_of,
    verify_code,
)
from bot.services.erase_conversation import erase_conversation
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork
from tests.storage.test_structures import add_structure

KEYS = AccessKeys("k" * 32)
RULES = SessionRules()
SIRET, OTHER, UNKNOWN = "00000000000018", "00000000000026", "00000000000034"
DAYS = timedelta(days=14)
CLI = Actor("cli")


class Door:
    """Short names for the services, one transaction each."""

    def __init__(self, engine, clock):
        self.engine, self.clock = engine, clock
        with UnitOfWork(engine) as uow:
            self.structure_id = add_structure(uow, SIRET, clock())
            self.other_id = add_structure(uow, OTHER, clock())
            uow.commit()

    def place(self, conversation="a" * 32):
        return Place(conversation, "widget", conversation)

    def issue(self, siret=SIRET):
        with UnitOfWork(self.engine) as uow:
            return issue_structure_code(uow, KEYS, siret, CLI, DAYS, self.clock()).code

    def enter(self, siret, code, conversation="a" * 32, proof=None):
        place = self.place(conversation)
        proof = KEYS.proof(place.conversation_id, KEYS.hash_code(code)) if proof is None else proof
        with UnitOfWork(self.engine) as uow:
            return verify_code(uow, KEYS, RULES, place, siret, proof, self.clock()).outcome

    def who(self, conversation="a" * 32):
        with UnitOfWork(self.engine) as uow:
            identity = current_identity(uow, RULES, self.place(conversation), self.clock())
            uow.commit()
        return identity and identity.structure_id

    def audited(self, structure_id):
        with UnitOfWork(self.engine, writes=False) as uow:
            return [entry.action for entry in uow.audit.on("structure", structure_id)]


@pytest.fixture
def door(engine, clock):
    return Door(engine, clock)


def test_the_right_code_opens_the_structure_it_was_issued_for(door):
    code = door.issue()
    assert door.who() is None
    assert door.enter(SIRET, code) is Outcome.GRANTED
    assert door.who() == door.structure_id
    assert door.who("b" * 32) is None
    assert door.audited(door.structure_id) == ["acces.ouvert", "acces.emis"]


def test_a_code_opens_once(door):
    code = door.issue()
    assert door.enter(SIRET, code) is Outcome.GRANTED
    assert door.enter(SIRET, code, "b" * 32) is Outcome.REFUSED
    assert door.who("b" * 32) is None


def test_a_code_does_not_open_another_structure_and_survives_the_mistake(door):
    code = door.issue()
    assert door.enter(OTHER, code) is Outcome.REFUSED
    assert door.enter(SIRET, code) is Outcome.GRANTED


def test_what_stood_for_a_code_elsewhere_opens_nothing_here(door):
    code = door.issue()
    stolen = KEYS.proof("b" * 32, KEYS.hash_code(code))
    assert door.enter(SIRET, code, proof=stolen) is Outcome.REFUSED
    assert door.enter(SIRET, code, proof=KEYS.hash_code(code)) is Outcome.REFUSED
    assert door.enter(SIRET, code, proof="") is Outcome.REFUSED


def test_an_expired_or_revoked_code_opens_nothing(door, clock):
    old = door.issue()
    clock.advance(DAYS.total_seconds())
    assert door.enter(SIRET, old) is Outcome.REFUSED
    revoked = door.issue()
    with UnitOfWork(door.engine) as uow:
        assert revoke_structure_codes(uow, SIRET, CLI, clock()) == 2
    assert door.enter(SIRET, revoked) is Outcome.REFUSED


def test_a_conseiller_invitation_does_not_open_the_file(door, clock):
    with UnitOfWork(door.engine) as uow:
        conseiller = uow.conseillers.of_structure(door.structure_id)[0]
        code = issue_conseiller_code(uow, KEYS, conseiller.id, CLI, DAYS, clock()).code
    assert door.enter(SIRET, code) is Outcome.REFUSED


def test_inviting_again_revokes_the_previous_invitation(door, clock):
    with UnitOfWork(door.engine) as uow:
        conseiller = uow.conseillers.of_structure(door.structure_id)[0]
        first = issue_conseiller_code(uow, KEYS, conseiller.id, CLI, DAYS, clock()).code
    with UnitOfWork(door.engine) as uow:
        second = issue_conseiller_code(uow, KEYS, conseiller.id, CLI, DAYS, clock()).code
    with UnitOfWork(door.engine, writes=False) as uow:
        assert not uow.access_codes.by_hash(KEYS.hash_code(first)).is_usable(clock())
        assert uow.access_codes.by_hash(KEYS.hash_code(second)).is_usable(clock())


def test_an_unknown_siret_and_a_wrong_code_get_the_same_answer_and_the_same_statements(door):
    door.issue()
    seen = []
    for siret, conversation in ((SIRET, "c" * 32), (UNKNOWN, "d" * 32)):
        statements = []

        def note(_c, _cur, statement, *_rest, into=statements):
            into.append(statement)

        sa.event.listen(door.engine, "before_cursor_execute", note)
        assert door.enter(siret, "K7PM-42QX-9FRT", conversation) is Outcome.REFUSED
        sa.event.remove(door.engine, "before_cursor_execute", note)
        seen.append(statements)
    assert seen[0] == seen[1]


def test_a_conversation_is_locked_after_failures_even_with_the_right_code(door, clock):
    code = door.issue()
    for _ in range(LOCKS["conversation"].failures):
        assert door.enter(OTHER, "K7PM-42QX-9FRT") is Outcome.REFUSED
    assert door.enter(SIRET, code) is Outcome.LOCKED
    clock.advance(LOCKS["conversation"].duration.total_seconds())
    assert door.enter(SIRET, code) is Outcome.GRANTED


@pytest.mark.parametrize("siret", [SIRET, UNKNOWN])
def test_a_siret_known_or_not_is_locked_after_failures_from_anywhere(door, siret):
    for number in range(LOCKS["siret"].failures):
        assert door.enter(siret, "K7PM-42QX-9FRT", f"{number:032}") is Outcome.REFUSED
    assert door.enter(siret, "K7PM-42QX-9FRT", "e" * 32) is Outcome.LOCKED


def test_failures_are_forgotten_after_their_window_and_after_a_success(door, clock):
    for _ in range(LOCKS["conversation"].failures - 1):
        door.enter(SIRET, "K7PM-42QX-9FRT")
    clock.advance(LOCKS["conversation"].window.total_seconds())
    assert door.enter(SIRET, "K7PM-42QX-9FRT") is Outcome.REFUSED
    assert door.enter(SIRET, door.issue()) is Outcome.GRANTED
    for _ in range(LOCKS["conversation"].failures):
        assert door.enter(SIRET, "K7PM-42QX-9FRT") is Outcome.REFUSED


def test_a_session_ends_after_silence(door, clock):
    door.enter(SIRET, door.issue())
    clock.advance(RULES.inactivity.total_seconds() - 1)
    assert door.who() == door.structure_id
    clock.advance(RULES.inactivity.total_seconds())
    assert door.who() is None
    assert "acces.expire" in door.audited(door.structure_id)


def test_a_session_ends_at_the_latest_after_its_longest_duration(door, clock):
    door.enter(SIRET, door.issue())
    for _ in range(int(RULES.longest / timedelta(minutes=20))):
        assert door.who() == door.structure_id
        clock.advance(20 * 60)
    assert door.who() is None


def test_signing_out_forgets_who_is_there(door, clock):
    door.enter(SIRET, door.issue())
    with UnitOfWork(door.engine) as uow:
        assert not close_session(uow, door.place(), clock(), Method.JETON)
        assert close_session(uow, door.place(), clock())
    with UnitOfWork(door.engine) as uow:
        assert not close_session(uow, door.place(), clock())
    assert door.who() is None
    assert door.audited(door.structure_id)[0] == "acces.ferme"


def test_the_host_site_opens_a_known_structure_and_names_the_contact(door, clock):
    with UnitOfWork(door.engine) as uow:
        assert open_by_token(uow, RULES, door.place(), SIRET, f"INES@{SIRET}.example", clock())
    with UnitOfWork(door.engine) as uow:
        identity = current_identity(uow, RULES, door.place(), clock())
        assert identity.structure_id == door.structure_id and identity.contact_id
        assert not open_by_token(uow, RULES, door.place("b" * 32), UNKNOWN, None, clock())
    assert door.who("b" * 32) is None


def test_erasing_a_conversation_forgets_who_was_there(door, clock):
    with UnitOfWork(door.engine) as uow:
        uow.conversations.add("a" * 32, "widget", None, clock())
        uow.commit()
    door.enter(SIRET, door.issue())
    with UnitOfWork(door.engine) as uow:
        erase_conversation(uow, "a" * 32)
    assert door.who() is None


def test_on_telegram_the_chat_holds_the_identity_not_the_conversation(door, clock):
    with UnitOfWork(door.engine) as uow:
        uow.conversations.add("t" * 32, "telegram", "4242", clock())
        assert place_of(uow, "t" * 32, "telegram") == Place("t" * 32, "telegram", "4242")
        assert place_of(uow, "inconnue", "rest") == Place("inconnue", "rest", "inconnue")
        # Two long names that begin alike are two people.
        assert place_of(uow, "x" * 64 + "a", "rest") != place_of(uow, "x" * 64 + "b", "rest")
        assert len(place_of(uow, "x" * 200, "rest").external_id) == 64


def test_no_code_is_issued_for_nobody(door, clock):
    with UnitOfWork(door.engine) as uow:
        with pytest.raises(UnknownOwner):
            issue_structure_code(uow, KEYS, UNKNOWN, CLI, DAYS, clock())
        with pytest.raises(UnknownOwner):
            issue_conseiller_code(uow, KEYS, 999, CLI, DAYS, clock())


def test_no_code_can_be_read_in_the_database(door):
    code = door.issue()
    with door.engine.connect() as connection:
        for table in ("access_codes", "audit_log", "identities", "access_attempts"):
            for row in connection.execute(sa.text(f"SELECT * FROM {table}")):
                assert code not in str(tuple(row)) and code.replace("-", "") not in str(tuple(row))
