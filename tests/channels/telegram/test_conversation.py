"""A person talks to the assistant in Telegram: polling, the real library, a strict Telegram."""

import asyncio
import json

import pytest
import sqlalchemy as sa

from bot.demo.telegram.phone import THINGS
from bot.dispositif.conversation import Author, Owner
from bot.storage.unit_of_work import UnitOfWork
from tests.channels.telegram.conftest import now, running
from tests.channels.telegram.gestures import say, start


async def test_a_question_is_answered_after_the_first_words(setup):
    setup.world.write(setup.person, "combien de temps dure la formation ?")
    await setup.says("Vous avez écrit : combien de temps")
    texts = setup.texts()
    assert texts[0].startswith("Bonjour ! Je suis l'assistant")
    assert "365 jours" in texts[0]
    assert len(texts) == 2


async def test_buttons_are_answered_at_once_and_carry_short_tokens(setup):
    setup.world.write(setup.person, "boutons")
    message = await setup.says("Vouliez-vous dire")
    assert {e["type"] for e in message["entities"]} == {"text_link"}
    answer = await setup.press(message, "Durée")
    assert answer == {"text": "", "alert": False}
    await setup.until(lambda: '/faq{"cle": "formation_duree"}' in setup.received)
    await setup.until(lambda: "✓" in str(setup.world.message(setup.person, message["message_id"])["reply_markup"]))
    # The suggestion is still there; the one already taken answers at once and is not asked again.
    again = await setup.press(message, "Durée")
    assert "déjà fait" in again["text"]
    await asyncio.sleep(0.3)
    assert setup.received.count('/faq{"cle": "formation_duree"}') == 1


async def test_a_step_button_gives_way_to_what_was_chosen_and_is_over_afterwards(setup):
    await start(setup)
    buttons = [
        {"title": title, "payload": '/choose{"activity": "essai", "value": "' + title + '"}'}
        for title in ("Oui", "Non")
    ]
    say(setup, "Continuer ?", author=Author.ASSISTANT, buttons=buttons)
    message = await setup.says("Continuer ?")
    # A double tap: the second is told that the step is over, and only one reaches the assistant.
    first, second = await asyncio.gather(setup.press(message, "Oui"), setup.press(message, "Non"))
    assert sorted([first["text"], second["text"]]) == ["", "Cette étape est déjà passée."]
    await setup.until(lambda: "Votre choix : Oui" in setup.texts()[-2] + setup.texts()[-1])
    shown = setup.world.message(setup.person, message["message_id"])
    assert "reply_markup" not in shown
    await setup.says("Vous avez écrit : /choose")
    assert len(setup.received) == 1


async def test_the_buttons_of_an_older_question_are_over(setup):
    await start(setup)
    for text in ("Première ?", "Deuxième ?"):
        payload = '/choose{"activity": "essai", "field": "f", "value": "1"}'
        say(setup, text, author=Author.ASSISTANT, buttons=[{"title": "Oui", "payload": payload}])
    await setup.says("Deuxième ?")
    old = await setup.says("Première ?")
    assert (await setup.press(old, "Oui"))["text"] == "Cette étape est déjà passée."
    await setup.until(lambda: "reply_markup" not in setup.world.message(setup.person, old["message_id"]))


async def test_an_answer_is_rated_and_the_last_opinion_counts(setup):
    setup.world.write(setup.person, "une réponse")
    answer = await setup.says("une réponse")
    assert (await setup.press(answer, "Pas utile"))["text"] == "Merci, votre avis est enregistré."
    await setup.until(lambda: "✓ Pas utile" in str(setup.world.message(setup.person, answer["message_id"])))
    await setup.press(answer, "Utile")
    await setup.until(lambda: "'✓ Utile'" in str(setup.world.message(setup.person, answer["message_id"])))
    with setup.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT value FROM feedback")).scalars().all() == [1]
    for token in ("r:1:1", "r:2:1", "r:99:-1"):
        query = setup.world.press(setup.person, answer["message_id"], token)
        assert "ne peut pas être notée" in (await setup.world.answer_to(query, 5))["text"]


async def test_a_made_up_button_reaches_nobody(setup):
    await start(setup)
    message = setup.bot_messages()[0]
    for data in ("/restart", '/choose{"activity":"cra"}', "b:1:0", "b:999:0", "b:2:7"):
        query = setup.world.press(setup.person, message["message_id"], data)
        answer = await setup.world.answer_to(query, 5)
        assert answer["text"]
    assert setup.received == []


async def test_a_card_is_edited_in_place(setup):
    await start(setup)
    payload = '/choose{"activity": "essai", "field": "f", "value": "1"}'
    say(
        setup,
        "Fiche, version 1",
        author=Author.ASSISTANT,
        card="fiche",
        buttons=[{"title": "Suite", "payload": payload}],
    )
    card = await setup.says("Fiche, version 1")
    setup.rasa_app.state.next = {
        "text": "Fiche, version 2",
        "card": "fiche",
        "buttons": [{"title": "Fin", "payload": payload}],
    }
    await setup.press(card, "Suite")
    changed = await setup.says("Fiche, version 2")
    assert changed["message_id"] == card["message_id"]
    assert (await setup.press(changed, "Fin"))["text"] == ""


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        ("photo", "je n'ai pas gardé une photo"),
        ("voice", "un message vocal"),
        ("sticker", "un autocollant"),
        ("document", "un document"),
        ("location", "une position"),
        ("contact", "une fiche de contact"),
    ],
)
async def test_what_is_not_text_is_answered_politely(setup, thing, told):
    setup.world.send_from(setup.person, THINGS[thing])
    await setup.says(told)
    assert setup.received == []


async def test_the_caption_of_a_photo_is_read(setup):
    setup.world.send_from(setup.person, {**THINGS["photo"], "caption": "atelier de 2 h"})
    await setup.says("Vous avez écrit : atelier de 2 h")
    assert any("Je n'ai lu que le texte" in text for text in setup.texts())


async def test_an_album_is_answered_once_and_a_moving_position_not_at_each_step(setup):
    for _ in range(3):
        setup.world.send_from(setup.person, {**THINGS["photo"], "media_group_id": "123"})
    moving = setup.world.send_from(setup.person, THINGS["location"])
    for _ in range(3):
        setup.world.push("edited_message", {**moving, "edit_date": 1})
    setup.world.write(setup.person, "fin")
    await setup.says("Vous avez écrit : fin")
    assert len([text for text in setup.texts() if "Je ne lis que les textes" in text]) == 2
    assert not any("modifié" in text for text in setup.texts())


async def test_forwarded_and_edited_messages_are_explained(setup):
    origin = {"type": "hidden_user", "sender_user_name": "X", "date": 1}
    setup.world.write(setup.person, "le secret de quelqu'un", forward_origin=origin)
    await setup.says("messages transférés")
    sent = setup.world.write(setup.person, "bonjour")
    await setup.says("Vous avez écrit : bonjour")
    setup.world.edit(setup.person, sent["message_id"], "au revoir")
    await setup.says("c'est la première version qui compte")
    assert setup.received == ["bonjour"]


async def test_groups_are_left_politely(setup):
    setup.world.write_in_group(setup.person, "Bonjour à tous")
    await setup.until(lambda: setup.world.left_chats)
    assert "privé" in setup.world.group_messages[0]["text"]
    assert setup.received == []


async def test_commands_become_what_they_mean_and_unknown_ones_do_not(setup):
    for command in ("/cra", "/aide", "/humain", "/annuler", "/STATS@assistant_cnfs_bot", "/cra hier atelier de 2h"):
        setup.world.write(setup.person, command)
    await setup.until(lambda: len(setup.received) == 6)
    assert setup.received == [
        "/file_cra",
        "/ask_help",
        "/ask_human",
        "annuler",
        "/show_cra_statistics",
        "hier atelier de 2h",
    ]
    for typed in ("/restart", '/SetSlots{"x":1}', '/choose{"activity":"cra"}', "/cra@autre_bot"):
        setup.world.write(setup.person, typed)
    await setup.until(lambda: sum("Je ne connais pas cette commande" in text for text in setup.texts()) == 4)
    assert len(setup.received) == 6


async def test_a_sentence_that_begins_with_a_slash_is_a_sentence(setup):
    setup.world.write(setup.person, "/ combien pour un cdi ?")
    await setup.says("Vous avez écrit : combien pour un cdi ?")
    setup.world.write(setup.person, '/choose{"activity": "cra", "field": "f"}')
    await setup.says("Vous avez écrit : choose")
    assert not any(text.startswith("/") for text in setup.received)


async def test_text_too_long_or_too_fast_is_refused_with_a_sentence(tmp_path):
    async with running(tmp_path, messages_per_minute=3) as setup:
        setup.world.write(setup.person, "x" * 2500)
        await setup.says("la limite est de 2000")
        for number in range(4):
            setup.world.write(setup.person, f"question {number}")
        await setup.says("plus vite que je ne lis")
        await setup.says("question 1")
        assert setup.received == ["question 0", "question 1"]


async def test_while_a_person_owns_the_conversation_the_assistant_hears_nothing(setup):
    await start(setup)
    with UnitOfWork(setup.engine) as uow:
        conversation = uow.conversations.find("telegram", str(setup.person))
        assert uow.conversations.change_owner(conversation.id, Owner.HUMAN, conversation.version, now())
        uow.commit()
    setup.world.write(setup.person, "c'est pour Sophie")
    setup.world.write(setup.person, "/cra")
    setup.world.send_from(setup.person, THINGS["photo"])
    await setup.says("je n'ai pas gardé une photo")
    say(setup, "Je vous lis.", agent="Sophie")
    await setup.says("Sophie (conseiller)")
    with UnitOfWork(setup.engine, writes=False) as uow:
        heard = [m.text for m in uow.messages.visible_after(conversation.id, 0) if m.author is Author.USER]
    assert heard == ["/start", "c'est pour Sophie", "/cra", "(une photo, que l'assistant ne lit pas)"]
    assert setup.received == []


async def test_the_menu_is_in_french_and_by_default(setup):
    await setup.until(lambda: setup.world.profile["menu_button"])
    commands = setup.world.profile["commands"]
    for scope in ("default:", "default:fr", "all_private_chats:", "all_private_chats:fr"):
        names = [command["command"] for command in commands[scope]]
        assert {"cra", "mes_cra", "stats", "rappel", "aide", "annuler", "humain", "mesdonnees"} <= set(names)
    assert "Conseiller numérique" in setup.world.profile["description"]["fr"]


async def test_a_person_gets_their_data_then_has_it_erased(setup):
    setup.world.write(setup.person, "un souvenir")
    await setup.says("Vous avez écrit : un souvenir")
    setup.world.write(setup.person, "/mesdonnees")
    offer = await setup.says("Voici tout ce que je garde")
    sent = await setup.until(lambda: next((m for m in setup.bot_messages() if "document" in m), None))
    export = json.loads(setup.world.files[sent["document"]["file_id"]][1])
    assert "un souvenir" in [message["texte"] for message in export["messages"]]
    await setup.press(offer, "Tout effacer")
    confirm = await setup.says("C'est définitif")
    await setup.press(confirm, "Oui, tout effacer")
    await setup.says("C'est effacé")
    with setup.engine.connect() as connection:
        for table in ("conversations", "messages", "telegram_chats", "telegram_deliveries"):
            assert connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() == 0
        kept = connection.execute(sa.text("SELECT body, chat_id FROM telegram_updates")).all()
    await setup.until(lambda: True)
    assert all("souvenir" not in str(row) for row in kept)
    setup.world.write(setup.person, "je reviens")
    await setup.says("Vous avez écrit : je reviens")
