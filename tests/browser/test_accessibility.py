"""axe-core finds nothing, the keyboard is enough, small screens and preferences are respected."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NARROW, PHONE
from tests.browser.widget import Widget, violations

PAGES = ["/", "/page-nue"]


@pytest.mark.parametrize(
    ("path", "viewport", "scheme"),
    [("/", DESKTOP, "light"), ("/", PHONE, "dark"), ("/page-nue", DESKTOP, "dark"), ("/page-nue", PHONE, "light")],
    ids=["dsfr", "dsfr-phone-dark", "neutral-dark", "neutral-phone"],
)
def test_axe_finds_nothing(visit, path: str, viewport: dict, scheme: str) -> None:
    widget = visit(path, viewport=viewport, color_scheme=scheme)
    expect(widget.launcher).to_be_visible()
    assert widget.violations() == [], "closed"
    widget.open()
    expect(widget.button("Combien de temps dure la formation ?")).to_be_visible()
    assert widget.violations() == [], "open"
    widget.say("une réponse avec des boutons")
    widget.button("Durée de la formation").click()
    expect(widget.answers).to_have_count(2)
    widget.dialog.get_by_role("button", name="Cette réponse ne m'aide pas").click()
    expect(widget.dialog.get_by_text("Merci, votre avis est enregistré.")).to_be_visible()
    widget.input.fill("a" * 2001)
    widget.input.press("Enter")
    expect(widget.alert).not_to_be_empty()
    assert widget.violations() == [], "with messages"
    widget.menu("Donner mon avis")
    assert widget.violations() == [], "menu open"
    widget.button("Donner mon avis").click()
    assert widget.violations() == [], "sheet open"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_when_things_go_wrong(visit, scheme: str) -> None:
    widget = visit(color_scheme=scheme)
    widget.open()
    widget.ask("avant")
    widget.page.route("**/api/widget/messages", lambda route: route.abort())
    widget.say("non envoyée")
    expect(widget.banner).not_to_be_empty()
    assert widget.violations() == [], "lost"
    over = {"code": "ended", "sentence": "Cette conversation est terminée."}
    widget.page.route("**/api/widget/messages", lambda route: route.fulfill(status=410, json=over))
    widget.network_is_back()
    expect(widget.button("Nouvelle conversation")).to_be_visible()
    assert widget.violations() == [], "over"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/accessibilite", "/confidentialite"])
def test_axe_finds_nothing_on_the_pages_around(new_context, site, path: str, scheme: str) -> None:
    page = new_context(color_scheme=scheme).new_page()
    page.goto(site.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []


def test_the_keyboard_is_enough(visit) -> None:
    widget = visit()
    page = widget.page
    expect(widget.launcher).to_be_visible()
    page.keyboard.press("Tab")  # the page's own link
    page.keyboard.press("Tab")
    assert widget.focused() == "Une question ?"
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(widget.launcher).to_have_attribute("aria-expanded", "true")
    expect(widget.input).to_be_focused()
    page.keyboard.type("des boutons")
    page.keyboard.press("Enter")
    expect(widget.button("Durée de la formation")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    assert widget.focused() == "Durée de la formation"
    page.keyboard.press("Space")
    expect(widget.answers).to_have_count(2)
    assert widget.focused().startswith("Durée de la formation")
    while widget.focused() != "Menu":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert widget.focused() == "Nouvelle conversation"
    page.keyboard.press("Escape")
    assert widget.focused() == "Menu"
    expect(widget.dialog).to_be_visible()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert widget.focused() == "Donner mon avis"
    page.keyboard.press("Enter")
    assert widget.focused() == "Donner mon avis"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(widget.dialog.get_by_role("radio", name="2")).to_be_checked()
    page.keyboard.press("Escape")
    assert widget.focused() == "Menu"
    page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    assert widget.focused() == "Une question ?"


def test_the_focus_can_leave_the_panel_on_a_desktop(widget: Widget) -> None:
    expect(widget.dialog).to_have_attribute("aria-modal", "false")
    page = widget.page
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.localName") != "cnfs-assistant"


def test_a_phone_gets_a_full_screen_that_holds_the_focus(visit) -> None:
    widget = visit(viewport=PHONE, has_touch=True)
    widget.launcher.tap()
    expect(widget.dialog).to_have_attribute("aria-modal", "true")
    widget.settle()
    assert widget.dialog.bounding_box() == {"x": 0, "y": 0, **PHONE}
    expect(widget.launcher).to_be_hidden()
    seen = []
    for _ in range(14):
        widget.page.keyboard.press("Tab")
        seen.append(widget.focused())
    assert "" not in seen
    assert {"Menu", "Fermer l'assistant", "Envoyer"} <= set(seen)
    widget.input.focus()
    while widget.focused() != "Menu":
        widget.page.keyboard.press("Shift+Tab")
    widget.page.keyboard.press("Shift+Tab")
    assert widget.focused() == "Envoyer"
    widget.button("Fermer l'assistant").tap()
    expect(widget.launcher).to_be_focused()


def test_a_turned_phone_changes_the_kind_of_dialog(widget: Widget) -> None:
    widget.page.set_viewport_size(PHONE)
    expect(widget.dialog).to_have_attribute("aria-modal", "true")
    widget.page.set_viewport_size(DESKTOP)
    expect(widget.dialog).to_have_attribute("aria-modal", "false")
    expect(widget.launcher).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_at_320_pixels(visit, path: str) -> None:
    widget = visit(path, viewport=NARROW)
    too_wide = "element => element.scrollWidth > element.clientWidth"
    assert not widget.page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    widget.open()
    widget.say("une réponse avec des boutons et un_mot_tres_long_" + "sans_espace" * 12)
    expect(widget.button("Durée de la formation")).to_be_visible()
    assert not widget.page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    assert not widget.dialog.locator(".scroll").evaluate(too_wide)
    widget.menu("Donner mon avis").click()
    assert not widget.dialog.locator(".card").evaluate(too_wide)
    assert not widget.dialog.evaluate(too_wide)


def test_text_twice_as_large_still_fits(visit) -> None:
    widget = visit()
    widget.page.evaluate("() => { document.documentElement.style.fontSize = '32px'; }")
    widget.open()
    widget.ask("une réponse")
    for selector in (".scroll", ".head", ".foot"):
        assert not widget.dialog.locator(selector).evaluate("element => element.scrollWidth > element.clientWidth"), (
            selector
        )
    expect(widget.input).to_be_in_viewport()


@pytest.mark.parametrize("has_touch", [False, True], ids=["mouse", "touch"])
def test_targets_are_large_enough(visit, has_touch: bool) -> None:
    widget = visit(viewport=PHONE if has_touch else DESKTOP, has_touch=has_touch, is_mobile=has_touch)
    widget.open()
    widget.say("une réponse avec des boutons")
    expect(widget.button("Durée de la formation")).to_be_visible()
    widget.menu("Donner mon avis")
    least = 44 if has_touch else 24
    sizes = widget.dialog.evaluate(
        """panel => [...panel.querySelectorAll("button, textarea, .menu a")].map((element) => {
            const { width, height } = element.getBoundingClientRect();
            return [element.innerText || element.title || element.id, width, height];
        }).filter(([, width]) => width)"""
    )
    assert len(sizes) > 10
    assert [size for size in sizes if min(size[1:]) < least] == []


def test_reduced_motion_stops_every_animation(visit) -> None:
    for preference, moves in (("no-preference", True), ("reduce", False)):
        widget = visit(reduced_motion=preference)
        widget.open()
        widget.say("un message lent")
        expect(widget.dialog.locator(".dots")).to_be_visible()
        assert bool(widget.root.evaluate("element => element.shadowRoot.getAnimations().length")) is moves


def test_the_typing_notice_is_said_once_and_goes(widget: Widget) -> None:
    widget.say("un message lent")
    typing = widget.dialog.get_by_role("status").filter(has_text="L'assistant écrit…")
    expect(typing).to_have_count(1)
    expect(widget.answers).to_have_count(1)
    expect(typing).to_have_count(0)


def test_messages_say_who_speaks_and_when(widget: Widget) -> None:
    widget.ask("bonjour")
    expect(widget.mine).to_have_text(re.compile("^Vous :bonjour"))
    expect(widget.answers).to_have_text(re.compile("^Assistant :Vous avez écrit"))
    expect(widget.messages.locator("time[datetime]")).to_have_count(2)
    expect(widget.log).to_have_attribute("aria-live", "polite")
    expect(widget.log).to_have_attribute("aria-relevant", "additions")


def test_the_widget_follows_the_theme_of_a_dsfr_page(visit) -> None:
    widget = visit("/", color_scheme="light")
    widget.open()
    expect(widget.dialog).to_have_css("background-color", "rgb(255, 255, 255)")
    widget.button("Fermer l'assistant").click()
    widget.page.get_by_role("button", name="Paramètres d'affichage").first.click()
    widget.page.get_by_text("Thème sombre").click()
    expect(widget.page.locator("html")).to_have_attribute("data-fr-theme", "dark")
    widget.page.get_by_role("dialog", name="Paramètres d'affichage").get_by_role("button", name="Fermer").click()
    widget.open()
    expect(widget.dialog).to_have_css("background-color", "rgb(22, 22, 22)")


def test_the_pages_advise_people_without_javascript(new_context, site) -> None:
    for path in PAGES:
        page = new_context(java_script_enabled=False).new_page()
        page.goto(site.url + path)
        expect(page.locator("noscript").get_by_role("link", name="foire aux questions")).to_be_visible()
