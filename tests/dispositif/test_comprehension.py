"""From scores to a decision: what is answered, offered, asked, followed, refused."""

import pytest

from bot.dispositif.comprehension import Candidate, Reading, Thresholds, Verdict, decide, is_bare, is_elliptic

THRESHOLDS = Thresholds(answer=0.45, ask=0.3, close=0.2, part=0.7, follow_up=0.35)
NEAR = {"duree": ["cout", "examen", "duree"], "montant_cdi": ["montant_cdd", "montant_public", "montant_cdi"]}


def neighbours(key):
    return NEAR.get(key, [])


def reading(text, **scores):
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    names = {"hors": "out_of_scope", "salut": "greet"}
    return Reading(text, tuple(Candidate(names.get(name, f"faq/{name}"), score) for name, score in ranked))


def test_a_sure_question_is_answered():
    decision = decide(reading("combien dure la formation", duree=0.9), [], THRESHOLDS, neighbours)
    assert (decision.verdict, decision.keys) == (Verdict.ANSWER, ("duree",))


def test_a_close_second_is_offered():
    decision = decide(reading("la formation", duree=0.6, cout=0.3), [], THRESHOLDS, neighbours)
    assert (decision.verdict, decision.offers) == (Verdict.ANSWER_AND_OFFER, ("cout",))


def test_two_distant_and_unsure_meanings_are_asked():
    decision = decide(reading("la formation en CDI", duree=0.4, montant_cdi=0.35), [], THRESHOLDS, neighbours)
    assert (decision.verdict, decision.offers) == (Verdict.ASK, ("duree", "montant_cdi"))


def test_a_middling_meaning_that_nothing_rivals_is_answered():
    decision = decide(reading("un retraité ?", age=0.4, hors=0.07), [], THRESHOLDS, neighbours)
    assert (decision.verdict, decision.keys) == (Verdict.ANSWER, ("age",))


def test_a_middling_meaning_is_asked_when_it_may_be_out_of_scope():
    assert decide(reading("un retraité ?", age=0.4, hors=0.3), [], THRESHOLDS, neighbours).verdict is Verdict.ASK


def test_an_unsure_message_is_not_answered():
    assert decide(reading("machin", duree=0.2), [], THRESHOLDS, neighbours).verdict is Verdict.REFUSE


def test_out_of_scope_is_said():
    assert decide(reading("météo", hors=0.9, duree=0.1), [], THRESHOLDS, neighbours).verdict is Verdict.OUT_OF_SCOPE


def test_a_message_without_subject_is_about_the_previous_question():
    whole = reading("et qui paie ?", montant_public=0.56, cout=0.008, examen=0.002)
    decision = decide(whole, [], THRESHOLDS, neighbours, previous="duree")
    assert (decision.keys, decision.followed) == (("cout",), True)


def test_and_for_leans_on_the_previous_question():
    whole = reading("et pour une mairie ?", duree=0.75, montant_public=0.03, montant_cdd=0.005)
    assert decide(whole, [], THRESHOLDS, neighbours, previous="montant_cdi").keys == ("montant_public",)


def test_another_subject_named_outright_is_not_a_follow_up():
    whole = reading("et la tenue ?", tenue=0.95, cout=0.001)
    assert decide(whole, [], THRESHOLDS, neighbours, previous="duree").keys == ("tenue",)


def test_when_asked_of_nothing_is_not_guessed():
    assert decide(reading("c'est quand ?", duree=0.8), [], THRESHOLDS, neighbours).verdict is Verdict.REFUSE


def test_two_sure_parts_are_both_answered():
    parts = [reading("combien dure la formation", duree=0.9), reading("qui la paie", cout=0.9)]
    decision = decide(reading("combien de temps et qui paie", duree=0.5), parts, THRESHOLDS, neighbours)
    assert decision.keys == ("duree", "cout")


@pytest.mark.parametrize("text", ["et qui paie ?", "c'est quand ?", "Ça coûte combien ?", "et après ?"])
def test_bare(text):
    assert is_bare(text) and is_elliptic(text)


@pytest.mark.parametrize("text", ["et pour un CDD ?", "qui paie la formation ?", "", "???"])
def test_not_bare(text):
    assert not is_bare(text)
