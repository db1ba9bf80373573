"""What is said to someone who must first prove that they belong to a structure."""

from __future__ import annotations

import json
import re

from bot.reference.contacts import load_contacts
from bot.services.dialogue import Button, Say, choice
from bot.services.dossier.words import unaccented

_NAME = "dossier"
HUMAN = Button("Parler à un humain", "/ask_human")
_CANCEL = choice("Annuler", _NAME, "annuler", "oui")
_HELP = choice("Comment obtenir un code ?", _NAME, "aide", "code")
_GENERAL = Button("Suivre mon dossier sans code", "/faq" + json.dumps({"cle": "dossier_suivi"}))
_CANCELS = re.compile(r"^\W*(annule[rz]?|stop|laisse[rz]? tomber|abandonne[rz]?|non merci|arrete[rz]?|tant pis)\W*$")
_HELPS = re.compile(
    r"(pas|plus|aucun) (de |le |mon |du )?code|(avoir|obtenir|trouver|demander|recevoir|ou est|quel) (un |le |mon |ce |du )?code|perdu|code.{0,12}\?\s*$"
)

WELCOME = Say("Merci, votre structure est reconnue.")
STUCK = "Vous n'y arrivez pas ? Vous pouvez annuler, ou demander un humain."
CANCELLED = Say("D'accord, je n'affiche aucun dossier. Quelle est votre question ?")
SIGNED_OUT = Say(
    "Vous êtes déconnecté : je ne montre plus rien de votre dossier. Ce qui est déjà affiché reste dans cette "
    "conversation ; sur un ordinateur partagé, effacez-la depuis le menu."
)
WAS_NOT_IN = Say("Vous n'étiez pas connecté : aucun dossier n'est ouvert dans cette conversation.")
NOT_HERE = Say(
    "Je ne peux pas vérifier ici qui vous êtes. Posez cette question dans l'assistant du site, "
    "ou par la messagerie de Démarches simplifiées."
)
ASK_SIRET_FOR_CODE = Say(
    "J'ai bien votre code (je ne l'ai pas gardé tel quel). Quel est le SIRET de votre structure ?", (_CANCEL,)
)


def ask_identity(has_expired: bool) -> Say:
    contacts = load_contacts()
    opening = (
        "Votre session est terminée, par sécurité."
        if has_expired
        else "Pour parler de votre dossier, je dois savoir que vous faites partie de la structure."
    )
    return Say(
        f"{opening} Deux façons :\n"
        "- connectez-vous à votre espace sur ce site, si ce site le propose ;\n"
        "- ou donnez-moi ici votre SIRET et votre code d'accès.\n"
        f"Sans code, votre dossier se suit sur [Démarches simplifiées]({contacts.procedures_url}).\n"
        "Quel est le SIRET de votre structure ?",
        (_HELP, _GENERAL, _CANCEL),
    )


def ask_code(siret: str) -> Say:
    return Say(
        f"SIRET {siret} : c'est noté. Quel est votre code d'accès ? Il ressemble à K7PM-42QX-9FRT. "
        "Il est effacé de la conversation dès que vous l'envoyez.",
        (_HELP, _CANCEL),
    )


def siret_again(problem: str) -> Say:
    return Say(problem, (_HELP, _CANCEL))


def code_expected() -> Say:
    return Say(
        "J'attends votre code d'accès : trois groupes de quatre lettres et chiffres, comme K7PM-42QX-9FRT.",
        (_HELP, _CANCEL),
    )


def code_misspelt() -> Say:
    return Say(
        "Ce code n'a pas la bonne forme : trois groupes de quatre lettres et chiffres, comme K7PM-42QX-9FRT. "
        "Recopiez-le tel que vous l'avez reçu.",
        (_HELP, _CANCEL),
    )


def refused() -> Say:
    """The same whether the SIRET is unknown, or the code wrong, used, revoked or out of date."""
    return Say(
        "Ce SIRET et ce code ne vont pas ensemble, ou le code a déjà servi ou expiré. Vérifiez-les, "
        "puis redonnez les deux, ou demandez un nouveau code. Quel est votre SIRET ?",
        (_HELP, _CANCEL),
    )


def locked(minutes: int) -> Say:
    return Say(
        f"Trop d'essais infructueux : par sécurité, attendez {minutes} minute{'s' if minutes > 1 else ''} "
        "avant de réessayer. Rien n'est perdu. Pressé ? Demandez un humain.",
        (HUMAN,),
    )


def reminder(siret: str | None) -> Say:
    waiting = "votre code d'accès" if siret else "le SIRET de votre structure"
    return Say(f"Pour votre dossier, il me manque {waiting}.", (_HELP, _CANCEL))


def how_to_get_a_code() -> Say:
    contacts = load_contacts()
    number = contacts.phone.replace(" ", "")
    return Say(
        "L'équipe d'assistance donne un code à la personne qui suit le dossier dans la structure. Demandez-le à "
        f"[{contacts.email}](mailto:{contacts.email}) ou au [{contacts.phone}](tel:{number}), depuis l'adresse connue "
        "du dossier. Il sert une seule fois. Quand vous l'avez, donnez-moi votre SIRET et ce code.",
        (HUMAN, _CANCEL),
    )


def is_cancel(text: str) -> bool:
    return bool(_CANCELS.match(unaccented(text)))


def wants_help(text: str) -> bool:
    return bool(_HELPS.search(unaccented(text)))
