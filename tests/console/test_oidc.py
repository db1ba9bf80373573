"""Coming in through ProConnect, and everything that a forged answer could try."""

import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from bot.bootstrap import create_web
from bot.console.oidc import OidcProvider
from bot.dispositif.personnel import Role
from bot.services.staff.accounts import disable
from bot.settings import SettingsError, read_settings
from bot.storage.unit_of_work import UnitOfWork
from tests.console.conftest import ORIGIN, Desk
from tests.console.fake_idp import ISSUER, FakeIdp


@pytest.fixture
def idp(clock):
    return FakeIdp(clock)


@pytest.fixture
def web(settings, clock, idp, monkeypatch):
    monkeypatch.setattr("bot.bootstrap.utc_now", clock)
    monkeypatch.setattr("bot.bootstrap._oidc", lambda _settings: OidcProvider(ISSUER, "console", "secret", idp))
    return create_web(settings)


@pytest.fixture
def desk(web):
    with_cookies = TestClient(web, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False)
    yield Desk(with_cookies)
    with_cookies.close()


def come_in(desk, idp, suite=""):
    address = desk.get(f"/proconnect?suite={suite}").headers["location"]
    return desk.get("/proconnect/retour", params=idp.authorise(address))


@pytest.mark.parametrize("signed", [True, False])
def test_whoever_has_an_account_comes_in(desk, idp, hire, signed):
    hire()
    idp.signed_userinfo = signed
    answer = come_in(desk, idp, "/console/reponses")
    assert answer.status_code == 200
    assert 'content="0;url=/console/reponses"' in answer.text
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert "Camille Martin" in desk.get("/mon-compte").text


def test_later_the_subject_counts_and_not_the_address(desk, idp, hire):
    hire()
    come_in(desk, idp)
    idp.person["email"] = "nouvelle@exemple.gouv.fr"
    assert come_in(desk, idp).status_code == 200


def test_nobody_takes_an_address_that_is_linked_to_someone_else(desk, idp, hire):
    hire()
    come_in(desk, idp)
    idp.person["sub"] = "sujet-2"
    assert come_in(desk, idp).status_code == 403


def test_without_an_account_one_stays_outside(desk, idp):
    answer = come_in(desk, idp)
    assert (answer.status_code, "Aucun compte" in answer.text) == (403, True)
    assert desk.get("/mon-compte").status_code == 303


def test_an_address_that_is_not_verified_proves_nothing(desk, idp, hire):
    hire()
    idp.person["email_verified"] = False
    assert come_in(desk, idp).status_code == 403


def test_a_closed_account_stays_closed(desk, idp, hire, engine, clock):
    hire(Role.ADMIN, "Alix")
    staff = hire()
    with UnitOfWork(engine) as uow:
        disable(uow, staff, clock())
        uow.commit()
    assert come_in(desk, idp).status_code == 403


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "autre"},
        {"aud": "autre-client"},
        {"iss": "https://ailleurs.test"},
        {"exp": 1},
        {"sub": "sujet-2"},
    ],
    ids=["nonce", "audience", "issuer", "expired", "subject"],
)
def test_a_token_that_lies_is_refused(desk, idp, hire, lie):
    hire()
    idp.lies = lie
    assert come_in(desk, idp).status_code == 403
    assert desk.get("/mon-compte").status_code == 303


def test_a_token_signed_by_another_key_is_refused(desk, idp, hire):
    hire()
    idp.signing_key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert come_in(desk, idp).status_code == 403


def test_the_answer_about_someone_else_is_refused(desk, idp, hire):
    hire()
    idp.userinfo_sub = "sujet-9"
    assert come_in(desk, idp).status_code == 403


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(desk, idp, hire):
    hire()
    address = desk.get("/proconnect").headers["location"]
    answer = idp.authorise(address)
    assert desk.get("/proconnect/retour", params={**answer, "state": "autre"}).status_code == 403
    desk.client.cookies.clear()
    assert desk.get("/proconnect/retour", params=answer).status_code == 403


def test_the_login_page_offers_it_only_when_it_is_set_up(desk):
    assert "ProConnect" in desk.get("/connexion").text


def test_half_a_configuration_stops_the_start(monkeypatch):
    with pytest.raises(SettingsError, match="CNFS_OIDC_CLIENT_SECRET"):
        read_settings(
            database_url="sqlite:///x.db", secret_key="x" * 32, rasa_secret="y" * 32, oidc_issuer="https://idp.test"
        )
