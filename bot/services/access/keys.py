"""Keyed hashes of codes. Nothing here, nor in the database, gives a code back."""

from __future__ import annotations

import hashlib
import hmac


class AccessKeys:
    """Derives what is stored and what travels from a code; one key a purpose, all from the secret key."""

    def __init__(self, secret_key: str) -> None:
        self._keys = {
            purpose: hmac.digest(secret_key.encode(), f"cnfs:{purpose}".encode(), "sha256")
            for purpose in ("code", "proof", "attempt", "challenge")
        }

    def hash_code(self, code: str) -> str:
        """What the database keeps of a code in its canonical form."""
        return self._digest("code", code)

    def proof(self, conversation_id: str, code_hash: str) -> str:
        """What travels instead of the code; worthless in any other conversation."""
        return self._digest("proof", f"{conversation_id}|{code_hash}")

    def attempt_key(self, scope: str, value: str) -> str:
        """Under which failures are counted, without writing down whose."""
        return self._digest("attempt", f"{scope}|{value}")

    def challenge(self, conversation_id: str) -> str:
        """What the host site must sign to identify someone in this very conversation."""
        return self._digest("challenge", conversation_id)[:32]

    def _digest(self, purpose: str, value: str) -> str:
        return hmac.new(self._keys[purpose], value.encode(), hashlib.sha256).hexdigest()
