"""What someone is told who asks for a conseiller's function and is not (yet) proven to be one."""

from __future__ import annotations

from dataclasses import replace

from bot.services.dialogue import Context, Incoming, Say, Turn

NOT_LINKED = (
    "Les comptes rendus d'activité et les rappels sont réservés aux conseillers dont le compte Telegram est lié. "
    "Ouvrez le lien d'invitation que vous a remis votre coordinateur, ou demandez-le au support (/humain). "
    "En attendant, je réponds à vos questions sur le dispositif."
)
ELSEWHERE = (
    "Les comptes rendus d'activité se font dans Telegram : chaque conseiller y lie son compte avec un lien d'invitation, "
    "remis par son coordinateur ou par le support. Ici, je réponds à vos questions sur le dispositif."
)
# Someone linked comes here only when no activity is there to take it.
NOT_OPEN = (
    "Cette fonction n'est pas ouverte pour l'instant. Faites votre compte rendu dans votre espace personnel en ligne ; "
    "le support peut vous aider (/humain)."
)
NOTHING_OPEN = "Rien n'est en cours. Quelle est votre question ?"


def explain_telegram(message: Incoming, context: Context, is_linked: bool) -> Turn:
    """How to get access, on either channel."""
    text = ELSEWHERE if message.channel != "telegram" else NOT_OPEN if is_linked else NOT_LINKED
    return Turn((Say(text),), replace(context, failures=0, offered=()))


def cancel(context: Context) -> Turn:
    """« Annuler » when no activity claimed it: whatever was open is closed, nothing is lost."""
    if context.active:
        return Turn((Say("C'est arrêté. Quelle est votre question ?"),), context.without(context.active))
    return Turn((Say(NOTHING_OPEN),), replace(context, failures=0, offered=()))
