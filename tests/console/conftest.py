"""The consoles in one process: the real `web` application, its database, and browsers that are only cookies."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.bootstrap import create_web
from bot.dispositif.personnel import Role, Staff
from bot.services.staff.accounts import create_account
from bot.settings import Settings
from bot.storage.unit_of_work import UnitOfWork

ORIGIN = "http://console.test"
PASSWORD = "une phrase longue et rare"


@pytest.fixture
def database_url(tmp_path, migrated_file) -> str:
    """SQLite alone: what both databases must do is tested with the services."""
    path = tmp_path / "console.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def settings(engine, database_url) -> Settings:
    return Settings(
        profile="production",
        database_url=database_url,
        secret_key="cle-de-signature-des-tests-de-la-console",
        rasa_secret="secret-partage-des-tests-de-la-console",
        # Nobody listens there: the assistant is away.
        rasa_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
        public_url=ORIGIN,
    )


@pytest.fixture
def web(settings, clock, monkeypatch) -> Starlette:
    monkeypatch.setattr("bot.bootstrap.utc_now", clock)
    return create_web(settings)


class Desk:
    """One browser of one member of the staff."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf = ""

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get("/console" + path, **options)

    def post(self, path: str, data: dict | None = None, **options) -> httpx.Response:
        return self.client.post("/console" + path, data={"_csrf": self.csrf, **(data or {})}, **options)

    def log_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        token = re.search(r'name="_jeton" value="([^"]+)"', self.get("/connexion").text).group(1)
        answer = self.client.post(
            "/console/connexion", data={"_jeton": token, "email": email, "mot_de_passe": password, "suite": ""}
        )
        if answer.status_code == 303:
            self.csrf = re.search(r'name="csrf" content="([^"]*)"', self.get("/mon-compte").text).group(1)
        return answer


@pytest.fixture
def open_desk(web) -> Iterator[Callable[[], Desk]]:
    opened: list[TestClient] = []

    def open_one() -> Desk:
        client = TestClient(web, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False)
        opened.append(client)
        return Desk(client)

    yield open_one
    for client in opened:
        client.close()


@pytest.fixture
def hire(engine, clock) -> Callable[..., Staff]:
    def create(role: Role = Role.AGENT, name: str = "Camille", email: str | None = None) -> Staff:
        with UnitOfWork(engine) as uow:
            address = email or f"{name.lower()}@exemple.gouv.fr"
            staff = create_account(uow, address, name, "Martin", role, PASSWORD, clock())
            uow.commit()
        return staff

    return create


@pytest.fixture
def desk_of(hire, open_desk) -> Callable[..., Desk]:
    """A desk where someone of this role is logged in."""

    def log_in(role: Role = Role.AGENT, name: str = "Camille") -> Desk:
        desk = open_desk()
        desk.staff = hire(role, name)
        assert desk.log_in(desk.staff.email).status_code == 303
        return desk

    return log_in
