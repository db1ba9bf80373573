"""The FAQ desk: inbox, entries, drafts, training, publication, history."""

from bot.console.faq.routes import faq_routes

__all__ = ["faq_routes"]
