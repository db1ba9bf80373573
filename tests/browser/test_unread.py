"""Messages that come while nobody looks are counted."""

import re

from playwright.sync_api import expect

from tests.browser.widget import Widget

TITLE = "Une page sans style – site de démonstration"


def test_an_answer_to_a_closed_panel_is_counted_and_flagged(widget: Widget) -> None:
    widget.say("un message lent")
    expect(widget.mine).to_contain_text("envoyé")
    widget.page.keyboard.press("Escape")
    expect(widget.launcher).to_have_accessible_name(re.compile("1 nouveau message"))
    expect(widget.page).to_have_title(f"(1) {TITLE}")
    widget.open()
    expect(widget.launcher).to_have_accessible_name("Une question ?")
    expect(widget.page).to_have_title(TITLE)


def test_an_answer_read_in_one_tab_is_read_in_the_other(widget: Widget) -> None:
    other_page = widget.page.context.new_page()
    other_page.goto(widget.page.url)
    other = Widget(other_page)
    expect(other.launcher).to_be_visible()
    widget.page.bring_to_front()
    widget.ask("bonjour")
    expect(other.launcher).to_have_accessible_name("Une question ?")


def test_an_answer_that_came_while_away_is_counted_at_the_next_page(widget: Widget) -> None:
    widget.say("un message lent")
    expect(widget.mine).to_contain_text("envoyé")
    widget.page.goto(f"{widget.page.url.removesuffix('/page-nue')}/accessibilite")
    expect(widget.launcher).to_have_accessible_name(re.compile("1 nouveau message"))


def test_the_page_keeps_a_title_it_changed_meanwhile(widget: Widget) -> None:
    widget.say("un message lent")
    expect(widget.mine).to_contain_text("envoyé")
    widget.page.keyboard.press("Escape")
    expect(widget.page).to_have_title(f"(1) {TITLE}")
    widget.page.evaluate("() => { document.title = 'Autre titre'; }")
    widget.open()
    expect(widget.page).to_have_title("Autre titre")
