"""The host site says who its visitor is: a signed token, bound to one conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.dispositif.access import Method
from bot.services.access.host_token import HostTokenRules, read_host_token
from bot.services.access.keys import AccessKeys
from bot.services.access.sessions import SessionRules, close_session, open_by_token, place_of
from bot.services.receive_message import RefusedMessage
from bot.storage.unit_of_work import UnitOfWork

_CHANNEL = "widget"


@dataclass(frozen=True)
class IdentityApi:
    engine: Engine
    keys: AccessKeys
    session: SessionRules
    # None: no host site may vouch for anyone.
    host: HostTokenRules | None
    clock: Callable[[], datetime]

    def identify(self, conversation_id: str, token: str) -> None:
        """Opens a session in this conversation.

        Raises:
            RefusedMessage: ("identity") the token proves nothing here, or the structure is unknown to us.
        """
        if self.host is None:
            raise RefusedMessage("identity", "Ce site ne transmet pas votre identité. Utilisez un code d'accès.")
        now = self.clock()
        claims = read_host_token(token, self.host, self.keys.challenge(conversation_id), now)
        with UnitOfWork(self.engine) as uow:
            place = place_of(uow, conversation_id, _CHANNEL)
            if not open_by_token(uow, self.session, place, claims.siret, claims.email, now):
                raise RefusedMessage("identity", "Votre structure n'est pas encore connue de l'assistant.")

    def forget(self, conversation_id: str) -> None:
        """The visitor has left the host site: what it vouched for is over; a code typed by hand still holds."""
        with UnitOfWork(self.engine) as uow:
            close_session(uow, place_of(uow, conversation_id, _CHANNEL), self.clock(), Method.JETON)
