"""The demo's staff: three accounts whose password is drawn at random once, for this machine only."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path

from bot.dispositif.personnel import Role
from bot.services.staff.accounts import create_account, random_password, set_password, verify
from bot.services.staff.sessions import DEMO_DOMAIN
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork

PEOPLE = (
    ("agent", "Camille", "Martin", Role.AGENT),
    ("agent2", "Nadia", "Roux", Role.AGENT),
    ("faq", "Sacha", "Petit", Role.MAINTAINER),
    ("admin", "Dominique", "Leroy", Role.ADMIN),
)


def prepare_staff(database_url: str, password_file: Path) -> str:
    """Creates the demo accounts where they are missing; returns their common password.

    Their addresses end in demo.invalid, which no profile but the demo lets in.
    """
    password = _password(password_file)
    engine = create_engine(database_url)
    with UnitOfWork(engine) as uow:
        for name, first_name, last_name, role in PEOPLE:
            email = name + DEMO_DOMAIN
            known = uow.staff.find(email)
            if known is None:
                create_account(uow, email, first_name, last_name, role, password, datetime.now(timezone.utc))
            elif not verify(uow.staff.password_hash(known.id), password):
                set_password(uow, known, password)
        uow.commit()
    engine.dispose()
    return password


def _password(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(random_password() + "\n")
    return path.read_text().strip()
