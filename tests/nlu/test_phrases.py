"""Phrases read without Rasa are those that Rasa reads."""

from collections import Counter

from bot.nlu.phrases import training_phrases
from bot.reference.faq import load_catalogue
from bot.training import ROOT


def test_the_phrases_are_those_of_the_importer(monkeypatch):
    from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT

    from bot.nlu.faq_importer import FaqImporter

    monkeypatch.chdir(ROOT)
    importer = FaqImporter("config.yml", "domain.yml", ["data"])
    messages = importer.get_nlu_data().training_examples
    theirs = Counter((m.get(TEXT), m.get(INTENT_RESPONSE_KEY) or m.get(INTENT)) for m in messages if m.get(TEXT))
    texts, intents = training_phrases(load_catalogue().questions.values())
    assert set(zip(texts, intents)) == set(theirs)
