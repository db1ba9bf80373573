"""Someone wants a person: whom to reach, how and when."""

from __future__ import annotations

from dataclasses import replace

from bot.reference.contacts import load_contacts
from bot.services.dialogue import Context, Say, Turn


def contact_human(context: Context) -> Turn:
    """The three ways to reach a person, the right one first for each kind of question."""
    contacts = load_contacts()
    number = contacts.phone.replace(" ", "")
    say = Say(
        "Voici comment joindre une personne :\n"
        f"- pour votre dossier de subvention : la messagerie de [Démarches simplifiées]({contacts.procedures_url}), d'abord ;\n"
        f"- par téléphone : [{contacts.phone}](tel:{number}), {contacts.phone_hours} "
        f"(horaires vérifiés le {contacts.phone_checked_on:%d/%m/%Y}) ;\n"
        f"- pour toute autre question : [{contacts.email}](mailto:{contacts.email}).\n"
        "Je garde notre conversation : vous pouvez la télécharger et la joindre à votre message."
    )
    return Turn((say,), replace(context, failures=0, offered=()))
