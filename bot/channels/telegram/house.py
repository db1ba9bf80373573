"""What the channel answers itself, even while the assistant is away: welcome, linking, privacy, one's own data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.services.telegram_chats import OF_THE_CHANNEL, Opened, announce
from bot.storage.unit_of_work import UnitOfWork

PRIVACY = (
    "Vos messages sont conservés {days} jours après le dernier, pour vous répondre et améliorer l'assistant. "
    "N'écrivez aucune donnée sur les personnes que vous accompagnez."
)
WELCOME = (
    "Bonjour ! Je suis l'assistant du dispositif Conseiller numérique France Services. Je suis un programme ; une "
    "personne peut prendre le relais (/humain).\n"
    "Posez-moi vos questions sur le dispositif. Conseiller numérique, vous pouvez aussi faire vos comptes rendus "
    "d'activité ici, une fois votre compte lié.\n\n" + PRIVACY + " En savoir plus : /confidentialite."
)


class House:
    def __init__(self, retention_days: int, privacy_url: str) -> None:
        self._days = retention_days
        self._privacy_url = privacy_url

    def welcome(self, uow: UnitOfWork, conversation_id: str, now: datetime) -> None:
        """The first words to a new chat, before anything else."""
        announce(uow, conversation_id, WELCOME.format(days=self._days), now)

    def run(self, uow: UnitOfWork, opened: Opened, name: str, argument: str, now: datetime) -> None:
        """Answers a command of the channel."""
        commands: dict[str, Callable[[UnitOfWork, Opened, str, datetime], None]] = {
            "start": self._start,
            "confidentialite": self._privacy,
        }
        commands[name](uow, opened, argument, now)

    def press(self, uow: UnitOfWork, opened: Opened, payload: str, now: datetime) -> None:
        """Answers a button of the channel."""
        raise NotImplementedError(payload.removeprefix(OF_THE_CHANNEL))

    def blocked(self, uow: UnitOfWork, conversation_id: str, now: datetime) -> None:
        """The person blocked the bot: nothing is sent until they come back."""
        uow.telegram.set_blocked(conversation_id, now)

    def _start(self, uow: UnitOfWork, opened: Opened, code: str, now: datetime) -> None:
        if not opened.is_new:
            announce(uow, opened.conversation.id, "Rebonjour ! Quelle est votre question ?", now)

    def _privacy(self, uow: UnitOfWork, opened: Opened, _argument: str, now: datetime) -> None:
        announce(uow, opened.conversation.id, PRIVACY.format(days=self._days), now)
