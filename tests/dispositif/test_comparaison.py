"""The gate of publications."""

import pytest

from bot.dispositif.comparaison import (
    Comparison,
    GateRules,
    Judgement,
    Outcome,
    Pair,
    Traffic,
    comparison_from_dict,
    comparison_to_dict,
    objections,
)

RIGHT, WRONG = Judgement(Outcome.RIGHT, "a", 0.9), Judgement(Outcome.WRONG, "b", 0.6)


def pairs(theme, kept, lost=0, gained=0, critical=False):
    made = [(RIGHT, RIGHT)] * kept + [(RIGHT, WRONG)] * lost + [(WRONG, RIGHT)] * gained
    return tuple(Pair(f"{theme} {i}", "faq/a", theme, b, a, critical) for i, (b, a) in enumerate(made))


def test_nothing_lost_nothing_to_object():
    assert objections(Comparison(pairs("contrat", 50, gained=2)), GateRules()) == []


def test_a_total_that_loses_more_than_the_limit_is_refused():
    # 1 of 150: 0.67 point, above 0.5.
    assert "ensemble" in objections(Comparison(pairs("contrat", 149, lost=1)), GateRules())[0]
    # 1 of 250: 0.4 point.
    assert objections(Comparison(pairs("contrat", 249, lost=1)), GateRules()) == []


def test_a_theme_that_loses_two_phrases_is_refused_though_another_gains():
    comparison = Comparison(pairs("contrat", 48, lost=2) + pairs("suivi", 45, gained=5))
    assert objections(comparison, GateRules()) == ["le thème « contrat » perd 2 phrases sur 50."]


def test_a_theme_may_lose_one_phrase_which_is_more_than_a_point_of_it():
    comparison = Comparison(pairs("contrat", 49, lost=1) + pairs("suivi", 45, gained=5))
    assert objections(comparison, GateRules()) == []


def test_a_critical_question_must_never_be_lost():
    comparison = Comparison(pairs("contrat", 999) + pairs("suivi", 0, lost=1, critical=True))
    assert "critique" in objections(comparison, GateRules())[0]


@pytest.mark.parametrize(("after", "refused"), [(3, False), (4, True)])
def test_real_messages_must_not_be_refused_more(after, refused):
    # 100 messages, 2 refused before: one point more is the limit.
    traffic = tuple(Traffic(f"m{i}", 1, "a", "a", i < 2, i < after) for i in range(100))
    assert bool(objections(Comparison((), traffic), GateRules())) is refused


def test_a_comparison_comes_back_from_json():
    comparison = Comparison(pairs("contrat", 1, 1, 1), (Traffic("m", 2, "a", "b", False, True),), ("note",))
    assert comparison_from_dict(comparison_to_dict(comparison)) == comparison
