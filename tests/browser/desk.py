"""The support desk as an agent sees it, in a real browser."""

from __future__ import annotations

import os
import subprocess

from playwright.sync_api import Locator, Page, expect

from tests.browser.processes import CNFS, Web

PASSWORD = "une phrase longue et rare"


def hire(web: Web, name: str, role: str = "agent") -> str:
    """Creates an account by the command line, as an operator would; returns its address."""
    email = f"{name.lower()}@exemple.gouv.fr"
    command = [CNFS, "personnel", "creer", email, "--prenom", name, "--nom", "Martin", "--role", role]
    subprocess.run(
        command,
        cwd=web.folder,
        env={**os.environ, **web.environment},
        input=f"{PASSWORD}\n{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )
    return email


class Desk:
    def __init__(self, page: Page, web: Web) -> None:
        self.page, self.web = page, web
        self.composer = page.get_by_label("Votre réponse à la personne")
        self.note = page.get_by_label("Note interne")
        self.thread = page.get_by_role("log", name="Fil de la conversation")
        self.problem = page.locator("#probleme")

    def log_in(self, email: str) -> Desk:
        self.page.goto(f"{self.web.url}/console/")
        self.page.get_by_label("Adresse e-mail professionnelle").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    def row(self, subject: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=subject)

    def take(self, subject: str) -> None:
        self.row(subject).get_by_role("button", name="Prendre").click()
        expect(self.composer).to_be_visible()
        # Its module is loaded: keys typed before would only be text.
        expect(self.page.locator("body[data-pret]")).to_be_attached()

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Control+Enter")
        expect(self.composer).to_have_value("")

    def entry(self, text: str) -> Locator:
        return self.thread.locator(".entree").filter(has_text=text)
