"""Asking, answering, choosing, coming back."""

from playwright.sync_api import expect

from tests.browser.widget import Widget


def test_a_first_question_gets_its_answer(widget: Widget) -> None:
    widget.say("Bonjour, une question")
    expect(widget.mine).to_contain_text("Bonjour, une question")
    expect(widget.mine).to_contain_text("envoyé")
    expect(widget.answers).to_contain_text("Vous avez écrit : Bonjour, une question")
    expect(widget.input).to_have_value("")
    expect(widget.input).to_be_focused()


def test_nothing_is_stored_or_opened_before_the_first_message(visit) -> None:
    widget = visit()
    expect(widget.launcher).to_be_visible()
    calls: list[str] = []
    widget.page.on("request", lambda request: calls.append(request.url))
    widget.open()
    expect(widget.dialog.get_by_text("365 jours")).to_be_visible()
    expect(widget.dialog.get_by_role("link", name="Données personnelles")).to_have_attribute(
        "href", f"{widget.page.url.removesuffix('/page-nue')}/confidentialite"
    )
    assert widget.stored() == {}
    assert calls == []


def test_a_top_question_is_asked_by_its_button(widget: Widget) -> None:
    widget.button("Quand la subvention est-elle versée ?").click()
    expect(widget.answers).to_contain_text("Vous avez écrit : Quand la subvention est-elle versée ?")
    expect(widget.button("Combien de temps dure la formation ?")).to_be_hidden()
    expect(widget.input).to_be_focused()


def test_a_chosen_reply_stays_marked_and_the_others_are_closed(widget: Widget) -> None:
    widget.say("des boutons svp")
    chosen, other = widget.button("Durée de la formation"), widget.button("Quand la subvention est-elle versée ?")
    expect(other).to_be_enabled()
    chosen.click()
    expect(widget.answers.last).to_contain_text('/faq{"cle": "formation_duree"}')
    expect(widget.mine.last).to_contain_text("Durée de la formation")
    for _ in ("now", "after a reload"):
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(other).to_be_disabled()
        widget.page.reload()
        widget.open()


def test_replies_close_two_answers_later(widget: Widget) -> None:
    widget.say("des boutons svp")
    reply = widget.button("Durée de la formation")
    widget.ask("autre chose")
    expect(reply).to_be_enabled()
    widget.ask("encore autre chose")
    expect(reply).to_be_disabled()
    expect(reply).to_be_visible()


def test_a_reload_keeps_the_history_and_the_draft(widget: Widget) -> None:
    widget.ask("première")
    widget.ask("deuxième")
    widget.input.fill("un brouillon")
    widget.page.reload()
    widget.open()
    expect(widget.messages).to_have_count(4)
    expect(widget.messages.nth(0)).to_contain_text("première")
    expect(widget.messages.nth(3)).to_contain_text("Vous avez écrit : deuxième")
    expect(widget.input).to_have_value("un brouillon")
    widget.ask("troisième")
    expect(widget.messages).to_have_count(6)


def test_a_long_history_comes_back_whole(widget: Widget) -> None:
    """The server gives at most 200 messages at a time."""
    page_of_messages = [
        {"seq": n, "author": "assistant", "text": f"Message {n}", "at": "2026-11-01T10:00:00+00:00"}
        for n in range(1, 251)
    ]
    widget.ask("première")

    def history(route) -> None:
        after = int(route.request.url.split("after=")[1])
        route.fulfill(json={"messages": page_of_messages[after : after + 200]})

    widget.page.route("**/api/widget/messages?after=*", history)
    widget.page.reload()
    widget.open()
    expect(widget.messages).to_have_count(250)
    expect(widget.messages.last).to_contain_text("Message 250")


def test_two_tabs_show_the_same_conversation(widget: Widget) -> None:
    second_page = widget.page.context.new_page()
    second_page.goto(widget.page.url)
    second = Widget(second_page)
    second.open()
    widget.ask("depuis le premier onglet")
    expect(second.messages).to_have_count(2)
    second.ask("depuis le second")
    expect(widget.messages).to_have_count(4)
    expect(widget.mine.last).to_contain_text("depuis le second")
    assert len({key for key in widget.stored() if key.endswith("token")}) == 1


def test_the_source_is_shown_under_the_answer(widget: Widget) -> None:
    widget.say("une réponse")
    expect(widget.answers.locator(".source")).to_have_text("Source : Guide de l'employeur (2022), p. 11")


def test_shift_enter_and_input_methods_do_not_send(widget: Widget) -> None:
    widget.input.press_sequentially("ligne 1")
    widget.input.press("Shift+Enter")
    widget.input.press_sequentially("ligne 2")
    widget.input.evaluate(
        "input => input.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(widget.input).to_have_value("ligne 1\nligne 2")
    expect(widget.messages).to_have_count(0)
    widget.input.press("Enter")
    expect(widget.answers).to_contain_text("ligne 2")
    expect(widget.mine.locator("br")).to_have_count(1)


def test_the_page_can_drive_the_element(visit) -> None:
    widget = visit()
    widget.page.evaluate(
        """() => {
            window.heard = [];
            for (const type of ["cnfs:open", "cnfs:close", "cnfs:message"]) {
                document.addEventListener(type, (event) => heard.push([type, event.detail && event.detail.author]));
            }
        }"""
    )
    expect(widget.launcher).to_be_visible()
    assert widget.root.evaluate("element => { element.setIdentity('jeton'); return element.send('Bonjour'); }") is True
    expect(widget.answers).to_contain_text("Vous avez écrit : Bonjour")
    widget.root.evaluate("element => element.close()")
    expect(widget.dialog).to_be_hidden()
    heard = widget.page.evaluate("() => heard")
    assert heard[0][0] == "cnfs:open"
    assert ["cnfs:message", "assistant"] in heard
    assert heard[-1][0] == "cnfs:close"
    assert widget.root.evaluate("element => element.send('   ')") is False


def test_the_answer_to_a_quick_second_message_is_the_one_in_view(visit) -> None:
    """Pressing a button at once after an answer must not leave the reader on that answer."""
    widget = visit()
    widget.open()
    widget.say("des dessins")
    expect(widget.answers).to_have_count(1)
    widget.say("des dessins encore")
    expect(widget.answers).to_have_count(2)
    expect(widget.answers.last.locator(".answer-title")).to_be_in_viewport()
    expect(widget.answers.first.locator(".answer-title")).not_to_be_in_viewport()
