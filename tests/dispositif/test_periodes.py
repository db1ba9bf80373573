from datetime import date

import pytest

from bot.dispositif.francais.periodes import find_period

TODAY = date(2026, 3, 11)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("en mars", date(2026, 3, 1), date(2026, 3, 31)),
        ("mes CRA d'avril", date(2025, 4, 1), date(2025, 4, 30)),
        ("février 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("ce mois-ci", date(2026, 3, 1), date(2026, 3, 31)),
        ("le mois dernier", date(2026, 2, 1), date(2026, 2, 28)),
        ("cette semaine", date(2026, 3, 9), date(2026, 3, 15)),
        ("la semaine dernière", date(2026, 3, 2), date(2026, 3, 8)),
        ("cette année", date(2026, 1, 1), date(2026, 12, 31)),
        ("l'année dernière", date(2025, 1, 1), date(2025, 12, 31)),
        ("en 2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("depuis janvier", date(2026, 1, 1), TODAY),
        ("depuis le 5 mars", date(2026, 3, 5), TODAY),
        ("du 1er au 15 février", date(2026, 2, 1), date(2026, 2, 15)),
        ("entre le 20 janvier et le 3 février", date(2026, 1, 20), date(2026, 2, 3)),
        ("hier", date(2026, 3, 10), date(2026, 3, 10)),
    ],
)
def test_a_period_is_found(text, since, until):
    period = find_period(text, TODAY)
    assert (period.since, period.until) == (since, until)


@pytest.mark.parametrize("text", ["mes CRA", "sur les mails", "du 30 au 15 février", "depuis toujours"])
def test_no_period_is_invented(text):
    assert find_period(text, TODAY) is None
