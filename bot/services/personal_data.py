"""What we hold about the person behind a chat: handed over, or erased, on their word."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.dispositif.conversation import Author, Direction
from bot.dispositif.cra import cra_to_dict
from bot.services.erase_conversation import erase_conversation
from bot.services.link_conseiller import linked_conseiller
from bot.storage.unit_of_work import UnitOfWork

# Other subjects add what they hold: name of the section -> (unit of work, conversation id) -> JSON values.
SECTIONS: dict[str, Callable[[UnitOfWork, str], Any]] = {}


def export_personal_data(uow: UnitOfWork, _data: Mapping[str, Any], conversation_id: str) -> tuple[bytes, str]:
    """Everything as JSON, legible by a person and by a program."""
    conversation = uow.conversations.get(conversation_id)
    conseiller = linked_conseiller(uow, conversation_id)
    export: dict[str, Any] = {
        "conversation": {
            "ouverte_le": conversation.created_at.isoformat() if conversation else None,
            "canal": conversation.channel if conversation else None,
            "identifiant_du_canal": conversation.external_id if conversation else None,
        },
        "compte_lie": {"prenom": conseiller.prenom, "nom": conseiller.nom, "email": conseiller.email}
        if conseiller
        else None,
        "rappels": [
            {"genre": reminder.kind, "jours": list(reminder.days), "heure": reminder.local_time}
            for reminder in uow.reminders.of(conversation_id)
        ],
        "comptes_rendus": _reports(uow, conseiller.id) if conseiller else [],
        "brouillons": [cra_to_dict(draft.cra) for draft in uow.cra_drafts.of(conseiller.id)] if conseiller else [],
        "messages": _messages(uow, conversation_id),
    }
    for name, section in SECTIONS.items():
        export[name] = section(uow, conversation_id)
    return json.dumps(export, ensure_ascii=False, indent=2).encode(), "application/json"


def erase_personal_data(uow: UnitOfWork, conversation_id: str) -> None:
    """Erases the conversation everywhere, drafts, the link to the person and the updates of the chat (committed).

    Filed reports stay: they are the employer's figures, and hold nothing about beneficiaries.
    """
    conversation = uow.conversations.get(conversation_id)
    conseiller = linked_conseiller(uow, conversation_id)
    if conseiller:
        uow.cra_drafts.remove_all(conseiller.id)
    if conversation and conversation.external_id:
        uow.identities.unlink(conversation.channel, conversation.external_id)
        uow.telegram.forget_chat(conversation.external_id)
    erase_conversation(uow, conversation_id)


def _reports(uow: UnitOfWork, conseiller_id: int) -> list[dict[str, Any]]:
    return [
        {
            "numero": filed.id,
            "enregistre_le": filed.created_at.isoformat(),
            "supprime_le": filed.archived_at.isoformat() if filed.archived_at else None,
            **cra_to_dict(filed.cra),
        }
        for filed in uow.cras.everything_of(conseiller_id)
    ]


def _messages(uow: UnitOfWork, conversation_id: str) -> list[dict[str, Any]]:
    who = {Author.USER: "vous", Author.ASSISTANT: "assistant", Author.HUMAN: "conseiller", Author.SYSTEM: "information"}
    found: list[dict[str, Any]] = []
    last = 0
    while batch := uow.messages.visible_after(conversation_id, last):
        for message in batch:
            if message.direction is not Direction.NOTE:
                found.append({"le": message.created_at.isoformat(), "de": who[message.author], "texte": message.text})
        last = batch[-1].seq
    return found
