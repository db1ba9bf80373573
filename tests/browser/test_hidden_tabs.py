"""A tab nobody looks at: it flags what comes, and gives its connection back after a while."""

from playwright.sync_api import expect

from tests.browser.processes import Web
from tests.browser.widget import Widget

TITLE = "Une page sans style – site de démonstration"
HIDE = """(isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def say_from_elsewhere(widget: Widget, site: Web, identifier: str, text: str) -> None:
    token = widget.stored()["cnfs-assistant:token"]
    widget.page.request.post(
        f"{site.url}/api/widget/messages",
        headers={"Authorization": f"Bearer {token}"},
        data={"id": identifier, "text": text},
    )


def open_with_clock(visit, **options) -> Widget:
    widget = visit(**options)
    widget.page.clock.install()
    widget.page.reload()
    widget.open()
    widget.ask("avant")
    return widget


def run_until_asked(widget: Widget, calls: list[str], call: str) -> None:
    while call not in calls:
        widget.page.clock.run_for(1000)


def test_the_title_flashes_a_few_seconds_then_stays_marked(visit, site: Web) -> None:
    widget = open_with_clock(visit, reduced_motion="no-preference")
    widget.page.evaluate(HIDE, True)
    widget.page.clock.pause_at(widget.page.evaluate("() => Date.now()") / 1000 + 1)
    say_from_elsewhere(widget, site, "ailleurs-un", "depuis ailleurs")
    expect(widget.page).to_have_title(f"(1) {TITLE}")
    titles = []
    for _ in range(8):
        widget.page.clock.run_for(900)
        titles.append(widget.page.title() == f"(1) {TITLE}")
    assert titles == [False, True, False, True, True, True, True, True]
    widget.page.evaluate(HIDE, False)
    expect(widget.page).to_have_title(TITLE)


def test_a_tab_hidden_for_long_asks_once_a_minute_and_wakes_at_once(visit, site: Web) -> None:
    widget = open_with_clock(visit)
    page = widget.page
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url.rsplit("/", 1)[1]) if "/api/" in request.url else None)
    page.evaluate(HIDE, True)
    page.clock.run_for("05:05")
    run_until_asked(widget, calls, "messages?after=2")
    calls.clear()
    say_from_elsewhere(widget, site, "ailleurs-deux", "pendant le repos")
    page.clock.run_for("01:01")
    run_until_asked(widget, calls, "messages?after=4")
    expect(widget.messages).to_have_count(4)
    expect(page).to_have_title(f"(1) {TITLE}")
    expect(widget.banner).to_be_hidden()
    assert "events" not in calls
    page.evaluate(HIDE, False)
    run_until_asked(widget, calls, "events")
    expect(page).to_have_title(TITLE)
    say_from_elsewhere(widget, site, "ailleurs-trois", "de retour")
    expect(widget.messages).to_have_count(6)
