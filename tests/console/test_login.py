"""Coming in: passwords, lockout, sessions that end, forged requests."""

import re

import pytest

from bot.dispositif.personnel import LOCKOUT, MAX_FAILURES, Role
from bot.services.staff.accounts import create_account
from bot.storage.tables import staff as staff_table
from bot.storage.tables import staff_sessions
from bot.storage.unit_of_work import UnitOfWork
from tests.console.conftest import ORIGIN, PASSWORD

WRONG = "Adresse e-mail ou mot de passe incorrect."


def test_the_right_password_opens_a_session(hire, open_desk):
    hire()
    desk = open_desk()
    answer = desk.log_in("camille@exemple.gouv.fr")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert desk.get("/mon-compte").status_code == 200


def test_the_cookie_is_secure_on_https(settings, hire, clock, monkeypatch):
    from starlette.testclient import TestClient

    from bot.bootstrap import create_web
    from tests.console.conftest import Desk

    hire()
    monkeypatch.setattr("bot.bootstrap.utc_now", clock)
    web = create_web(settings.copy(update={"public_url": "https://console.test"}))
    desk = Desk(TestClient(web, base_url="https://console.test", headers={"Origin": "https://console.test"}))
    desk.client.follow_redirects = False
    assert "Secure" in desk.log_in("camille@exemple.gouv.fr").headers["set-cookie"]


@pytest.mark.parametrize("email", ["camille@exemple.gouv.fr", "inconnue@exemple.gouv.fr", "", "x' OR 1=1 --"])
def test_a_refusal_never_says_which_accounts_exist(hire, open_desk, email):
    hire()
    answer = open_desk().log_in(email, "autre phrase de passe")
    assert answer.status_code == 401
    assert WRONG in answer.text


@pytest.mark.parametrize("email", ["camille@exemple.gouv.fr", "inconnue@exemple.gouv.fr"])
def test_too_many_failures_lock_the_address_known_or_not(hire, open_desk, clock, email):
    hire()
    desk = open_desk()
    for _ in range(MAX_FAILURES):
        assert desk.log_in(email, "autre phrase de passe").status_code == 401
    locked = desk.log_in(email)
    assert locked.status_code == 401
    assert "Trop d" in locked.text and "Réessayez dans 15 minutes" in locked.text
    clock.advance(LOCKOUT.total_seconds() + 1)
    assert desk.log_in(email).status_code == (303 if email.startswith("camille") else 401)


def test_one_network_may_not_try_passwords_all_day(open_desk):
    desk = open_desk()
    statuses = [desk.log_in(f"personne{number}@exemple.gouv.fr", "x" * 14).status_code for number in range(12)]
    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429


def test_a_session_ends_after_inactivity(desk_of, clock):
    desk = desk_of()
    clock.advance(59 * 60)
    assert desk.get("/mon-compte").status_code == 200
    clock.advance(59 * 60)
    assert desk.get("/mon-compte").status_code == 200
    clock.advance(61 * 60)
    answer = desk.get("/mon-compte")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/connexion?suite=/console/mon-compte")


def test_a_session_ends_after_a_working_day_however_active(desk_of, clock):
    desk = desk_of()
    for _ in range(12 * 2):
        assert desk.get("/mon-compte").status_code == 200
        clock.advance(30 * 60)
    clock.advance(60)
    assert desk.get("/mon-compte").status_code == 303


def test_logging_out_closes_the_session_for_good(desk_of):
    desk = desk_of()
    cookie = desk.client.cookies["cnfs_console"]
    assert desk.post("/deconnexion").status_code == 303
    desk.client.cookies.set("cnfs_console", cookie)
    assert desk.get("/mon-compte").status_code == 303


def test_the_database_alone_opens_no_session(desk_of, engine, open_desk):
    desk_of()
    with engine.connect() as connection:
        stored = connection.execute(staff_sessions.select()).one().token_hash
    thief = open_desk()
    thief.client.cookies.set("cnfs_console", stored)
    assert thief.get("/mon-compte").status_code == 303


def test_passwords_are_stored_with_argon2(hire, engine):
    hire()
    with engine.connect() as connection:
        stored = connection.execute(staff_table.select()).one().password_hash
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ailleurs.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
    ids=["origin", "cross-site", "same-site", "null"],
)
def test_a_form_sent_from_another_site_does_nothing(desk_of, headers):
    desk = desk_of(Role.ADMIN)
    form = {"email": "pirate@exemple.fr", "prenom": "P", "nom": "P", "role": "admin"}
    assert desk.post("/comptes", form, headers=headers).status_code == 403
    assert "pirate" not in desk.get("/comptes").text


@pytest.mark.parametrize("token", ["", "x" * 43], ids=["none", "wrong"])
def test_a_form_without_its_token_does_nothing(desk_of, token):
    desk = desk_of(Role.ADMIN)
    form = {"_csrf": token, "email": "pirate@exemple.fr", "prenom": "P", "nom": "P", "role": "admin"}
    assert desk.post("/comptes", form).status_code == 403
    assert "pirate" not in desk.get("/comptes").text


def test_the_token_of_someone_else_is_worth_nothing(desk_of):
    admin, agent = desk_of(Role.ADMIN, "Alix"), desk_of(Role.AGENT)
    admin.csrf, known = agent.csrf, admin.csrf
    assert admin.csrf != known
    assert (
        admin.post("/comptes", {"email": "p@exemple.fr", "prenom": "P", "nom": "P", "role": "admin"}).status_code == 403
    )


def test_a_login_form_belongs_to_the_browser_that_asked_for_it(hire, open_desk):
    hire()
    attacker, victim = open_desk(), open_desk()
    token = re.search(r'name="_jeton" value="([^"]+)"', attacker.get("/connexion").text).group(1)
    victim.get("/connexion")
    form = {"_jeton": token, "email": "camille@exemple.gouv.fr", "mot_de_passe": PASSWORD}
    assert victim.client.post("/console/connexion", data=form).status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://ailleurs.example/",
        "//ailleurs.example",
        "/console//ailleurs.example",
        "/console/\\ailleurs",
        "javascript:x",
    ],
)
def test_after_login_one_never_leaves_the_console(hire, open_desk, target):
    hire()
    desk = open_desk()
    token = re.search(r'name="_jeton" value="([^"]+)"', desk.get("/connexion").text).group(1)
    form = {"_jeton": token, "email": "camille@exemple.gouv.fr", "mot_de_passe": PASSWORD, "suite": target}
    answer = desk.client.post("/console/connexion", data=form)
    assert answer.headers["location"] == "/console/"


def test_a_demo_account_opens_nothing_outside_the_demo(hire, open_desk):
    hire(email="agent@demo.invalid")
    assert open_desk().log_in("agent@demo.invalid").status_code == 401


def test_one_changes_ones_own_password_and_other_sessions_close(hire, open_desk):
    hire()
    here, elsewhere = open_desk(), open_desk()
    here.log_in("camille@exemple.gouv.fr")
    elsewhere.log_in("camille@exemple.gouv.fr")
    new = "un tout autre secret 42"
    wrong = here.post("/mon-compte", {"actuel": "faux", "nouveau": new, "encore": new})
    assert (wrong.status_code, "n&#39;est pas le bon" in wrong.text) == (409, True)
    assert here.post("/mon-compte", {"actuel": PASSWORD, "nouveau": new, "encore": new}).status_code == 303
    assert here.get("/mon-compte").status_code == 200
    assert elsewhere.get("/mon-compte").status_code == 303
    assert open_desk().log_in("camille@exemple.gouv.fr").status_code == 401
    assert open_desk().log_in("camille@exemple.gouv.fr", new).status_code == 303


def test_a_provisional_password_must_be_changed_before_anything_else(engine, clock, open_desk):
    with UnitOfWork(engine) as uow:
        create_account(uow, "alix@exemple.fr", "Alix", "Durand", Role.ADMIN, PASSWORD, clock(), must_change=True)
        uow.commit()
    desk = open_desk()
    desk.log_in("alix@exemple.fr")
    assert desk.get("/comptes").headers["location"] == "/console/mon-compte"
    new = "un tout autre secret 42"
    desk.post("/mon-compte", {"actuel": PASSWORD, "nouveau": new, "encore": new})
    assert desk.get("/comptes").status_code == 200


def test_the_pages_say_nothing_to_caches_and_run_no_foreign_code(desk_of):
    answer = desk_of().get("/mon-compte")
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy and "script-src 'self'" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", answer.text)
    assert ORIGIN  # the pages are served from one origin
