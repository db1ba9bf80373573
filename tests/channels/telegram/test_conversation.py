"""A person talks to the assistant in Telegram: polling, the real library, a strict Telegram."""

import asyncio


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
