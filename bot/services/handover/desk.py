"""What an agent does with a conversation. One at a time holds it, and only that one speaks."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dispositif.conversation import Author, Conversation, Direction, Message, Owner, Status
from bot.dispositif.handover import AGENT_REASONS, CloseReason, HandoverRules, Request, State
from bot.dispositif.personnel import Permission, Staff
from bot.services.deliveries import retry_delivery
from bot.services.handover import person
from bot.services.handover.availability import availability
from bot.services.handover.request import set_owner, tell
from bot.services.handover.voice import RETURN_BUTTON, say
from bot.services.receive_message import clean_text
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

MAX_CHARACTERS = 4000
MAX_NOTE = 4000
MAX_ASIDE = timedelta(days=31)


class HandoverError(ValueError):
    """It cannot be done (any more); the text is a French sentence for the agent."""


def claim(uow: UnitOfWork, request_id: int, staff: Staff, now: datetime) -> Request:
    """Takes a request that nobody holds.

    Raises:
        HandoverError: someone was quicker (and who), it is closed, or the person went back to the assistant.
    """
    conversation, request = _locked(uow, request_id)
    if request.state is State.CLAIMED and request.claimed_by == staff.id:
        return request
    if request.state is State.CLAIMED:
        raise HandoverError(f"{_name(uow, request.claimed_by)} vient de prendre cette demande.")
    if request.state is State.CLOSED:
        raise HandoverError("Cette demande est close : rouvrez-la pour répondre.")
    return _take(uow, conversation, request, staff, now, f"{staff.first_name}, de l'équipe, vous répond.")


def reopen(uow: UnitOfWork, request_id: int, staff: Staff, now: datetime) -> Request:
    """Opens a closed request again, in the hands of `staff`."""
    conversation, request = _locked(uow, request_id)
    if request.state is not State.CLOSED:
        raise HandoverError("Cette demande est déjà ouverte.")
    if conversation.ended_at:
        raise HandoverError("La personne a quitté cette conversation : on ne peut plus y répondre.")
    other = uow.handovers.open_of(conversation.id)
    if other is not None:
        raise HandoverError("Une demande plus récente est ouverte dans cette conversation.")
    return _take(
        uow, conversation, request, staff, now, f"{staff.first_name}, de l'équipe, reprend l'échange avec vous."
    )


def write(
    uow: UnitOfWork, conversation_id: str, staff: Staff, client_id: str, text: str, now: datetime
) -> tuple[Message, bool]:
    """Sends a message to the person; the same `client_id` again is the same message (the second value is then True).

    Raises:
        HandoverError: the conversation is not in the hands of `staff`: nothing was sent.
        RefusedMessage: empty or too long.
    """
    conversation, request = _held(uow, conversation_id, staff)
    # A dot: no client may choose such an id.
    own_id = f"agent.{staff.id}.{client_id}"[:64]
    known = uow.messages.find(conversation_id, own_id)
    if known:
        return known, True
    if conversation.ended_at:
        raise HandoverError("La personne a fermé cette conversation : elle ne lirait pas votre message.")
    message = uow.messages.add(
        conversation_id,
        uow.conversations.take_seq(conversation_id, now),
        Direction.OUT,
        Author.HUMAN,
        clean_text(text, MAX_CHARACTERS),
        Status.QUEUED,
        now,
        client_id=own_id,
        content={"agent": staff.first_name, "staff_id": staff.id},
    )
    uow.handovers.change(request, now, last_staff_at=now, first_reply_at=request.first_reply_at or now, warned_at=None)
    uow.desk.read(conversation_id, staff.id, message.seq, now)
    uow.commit()
    return message, False


def release(uow: UnitOfWork, request_id: int, staff: Staff, rules: HandoverRules, now: datetime) -> None:
    """Puts the request back in the queue."""
    conversation, request = _locked(uow, request_id)
    if request.state is not State.CLAIMED or not _may_act(request, staff):
        raise HandoverError("Cette demande n'est pas entre vos mains.")
    let_go(uow, conversation, request, rules, now, "La personne qui vous répondait passe la main.")
    _audit(uow, staff, "demande.rendue", request, now)


def let_go(
    uow: UnitOfWork, conversation: Conversation, request: Request, rules: HandoverRules, now: datetime, opening: str
) -> bool:
    """Nobody holds the request any more: back in the queue, or kept when nobody is there; the person is told."""
    state = State.WAITING if availability(uow, rules, now).is_live else State.KEPT
    changed = uow.handovers.change(
        request,
        now,
        state=state,
        claimed_by=None,
        waiting_since=now,
        snoozed_until=None,
        warned_at=None,
        alarmed_at=None,
    )
    if changed:
        set_owner(uow, conversation, state, now)
        tell(uow, uow.handovers.get(request.id), rules, now, opening)
    return changed


def transfer(uow: UnitOfWork, request_id: int, staff: Staff, to_id: int, rules: HandoverRules, now: datetime) -> Staff:
    """Hands the conversation to a colleague who is at their desk."""
    conversation, request = _locked(uow, request_id)
    if request.state is not State.CLAIMED or not _may_act(request, staff):
        raise HandoverError("Cette demande n'est pas entre vos mains.")
    colleague = uow.staff.get(to_id)
    if colleague is None or not colleague.may(Permission.ANSWER) or colleague.id == request.claimed_by:
        raise HandoverError("Choisissez un collègue qui peut répondre.")
    if colleague.id not in uow.staff.available_since(now - rules.presence):
        raise HandoverError(f"{colleague.name} n'est pas disponible : la demande reste entre vos mains.")
    if not uow.handovers.change(request, now, claimed_by=colleague.id, claimed_at=now, snoozed_until=None):
        raise HandoverError("La demande vient de changer de mains.")
    set_owner(uow, conversation, State.CLAIMED, now)
    say(
        uow,
        conversation.id,
        f"{colleague.first_name}, de l'équipe, prend le relais.",
        "joined",
        now,
        [RETURN_BUTTON],
        agent=colleague.first_name,
    )
    _audit(uow, staff, "demande.transmise", request, now)
    return colleague


def set_aside(uow: UnitOfWork, request_id: int, staff: Staff, until: datetime | None, now: datetime) -> None:
    """Leaves the request aside until then (or takes it up again with None); a word of the person brings it back."""
    _, request = _locked(uow, request_id)
    if request.state is not State.CLAIMED or not _may_act(request, staff):
        raise HandoverError("Cette demande n'est pas entre vos mains.")
    if until is not None and not now < until <= now + MAX_ASIDE:
        raise HandoverError("Choisissez un moment à venir, dans les 31 jours.")
    uow.handovers.change(request, now, snoozed_until=until)
    _audit(uow, staff, "demande.mise_de_cote" if until else "demande.reprise", request, now)


def close(uow: UnitOfWork, request_id: int, staff: Staff, reason: CloseReason, now: datetime) -> None:
    """Ends the human part; the conversation goes back to the assistant and goes on."""
    conversation, request = _locked(uow, request_id)
    if reason not in (*AGENT_REASONS, CloseReason.HANDED_BACK):
        raise HandoverError("Choisissez une raison.")
    if request.state is State.CLOSED:
        raise HandoverError("Cette demande est déjà close.")
    if request.state is State.CLAIMED and not _may_act(request, staff):
        raise HandoverError(f"{_name(uow, request.claimed_by)} s'occupe de cette demande.")
    if request.state is not State.CLAIMED and reason is CloseReason.HANDED_BACK:
        raise HandoverError("Prenez d'abord la demande.")
    if not person.close(uow, conversation, request, reason, staff.id, now):
        raise HandoverError("La demande vient de changer de mains.")
    _audit(uow, staff, f"demande.{'rendue_assistant' if reason is CloseReason.HANDED_BACK else 'close'}", request, now)


def describe(
    uow: UnitOfWork, request_id: int, staff: Staff, now: datetime, *, priority: int, theme: str | None, tags: list[str]
) -> None:
    """Sorts a request: priority, theme, tags. Any agent may."""
    request = uow.handovers.get(request_id)
    if request is None:
        raise HandoverError("Cette demande n'existe plus.")
    uow.handovers.change(request, now, priority=priority, theme=theme)
    uow.handovers.set_tags(request_id, tags)
    _audit(uow, staff, "demande.classee", request, now)


def add_note(uow: UnitOfWork, conversation_id: str, staff: Staff, text: str, now: datetime) -> None:
    """An internal note: in a table that no channel reads."""
    if uow.conversations.get(conversation_id) is None:
        raise HandoverError("Cette conversation n'existe plus.")
    uow.desk.add_note(conversation_id, staff.id, clean_text(text, MAX_NOTE), now)
    uow.audit.write(_actor(staff), "note.ajoutee", "conversation", conversation_id, now, conversation_id)


def retry(uow: UnitOfWork, conversation_id: str, staff: Staff, message_id: int, now: datetime) -> None:
    """Sends again a message that could not be delivered."""
    conversation, _ = _held(uow, conversation_id, staff)
    message = uow.messages.get(message_id)
    if message is None or message.conversation_id != conversation_id or message.status is not Status.FAILED:
        raise HandoverError("Ce message n'est pas à renvoyer.")
    if message.direction is not Direction.OUT:
        raise HandoverError("Ce message n'est pas à renvoyer.")
    if conversation.channel == "telegram":
        retry_delivery(uow, message_id, now)
    else:
        uow.messages.queue_again(message_id)


def _take(
    uow: UnitOfWork, conversation: Conversation, request: Request, staff: Staff, now: datetime, sentence: str
) -> Request:
    changed = uow.handovers.change(
        request,
        now,
        state=State.CLAIMED,
        claimed_by=staff.id,
        claimed_at=now,
        closed_at=None,
        closed_by=None,
        close_reason=None,
        snoozed_until=None,
        warned_at=None,
        last_staff_at=now,
    )
    if not changed:
        raise HandoverError("Un collègue vient de prendre cette demande.")
    set_owner(uow, conversation, State.CLAIMED, now)
    say(uow, conversation.id, sentence, "joined", now, [RETURN_BUTTON], agent=staff.first_name)
    _audit(uow, staff, "demande.prise", request, now)
    return uow.handovers.get(request.id)


def _locked(uow: UnitOfWork, request_id: int) -> tuple[Conversation, Request]:
    """The conversation, locked, and its request as it is under that lock."""
    request = uow.handovers.get(request_id)
    conversation = uow.conversations.lock(request.conversation_id) if request else None
    request = uow.handovers.get(request_id)
    if request is None or conversation is None:
        raise HandoverError("Cette demande n'existe plus.")
    return conversation, request


def _held(uow: UnitOfWork, conversation_id: str, staff: Staff) -> tuple[Conversation, Request]:
    conversation = uow.conversations.lock(conversation_id)
    request = uow.handovers.open_of(conversation_id) if conversation else None
    if conversation is None or request is None:
        raise HandoverError("Cette conversation n'est plus avec l'équipe : rien n'a été envoyé.")
    if request.state is not State.CLAIMED or conversation.owner is not Owner.HUMAN:
        raise HandoverError("Prenez d'abord la demande : rien n'a été envoyé.")
    if request.claimed_by != staff.id:
        raise HandoverError(f"{_name(uow, request.claimed_by)} répond à cette personne : rien n'a été envoyé.")
    return conversation, request


def _may_act(request: Request, staff: Staff) -> bool:
    """Whoever holds it; and administrators, when an agent cannot."""
    return request.claimed_by == staff.id or staff.may(Permission.MANAGE_ACCOUNTS)


def _name(uow: UnitOfWork, staff_id: int | None) -> str:
    known = uow.staff.get(staff_id) if staff_id else None
    return known.name if known else "Un collègue"


def _actor(staff: Staff) -> Actor:
    return Actor("agent", str(staff.id))


def _audit(uow: UnitOfWork, staff: Staff, action: str, request: Request, now: datetime) -> None:
    uow.audit.write(_actor(staff), action, "demande", request.id, now, request.conversation_id)
