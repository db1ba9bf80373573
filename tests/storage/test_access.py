from datetime import timedelta

from bot.dispositif.access import Attempts, Kind, Method, Purpose
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork
from tests.storage.test_structures import add_structure

A_HASH = "a" * 64


def test_one_person_at_a_time_is_behind_a_chat(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock())
        conseiller = uow.conseillers.of_structure(structure_id)[0]
        uow.identities.link("telegram", "42", Kind.STRUCTURE, Method.CODE, clock(), structure_id=structure_id)
        uow.identities.link("telegram", "42", Kind.CONSEILLER, Method.INVITATION, clock(), conseiller_id=conseiller.id)
        identity = uow.identities.get("telegram", "42")
        assert (identity.kind, identity.structure_id, identity.conseiller_id) == (
            Kind.CONSEILLER,
            None,
            conseiller.id,
        )
        assert uow.identities.get("widget", "42") is None
        assert [i.external_id for i in uow.identities.of_conseiller(conseiller.id)] == ["42"]
        assert uow.identities.unlink("telegram", "42")
        assert not uow.identities.unlink("telegram", "42")


def test_an_identity_lives_until_silence_or_its_end(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock())
        end = clock() + timedelta(hours=8)
        uow.identities.link(
            "widget", "c", Kind.STRUCTURE, Method.CODE, clock(), structure_id=structure_id, expires_at=end
        )
        silence = timedelta(minutes=30)
        identity = uow.identities.get("widget", "c")
        assert identity.is_live(clock() + timedelta(minutes=29), silence)
        assert not identity.is_live(clock() + timedelta(minutes=30), silence)
        uow.identities.touch(identity.id, clock() + timedelta(minutes=29))
        identity = uow.identities.get("widget", "c")
        assert identity.is_live(clock() + timedelta(minutes=50), silence)
        assert not identity.is_live(end, None)


def test_a_code_is_used_once(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock())
        end = clock() + timedelta(days=7)
        code = uow.access_codes.add(A_HASH, Purpose.STRUCTURE, "cli", clock(), end, structure_id=structure_id)
        assert uow.access_codes.hashes_of_structure(structure_id, clock()) == [(code, A_HASH)]
        assert uow.access_codes.by_hash(A_HASH).is_usable(clock())
        assert uow.access_codes.use(code, clock())
        assert not uow.access_codes.use(code, clock())
        assert uow.access_codes.hashes_of_structure(structure_id, clock()) == []
        assert not uow.access_codes.get(code).is_usable(clock())


def test_an_expired_or_revoked_code_opens_nothing(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock())
        end = clock() + timedelta(days=7)
        code = uow.access_codes.add(A_HASH, Purpose.STRUCTURE, "cli", clock(), end, structure_id=structure_id)
        assert not uow.access_codes.use(code, end)
        assert uow.access_codes.hashes_of_structure(structure_id, end) == []
        assert uow.access_codes.revoke(clock(), structure_id=structure_id) == 1
        assert not uow.access_codes.use(code, clock())


def test_a_conseiller_code_does_not_open_a_structure(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock())
        end = clock() + timedelta(days=7)
        uow.access_codes.add(A_HASH, Purpose.CONSEILLER, "cli", clock(), end, structure_id=structure_id)
        assert uow.access_codes.hashes_of_structure(structure_id, clock()) == []


def test_attempts_are_kept_by_scope_and_forgotten(engine, clock):
    with UnitOfWork(engine) as uow:
        uow.attempts.put("siret", A_HASH, Attempts(1, clock(), None))
        uow.attempts.put("siret", A_HASH, Attempts(2, clock(), clock() + timedelta(minutes=5)))
        assert uow.attempts.get("conversation", A_HASH) is None
        assert uow.attempts.get("siret", A_HASH).failures == 2
        assert uow.attempts.get("siret", A_HASH).is_locked(clock() + timedelta(minutes=4))
        assert not uow.attempts.get("siret", A_HASH).is_locked(clock() + timedelta(minutes=5))
        uow.attempts.forget("siret", A_HASH)
        assert uow.attempts.get("siret", A_HASH) is None


def test_the_audit_log_tells_who_did_what_the_latest_first(engine, clock):
    with UnitOfWork(engine) as uow:
        actor = Actor("structure", "7")
        uow.audit.write(actor, "dossier.lu", "structure", 7, clock(), "conv")
        uow.audit.write(Actor("cli"), "acces.emis", "structure", 7, clock.advance(60))
        uow.audit.write(actor, "dossier.lu", "structure", 8, clock())
        assert [entry.action for entry in uow.audit.on("structure", 7)] == ["acces.emis", "dossier.lu"]
        assert [entry.subject_id for entry in uow.audit.by(actor)] == ["8", "7"]
        assert uow.audit.on("structure", 7)[1].conversation_id == "conv"
