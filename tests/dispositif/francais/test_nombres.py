import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dispositif.francais.nombres import find_numbers, number_value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("zéro", 0),
        ("sept", 7),
        ("dix-sept", 17),
        ("vingt et un", 21),
        ("soixante et onze", 71),
        ("quatre-vingts", 80),
        ("quatre vingt un", 81),
        ("quatre-vingt-dix-sept", 97),
        ("septante-deux", 72),
        ("cent", 100),
        ("trois cent cinquante", 350),
        ("mille deux cents", 1200),
        ("deux mille vingt-quatre", 2024),
        ("12 000", 12000),
        ("deux trois", None),
        ("beaucoup", None),
    ],
)
def test_a_number_in_words_is_read(words: str, value: int | None):
    assert number_value(words) == value


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("une dizaine de personnes", 10),
        ("une douzaine", 12),
        ("8/10 personnes", 9),
        ("8 à 10", 9),
        ("entre 5 et 7", 6),
        ("environ 12", 12),
        ("8 environ", 8),
        ("plus de 10", 10),
        ("quelques retraités", None),
        ("plusieurs", None),
    ],
)
def test_a_vague_number_has_no_value(text: str, about: int | None):
    (found,) = find_numbers(text)
    assert (found.value, found.about) == (None, about)
    assert found.problem


def test_numbers_side_by_side_stay_apart():
    assert [f.value for f in find_numbers("5 retraités et trois sans emploi, sept huit autres")] == [5, 3, 7, 8]


def test_an_article_and_an_ordinal_are_told_apart():
    article, ordinal = find_numbers("un deuxième atelier")
    assert (article.article, article.ordinal) == (True, False)
    assert (ordinal.value, ordinal.ordinal) == (2, True)


@pytest.mark.parametrize("text", ["unité", "centre", "sixties", "trentenaire"])
def test_the_start_of_a_longer_word_is_not_a_number(text: str):
    assert find_numbers(text) == []


@settings(max_examples=40)
@given(st.integers(0, 999_999))
def test_digits_read_back(value: int):
    assert number_value(str(value)) == value


@settings(max_examples=40)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "un",
                "deux",
                "vingt",
                "cent",
                "mille",
                "et",
                "quatre",
                "dix",
                "8",
                "/",
                "-",
                "à",
                "ou",
                "entre",
                "environ",
                "dizaine",
            ]
        ),
        max_size=9,
    ).map(" ".join)
)
def test_any_text_is_read_without_failing(text: str):
    for found in find_numbers(text):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.value is not None or found.problem
