"""The accounts page, and the permissions matrix: every route, every role."""

import re

import pytest
from starlette.routing import Mount, Route

from bot.dispositif.personnel import ALLOWED, Permission, Role, password_problem
from tests.console.conftest import PASSWORD

# Seen without an account: everything else must ask for a permission.
PUBLIC = {"/console/connexion", "/console/proconnect", "/console/proconnect/retour"}


def console_routes(web):
    mount = next(route for route in web.routes if isinstance(route, Mount) and route.path == "/console")
    return [route for route in mount.routes if isinstance(route, Route)]


def filled(path):
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda m: "1" if m.group(2) == ":int" else "a" * 32, path)


def test_every_route_is_public_on_purpose_or_asks_for_a_permission(web):
    for route in console_routes(web):
        assert ("/console" + route.path in PUBLIC) != hasattr(route, "permission"), route.path


def test_every_route_wants_a_login(web, open_desk):
    desk = open_desk()
    for route in console_routes(web):
        if hasattr(route, "permission"):
            for method in route.methods - {"HEAD"}:
                answer = desk.client.request(method, "/console" + filled(route.path))
                assert answer.status_code == (303 if method == "GET" else 401), (method, route.path)


@pytest.mark.parametrize("role", list(Role))
def test_every_route_is_closed_to_whoever_lacks_its_permission(web, desk_of, role):
    desk = desk_of(role)
    tried = 0
    for route in console_routes(web):
        permission = getattr(route, "permission", None)
        if permission is None or permission in ALLOWED[role]:
            continue
        for method in route.methods - {"HEAD"}:
            data = {"data": {"_csrf": desk.csrf}} if method != "GET" else {}
            answer = desk.client.request(method, "/console" + filled(route.path), **data)
            assert answer.status_code == 403, (role, method, route.path)
            tried += 1
    assert tried or role is Role.ADMIN


def test_roles_hold_what_the_guide_says():
    assert ALLOWED[Role.AGENT] == {
        Permission.OWN_ACCOUNT,
        Permission.ANSWER,
        Permission.WRITE_CANNED,
        Permission.SEE_FIGURES,
    }
    assert Permission.ANSWER not in ALLOWED[Role.MAINTAINER]
    assert ALLOWED[Role.ADMIN] == set(Permission)


def test_an_administrator_creates_an_account_whose_password_is_provisional(desk_of, open_desk):
    admin = desk_of(Role.ADMIN)
    form = {"email": "Nadia.Roux@Exemple.fr", "prenom": "Nadia", "nom": "Roux", "role": "agent"}
    answer = admin.post("/comptes", form)
    password = re.search(r'class="secret">([^<]+)<', answer.text).group(1)
    desk = open_desk()
    assert desk.log_in("nadia.roux@exemple.fr", password).status_code == 303
    assert desk.get("/").headers["location"] == "/console/mon-compte"
    assert password not in admin.get("/comptes").text


def test_closing_an_account_closes_its_sessions_at_once(desk_of):
    admin, agent = desk_of(Role.ADMIN, "Alix"), desk_of(Role.AGENT, "Camille")
    assert admin.post(f"/comptes/{agent.staff.id}", {"action": "fermer"}).status_code == 303
    assert agent.get("/mon-compte").status_code == 303
    assert agent.log_in(agent.staff.email).status_code == 401
    admin.post(f"/comptes/{agent.staff.id}", {"action": "rouvrir"})
    assert agent.log_in(agent.staff.email).status_code == 303


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(desk_of):
    first, second = desk_of(Role.ADMIN, "Alix"), desk_of(Role.ADMIN, "Noor")
    assert second.get("/comptes").status_code == 200
    first.post(f"/comptes/{second.staff.id}", {"action": "role", "role": "agent"})
    assert second.get("/comptes").status_code == 403


def test_an_administrator_does_not_change_their_own_account(desk_of):
    admin = desk_of(Role.ADMIN)
    assert admin.post(f"/comptes/{admin.staff.id}", {"action": "fermer"}).status_code == 409


@pytest.mark.parametrize(
    ("email", "first", "sentence"),
    [
        ("pas une adresse", "Nadia", "pas valable"),
        ("camille@exemple.gouv.fr", "Nadia", "existe déjà"),
        ("nadia@exemple.fr", "  ", "obligatoire"),
    ],
)
def test_a_wrong_account_is_refused_with_a_sentence(desk_of, hire, email, first, sentence):
    hire()
    admin = desk_of(Role.ADMIN, "Alix")
    answer = admin.post("/comptes", {"email": email, "prenom": first, "nom": "Roux", "role": "agent"})
    assert answer.status_code == 409
    assert sentence in answer.text


@pytest.mark.parametrize(
    "password", ["court", "aaaaaaaaaaaaaaaa", "motdepasse1234", "Camille-2026!", "azerty123456", "x" * 201]
)
def test_weak_passwords_are_refused(password):
    assert password_problem(password, "camille@exemple.fr", "Camille", "Martin")


@pytest.mark.parametrize("password", [PASSWORD, "Camille aime les fraises au printemps", "k4Tz-9pQw-22Lm-xY"])
def test_long_passwords_are_accepted(password):
    assert password_problem(password, "camille@exemple.fr", "Camille", "Martin") is None
