"""Days and hours as people write them."""

import pytest

from bot.services.reminders.wishes import NIGHT, NOT_A_TIME, Wish, read_wish, say_days, say_time


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("le vendredi à 17h", Wish(days=(5,), local_time="17:00")),
        ("Tous les VENDREDIS, 17 heures 30 svp", Wish(days=(5,), local_time="17:30")),
        ("lundi et jeudi 9:15", Wish(days=(1, 4), local_time="09:15")),
        ("mar et ven à midi", Wish(days=(2, 5), local_time="12:00")),
        ("tous les jours", Wish(days=(1, 2, 3, 4, 5))),
        ("du lundi au vendredi à 18h", Wish(days=(1, 2, 3, 4, 5), local_time="18:00")),
        ("chaque jour ouvré", Wish(days=(1, 2, 3, 4, 5))),
        ("17h30", Wish(local_time="17:30")),
        ("dimanche", Wish(days=(7,))),
        ("si je n'ai rien fait depuis 3 jours", Wish(after_days=3)),
        ("après cinq jours sans CRA à 10h", Wish(after_days=5, local_time="10:00")),
        ("bonjour", Wish()),
        ("", Wish()),
        ("à 23h", Wish(problem=NIGHT)),
        ("le lundi à 3h", Wish(days=(1,), problem=NIGHT)),
        ("à 25h", Wish(problem=NOT_A_TIME)),
        ("à 17h75", Wish(problem=NOT_A_TIME)),
        ("après 90 jours sans cra", Wish(problem="Choisissez entre 1 et 30 jours ouvrés.")),
    ],
)
def test_a_wish_is_read(text, wish):
    assert read_wish(text) == wish


def test_days_and_hours_are_said_in_french():
    assert say_days((2, 5)) == "le mardi et le vendredi"
    assert say_days((1, 2, 3, 4, 5)) == "du lundi au vendredi"
    assert say_days((1, 3, 5)) == "le lundi, le mercredi et le vendredi"
    assert (say_time("09:00"), say_time("17:30")) == ("9 h", "17 h 30")
