"""The few words that steer a report instead of filling it: yes, later, cancel, the same again."""

from __future__ import annotations

import re

from bot.dispositif.francais.texte import fold, normalise

_YES = re.compile(
    r"^\W*(?:oui|ok(?:ay)?|confirme[rz]?|je\s+confirme|valide[rz]?|je\s+valide|c'est\s+(?:bon|ca|parfait|exact)|parfait|nickel|enregistre[rz]?|go|d'accord|yes|impec\w*|envoie|envoyer)"
    r"(?:\W+(?:c'est\s+bon|merci|svp|stp|l'envoi|confirme[rz]?|enregistre[rz]?|valide[rz]?))*\W*$"
)
_CANCEL = re.compile(
    r"^\W*(?:/?annule[rz]?(?:\s+(?:tout|ca|le\s+(?:cra|brouillon)))?|abandonne[rz]?|laisse\s+tomber|stop|efface\s+tout)\W*$"
)
_LATER = re.compile(
    r"^\W*(?:plus\s+tard|pause|pas\s+maintenant|(?:je|on)\s+(?:reprends?|finis|continue|verrai|termine)\s+(?:plus\s+tard|apres|demain|tout\s+a\s+l'heure)|met\w*\s+(?:le\s+)?(?:de\s+cote|en\s+(?:attente|pause)))\W*$"
)
REPEATED = re.compile(
    r"(?<!\w)(?:(?P<day>(?:(?:le|la)\s+meme\s+(?:chose\s+)?(?:qu'|que\s+)|pareil\s+qu'|idem\s+(?:qu'|a\s+)?|comme\s+)(?P<when>avant[- ]hier|hier|lundi|mardi|mercredi|jeudi|vendredi|samedi))"
    r"|(?:(?:le|la)\s+meme(?:\s+chose)?\s+que\s+|pareil\s+que\s+|comme\s+|refais\s+|duplique\w*\s+)(?:la\s+derniere\s+fois|le\s+(?:dernier|precedent)(?:\s+(?:cra|compte\s+rendu))?|d'habitude)"
    r"|^\W*(?:le|la)\s+meme(?:\s+chose)?(?=\s+(?:avec|mais|en|a|pour)\s|\W*$)|^\W*(?:idem|pareil)(?=\s+(?:avec|mais)\s|\W*$))(?!\w)"
)
_RESUME = re.compile(
    r"^\W*(?:je\s+|on\s+)?(?:repren\w+|continue[rz]?|finir)(?:\s+(?:mon|le|la|ma)\s+(?:cra|compte[- ]rendu|brouillon|saisie))?\W*$"
)
_SURE_SAME = re.compile(
    r"(?:comme|pareil\s+(?:que\s+|qu')|idem\s+(?:qu'|que\s+)?|meme\s+(?:chose\s+)?(?:que\s+|qu'))\s*(?:la\s+derniere\s+fois|hier|avant[- ]hier|le\s+dernier\s+cra)"
    r"|^\W*(?:le|la)\s+meme\s+(?:avec|mais)\s+\w+\s+(?:p(?![a-z])|pers|participant|retrait|senior)"
)


def is_yes(text: str) -> bool:
    return bool(_YES.match(fold(normalise(text))))


def is_cancel(text: str) -> bool:
    return bool(_CANCEL.match(fold(normalise(text))))


def is_later(text: str) -> bool:
    return bool(_LATER.match(fold(normalise(text))))


def is_resumption(text: str) -> bool:
    return bool(_RESUME.match(fold(normalise(text))))


def repeats_surely(text: str) -> bool:
    """« Comme hier », « le même avec 5 personnes »: nothing else can be meant by a conseiller."""
    return bool(_SURE_SAME.search(fold(normalise(text))))
