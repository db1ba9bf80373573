import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.access.siret import find_siret, read_siret, spaced


@pytest.mark.parametrize(
    "text",
    [
        "35600000000048",
        "356 000 000 00048",
        "356.000.000.00048",
        "siret : 356-000-000 00048 svp",
        "12 rue Neuve, 63000 356 000 000 00048 2",
        "notre siret c'est 356\u00a0000\u00a0000\u00a000048",
    ],
)
def test_spaces_points_and_dashes_do_not_matter(text):
    assert find_siret(text) == "35600000000048"
    assert read_siret(text).value == "35600000000048"


def test_la_poste_has_its_own_rule():
    # 3 + 5 + 6 + 1 = 15, a multiple of 5; Luhn would refuse it.
    assert find_siret("35600000000001") == "35600000000001"
    assert find_siret("35600000000002") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("356000000", "SIREN"),
        ("3560000000004", "13 chiffres"),
        ("356000000000481", "15 chiffres"),
        ("7", "1 chiffre,"),
        ("73282932000075", "faute de frappe"),
        ("je ne sais pas", "ne vois pas de numéro"),
        ("35600000000048 ou bien 73282932000074", "plusieurs SIRET"),
    ],
)
def test_each_mistake_gets_its_own_sentence(text, said):
    result = read_siret(text)
    assert result.value is None
    assert said in result.problem


@given(st.text(max_size=200))
def test_any_text_gives_a_siret_or_a_sentence(text):
    result = read_siret(text)
    assert (result.value is None) == bool(result.problem)


def test_a_siret_is_shown_in_groups():
    assert spaced("35600000000048") == "356\u00a0000\u00a0000\u00a000048"
