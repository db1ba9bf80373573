"""What is understood of calculation phrases, one test a phrase: a field too many is as wrong as a field too few."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.extraction_subvention import PHRASES, TODAY, measure
from bot.dispositif.francais.montants import euros, find_amounts, to_cents
from bot.reference.subvention import load_bareme
from bot.reference.yaml_files import read_yaml
from bot.services.subvention.demande import Demande
from bot.services.subvention.essai import try_phrase
from bot.services.subvention.lecture import lire

BAREME = load_bareme(TODAY)


@pytest.mark.parametrize("item", [pytest.param(item, id=item["texte"][:60]) for item in read_yaml(PHRASES)])
def test_a_phrase_says_what_it_says_and_no_more(item):
    outcome = measure(item)
    assert outcome.found == outcome.expected
    assert not outcome.differences


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text):
    result = try_phrase(text, TODAY)
    assert set(result) >= {"parametres", "total", "tranches", "avertissements", "redemande"}


_PIECES = st.sampled_from(
    ["asso", "mairie", "CDI", "CDD", "18 mois", "départ le 4 avril 2022", "le premier", "l'autre", "2 postes", "PEC", "6 000 €", "non",
     "pas", "ou", "et", ",", "974", "à La Réunion", "fin août", "31/02", "-500 €", "mi-temps", "renouvellement", "QPV", "le 5 mai", "?"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=12).map(" ".join), st.dates(date(2020, 11, 1), date(2030, 12, 31)))
def test_any_mixture_of_words_adds_up_and_survives_memory(text, today):
    result = try_phrase(text, today)
    if result["total"] is not None:
        amounts = [tranche["montant"] for tranche in result["tranches"]]
        assert round(sum(amounts), 2) == result["total"]
    request = Demande().with_reading(lire(text, today, BAREME))
    assert Demande.from_json(request.to_json()) == request


@pytest.mark.parametrize("length", [0, 1, 10_000])
def test_long_texts_are_read_in_time(length):
    try_phrase("deux postes 4 avril euros cdi " * (length // 30 + 1), TODAY)


@given(st.integers(0, 99_999_999))
def test_a_sum_that_is_written_is_read_back(cents):
    written = euros(cents)
    assert [to_cents(amount.value) for amount in find_amounts(f"une aide de {written} pour nous")] == [cents]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12 500 euros", 1_250_000),
        ("12k€", 1_200_000),
        ("6000 balles", 600_000),
        ("six mille euros", 600_000),
        ("six mille cinq cents euros", 650_000),
        ("12.500,50 €", 1_250_050),
        ("1 333,33 €", 133_333),
        ("6,5 k€", 650_000),
        ("7250e", 725_000),
        ("0 €", 0),
    ],
)
def test_a_sum_is_read(text, cents):
    assert [to_cents(amount.value) for amount in find_amounts(text)] == [cents]


@pytest.mark.parametrize(
    "text", ["-500 €", "moins 500 euros", "environ 6000 €", "entre 5000 et 6000 €", "une dizaine de milliers d'euros"]
)
def test_a_sum_that_cannot_be_used_says_why(text):
    (amount,) = find_amounts(text)
    assert amount.value is None and amount.problem
