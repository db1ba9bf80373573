"""What the channel answers itself, even while the assistant is away: welcome, linking, privacy, one's own data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.services.access.keys import AccessKeys
from bot.services.link_conseiller import NOT_LINKED, link_conseiller, linked_conseiller, unlink_conseiller
from bot.services.telegram_chats import OF_THE_CHANNEL, Opened, announce
from bot.storage.unit_of_work import UnitOfWork

PRIVACY = (
    "Vos messages sont conservés {days} jours après le dernier, pour vous répondre et améliorer l'assistant. "
    "N'écrivez aucune donnée sur les personnes que vous accompagnez."
)
WELCOME = (
    "Bonjour ! Je suis l'assistant du dispositif Conseiller numérique France Services. Je suis un programme ; une "
    "personne peut prendre le relais (/humain).\n\n"
    "Posez-moi vos questions sur le dispositif. Conseiller numérique, vous pouvez aussi faire vos comptes rendus "
    "d'activité ici, une fois votre compte lié par le lien d'invitation qu'on vous a remis.\n\n"
    + PRIVACY
    + " En savoir plus : /confidentialite."
)
PRIVACY_IN_FULL = (
    "Ce que je garde : vos messages et mes réponses, le numéro de cette conversation Telegram, vos rappels et, si votre "
    "compte est lié, le fait qu'il est le vôtre. Je ne garde ni votre photo, ni votre numéro de téléphone, ni ce que "
    "vous envoyez d'autre que du texte.\n\n"
    "Pourquoi : vous répondre, vous rappeler ce que vous avez demandé, améliorer l'assistant. Une personne du support "
    "lit la conversation si elle prend le relais.\n\n"
    "Combien de temps : {days} jours après le dernier message. Telegram garde aussi la conversation de son côté.\n\n"
    "Vos droits : /mesdonnees vous remet tout, ou l'efface. {page}"
)
OWN_DATA = (
    "Voici tout ce que je garde de vous, dans un document. Vous pouvez aussi tout effacer ici ; vos comptes rendus "
    "d'activité déjà envoyés, eux, appartiennent au suivi du dispositif et restent."
)
ERASE_CONFIRM = (
    "Effacer toute cette conversation, vos brouillons, vos rappels et le lien avec votre compte ? C'est définitif. "
    "Pensez à effacer aussi la conversation dans Telegram."
)
ERASED = "C'est effacé : je ne garde plus rien de cette conversation. Si vous m'écrivez de nouveau, nous repartirons de zéro."
UNLINK_CONFIRM = (
    "Délier ce compte Telegram de {name} ? Vous n'aurez plus accès à vos comptes rendus ici, ni vos rappels."
)
UNLINKED = "Ce compte Telegram est délié. Je réponds toujours à vos questions. Un nouveau lien d'invitation le liera de nouveau."


def _button(title: str, action: str) -> dict[str, str]:
    return {"title": title, "payload": OF_THE_CHANNEL + action}


class House:
    def __init__(self, keys: AccessKeys, retention_days: int, privacy_url: str) -> None:
        self._keys = keys
        self._days = retention_days
        self._privacy_url = privacy_url
        self._commands: dict[str, Callable[[UnitOfWork, Opened, str, datetime], None]] = {
            "start": self._start,
            "confidentialite": self._privacy,
            "mesdonnees": self._own_data,
            "deconnexion": self._ask_unlink,
        }

    def welcome(self, uow: UnitOfWork, conversation_id: str, now: datetime) -> None:
        """The first words to a new chat, before anything else."""
        announce(uow, conversation_id, WELCOME.format(days=self._days), now)

    def run(self, uow: UnitOfWork, opened: Opened, name: str, argument: str, now: datetime) -> None:
        """Answers a command of the channel."""
        self._commands[name](uow, opened, argument, now)

    def press(self, uow: UnitOfWork, opened: Opened, payload: str, now: datetime) -> None:
        """Answers a button of the channel; erasing is the caller's (`is_erasure`): it leaves nothing to answer in."""
        action = payload.removeprefix(OF_THE_CHANNEL)
        conversation_id = opened.conversation.id
        if action == "unlink":
            done = unlink_conseiller(uow, conversation_id, now)
            announce(uow, conversation_id, UNLINKED if done else NOT_LINKED, now)
        elif action == "erase":
            buttons = [_button("Oui, tout effacer", "erase-confirmed"), _button("Non, garder", "keep")]
            announce(uow, conversation_id, ERASE_CONFIRM, now, {"buttons": buttons})
        elif action == "keep":
            announce(uow, conversation_id, "Très bien, rien ne change.", now)

    def is_erasure(self, payload: str) -> bool:
        return payload == OF_THE_CHANNEL + "erase-confirmed"

    def blocked(self, uow: UnitOfWork, conversation_id: str, now: datetime) -> None:
        """The person blocked the bot: no reminder until they come back."""
        uow.telegram.set_blocked(conversation_id, now)
        uow.reminders.stop(conversation_id, now)

    def _start(self, uow: UnitOfWork, opened: Opened, code: str, now: datetime) -> None:
        conversation_id = opened.conversation.id
        if code:
            announce(uow, conversation_id, link_conseiller(uow, self._keys, conversation_id, code, now).sentence, now)
        elif not opened.is_new:
            conseiller = linked_conseiller(uow, conversation_id)
            name = f" {conseiller.prenom}" if conseiller else ""
            announce(
                uow,
                conversation_id,
                f"Rebonjour{name} ! Quelle est votre question ? /aide montre ce que je sais faire.",
                now,
            )

    def _privacy(self, uow: UnitOfWork, opened: Opened, _argument: str, now: datetime) -> None:
        page = f"[La page « Données personnelles »]({self._privacy_url}) en dit plus." if self._privacy_url else ""
        announce(uow, opened.conversation.id, PRIVACY_IN_FULL.format(days=self._days, page=page).strip(), now)

    def _own_data(self, uow: UnitOfWork, opened: Opened, _argument: str, now: datetime) -> None:
        attachment = {
            "title": "Mes données",
            "filename": f"mes-donnees-{now:%Y-%m-%d}.json",
            "kind": "donnees_personnelles",
            "data": {},
        }
        content = {"attachments": [attachment], "buttons": [_button("Tout effacer", "erase")]}
        announce(uow, opened.conversation.id, OWN_DATA, now, content)

    def _ask_unlink(self, uow: UnitOfWork, opened: Opened, _argument: str, now: datetime) -> None:
        conversation_id = opened.conversation.id
        conseiller = linked_conseiller(uow, conversation_id)
        if conseiller is None:
            announce(uow, conversation_id, NOT_LINKED, now)
            return
        buttons = [_button("Oui, délier", "unlink"), _button("Non, garder", "keep")]
        announce(uow, conversation_id, UNLINK_CONFIRM.format(name=conseiller.full_name), now, {"buttons": buttons})
