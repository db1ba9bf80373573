"""Names that nothing announces are found; what people ask about is not a name."""

import pytest

from bot.nlu.people import find_people
from bot.services.faq_desk.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "notre conseillère Aminata Traoré part en formation, qui paie ?",
            "notre conseillère [nom] part en formation, qui paie ?",
        ),
        ("Ouchikh a démissionné, que faire ?", "[nom] a démissionné, que faire ?"),
    ],
)
def test_a_name_without_title_is_masked(text, masked):
    assert mask(text, find_people) == masked


@pytest.mark.parametrize(
    "text",
    [
        "combien pour un cdi",
        "Démarches simplifiées est en panne",
        "l'ANCT et la Banque des Territoires ne répondent pas",
        "Pôle emploi peut-il nous aider ?",
        "",
        "😀 12",
    ],
)
def test_what_people_ask_about_is_not_a_name(text):
    assert mask(text, find_people) == text
