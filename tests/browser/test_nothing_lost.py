"""Networks that go, servers that die, an assistant that is away: no message lost, none doubled."""

import contextlib
import itertools

import pytest
from playwright.sync_api import Error, Route, expect

from tests.browser.processes import FakeRasa, Web
from tests.browser.widget import Widget


def visit_own(new_context, own_site: Web) -> Widget:
    page = new_context().new_page()
    page.goto(f"{own_site.url}/page-nue")
    widget = Widget(page)
    widget.open()
    return widget


def test_messages_written_offline_leave_in_order_and_once(widget: Widget, rasa: FakeRasa) -> None:
    widget.ask("avant la coupure")
    widget.page.context.set_offline(True)
    widget.say("hors ligne un")
    widget.say("hors ligne deux")
    widget.say("hors ligne trois")
    expect(widget.banner).to_have_text("Connexion perdue, nouvel essai…")
    expect(widget.mine.last).to_contain_text("non envoyé")
    widget.page.context.set_offline(False)
    expect(widget.answers).to_have_count(4)
    expect(widget.mine).to_have_count(4)
    expect(widget.mine.locator(".state")).to_have_text(["envoyé"] * 4)
    expect(widget.banner).to_be_hidden()
    ours = [text for text in rasa.received if text.startswith("hors ligne")]
    assert ours == ["hors ligne un", "hors ligne deux", "hors ligne trois"]
    assert not [key for key in widget.stored() if "out:" in key]


def test_a_first_message_written_offline_survives_a_reload(widget: Widget) -> None:
    """The page itself must load, so only the assistant is out of reach."""
    page = widget.page
    page.route("**/api/widget/**", lambda route: route.abort())
    widget.say("première question, sans réseau")
    expect(widget.mine).to_contain_text("non envoyé")
    page.reload()
    widget.open()
    expect(widget.mine).to_contain_text("première question, sans réseau")
    page.unroute("**/api/widget/**")
    widget.network_is_back()
    expect(widget.answers).to_contain_text("Vous avez écrit : première question, sans réseau")
    expect(widget.mine).to_have_count(1)


def test_an_answer_lost_on_the_way_back_doubles_nothing(widget: Widget, rasa: FakeRasa) -> None:
    """The server has the message, the browser does not know it."""
    widget.ask("avant")
    calls: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        calls.append(route.request.post_data_json["id"])
        if len(calls) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    widget.page.route("**/api/widget/messages", lose_the_first_answer)
    widget.say("comptée une fois")
    expect(widget.answers).to_have_count(2)
    expect(widget.mine.locator(".state")).to_have_text(["envoyé", "envoyé"])
    assert rasa.received.count("comptée une fois") == 1
    assert len(set(calls)) == 1


@pytest.mark.parametrize("has_locks", [True, False], ids=["locks", "no-locks"])
def test_two_tabs_on_a_wretched_network_lose_and_double_nothing(
    new_context, site: Web, rasa: FakeRasa, has_locks: bool
) -> None:
    """Requests that never leave, receipts that never come back, errors; a tab reloaded in the middle."""
    context = new_context()
    if not has_locks:
        context.add_init_script("Object.defineProperty(navigator, 'locks', { get: () => undefined })")
    fates = itertools.cycle(["lost", "passes", "receipt lost", "error", "passes"])

    def meet_a_fate(route: Route) -> None:
        fate = next(fates)
        # The page that asked may have been reloaded meanwhile.
        with contextlib.suppress(Error):
            if fate == "passes":
                route.continue_()
            elif fate == "error":
                route.fulfill(status=500, json={"code": "error"})
            else:
                if fate == "receipt lost":
                    route.fetch()
                route.abort()

    tabs = []
    for _ in range(2):
        page = context.new_page()
        page.goto(f"{site.url}/page-nue")
        tabs.append(Widget(page))
        tabs[-1].open()
    context.route("**/api/widget/messages", meet_a_fate)
    texts = [f"mauvais réseau {number}, {has_locks}" for number in range(8)]
    for number, text in enumerate(texts):
        tabs[number % 2].say(text)
        if number == 4:
            tabs[0].page.reload()
            tabs[0].open()
    context.unroute("**/api/widget/messages")
    for tab in tabs:
        tab.network_is_back()
        expect(tab.answers).to_have_count(len(texts), timeout=40_000)
        expect(tab.mine.locator(".state")).to_have_text(["envoyé"] * len(texts))
        expect(tab.banner).to_be_hidden()
        assert not [key for key in tab.stored() if "out:" in key]
    received = [text for text in rasa.received if text in texts]
    assert sorted(received) == texts
    for mine in (texts[0::2], texts[1::2]):
        assert [text for text in received if text in mine] == mine


def test_a_server_killed_during_a_message_answers_after_its_restart(new_context, own_site: Web) -> None:
    widget = visit_own(new_context, own_site)
    widget.say("un message lent")
    expect(widget.dialog.get_by_text("L'assistant écrit…")).to_be_attached()
    own_site.kill()
    expect(widget.banner).to_have_text("Connexion perdue, nouvel essai…")
    widget.say("un autre, serveur arrêté")
    expect(widget.mine.last).to_contain_text("non envoyé")
    own_site.end_leases()
    own_site.start()
    expect(widget.answers).to_have_count(2, timeout=40_000)
    expect(widget.answers.nth(0)).to_contain_text("un message lent")
    expect(widget.answers.nth(1)).to_contain_text("un autre, serveur arrêté")
    expect(widget.mine).to_have_count(2)
    expect(widget.banner).to_be_hidden()
    widget.page.reload()
    widget.open()
    expect(widget.messages).to_have_count(4)


def test_the_assistant_away_keeps_the_message_and_says_so(new_context, own_site: Web, own_rasa: FakeRasa) -> None:
    widget = visit_own(new_context, own_site)
    widget.ask("avant")
    own_rasa.stop()
    widget.say("pendant")
    expect(widget.banner).to_have_text("L'assistant redémarre, votre message est gardé, la réponse arrive.")
    expect(widget.mine.last).to_contain_text("envoyé")
    own_rasa.start()
    expect(widget.answers.last).to_contain_text("Vous avez écrit : pendant", timeout=30_000)
    expect(widget.banner).to_be_hidden()
    expect(widget.messages).to_have_count(4)


def test_writing_too_fast_waits_a_minute_and_leaves_alone(visit) -> None:
    widget = visit()
    widget.page.clock.install()
    widget.page.reload()
    widget.open()
    answers = iter([429])

    def refuse_once(route: Route) -> None:
        if next(answers, None):
            route.fulfill(status=429, json={"code": "rate", "sentence": "Patientez une minute."})
        else:
            route.continue_()

    widget.page.route("**/api/widget/messages", refuse_once)
    widget.say("trop vite")
    expect(widget.banner).to_contain_text("il partira dans une minute")
    expect(widget.mine).to_contain_text("non envoyé")
    widget.page.clock.fast_forward("01:01")
    expect(widget.answers).to_contain_text("Vous avez écrit : trop vite")
    expect(widget.mine).to_have_count(1)
    expect(widget.banner).to_be_hidden()


def test_a_message_the_server_fails_on_lets_the_next_ones_pass(visit) -> None:
    widget = visit()
    widget.page.clock.install()
    widget.page.reload()
    widget.open()
    widget.ask("avant")

    tries: list[Route] = []

    def fail(route: Route) -> None:
        if "casse" in route.request.post_data:
            tries.append(route)
            route.fulfill(status=500, json={"code": "error", "sentence": "Un problème technique."})
        else:
            route.continue_()

    widget.page.route("**/api/widget/messages", fail)
    widget.say("ceci casse le serveur")
    widget.say("ceci passe")
    while len(tries) < 5:
        widget.page.clock.run_for(2000)
    expect(widget.answers.last).to_contain_text("Vous avez écrit : ceci passe")
    broken = widget.mine.filter(has_text="casse")
    expect(broken).to_contain_text("non envoyé")
    widget.page.unroute("**/api/widget/messages")
    broken.get_by_role("button", name="Réessayer").click()
    expect(widget.answers.last).to_contain_text("Vous avez écrit : ceci casse le serveur")


def test_a_login_page_in_the_way_is_not_taken_for_our_server(widget: Widget) -> None:
    """Hotels and trains answer 200 with a page of theirs to anything."""
    widget.page.route("**/api/widget/**", lambda route: route.fulfill(body="<html>Connectez-vous</html>"))
    widget.say("depuis le train")
    expect(widget.mine).to_contain_text("non envoyé")
    widget.page.unroute("**/api/widget/**")
    widget.network_is_back()
    expect(widget.answers).to_contain_text("Vous avez écrit : depuis le train")


def test_a_conversation_started_in_one_tab_is_joined_by_the_other(widget: Widget, rasa: FakeRasa) -> None:
    """Two first messages at the same moment make one conversation."""
    page = widget.page.context.new_page()
    page.goto(widget.page.url)
    second = Widget(page)
    second.open()
    widget.input.fill("du premier onglet")
    second.input.fill("du second onglet")
    widget.input.press("Enter")
    second.input.press("Enter")
    expect(widget.answers).to_have_count(2)
    expect(second.answers).to_have_count(2)
    expect(widget.mine).to_have_count(2)
    assert rasa.received.count("du premier onglet") == rasa.received.count("du second onglet") == 1


def test_an_unreachable_server_shows_other_ways_and_comes_back(new_context, site: Web) -> None:
    page = new_context().new_page()
    page.route("**/api/widget/**", lambda route: route.abort())
    page.goto(f"{site.url}/page-nue")
    widget = Widget(page)
    widget.open()
    expect(widget.dialog.get_by_text("L'assistant ne répond pas pour le moment.")).to_be_visible()
    expect(widget.dialog.get_by_role("link", name="conseiller-numerique@anct.gouv.fr")).to_be_visible()
    expect(widget.dialog.get_by_role("link", name="01 58 50 89 42")).to_have_attribute("href", "tel:+33158508942")
    expect(widget.dialog.get_by_role("link", name="lire la foire aux questions")).to_be_visible()
    page.unroute("**/api/widget/**")
    expect(widget.button("Combien de temps dure la formation ?")).to_be_visible(timeout=30_000)
    expect(widget.dialog.get_by_text("L'assistant ne répond pas pour le moment.")).to_be_hidden()
    widget.ask("de retour")


def test_a_stream_resumes_after_the_last_message_and_survives_any_form(widget: Widget) -> None:
    """Comments, unknown events, any line end, a message in several lines, one seen before, one that is broken."""
    widget.ask("avant")
    resumed: list[str] = []
    body = (
        ': ping\r\n\r\nevent: nouveau\ndata: {}\n\nevent: typing\rdata: {"on": true}\r\r'
        'id: 1\ndata: {"seq": 1, "author": "assistant", "text": "déjà vu", "at": ""}\n\n'
        "data: pas du json\n\n"
        'id: 3\ndata: {"seq": 3, "author": "assistant",\ndata: "text": "Bien reçu", "at": "2026-11-01T10:00:00Z"}\n\n'
        'data: {"seq": 4, "author": "assistant", "text": "coupé'
    )

    def stream(route: Route) -> None:
        resumed.append(route.request.headers["last-event-id"])
        if len(resumed) == 1:
            route.fulfill(content_type="text/event-stream", body=body)
        else:
            route.abort()

    widget.page.route("**/api/widget/events", stream)
    widget.page.evaluate("() => dispatchEvent(new Event('offline'))")
    expect(widget.answers).to_have_count(2)
    expect(widget.answers.last).to_contain_text("Bien reçu")
    expect(widget.banner).to_have_text("Connexion perdue, nouvel essai…")
    assert resumed[:2] == ["2", "3"]
