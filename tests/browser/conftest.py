"""Fixtures of the browser tests: real `web` processes, a fake Rasa, a real Chromium."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.processes import FakeRasa, HostSite, Web, free_port
from tests.browser.widget import Widget

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A name that is neither https nor localhost: browsers withhold a few features there.
    "--host-resolver-rules=MAP hote.test 127.0.0.1",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 667}
NARROW = {"width": 320, "height": 568}

expect.set_options(timeout=15_000)

# Package scope, not session: while Playwright's synchronous interface lives, no asynchronous test can run.


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} n'existe pas : apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def host_port() -> int:
    """The port of the site that embeds the widget from elsewhere; `web` must know it before it starts."""
    return free_port()


@pytest.fixture(scope="package")
def host_site(host_port: int, site: Web) -> Iterator[HostSite]:
    with HostSite(host_port, site.url) as host:
        yield host


@pytest.fixture(scope="package")
def rasa() -> Iterator[FakeRasa]:
    with FakeRasa() as fake:
        yield fake


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, rasa: FakeRasa, host_port: int) -> Iterator[Web]:
    """One `web` process for all the tests that do not stop it."""
    with Web(tmp_path_factory.mktemp("site"), rasa.url, [f"http://hote.test:{host_port}"]) as web:
        yield web


@pytest.fixture
def own_rasa() -> Iterator[FakeRasa]:
    with FakeRasa() as fake:
        yield fake


@pytest.fixture
def own_site(tmp_path: Path, own_rasa: FakeRasa) -> Iterator[Web]:
    """A `web` process that the test may stop, with a Rasa that it may stop too."""
    with Web(tmp_path, own_rasa.url, []) as web:
        yield web


_addresses = itertools.count(1)


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser profiles, each with its own IP address so that tests do not share a rate limit.

    At the end no page may have thrown, nor tried what its Content-Security-Policy forbids.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None,
        )

    def open_context(own_address: bool = True, **options) -> BrowserContext:
        number = next(_addresses)
        options.setdefault("viewport", DESKTOP)
        # No waiting for the end of animations.
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
        # Browsers ask other origins for leave before sending such a header.
        if own_address:
            address = f"10.1.{number // 250}.{number % 250 + 1}"
            context.set_extra_http_headers({"X-Forwarded-For": address})
        context.set_default_timeout(15_000)
        context.on("page", watch)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], site: Web) -> Callable[..., Widget]:
    """Opens a page of the shared site in a new profile: `visit("/page-nue", viewport=PHONE)`."""

    def open_page(path: str = "/page-nue", **options) -> Widget:
        page = new_context(**options).new_page()
        page.goto(site.url + path)
        return Widget(page)

    return open_page


@pytest.fixture
def widget(visit: Callable[..., Widget]) -> Widget:
    """The widget of the bare page, open."""
    opened = visit()
    opened.open()
    return opened
