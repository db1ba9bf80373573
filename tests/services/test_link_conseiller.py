"""An invitation links one chat to one person, once; everything else is refused with the same sentence."""

from concurrent.futures import ThreadPoolExecutor

from bot.services.link_conseiller import (
    LOCKED,
    REFUSED,
    is_invitation,
    linked_conseiller,
    unlink_conseiller,
    unlink_everywhere,
)
from bot.storage.unit_of_work import UnitOfWork
from tests.services.telegram_people import (
    KEYS,
    SUPPORT,
    add_conseiller,
    invite,
    link,
    linked_chat,
    open_telegram,
)


def who(engine, conversation_id, today=None):
    with UnitOfWork(engine, writes=False) as uow:
        return linked_conseiller(uow, conversation_id, today)


def test_an_invitation_links_the_chat(engine, clock):
    conseiller = add_conseiller(engine, clock())
    chat = open_telegram(engine, clock())
    assert who(engine, chat) is None
    linking = link(engine, chat, invite(engine, conseiller, clock()), clock())
    assert linking.sentence.startswith("Bonjour Camille")
    assert who(engine, chat) == conseiller


def test_a_code_is_read_whatever_its_case_and_separators(engine, clock):
    conseiller = add_conseiller(engine, clock())
    code = invite(engine, conseiller, clock())
    assert link(engine, open_telegram(engine, clock()), code.lower().replace("-", " "), clock()).conseiller


def test_a_forwarded_invitation_that_was_used_is_refused(engine, clock):
    conseiller = add_conseiller(engine, clock())
    code = invite(engine, conseiller, clock())
    first, second = open_telegram(engine, clock(), "1"), open_telegram(engine, clock(), "2")
    assert link(engine, first, code, clock()).conseiller
    assert link(engine, second, code, clock()).sentence == REFUSED
    assert who(engine, second) is None
    assert who(engine, first) == conseiller


def test_of_two_chats_that_use_a_code_at_once_one_wins(engine, clock):
    conseiller = add_conseiller(engine, clock())
    code = invite(engine, conseiller, clock())
    chats = [open_telegram(engine, clock(), str(number)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        linkings = list(pool.map(lambda chat: link(engine, chat, code, clock()), chats))
    assert sum(linking.conseiller is not None for linking in linkings) == 1
    assert sum(who(engine, chat) is not None for chat in chats) == 1


def test_an_expired_invitation_is_refused(engine, clock):
    code = invite(engine, add_conseiller(engine, clock()), clock(), days=1)
    clock.advance(86401)
    assert link(engine, open_telegram(engine, clock()), code, clock()).sentence == REFUSED


def test_a_new_invitation_cancels_the_former(engine, clock):
    conseiller = add_conseiller(engine, clock())
    former, code = invite(engine, conseiller, clock()), invite(engine, conseiller, clock())
    chat = open_telegram(engine, clock())
    assert link(engine, chat, former, clock()).sentence == REFUSED
    assert link(engine, chat, code, clock()).conseiller == conseiller


def test_guessing_locks_the_chat_even_for_a_right_code(engine, clock):
    code = invite(engine, add_conseiller(engine, clock()), clock())
    chat = open_telegram(engine, clock())
    for _ in range(5):
        assert link(engine, chat, "B2B2-C3C3-D4D4", clock()).sentence == REFUSED
    assert link(engine, chat, code, clock()).sentence == LOCKED
    clock.advance(16 * 60)
    assert link(engine, chat, code, clock()).conseiller


def test_one_person_per_chat_and_the_invitation_stays_good_for_the_other(engine, clock):
    chat, camille = linked_chat(engine, clock())
    other = add_conseiller(engine, clock(), prenom="Nadia")
    code = invite(engine, other, clock())
    assert "déjà lié à Camille Moreau" in link(engine, chat, code, clock()).sentence
    assert who(engine, chat) == camille
    assert link(engine, open_telegram(engine, clock(), "2"), code, clock()).conseiller == other


def test_one_chat_per_person_and_the_old_phone_is_told(engine, clock):
    old, conseiller = linked_chat(engine, clock())
    new = open_telegram(engine, clock(), "2")
    assert link(engine, new, invite(engine, conseiller, clock()), clock()).conseiller
    assert (who(engine, old), who(engine, new)) == (None, conseiller)
    with UnitOfWork(engine, writes=False) as uow:
        assert "un autre Telegram" in uow.messages.visible_after(old, 0)[-1].text


def test_unlinking_forgets_the_person_once(engine, clock):
    chat, _ = linked_chat(engine, clock())
    with UnitOfWork(engine) as uow:
        assert unlink_conseiller(uow, chat, clock())
        assert not unlink_conseiller(uow, chat, clock())
        uow.commit()
    assert who(engine, chat) is None


def test_someone_in_charge_cuts_every_chat_and_invitation(engine, clock):
    chat, conseiller = linked_chat(engine, clock())
    code = invite(engine, conseiller, clock())
    with UnitOfWork(engine) as uow:
        assert unlink_everywhere(uow, conseiller.id, SUPPORT, clock()) == 1
        uow.commit()
    assert who(engine, chat) is None
    assert link(engine, chat, code, clock()).sentence == REFUSED


def test_a_structure_s_code_is_no_invitation(engine, clock):
    from datetime import timedelta

    from bot.services.access.codes import issue_structure_code

    add_conseiller(engine, clock())
    with UnitOfWork(engine) as uow:
        code = issue_structure_code(uow, KEYS, "0" * 14, SUPPORT, timedelta(days=1), clock()).code
    with UnitOfWork(engine, writes=False) as uow:
        assert not is_invitation(uow, KEYS, f"mon code {code}")
    assert link(engine, open_telegram(engine, clock()), code, clock()).sentence == REFUSED


def test_every_link_is_in_the_audit_log(engine, clock):
    _, conseiller = linked_chat(engine, clock())
    with UnitOfWork(engine, writes=False) as uow:
        actions = [entry.action for entry in uow.audit.on("conseiller", conseiller.id)]
    assert actions == ["conseiller.lie", "acces.emis"]
