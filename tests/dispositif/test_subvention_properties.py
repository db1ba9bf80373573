"""What holds of the subvention whatever the amounts and the dates."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.dispositif.calcul_subvention import calculate
from bot.dispositif.subvention import (
    Certitude,
    Contrat,
    ContratAide,
    Part,
    Poste,
    Situation,
    Structure,
    add_months,
    net_of_aid,
    split,
)
from bot.reference.subvention import load_bareme

TODAY = date(2022, 1, 10)
BAREME = load_bareme(TODAY)
PARTS = (Part(1, 20, 1), Part(2, 30, 6), Part(3, 50, 12))

days = st.dates(date(2020, 11, 1), date(2030, 12, 31))
postes = st.builds(
    Poste,
    contrat=st.sampled_from([None, *Contrat]),
    duree_mois=st.none() | st.integers(1, 72),
    contrat_aide=st.sampled_from([None, *ContratAide]),
    aide=st.none() | st.integers(0, 10_000_000),
    depart=st.none() | days,
)
situations = st.builds(
    Situation,
    structure=st.sampled_from([None, *Structure]),
    territoire=st.sampled_from([None, "metropole", "outre_mer", "971", "974", "988"]),
    postes=st.lists(postes, min_size=1, max_size=4).map(tuple),
    renouvellement=st.booleans(),
    zone_prioritaire=st.sampled_from([None, True, False]),
    nouvelle_convention=st.booleans(),
    temps_partiel=st.booleans(),
    age=st.none() | st.integers(10, 90),
)


@given(st.integers(0, 10_000_000_00))
def test_the_tranches_make_exactly_the_total(total):
    shares = split(total, PARTS)
    assert sum(shares) == total and all(share >= 0 for share in shares)


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_more_aid_never_gives_more_subvention(gross, aid, more):
    assert 0 <= net_of_aid(gross, aid + more) <= net_of_aid(gross, aid) <= gross


@given(days, st.integers(1, 36))
def test_a_term_keeps_its_day_or_ends_the_month(day, months):
    due = add_months(day, months)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or (
        due.day < day.day and add_months(due, 0).month != (due.fromordinal(due.toordinal() + 1)).month
    )


@given(days, st.integers(1, 30))
def test_later_departures_never_fall_due_earlier(day, gap):
    later = date.fromordinal(day.toordinal() + gap)
    assert all(add_months(day, part.mois) <= add_months(later, part.mois) for part in PARTS)


@given(situations)
def test_any_situation_gets_an_outcome_that_adds_up(situation):
    outcome = calculate(situation, BAREME, TODAY)
    for variant in outcome.variantes:
        assert variant.total == sum(variant.nets) == sum(t.montant for t in variant.tranches)
        assert all(0 <= net <= gross for net, gross in zip(variant.nets, variant.bruts))
        dates = [t.jour for t in variant.tranches if t.jour]
        assert dates == sorted(dates)
    if outcome.refus:
        assert not outcome.variantes and not outcome.annees
    if set(outcome.manquants) - {"date_depart_formation"}:
        assert not outcome.variantes


@given(situations)
def test_an_amount_that_is_not_certain_is_always_said_so(situation):
    outcome = calculate(situation, BAREME, TODAY)
    if (outcome.variantes or outcome.annees) and outcome.certitude is not Certitude.CERTAIN:
        assert {"montant_incertain", "montant_probable"} & {notice.cle for notice in outcome.avertissements}


@given(situations)
def test_a_renewal_never_follows_twenty_thirty_fifty(situation):
    if situation.renouvellement:
        assert not calculate(situation, BAREME, TODAY).variantes
