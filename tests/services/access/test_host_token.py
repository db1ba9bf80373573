"""Only a fresh token, signed for us and for this very conversation, proves anything."""

from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bot.services.access.host_token import HostTokenRules, read_host_token
from bot.services.access.keys import AccessKeys
from bot.services.receive_message import RefusedMessage

KEY = "s" * 32
RULES = HostTokenRules(KEY, "assistant-cnfs", "https://portail.example")
KEYS = AccessKeys("k" * 32)
MINE, OTHER = KEYS.challenge("a" * 32), KEYS.challenge("b" * 32)


def claims(now, **changes):
    base = {
        "aud": "assistant-cnfs",
        "iss": "https://portail.example",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=2)).timestamp()),
        "nonce": MINE,
        "siret": "356 000 000 00048",
        "email": "ines@structure.example",
    }
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def signed(now, key=KEY, algorithm="HS256", **changes):
    return jwt.encode(claims(now, **changes), key, algorithm)


def test_a_right_token_gives_the_structure_and_the_person(clock):
    read = read_host_token(signed(clock()), RULES, MINE, clock())
    assert (read.siret, read.email) == ("35600000000048", "ines@structure.example")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "un-autre-service"},
        {"aud": None},
        {"iss": "https://pirate.example"},
        {"iss": None},
        {"nonce": OTHER},
        {"nonce": None},
        {"siret": None},
        {"siret": "356 000 000 00049"},
        {"siret": ""},
        {"exp": None},
        {"iat": None},
        {"exp": "demain"},
    ],
    ids=str,
)
def test_a_wrong_or_missing_claim_proves_nothing(clock, changes):
    with pytest.raises(RefusedMessage):
        read_host_token(signed(clock(), **changes), RULES, MINE, clock())


def test_a_token_of_another_conversation_proves_nothing_here(clock):
    token = signed(clock())
    assert read_host_token(token, RULES, MINE, clock())
    with pytest.raises(RefusedMessage):
        read_host_token(token, RULES, OTHER, clock())


def test_an_expired_token_proves_nothing(clock):
    token = signed(clock())
    clock.advance(2 * 60 + 29)
    assert read_host_token(token, RULES, MINE, clock())
    clock.advance(1)
    with pytest.raises(RefusedMessage):
        read_host_token(token, RULES, MINE, clock())


def test_a_token_from_the_future_or_that_lives_too_long_proves_nothing(clock):
    with pytest.raises(RefusedMessage):
        read_host_token(signed(clock() + timedelta(minutes=2)), RULES, MINE, clock())
    year = int((clock() + timedelta(days=365)).timestamp())
    with pytest.raises(RefusedMessage):
        read_host_token(signed(clock(), exp=year), RULES, MINE, clock())


def test_an_unsigned_token_proves_nothing(clock):
    with pytest.raises(RefusedMessage):
        read_host_token(jwt.encode(claims(clock()), None, "none"), RULES, MINE, clock())


def test_another_key_proves_nothing(clock):
    with pytest.raises(RefusedMessage):
        read_host_token(signed(clock(), key="z" * 32), RULES, MINE, clock())


@pytest.mark.parametrize("token", ["", "a.b.c", "é" * 50, "\x00", "." * 10])
def test_garbage_is_refused_politely(clock, token):
    with pytest.raises(RefusedMessage) as refusal:
        read_host_token(token, RULES, MINE, clock())
    assert refusal.value.code == "identity"


def test_a_public_key_verifies_and_cannot_be_used_as_a_shared_secret(clock):
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    rules = HostTokenRules(pem.decode(), "assistant-cnfs")
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert read_host_token(signed(clock(), secret, "RS256"), rules, MINE, clock()).siret
    # The classic confusion: HS256 with the public key as the secret, forged by hand since libraries refuse to.
    import base64
    import hmac
    import json

    def part(data):
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")

    body = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims(clock()))
    forged = body + b"." + base64.urlsafe_b64encode(hmac.digest(pem, body, "sha256")).rstrip(b"=")
    with pytest.raises(RefusedMessage):
        read_host_token(forged.decode(), rules, MINE, clock())
