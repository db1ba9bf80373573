"""What a message shows besides its text: drawn accessibly, never read as markup, files fetched with the token."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.widget import Widget


@pytest.fixture
def drawn(visit) -> Widget:
    widget = visit()
    widget.open()
    widget.say("des dessins")
    expect(widget.answers).to_have_count(1)
    return widget


def test_a_table_is_a_table_with_headers_and_a_caption(drawn: Widget) -> None:
    table = drawn.log.get_by_role("table", name="Versements prévus")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Tranche", "Date", "Montant"]
    assert [
        cell.replace("\u00a0", " ") for cell in table.get_by_role("row").nth(1).locator("th, td").all_inner_texts()
    ] == [
        "1",
        "4 mai 2022",
        "8 000 €",
    ]


def test_cells_are_text_never_markup(drawn: Widget) -> None:
    expect(drawn.log.get_by_role("rowheader", name="<b>3</b>")).to_be_visible()
    expect(drawn.log.locator("table b")).to_have_count(0)


def test_the_progress_is_said_in_words_too(drawn: Widget) -> None:
    steps = drawn.log.get_by_role("list", name="Étapes : 1 sur 5 terminées").get_by_role("listitem")
    words = [" ".join(text.split()) for text in steps.all_text_contents()]
    assert words == [
        "S'inscrire (terminée)",
        "2Trouver des candidats (passée)",
        "3Mener les entretiens (en cours)",
        "!Demander la subvention (en retard)",
        "5Former (à venir)",
    ]
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")


def test_bars_carry_their_figures(drawn: Widget) -> None:
    rows = drawn.log.locator(".bars li")
    assert rows.nth(0).inner_text().split() == ["Mars", "12"]
    wide, narrow = (rows.nth(index).locator(".bar").bounding_box()["width"] for index in (0, 1))
    assert narrow / wide == pytest.approx(5 / 12, abs=0.02)


def test_the_answer_has_its_title(drawn: Widget) -> None:
    expect(drawn.answers.locator(".answer-title")).to_have_text("Votre subvention")


def test_what_a_file_is_made_from_never_reaches_the_browser(drawn: Widget, site) -> None:
    token = drawn.stored()["cnfs-assistant:token"]
    answer = drawn.page.request.get(f"{site.url}/api/widget/messages", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["messages"][-1]["attachments"] == [
        {"title": "Calendrier des versements", "filename": "versements.ics"}
    ]


def test_a_file_is_fetched_with_the_token_of_the_conversation(drawn: Widget) -> None:
    seen: list[str] = []

    def serve(route) -> None:
        seen.append(route.request.headers.get("authorization", ""))
        route.fulfill(body="BEGIN:VCALENDAR", content_type="text/calendar")

    drawn.page.route("**/api/widget/attachments/*/0", serve)
    with drawn.page.expect_download() as started:
        drawn.button("Calendrier des versements").click()
    assert started.value.suggested_filename == "versements.ics"
    assert seen[0].startswith("Bearer ")


def test_a_file_that_cannot_be_had_says_so(drawn: Widget) -> None:
    drawn.page.route("**/api/widget/attachments/*/0", lambda route: route.abort())
    drawn.button("Calendrier des versements").click()
    expect(drawn.alert).to_contain_text("Le téléchargement a échoué")


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_drawn(visit, viewport: dict, scheme: str) -> None:
    widget = visit("/page-nue", viewport=viewport, color_scheme=scheme)
    widget.open()
    widget.say("des dessins")
    expect(widget.answers).to_have_count(1)
    assert widget.violations() == []


def test_the_page_never_scrolls_sideways(visit) -> None:
    widget = visit(viewport=NARROW)
    widget.open()
    widget.say("des dessins")
    expect(widget.answers).to_have_count(1)
    page: Page = widget.page
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    scroller = widget.dialog.locator(".scroll")
    assert scroller.evaluate("(element) => element.scrollWidth <= element.clientWidth")
