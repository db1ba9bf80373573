"""The eight steps, walked through by chat."""

from bot.services.etapes.activity import EtapesActivity

__all__ = ["EtapesActivity"]
