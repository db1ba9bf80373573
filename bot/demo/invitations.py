"""Links that make three fictitious conseillers of the demonstration usable on its imitated phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import sqlalchemy as sa

from bot.demo.telegram.world import FIRST_PERSON_ID, PEOPLE
from bot.services.access.codes import issue_conseiller_code
from bot.services.access.keys import AccessKeys
from bot.storage.audit import Actor
from bot.storage.engine import create_engine
from bot.storage.tables import conseillers, identities
from bot.storage.unit_of_work import UnitOfWork

LIFETIME = timedelta(days=1)


def demo_invitations(database_url: str, secret_key: str, phone_url: str) -> list[tuple[str, str]]:
    """(name, link) for a few conseillers who have no linked chat yet; each start draws new links."""
    now = datetime.now(timezone.utc)
    links = []
    for number, conseiller_id in enumerate(_without_chat(database_url, len(PEOPLE))):
        with UnitOfWork(create_engine(database_url)) as uow:
            conseiller = uow.conseillers.get(conseiller_id)
            issued = issue_conseiller_code(
                uow, AccessKeys(secret_key), conseiller_id, Actor("systeme", "demo"), LIFETIME, now
            )
        link = f"{phone_url}/?personne={FIRST_PERSON_ID + number}&start={issued.code}"
        links.append((conseiller.full_name if conseiller else "", link))
    return links


def _without_chat(database_url: str, limit: int) -> list[int]:
    linked = sa.select(identities.c.conseiller_id).where(identities.c.conseiller_id.is_not(None))
    query = (
        sa.select(conseillers.c.id)
        .where(conseillers.c.parti_le.is_(None), conseillers.c.id.not_in(linked))
        .order_by(conseillers.c.id)
        .limit(limit)
    )
    with UnitOfWork(create_engine(database_url), writes=False) as uow:
        return list(uow.connection.execute(query).scalars())


def telegram_lines(environment: Mapping[str, str]) -> str:
    """What the demonstration says of Telegram, one line an address."""
    phone = environment.get("CNFS_TELEGRAM_API_URL")
    if phone is None:
        return "  Telegram                   votre bot (CNFS_TELEGRAM_TOKEN)\n"
    lines = [f"  Telegram, téléphone imité  {phone}/\n"]
    for name, link in demo_invitations(environment["CNFS_DATABASE_URL"], environment["CNFS_SECRET_KEY"], phone):
        lines.append(f"    lier {name:<21} {link}\n")
    return "".join(lines)
