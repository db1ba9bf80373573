"""The first words."""

from __future__ import annotations

from dataclasses import replace

from bot.reference.contacts import load_contacts
from bot.services.dialogue import Button, Context, Say, Turn


def greet(context: Context) -> Turn:
    """Welcomes and shows a few questions that people often ask."""
    examples = " ; ".join(f"« {question} »" for question in load_contacts().top_questions[:2])
    say = Say(
        "Bonjour ! Je réponds aux questions des structures sur le dispositif Conseiller numérique France Services. "
        f"Écrivez la vôtre avec vos mots, par exemple {examples}.",
        (Button("Voir les thèmes", "/ask_help"),),
    )
    return Turn((say,), replace(context, failures=0, offered=()))
