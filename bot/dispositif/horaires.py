"""Where a conseiller works on the clock: the time zone of each department, and when nobody is disturbed. Pure."""

from __future__ import annotations

from datetime import time

METROPOLE = "Europe/Paris"
# Source: time zone database (IANA), 2024; departments and territories numbered by INSEE.
TIME_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
# Reminders leave between these hours, local time, whatever was asked.
EARLIEST, LATEST = time(7, 0), time(20, 0)
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def time_zone_of(department: str | None) -> str:
    """The IANA name of the time zone of a department ("63", "2A", "974")."""
    return TIME_ZONES.get(department or "", METROPOLE)


def is_decent(moment: time) -> bool:
    return EARLIEST <= moment <= LATEST
