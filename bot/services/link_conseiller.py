"""A conseiller links their Telegram chat with a single-use invitation, and may unlink it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.dispositif.access import Kind, Method, Purpose, after_failure, canonical_code
from bot.dispositif.conversation import Conversation
from bot.dispositif.dossier import Conseiller
from bot.services.access.keys import AccessKeys
from bot.services.telegram_chats import announce
from bot.storage.audit import Actor
from bot.storage.telegram import CHANNEL
from bot.storage.unit_of_work import UnitOfWork

_SCOPE = "conversation"
REFUSED = (
    "Ce lien n'est pas valable : il a déjà servi, il a expiré, ou il est incomplet. Un lien ne sert qu'une fois, à une "
    "seule personne. Demandez-en un nouveau à votre coordinateur ou au support."
)
LOCKED = "Trop d'essais avec un mauvais lien. Réessayez dans un quart d'heure."
NOT_LINKED = "Ce compte Telegram n'est lié à aucun conseiller."
CUT = "Ce compte Telegram vient d'être délié par un responsable. Je réponds toujours à vos questions."
MOVED = (
    "Votre compte vient d'être lié à un autre Telegram : celui-ci ne l'est plus. Si ce n'était pas vous, "
    "prévenez le support tout de suite (/humain)."
)


@dataclass(frozen=True)
class Linking:
    """What to say, and who is linked now (None when the code was refused)."""

    sentence: str
    conseiller: Conseiller | None = None


def linked_conseiller(uow: UnitOfWork, conversation_id: str, today: date | None = None) -> Conseiller | None:
    """The conseiller behind a conversation, proven by their invitation; None for anyone else.

    With `today`, someone who has left the scheme by then is no longer one.
    """
    conversation = uow.conversations.get(conversation_id)
    return _behind(uow, conversation, today) if conversation else None


def link_conseiller(uow: UnitOfWork, keys: AccessKeys, conversation_id: str, typed: str, now: datetime) -> Linking:
    """Uses an invitation. Every wrong code gets the same sentence; failures are counted and lock the chat."""
    conversation = uow.conversations.get(conversation_id)
    assert conversation is not None and conversation.external_id is not None
    attempt_key = keys.attempt_key(_SCOPE, conversation.external_id)
    attempts = uow.attempts.get(_SCOPE, attempt_key)
    if attempts and attempts.is_locked(now):
        return Linking(LOCKED)
    code = canonical_code(typed)
    known = uow.access_codes.by_hash(keys.hash_code(code)) if code else None
    linked = _behind(uow, conversation, None)
    if linked and known and known.conseiller_id not in (None, linked.id):
        # The invitation stays good for the person it was meant for.
        return Linking(
            f"Ce compte Telegram est déjà lié à {linked.full_name}. Un compte sert à une seule personne : "
            "déliez-le d'abord avec /deconnexion."
        )
    conseiller = uow.conseillers.get(known.conseiller_id) if known and known.conseiller_id else None
    if known is None or known.purpose is not Purpose.CONSEILLER or conseiller is None or conseiller.parti_le:
        uow.attempts.put(_SCOPE, attempt_key, after_failure(_SCOPE, attempts, now))
        return Linking(REFUSED)
    if linked and linked.id == conseiller.id:
        return Linking(f"Ce compte Telegram est déjà lié au vôtre, {linked.prenom}.", linked)
    if not known.is_usable(now) or not uow.access_codes.use(known.id, now):
        uow.attempts.put(_SCOPE, attempt_key, after_failure(_SCOPE, attempts, now))
        return Linking(REFUSED)
    _leave_other_chats(uow, conseiller.id, now)
    uow.identities.link(
        CHANNEL, conversation.external_id, Kind.CONSEILLER, Method.INVITATION, now, conseiller_id=conseiller.id
    )
    uow.attempts.forget(_SCOPE, attempt_key)
    uow.audit.write(
        Actor("conseiller", str(conseiller.id)), "conseiller.lie", "conseiller", conseiller.id, now, conversation_id
    )
    return Linking(
        f"Bonjour {conseiller.prenom}, votre compte est lié. Vous pouvez faire un compte rendu d'activité en une "
        "phrase, par exemple « hier atelier de 2 h à la médiathèque avec 8 retraités sur les mails » (/cra), et "
        "choisir des rappels (/rappel). Pour délier ce compte : /deconnexion.",
        conseiller,
    )


def unlink_conseiller(uow: UnitOfWork, conversation_id: str, now: datetime) -> bool:
    """Forgets who is behind the chat and stops its reminders; False when nobody was linked."""
    conversation = uow.conversations.get(conversation_id)
    linked = _behind(uow, conversation, None) if conversation else None
    if conversation is None or linked is None or conversation.external_id is None:
        return False
    uow.identities.unlink(CHANNEL, conversation.external_id)
    uow.reminders.stop(conversation_id, now)
    uow.audit.write(
        Actor("conseiller", str(linked.id)), "conseiller.delie", "conseiller", linked.id, now, conversation_id
    )
    return True


def unlink_everywhere(uow: UnitOfWork, conseiller_id: int, by: Actor, now: datetime) -> int:
    """Someone in charge cuts every chat of a conseiller and revokes their invitations; how many chats."""
    chats = uow.identities.of_conseiller(conseiller_id)
    for identity in chats:
        uow.identities.unlink(identity.channel, identity.external_id)
        conversation = uow.conversations.find(identity.channel, identity.external_id)
        if conversation:
            uow.reminders.stop(conversation.id, now)
            announce(uow, conversation.id, CUT, now)
    uow.access_codes.revoke(now, conseiller_id=conseiller_id)
    uow.audit.write(by, "conseiller.delie", "conseiller", conseiller_id, now)
    return len(chats)


def is_invitation(uow: UnitOfWork, keys: AccessKeys, text: str) -> bool:
    """Whether a text holds an invitation that someone pasted instead of opening its link."""
    code = canonical_code(text)
    known = uow.access_codes.by_hash(keys.hash_code(code)) if code else None
    return known is not None and known.purpose is Purpose.CONSEILLER


def _behind(uow: UnitOfWork, conversation: Conversation, today: date | None) -> Conseiller | None:
    if conversation.channel != CHANNEL or conversation.external_id is None:
        return None
    identity = uow.identities.get(CHANNEL, conversation.external_id)
    if identity is None or identity.kind is not Kind.CONSEILLER or identity.conseiller_id is None:
        return None
    conseiller = uow.conseillers.get(identity.conseiller_id)
    gone = conseiller and today and conseiller.parti_le and conseiller.parti_le < today
    return None if gone else conseiller


def _leave_other_chats(uow: UnitOfWork, conseiller_id: int, now: datetime) -> None:
    """A conseiller has one chat at a time: a lost phone gives nothing away."""
    for identity in uow.identities.of_conseiller(conseiller_id):
        uow.identities.unlink(identity.channel, identity.external_id)
        other = uow.conversations.find(identity.channel, identity.external_id)
        if other:
            uow.reminders.stop(other.id, now)
            announce(uow, other.id, MOVED, now)
