"""What the demonstration offers to try a file with: fictitious structures, and a fresh code for one of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.demo.seed import SHOWCASE, fictitious_siret, seed_demo
from bot.services.access.codes import UnknownOwner, issue_structure_code
from bot.services.access.keys import AccessKeys
from bot.storage.audit import Actor
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork

_LIFETIME = timedelta(days=14)


def prepare_structures(database_url: str, secret_key: str) -> str:
    """Seeds an empty database; says which SIRET and code open a file (nothing when real data is there)."""
    now = datetime.now(timezone.utc)
    engine = create_engine(database_url)
    siret = fictitious_siret(SHOWCASE)
    with UnitOfWork(engine) as uow:
        seed_demo(uow, now)
    try:
        with UnitOfWork(engine) as uow:
            code = issue_structure_code(uow, AccessKeys(secret_key), siret, Actor("cli", "demo"), _LIFETIME, now).code
    except UnknownOwner:
        return ""
    finally:
        engine.dispose()
    return f"  dossier à essayer          SIRET {siret}, code {code} (une seule fois)\n"
