"""Over HTTP, on both databases: only a token of the host site, made for this conversation, opens a session."""

from datetime import datetime, timedelta, timezone

import jwt
import pytest
from starlette.testclient import TestClient

from bot.bootstrap import create_web
from bot.demo.seed import SHOWCASE, fictitious_siret, seed_demo
from bot.settings import Settings
from bot.storage.unit_of_work import UnitOfWork

KEY = "i" * 32
SIRET = fictitious_siret(SHOWCASE)


@pytest.fixture
def client(engine, database_url):
    with UnitOfWork(engine) as uow:
        seed_demo(uow, datetime.now(timezone.utc), 16)
    settings = Settings(
        profile="demo",
        database_url=database_url,
        secret_key="s" * 32,
        rasa_secret="r" * 32,
        rasa_url="http://127.0.0.1:1",
        actions_url="http://127.0.0.1:1",
        identity_key=KEY,
        _env_file=None,
    )
    return TestClient(create_web(settings))


def open_conversation(client):
    """(headers, challenge) of a new conversation."""
    token = client.post("/api/widget/conversations").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return headers, client.get("/api/widget/identity", headers=headers).json()["challenge"]


def proof(challenge, key=KEY, algorithm="HS256", **changes):
    now = datetime.now(timezone.utc)
    claims = {
        "aud": "assistant-cnfs",
        "iat": now,
        "exp": now + timedelta(minutes=2),
        "nonce": challenge,
        "siret": SIRET,
        **changes,
    }
    return jwt.encode(claims, key, algorithm)


def sessions(engine):
    with UnitOfWork(engine, writes=False) as uow:
        structure = uow.structures.by_siret(SIRET)
        return [entry.action for entry in uow.audit.on("structure", structure.id)]


def test_the_host_site_opens_and_closes_the_session_of_one_conversation(client, engine):
    headers, challenge = open_conversation(client)
    response = client.post("/api/widget/identity", headers=headers, json={"identity": proof(challenge)})
    assert response.status_code == 204
    assert sessions(engine) == ["acces.ouvert"]
    assert client.delete("/api/widget/identity", headers=headers).status_code == 204
    assert sessions(engine) == ["acces.ferme", "acces.ouvert"]


def test_everything_else_is_refused_and_opens_nothing(client, engine):
    headers, challenge = open_conversation(client)
    _, elsewhere = open_conversation(client)
    past = datetime.now(timezone.utc) - timedelta(hours=1)
    wrong = {
        "another audience": proof(challenge, aud="autre"),
        "expired": proof(challenge, iat=past, exp=past + timedelta(minutes=2)),
        "alg none": proof(challenge, key=None, algorithm="none"),
        "another key": proof(challenge, key="z" * 32),
        "another conversation": proof(elsewhere),
        "an unknown structure": proof(challenge, siret=fictitious_siret(99_999)),
        "nothing": "",
    }
    for name, token in wrong.items():
        response = client.post("/api/widget/identity", headers=headers, json={"identity": token})
        assert (response.status_code, response.json()["code"]) == (403, "identity"), name
    assert client.post("/api/widget/identity", json={"identity": proof(challenge)}).status_code == 403
    assert sessions(engine) == []


def test_the_demonstration_portal_vouches_for_who_is_signed_in_only(client, engine):
    headers, challenge = open_conversation(client)
    assert client.post(f"/portail/jeton?defi={challenge}").status_code == 204
    client.post("/portail", data={"siret": "73282932000074"})
    assert client.post(f"/portail/jeton?defi={challenge}").status_code == 204
    assert "Me déconnecter" in client.post("/portail", data={"siret": SIRET}).text
    token = client.post(f"/portail/jeton?defi={challenge}").json()["token"]
    assert client.post("/api/widget/identity", headers=headers, json={"identity": token}).status_code == 204
    assert sessions(engine) == ["acces.ouvert"]
    assert "Me connecter" in client.post("/portail", data={"siret": ""}).text
    assert client.post(f"/portail/jeton?defi={challenge}").status_code == 204
