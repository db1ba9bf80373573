"""What the server refuses comes back to the person, with its reason."""

from playwright.sync_api import Route, expect

from tests.browser.widget import Widget


def test_a_text_over_the_limit_is_refused_at_once_and_kept(widget: Widget) -> None:
    long_text = "a" * 2001
    widget.input.fill(long_text)
    expect(widget.dialog.get_by_text("2001 / 2000 caractères")).to_be_visible()
    widget.input.press("Enter")
    expect(widget.alert).to_contain_text("2001 caractères, la limite est de 2000")
    expect(widget.input).to_have_value(long_text)
    expect(widget.messages).to_have_count(0)
    widget.input.fill("plus court")
    expect(widget.alert).to_be_empty()
    widget.ask("plus court")


def test_a_text_the_server_finds_too_long_comes_back(visit) -> None:
    """The widget believed in a higher limit."""
    widget = visit()

    def raise_the_limit(route: Route) -> None:
        configuration = route.fetch().json()
        route.fulfill(json={**configuration, "max_characters": 100_000})

    widget.page.route("**/api/widget/config", raise_the_limit)
    widget.page.reload()
    widget.open()
    for size in (2500, 70_000):  # one for the service, one for the limit on a request's body
        text = "b" * size
        widget.say(text)
        expect(widget.alert).to_contain_text("trop long" if size > 65_536 else "la limite est de 2000")
        expect(widget.input).to_have_value(text)
        expect(widget.messages).to_have_count(0)
        assert not [key for key in widget.stored() if "out:" in key]


def test_a_refused_text_never_replaces_what_is_being_typed(widget: Widget) -> None:
    widget.ask("avant")
    held: list[Route] = []
    widget.page.route("**/api/widget/messages", lambda route: held.append(route))
    widget.say("refusée")
    widget.input.fill("déjà la suite")
    expect(widget.mine).to_have_count(2)
    widget.page.wait_for_timeout(0)
    held[0].fulfill(status=400, json={"code": "empty", "sentence": "Votre message est vide."})
    expect(widget.alert).to_have_text("Votre message est vide.")
    expect(widget.input).to_have_value("refusée\n\ndéjà la suite")
    expect(widget.mine).to_have_count(1)


def test_a_conversation_that_is_over_offers_a_new_one_and_keeps_the_text(widget: Widget) -> None:
    widget.ask("avant")
    over = {"code": "ended", "sentence": "Cette conversation est terminée."}
    widget.page.route("**/api/widget/messages", lambda route: route.fulfill(status=410, json=over))
    widget.say("à ne pas perdre")
    expect(widget.dialog.locator(".ended")).to_contain_text("Cette conversation est terminée.")
    expect(widget.input).to_have_value("à ne pas perdre")
    widget.input.press("Enter")
    expect(widget.input).to_have_value("à ne pas perdre")
    widget.page.unroute("**/api/widget/messages")
    widget.button("Nouvelle conversation").click()
    expect(widget.input).to_be_focused()
    widget.input.press("Enter")
    expect(widget.messages).to_have_count(2)
    expect(widget.answers).to_contain_text("Vous avez écrit : à ne pas perdre")


def test_a_token_that_is_not_ours_any_more_offers_a_new_conversation(widget: Widget) -> None:
    widget.ask("avant")
    widget.page.evaluate("() => localStorage.setItem('cnfs-assistant:token', 'faux.jeton')")
    widget.page.reload()
    widget.open()
    expect(widget.dialog.locator(".ended")).to_contain_text("Cette conversation n'est pas la vôtre.")
    widget.button("Nouvelle conversation").click()
    widget.ask("après")
    expect(widget.messages).to_have_count(2)


def test_a_firewall_that_forbids_a_message_is_not_the_end(widget: Widget) -> None:
    """A 403 without our own code comes from something in between."""
    widget.ask("avant")
    widget.page.route("**/api/widget/messages", lambda route: route.fulfill(status=403, body="Forbidden"))
    widget.say("SELECT quelque chose")
    expect(widget.mine.last).to_contain_text("non envoyé")
    expect(widget.dialog.locator(".ended")).to_be_empty()
    widget.page.unroute("**/api/widget/messages")
    widget.button("Réessayer").click()
    expect(widget.answers.last).to_contain_text("SELECT quelque chose")
