import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dispositif.francais.durees import find_durations


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1h30", 90),
        ("1 h 30", 90),
        ("1H30min", 90),
        ("1heure30", 90),
        ("90 min", 90),
        ("45'", 45),
        ("30mn", 30),
        ("trente minutes", 30),
        ("2 heures", 120),
        ("deux h", 120),
        ("1,5h", 90),
        ("une heure et demie", 90),
        ("2h et demie", 150),
        ("1h et quart", 75),
        ("une heure vingt", 80),
        ("trois quarts d'heure", 45),
        ("3/4h", 45),
        ("une demi-heure", 30),
        ("1/2 heure", 30),
        ("un quart d'heure", 15),
        ("de 14h à 16h30", 150),
        ("14h-16h", 120),
        ("14h00/16h00", 120),
        ("de 14 à 16h", 120),
        ("de 10h à midi", 120),
        ("de deux heures à quatre heures", 120),
        ("de 9h à 12h et de 14h à 17h", 360),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, minutes: int):
    (found,) = find_durations(text)
    assert found.minutes == minutes
    assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    "text",
    [
        "toute la matinée",
        "une bonne heure",
        "1h ou 2h",
        "1h-1h30",
        "entre 1h et 2h",
        "une vingtaine de minutes",
        "toute l'aprem",
    ],
)
def test_a_vague_duration_has_no_value(text: str):
    (found,) = find_durations(text)
    assert found.minutes is None
    assert found.problem


def test_what_a_vague_duration_is_near_can_be_offered():
    assert [(f.minutes, f.about) for f in find_durations("environ 1h30")] == [(None, 90)]


@pytest.mark.parametrize("text", ["à 14h", "rdv 10h30", "il y a 2 heures", "à 20 min de route", "24h/24", "8h"])
def test_a_moment_or_a_distance_is_not_a_duration(text: str):
    assert find_durations(text) == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2h 8p seniors", 120), ("1 heure 10 personnes", 60), ("2h vingt personnes", 120), ("1h45, 6p", 105)],
)
def test_people_are_not_minutes(text: str, minutes: int):
    assert [f.minutes for f in find_durations(text)] == [minutes]


@settings(max_examples=40)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "de",
                "14h",
                "à",
                "16",
                "h",
                "30",
                "min",
                "1/2",
                "3/4",
                "heure",
                "demie",
                "une",
                "deux",
                "et",
                "quart",
                "-",
                "99",
            ]
        ),
        max_size=9,
    ).map(" ".join)
)
def test_any_text_is_read_without_failing(text: str):
    for found in find_durations(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.minutes is not None or found.problem
