"""The widget as a test sees it: by roles and names, as a person would."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@lru_cache(maxsize=1)
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


class Widget:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("cnfs-assistant")
        self.launcher = self.root.locator(".launcher")
        self.dialog = self.root.locator(".panel")
        self.input = self.dialog.get_by_label("Votre message")
        self.log = self.dialog.get_by_role("log", name="Conversation")
        self.messages = self.log.locator("li.message")
        self.mine = self.log.locator("li.message.user")
        self.answers = self.log.locator("li.message:not(.user)")
        self.banner = self.dialog.locator(".banner")
        self.alert = self.dialog.locator(".foot > .alert")

    def open(self) -> None:
        self.launcher.click()
        expect(self.input).to_be_focused()

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> None:
        """Says `text` and waits for the fake Rasa's echo of it."""
        self.say(text)
        expect(self.answers.last).to_contain_text(f"Vous avez écrit : {text}")

    def menu(self, entry: str) -> Locator:
        """Opens the menu; the entry to press."""
        self.dialog.get_by_role("button", name="Menu", exact=True).click()
        return self.dialog.get_by_role("button", name=entry)

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name)

    def focused(self) -> str:
        """The accessible name, or the text, of what has the focus in the widget; empty when nothing has."""
        return self.page.evaluate(
            """() => {
                const element = document.querySelector("cnfs-assistant").shadowRoot.activeElement;
                return element ? element.getAttribute("aria-label") || element.innerText || element.id : "";
            }"""
        ).replace("\u00a0", " ")

    def network_is_back(self) -> None:
        """Pressing « Réessayer » would race with the widget, which tries again by itself."""
        self.page.evaluate("() => dispatchEvent(new Event('online'))")

    def stored(self) -> dict[str, str]:
        """What the page keeps in this browser."""
        return self.page.evaluate("() => ({...localStorage, ...sessionStorage})")

    def violations(self) -> list[str]:
        """What axe-core has against the page, widget included: every rule, best practices too."""
        self.settle()
        return violations(self.page)

    def settle(self) -> None:
        """Waits for the end of the opening animation: a half-faded colour is not the one people read."""
        self.page.evaluate(
            """() => Promise.all(
                document.querySelector("cnfs-assistant").shadowRoot.getAnimations()
                    .filter((animation) => animation.effect.getTiming().iterations === 1)
                    .map((animation) => animation.finished)
            )"""
        )


def violations(page: Page) -> list[str]:
    page.evaluate(axe_source())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}): {json.dumps(node['target'])} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
