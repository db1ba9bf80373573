"""A conseiller of a department and their Telegram chat, for tests of services."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dispositif.dossier import Conseiller
from bot.services.access.codes import issue_conseiller_code
from bot.services.access.keys import AccessKeys
from bot.services.link_conseiller import link_conseiller
from bot.services.telegram_chats import open_chat
from bot.storage.audit import Actor
from bot.storage.tables import structures
from bot.storage.unit_of_work import UnitOfWork

KEYS = AccessKeys("cle-de-test-cle-de-test-cle-de-test")
SUPPORT = Actor("cli", "test")


def add_conseiller(engine, now: datetime, department: str = "63", prenom: str = "Camille") -> Conseiller:
    with UnitOfWork(engine) as uow:
        count = uow.connection.execute(structures.select()).all()
        structure_id = uow.connection.execute(
            structures.insert().values(
                siret=f"{len(count):014}",
                nom="Commune fictive",
                type="commune",
                departement=department,
                etat="activee",
                updated_at=now,
            )
        ).inserted_primary_key[0]
        conseiller = uow.conseillers.add(structure_id, prenom, "Moreau", f"{prenom}@exemple.fr".lower(), now)
        uow.commit()
        return conseiller


def open_telegram(engine, now: datetime, chat_id: str = "700000001") -> str:
    """The id of the conversation."""
    with UnitOfWork(engine) as uow:
        conversation = open_chat(uow, chat_id, now).conversation
        uow.commit()
        return conversation.id


def invite(engine, conseiller: Conseiller, now: datetime, days: int = 14) -> str:
    with UnitOfWork(engine) as uow:
        return issue_conseiller_code(uow, KEYS, conseiller.id, SUPPORT, timedelta(days=days), now).code


def link(engine, conversation_id: str, code: str, now: datetime):
    with UnitOfWork(engine) as uow:
        linking = link_conseiller(uow, KEYS, conversation_id, code, now)
        uow.commit()
        return linking


def linked_chat(engine, now: datetime, department: str = "63", chat_id: str = "700000001", prenom: str = "Camille"):
    """(conversation id, conseiller), linked."""
    conseiller = add_conseiller(engine, now, department, prenom)
    conversation_id = open_telegram(engine, now, chat_id)
    assert link(engine, conversation_id, invite(engine, conseiller, now), now).conseiller
    return conversation_id, conseiller
