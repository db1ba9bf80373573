"""Opinions, transcript, new conversation, erasure."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.processes import Web
from tests.browser.widget import Widget


def test_a_thumb_is_kept_and_can_change(widget: Widget) -> None:
    widget.ask("sans pouce")
    expect(widget.dialog.locator(".thumb")).to_have_count(0)
    widget.say("une réponse")
    yes = widget.dialog.get_by_role("button", name="Cette réponse m'aide")
    no = widget.dialog.get_by_role("button", name="Cette réponse ne m'aide pas")
    yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(widget.dialog.get_by_text("Merci, votre avis est enregistré.")).to_be_visible()
    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(yes).to_have_attribute("aria-pressed", "false")
    widget.dialog.get_by_label("Que manque-t-il ?").fill("Le montant pour 2026")
    with widget.page.expect_response("**/feedback") as response:
        widget.button("Envoyer ce commentaire").click()
    assert response.value.status == 204
    assert response.value.request.post_data_json["comment"] == "Le montant pour 2026"
    expect(widget.dialog.get_by_label("Que manque-t-il ?")).to_have_count(0)
    widget.page.reload()
    widget.open()
    expect(no).to_have_attribute("aria-pressed", "true")


def test_an_opinion_that_cannot_be_sent_says_so_and_keeps_the_comment(widget: Widget) -> None:
    widget.say("une réponse")
    no = widget.dialog.get_by_role("button", name="Cette réponse ne m'aide pas")
    expect(no).to_be_visible()
    widget.page.route("**/feedback", lambda route: route.abort())
    no.click()
    expect(widget.alert).to_have_text("Votre avis n'a pas pu être envoyé. Réessayez dans un instant.")
    expect(no).to_have_attribute("aria-pressed", "false")
    comment = widget.dialog.get_by_label("Que manque-t-il ?")
    comment.fill("Ma remarque")
    widget.button("Envoyer ce commentaire").click()
    expect(widget.alert).not_to_be_empty()
    expect(comment).to_have_value("Ma remarque")
    widget.page.unroute("**/feedback")
    widget.button("Envoyer ce commentaire").click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(comment).to_have_count(0)


def test_the_conversation_is_rated_once_a_note_is_chosen(widget: Widget) -> None:
    widget.ask("bonjour")
    widget.menu("Donner mon avis").click()
    form = widget.dialog.get_by_role("dialog", name="Donner mon avis")
    form.get_by_role("button", name="Envoyer mon avis").click()
    expect(form.get_by_role("alert")).to_have_text("Choisissez une note de 1 à 5.")
    form.get_by_role("radio", name="4").check()
    form.get_by_label("Votre commentaire").fill("Clair et rapide")
    with widget.page.expect_response("**/satisfaction") as response:
        form.get_by_role("button", name="Envoyer mon avis").click()
    assert response.value.status == 204
    assert response.value.request.post_data_json == {"score": 4, "comment": "Clair et rapide"}
    expect(form).to_have_count(0)
    expect(widget.dialog.get_by_text("Merci, votre avis est enregistré.")).to_be_visible()


def test_the_transcript_is_downloaded(widget: Widget) -> None:
    widget.ask("à garder")
    entry = widget.menu("Télécharger la conversation")
    with widget.page.expect_download() as download:
        entry.click()
    assert download.value.suggested_filename.startswith("conversation-20")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "Vous :\nà garder" in text
    assert "Assistant :\nVous avez écrit : à garder" in text


def test_a_new_conversation_keeps_nothing_of_the_old_one(widget: Widget) -> None:
    widget.ask("ancienne")
    second_page = widget.page.context.new_page()
    second_page.goto(widget.page.url)
    second = Widget(second_page)
    second.open()
    expect(second.messages).to_have_count(2)
    widget.page.bring_to_front()
    widget.menu("Nouvelle conversation").click()
    widget.button("Annuler").click()
    expect(widget.messages).to_have_count(2)
    widget.menu("Nouvelle conversation").click()
    widget.button("Commencer").click()
    expect(widget.messages).to_have_count(0)
    expect(widget.button("Combien de temps dure la formation ?")).to_be_visible()
    expect(second.messages).to_have_count(0)
    assert widget.stored() == {}
    widget.ask("nouvelle")
    expect(widget.messages).to_have_count(2)


def test_a_new_conversation_gives_back_what_was_not_sent(widget: Widget) -> None:
    widget.ask("ancienne")
    widget.page.route("**/api/widget/messages", lambda route: route.abort())
    widget.say("pas encore partie")
    expect(widget.mine.last).to_contain_text("non envoyé")
    widget.menu("Nouvelle conversation").click()
    widget.button("Commencer").click()
    expect(widget.input).to_have_value("pas encore partie")
    expect(widget.messages).to_have_count(0)


def test_erasing_removes_everything_here_and_there(widget: Widget, site: Web) -> None:
    widget.ask("à effacer")
    token = widget.stored()["cnfs-assistant:token"]
    second_page = widget.page.context.new_page()
    second_page.goto(widget.page.url)
    second = Widget(second_page)
    second.open()
    expect(second.messages).to_have_count(2)
    widget.page.bring_to_front()
    widget.input.fill("un brouillon")
    widget.menu("Effacer ma conversation").click()
    widget.dialog.get_by_role("alertdialog").get_by_role("button", name="Effacer").click()
    expect(widget.dialog.get_by_text("Votre conversation est effacée.")).to_be_visible()
    expect(widget.messages).to_have_count(0)
    expect(second.messages).to_have_count(0)
    assert widget.stored() == {}
    gone = widget.page.request.get(f"{site.url}/api/widget/messages", headers={"Authorization": f"Bearer {token}"})
    assert gone.status == 410


def test_a_failed_erasure_erases_nothing_and_says_so(widget: Widget) -> None:
    widget.ask("à effacer")
    widget.page.route("**/api/widget/conversation", lambda route: route.abort())
    widget.menu("Effacer ma conversation").click()
    sheet = widget.dialog.get_by_role("alertdialog")
    sheet.get_by_role("button", name="Effacer").click()
    expect(sheet.get_by_role("alert")).to_contain_text("rien n'est effacé")
    sheet.get_by_role("button", name="Annuler").click()
    expect(widget.messages).to_have_count(2)
    widget.ask("la conversation continue")


def test_an_erased_conversation_is_announced_to_a_tab_that_only_listens(widget: Widget, site: Web) -> None:
    """Erased from elsewhere (another device with the same link, staff): the stream says so."""
    widget.ask("bonjour")
    token = widget.stored()["cnfs-assistant:token"]
    widget.page.request.delete(f"{site.url}/api/widget/conversation", headers={"Authorization": f"Bearer {token}"})
    expect(widget.dialog.locator(".ended")).to_contain_text("Ouvrez-en une nouvelle")
