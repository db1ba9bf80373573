"""Conversation tokens: issued by us, signed, unguessable; the browser never chooses a conversation."""

from __future__ import annotations

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.services.receive_message import RefusedMessage

_SALT = "widget-conversation"


class ConversationTokens:
    def __init__(self, secret_key: str, max_age_days: int) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt=_SALT)
        self._max_age = max_age_days * 86400

    def issue(self, conversation_id: str) -> str:
        return self._serializer.dumps(conversation_id)

    def read(self, token: str) -> str:
        """The conversation's id.

        Raises:
            RefusedMessage: the token is expired ("expired") or not ours ("forbidden").
        """
        try:
            return str(self._serializer.loads(token, max_age=self._max_age))
        except SignatureExpired:
            raise RefusedMessage("expired", "Cette conversation a expiré. Ouvrez-en une nouvelle.") from None
        except BadSignature:
            raise RefusedMessage("forbidden", "Cette conversation n'est pas la vôtre. Rechargez la page.") from None
