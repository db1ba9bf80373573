"""One-letter slips are put right; words that exist are left alone."""

import pytest

from bot.nlu.spelling import Spelling

QUESTIONS = ["quel est le montant de la subvention", "durée de la formation du conseiller", "le télétravail"] * 20
SPELLING = Spelling.learn([*QUESTIONS, *["conseille moi un film", "une subversion", "rugby"] * 3], QUESTIONS)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("le montan de la subvension", "le montant de la subvention"),
        ("la formtion", "la formation"),
        ("le teletravial", "le télétravail"),
    ],
)
def test_a_slip_is_read_as_the_word_it_hides(typed, read):
    assert SPELLING.correct(typed) == read


@pytest.mark.parametrize("text", ["conseille moi un film", "une subversion", "du rugby", "un plat", "", "12 345 €"])
def test_a_word_that_exists_is_left_alone(text):
    assert SPELLING.correct(text) == text


def test_it_is_the_same_once_saved_and_read_back():
    again = Spelling.from_json(SPELLING.to_json())
    assert again.correct("la subvension") == "la subvention"
