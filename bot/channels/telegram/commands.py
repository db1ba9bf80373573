"""The commands of the bot: their menu, and what each one means to the assistant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command of the menu: `payload` or `words` go to the assistant; neither when the channel itself answers."""

    name: str
    description: str
    payload: str | None = None
    # What the person would have typed: guided dialogues read words.
    words: str | None = None


COMMANDS = (
    Command("cra", "Faire un compte rendu d'activité (CRA)", "/file_cra"),
    Command("mes_cra", "Voir, corriger ou exporter mes CRA", "/list_cra"),
    Command("stats", "Mes statistiques d'activité", "/show_cra_statistics"),
    Command("rappel", "Choisir mes rappels de CRA", "/set_reminder"),
    Command("aide", "Ce que je sais faire", "/ask_help"),
    Command("annuler", "Arrêter la saisie en cours", words="annuler"),
    Command("humain", "Parler à une personne", "/ask_human"),
    Command("mesdonnees", "Recevoir ou effacer mes données"),
    Command("confidentialite", "Ce que je garde, et pourquoi"),
    Command("deconnexion", "Délier ce compte Telegram"),
    Command("start", "Recommencer, ou lier mon compte"),
)
# Other spellings people try.
ALIASES = {
    "help": "aide",
    "stop": "annuler",
    "cancel": "annuler",
    "stats_cra": "stats",
    "rappels": "rappel",
    "mescra": "mes_cra",
    "mes_donnees": "mesdonnees",
    "supprimer_mes_donnees": "mesdonnees",
    "delier": "deconnexion",
}
_BY_NAME = {command.name: command for command in COMMANDS}

START = _BY_NAME["start"]

DESCRIPTION = (
    "Je suis l'assistant du dispositif Conseiller numérique France Services. Posez-moi vos questions, ou faites votre "
    "compte rendu d'activité en une phrase. Je suis un programme : une personne peut prendre le relais.\n\n"
    "Vos messages sont conservés pour vous répondre. N'écrivez aucune donnée sur les personnes que vous accompagnez."
)
SHORT_DESCRIPTION = "Vos questions et vos comptes rendus d'activité (CRA), Conseiller numérique France Services."


def find_command(text: str, bot_username: str) -> tuple[Command | None, str] | None:
    """(command, argument) of a text that begins with « / »; None for ordinary text, (None, …) for an unknown command."""
    if not text.startswith("/"):
        return None
    head, _, argument = text[1:].partition(" ")
    name, _, addressee = head.partition("@")
    if addressee and addressee.lower() != bot_username.lower():
        return None, argument.strip()
    name = name.lower()
    return _BY_NAME.get(ALIASES.get(name, name)), argument.strip()
