"""A small OpenID Connect provider: real keys, real signatures, and lies when told to."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://idp.test/api/v2"


class FakeIdp(httpx.AsyncBaseTransport):
    """What the console calls; `authorise` plays the person's browser on the provider's pages."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.person = {"sub": "sujet-1", "email": "camille@exemple.gouv.fr", "given_name": "Camille"}
        # Changes to the identity token, and the key that signs it.
        self.lies: dict = {}
        self.signing_key = self.key
        self.userinfo_sub: str | None = None
        self.signed_userinfo = True
        self._codes: dict[str, dict] = {}

    def authorise(self, address: str) -> dict[str, str]:
        """The parameters with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/.well-known/openid-configuration"):
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            addresses = {f"{name}_endpoint": f"{ISSUER}/{last}" for name, last in names.items()}
            return httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", **addresses})
        if path.endswith("/jwks"):
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        if path.endswith("/token"):
            form = {name: values[0] for name, values in parse_qs((await request.aread()).decode()).items()}
            asked = self._codes.pop(form["code"], None)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            if asked is None or challenge.rstrip(b"=").decode() != asked["code_challenge"]:
                return httpx.Response(400, json={"error": "invalid_grant"})
            return httpx.Response(
                200, json={"access_token": "jeton", "token_type": "Bearer", "id_token": self._identity(asked)}
            )
        about = {**self.person, "sub": self.userinfo_sub or self.person["sub"], "iss": ISSUER}
        if self.signed_userinfo:
            token = jwt.encode({"alg": "RS256", "kid": "k1"}, about, self.key)
            return httpx.Response(200, text=token, headers={"Content-Type": "application/jwt"})
        return httpx.Response(200, json=about)

    def _identity(self, asked: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": asked["client_id"],
            "sub": self.person["sub"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 60,
        }
        return jwt.encode({"alg": "RS256", "kid": "k1"}, {**claims, **self.lies}, self.signing_key)
