"""What Rasa says in one text is taken apart for the channels that draw."""

from bot.channels.rasa_client import _reply

PARTS = {"answer": "420 heures.\nUn jour par semaine chez vous.", "source": "Source : Guide, p. 11."}


def test_the_offer_under_an_answer_goes_below_its_source():
    text = "420 heures.\nUn jour par semaine chez vous.\nSource : Guide, p. 11.\nVous vouliez plutôt savoir :"
    reply = _reply({"text": text, "parts": PARTS, "recipient_id": "x"})
    assert reply.text == "420 heures.\n\nUn jour par semaine chez vous."
    assert reply.content == {"source": "Guide, p. 11.", "invitation": "Vous vouliez plutôt savoir :"}


def test_an_answer_alone_invites_to_nothing():
    reply = _reply({"text": "420 heures.\nSource : Guide, p. 11.", "parts": {**PARTS, "answer": "420 heures."}})
    assert "invitation" not in reply.content
