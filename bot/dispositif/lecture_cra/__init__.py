"""Reading an activity report in free French: pure rules over the nomenclature, no model, nothing guessed."""

from bot.dispositif.lecture_cra.lecteur import Reader, ReadReport

__all__ = ["ReadReport", "Reader"]
