"""Text is never markup; nothing goes elsewhere; strict pages and closed storage are no obstacle."""

from playwright.sync_api import expect

from tests.browser.processes import HostSite, Web
from tests.browser.widget import Widget

HOSTILE = [
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "<svg/onload=window.pwned=1>",
    "[x](javascript:window.pwned=1)",
    "[x](JaVaScRiPt:window.pwned=1)",
    "[x](data:text/html,<script>window.pwned=1</script>)",
    "[x](vbscript:msgbox)",
    "[x](javascript://a.fr/%0awindow.pwned=1)",
    "[x](//a.fr/)",
    "http://pas-chiffre.example.fr/",
    "&lt;b&gt; &amp; \u202egnp.exe",
]


LINKS = [
    # what the assistant says, the link's name, where it goes
    ("[le site](https://www.exemple.fr/a?b=c)", "le site (nouvelle fenêtre)", "https://www.exemple.fr/a?b=c"),
    (
        "(voir https://www.exemple.fr/a_(b)).",
        "https://www.exemple.fr/a_(b) (nouvelle fenêtre)",
        "https://www.exemple.fr/a_(b)",
    ),
    (
        "https://www.exemple.fr/fin, suite",
        "https://www.exemple.fr/fin (nouvelle fenêtre)",
        "https://www.exemple.fr/fin",
    ),
    (
        'https://www.exemple.fr/"onmouseover="alert(1)',
        "https://www.exemple.fr/ (nouvelle fenêtre)",
        "https://www.exemple.fr/",
    ),
    ("[nous](mailto:a@exemple.fr)", "nous", "mailto:a@exemple.fr"),
    ("[appeler](tel:+33158508942)", "appeler", "tel:+33158508942"),
]


def test_hostile_text_is_shown_as_text(widget: Widget) -> None:
    for text in HOSTILE:
        widget.say(text)
        expect(widget.mine.last.locator(".bubble")).to_have_text(text)
        expect(widget.answers.last.locator(".bubble")).to_have_text(f"Vous avez écrit : {text}")
    markup = widget.log.locator("img, script, svg:not([aria-hidden]), iframe, a, [onerror], [onload]")
    assert markup.count() == 0
    assert widget.page.evaluate("() => window.pwned") is None


def test_safe_links_are_links(widget: Widget) -> None:
    for text, name, address in LINKS:
        widget.say(text)
        link = widget.answers.last.get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("href", address)
        if address.startswith("https:"):
            expect(link).to_have_attribute("target", "_blank")
            expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(widget.mine.get_by_role("link")).to_have_count(0)
    expect(widget.log.locator("[onmouseover]")).to_have_count(0)


def test_lists_and_paragraphs_are_drawn(widget: Widget) -> None:
    widget.say("Intro\n- un\n- deux\nsuite\n\n1. premier\n2. second\n\nfin\nligne")
    bubble = widget.answers.locator(".bubble")
    expect(bubble.locator("ul > li")).to_have_text(["un", "deux"])
    expect(bubble.locator("ol > li")).to_have_text(["premier", "second"])
    expect(bubble.locator("p")).to_have_count(3)
    expect(bubble.locator("p").last.locator("br")).to_have_count(1)


def test_unknown_fields_and_odd_messages_break_nothing(widget: Widget) -> None:
    widget.ask("bonjour")
    odd = [
        {"seq": 1, "author": "martien", "text": "inconnu", "at": "jamais", "progress": {"n": 3}, "buttons": "non"},
        {"seq": 2, "author": "system", "text": "Un conseiller vous répond.", "at": "2026-11-01T10:00:00Z"},
        {
            "seq": 3,
            "author": "human",
            "text": "Bonjour, Marie.",
            "at": "2026-11-01T10:00:00Z",
            "name": "Marie",
            "source": 12,
        },
        {"seq": 4, "author": "assistant", "text": None},
        "pas un message",
    ]

    def history(route) -> None:
        route.fulfill(json={"messages": odd if route.request.url.endswith("after=0") else []})

    widget.page.route("**/api/widget/messages?after=*", history)
    widget.page.reload()
    widget.open()
    expect(widget.messages).to_have_count(3)
    expect(widget.log.locator(".system")).to_contain_text("Un conseiller vous répond.")
    expect(widget.log.locator(".human")).to_contain_text("Conseiller – Marie")


def test_nothing_is_asked_of_another_origin_and_no_cookie_is_set(visit, site: Web) -> None:
    widget = visit("/")
    asked: set[str] = set()
    widget.page.on("request", lambda request: asked.add(request.url))
    widget.page.reload()
    widget.open()
    widget.ask("bonjour")
    assert asked
    assert {url for url in asked if not url.startswith((site.url, "data:", "blob:"))} == set()
    assert widget.page.context.cookies() == []


def test_a_strict_site_elsewhere_can_embed_it(new_context, host_site: HostSite) -> None:
    """Policy without style-src, another origin, plain http: CORS, constructed styles, no Web Locks."""
    page = new_context(own_address=False).new_page()
    page.goto(host_site.url)
    widget = Widget(page)
    assert page.evaluate("() => isSecureContext") is False
    expect(widget.launcher).to_have_text("Besoin d’aide ?")
    expect(widget.launcher).to_have_css("position", "fixed")
    expect(widget.launcher).to_have_css("background-color", "rgb(255, 214, 10)")
    expect(widget.launcher).to_have_css("color", "rgb(0, 0, 0)")
    assert widget.launcher.bounding_box()["x"] < 100
    widget.open()
    expect(widget.dialog.get_by_role("heading", name="L'assistant de la mairie")).to_be_visible()
    widget.ask("d'un autre site")
    page.reload()
    widget.open()
    expect(widget.messages).to_have_count(2)
    assert widget.violations() == []


def test_blocked_storage_only_forgets_on_reload(new_context, site: Web) -> None:
    context = new_context()
    context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
            Object.defineProperty(window, name, { get() { throw new DOMException("bloqué", "SecurityError"); } });
        }"""
    )
    page = context.new_page()
    page.goto(f"{site.url}/page-nue")
    widget = Widget(page)
    widget.open()
    widget.ask("un")
    widget.ask("deux")
    expect(widget.messages).to_have_count(4)
    page.reload()
    widget.open()
    expect(widget.messages).to_have_count(0)


def test_a_full_storage_loses_nothing_of_the_page(new_context, site: Web) -> None:
    context = new_context()
    context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('plein', 'QuotaExceededError'); };"
    )
    page = context.new_page()
    page.goto(f"{site.url}/page-nue")
    widget = Widget(page)
    widget.open()
    widget.ask("un")
    widget.ask("deux")
    expect(widget.messages).to_have_count(4)


def test_wrong_options_are_ignored(visit) -> None:
    widget = visit()
    widget.page.evaluate(
        """() => {
            document.querySelector("cnfs-assistant").remove();
            const element = document.createElement("cnfs-assistant");
            element.setAttribute("texts", "{pas du json");
            element.setAttribute("accent", "red;}*{display:none");
            element.setAttribute("title", "Mon <b>assistant</b>");
            element.setAttribute("open", "");
            document.body.append(element);
        }"""
    )
    expect(widget.dialog.get_by_role("heading", name="Mon <b>assistant</b>")).to_be_visible()
    expect(widget.root).not_to_have_attribute("title", "Mon <b>assistant</b>")
    assert widget.focused() == ""
    widget.input.click()
    widget.ask("bonjour")
