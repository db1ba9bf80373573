"""The phone of the demonstration, in a real Chromium: the real channel behind it, as its own processes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.processes import CNFS, FakeRasa, Web, free_port, wait_until_up
from tests.browser.widget import violations


class Telephone:
    """`web`, `telegram` and the imitation of Telegram, on one database."""

    def __init__(self, folder: Path, rasa: FakeRasa) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.web = Web(folder, rasa.url, [])
        self.web.environment |= {
            "CNFS_TELEGRAM_TOKEN": "700100200:jeton-des-tests-du-navigateur",
            "CNFS_TELEGRAM_API_URL": self.url,
            "CNFS_LOG_FORMAT": "console",
        }
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def _start(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [CNFS, *command], cwd=self.folder, env=self.web.environment, stdout=log, stderr=log
            )
        self._processes.append(process)

    def __enter__(self) -> Telephone:
        self.web.__enter__()
        self._start("emulateur", "--port", str(self.port))
        self._start("telegram")
        wait_until_up(f"{self.url}/emulateur/etat")
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(20)
        self.web.__exit__(*error)


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory, rasa: FakeRasa) -> Iterator[Telephone]:
    with Telephone(tmp_path_factory.mktemp("telephone"), rasa) as running:
        yield running


@pytest.fixture
def page(new_context, telephone: Telephone) -> Page:
    """A phone in the hands of someone new."""
    body = {"personne": None, "nom": "Essai Fictif"}
    person = httpx.post(f"{telephone.url}/emulateur/personne", json=body, trust_env=False).json()["id"]
    page = new_context(own_address=False).new_page()
    page.goto(f"{telephone.url}/?personne={person}")
    return page


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Envoyer").click()


def bubble(page: Page, text: str | re.Pattern[str]):
    return page.get_by_role("log").locator(".message:not(.moi)").filter(has_text=text).last


def test_a_conversation_as_on_a_phone(page: Page) -> None:
    page.get_by_role("button", name="DÉMARRER").click()
    expect(bubble(page, "Je suis l'assistant du dispositif")).to_be_visible()
    write(page, "une réponse avec des boutons <b>gras</b>")
    answer = bubble(page, "Vouliez-vous dire")
    expect(answer).to_contain_text("Source : Guide de l'employeur (2022), p. 11")
    expect(answer.get_by_role("link", name="lien")).to_have_attribute("href", "https://www.exemple.fr")
    answer.get_by_role("button", name="Durée de la formation").click()
    expect(bubble(page, "Vous avez écrit : /faq")).to_be_visible()
    expect(answer.get_by_role("button", name="✓ Durée de la formation")).to_be_visible()
    answer.get_by_role("button", name="✓ Durée de la formation").click()
    expect(page.get_by_text("C'est déjà fait : la réponse est plus bas.")).to_be_visible()
    assert page.locator("#fil b").count() == 0


def test_the_menu_and_what_is_not_text(page: Page) -> None:
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="/mesdonnees").click()
    expect(bubble(page, "Voici tout ce que je garde de vous")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("mes-donnees-.*json")).click()
    assert "messages" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Un message vocal").click()
    expect(bubble(page, "je n'ai pas gardé un message vocal")).to_be_visible()


def test_axe_finds_nothing(page: Page) -> None:
    assert violations(page) == [], "empty"
    write(page, "une réponse avec des boutons")
    expect(bubble(page, "Vouliez-vous dire")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    assert violations(page) == [], "with messages"


def test_it_fits_a_real_phone(new_context, telephone: Telephone) -> None:
    page = new_context(own_address=False, viewport=PHONE).new_page()
    page.goto(telephone.url)
    expect(page.get_by_role("textbox", name="Message")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_channel_logs_neither_words_nor_token(page: Page, telephone: Telephone) -> None:
    write(page, "mon-secret-a-ne-pas-journaliser")
    expect(bubble(page, "mon-secret")).to_be_visible()
    log = (telephone.folder / "telegram.log").read_text(encoding="utf-8")
    assert "telegram_connected" in log
    assert "mon-secret" not in log
    assert "jeton-des-tests" not in log


def test_in_production_the_imitation_does_not_exist(telephone: Telephone) -> None:
    environment = {**telephone.web.environment, "CNFS_PROFILE": "production"}
    for command in (["emulateur", "--port", str(free_port())], ["telegram"]):
        result = subprocess.run(
            [CNFS, *command], cwd=telephone.folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert result.returncode == 2, command
        assert "démonstration" in result.stderr or "émulateur" in result.stderr
