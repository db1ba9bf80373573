"""What a message wants of the calculation: start it, change it, stop it, or nothing."""

from __future__ import annotations

import re

from bot.dispositif.francais.texte import fold
from bot.services.subvention.lecture import Lecture

_CALCULATE = re.compile(
    r"(?<!\w)(?:calcul(?!ette)\w*|recalcul\w*|simul(?!tan)\w*|estim(?:er|ez|ation|e|ons)|chiffr(?:er|ez|age)|echeancier)(?!\w)"
)
# The calculation of something else, or one that the person has made.
_NOT_OURS = re.compile(
    r"(?<!\w)(?:mes\s+calculs?|quel\w*\s+calculs?|reste\s+a\s+(?:payer|charge)|rembours\w*|reversement|rupture|temps\s+de\s+saisie|estime\s+que|salaire|paie)(?!\w)"
)
_HOW_MUCH = re.compile(
    r"(?<!\w)(?:combien|cb|cbn|cmb|combi1|kombien|conbien|montants?|touche\w*|total|calcul\w*|quand|kan|quelles?\s+dates?|quel(?:le)?s?\s+(?:somme|montants?)|percevoir|"
    r"recevr\w*|recevoir|on\s+aura|versements?|tranches?|subvention|subv|echeances?|simul\w*|estim\w*)(?!\w)"
)
_SUBJECT = re.compile(
    r"(?<!\w)(?:subvention\w*|subv|aide|montant\w*|tranches?|versement\w*|combien|cb|somme|droit|touche\w*|percevoir|recevoir|recevr\w*|verse\w*|poste\w*|conseiller\w*|conum|cnfs|financement)(?!\w)"
)
_AGAIN = re.compile(
    r"(?<!\w)(?:recalcul\w*|refai\w*\s+(?:le|moi\s+le|un)\s+calcul|(?:nouveau|autre)\s+calcul|recommence\w*\s+(?:le|un)\s+calcul)(?!\w)"
)
_CANCEL = re.compile(
    r"^\W*(?:(?:non\s+)?(?:merci\s+)?(?:j'|je\s+)?)?(?:annul\w*|stop|stoppe\w*|arrete\w*|laisse\w*(?:\s+tomber)?|abandon\w*|quitt\w*|tant\s+pis|oublie\w*|"
    r"on\s+(?:arrete|laisse|oublie)\w*|c'est\s+bon\s+(?:laisse|merci)|fin|sortir|plus\s+besoin)\b[^?]{0,30}$"
)
_CHANGE = re.compile(
    r"^\W*(?:(?:ok|oui|d'accord|bien|merci|super|ah|euh|hmm)\W+)*(?:et\s+(?:s'|si|pour|avec|en|sans|a|au|dans|alors|le|la|l'|du|un|deux|trois|\d)|s'ils?\s|si\s+(?:on|nous|j'|c'|il|elle|l'|jamais)|non\b|nan\b|pardon|en\s+fait|"
    r"finalement|plutot|(?:et\s+)?(?:pour|avec|en|sans)\s|mais\s+(?:si|en|avec|pour)|correction|je\s+me\s+suis\s+tromp|qu'est[- ]ce\s+que\s+(?:ca|cela)\s+(?:donne|fait)\s+(?:avec|pour|si|en)|"
    r"(?:ca|cela)\s+(?:donne|fait)\s+(?:combien|quoi)|combien\s+(?:pour|avec|si|en)|change\w*|mets?\s|remplace\w*|passe\w*)"
)
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:(?:bonjour|ok|oui|et|mais|au\s+fait|sinon|attend\w*|avant)\W+)*(?:quel\w*|combien|comment|pourquoi|qui|quand|ou|est[- ]ce|c'est\s+quoi|quoi|qu'est|que|faut[- ]il|"
    r"peut[- ]on|puis[- ]je|doit[- ]on|dois[- ]je|y\s+a[- ]t)(?!\w)"
)
_UNKNOWN = re.compile(
    r"(?<!\w)(?:(?:je\s+)?(?:ne\s+)?(?:sais|connais|c|sai)\s+(?:pas|plus)|j'?sais\s+pas|jsp|chais\s+pas|aucune\s+idee|pas\s+(?:encore\s+)?(?:connue?|fixee?|decidee?|definie?|sure?)|on\s+ne\s+sait\s+pas|inconnue?|"
    r"a\s+definir|pas\s+d'idee|nsp|indetermine\s+pour|je\s+l'ignore|on\s+verra|plus\s+tard)(?!\w)"
)
_NO = re.compile(r"^\W*(?:non|nan|nn|aucune?|rien|zero|0|pas\s+d'aides?|sans)\W*(?:merci|aide\w*)?\W*$")
_YES = re.compile(r"^\W*(?:oui|ouais|ui|yes|ok|d'accord|exact\w*)\W*$")
_NUMBER = re.compile(r"^\D{0,12}?(\d{1,3})\D{0,12}$")


def wants_calculation(text: str, said: Lecture) -> bool:
    """True when the message cannot be meant otherwise: enough of a situation to compute, or the very word for it."""
    folded = fold(text)
    poste = said.postes[0] if said.postes else said.commun
    unsure = any(notice.cle == "date_supposee_depart" for notice in said.notes)
    unusable = any(p.champ == "date_depart_formation" and p.cle != "autre_date" for p in said.problemes)
    dated = (poste.depart is not None and not unsure) or unusable
    who = said.structure is not None or said.territoire is not None
    contract = poste.contrat is not None
    several = (said.nb_postes or 1) > 1
    short = len(re.findall(r"\w+", folded)) <= 16
    how_much = bool(_HOW_MUCH.search(folded))
    calculates = bool(_CALCULATE.search(folded)) and not _NOT_OURS.search(folded)
    if calculates and bool(_SUBJECT.search(folded)):
        return who or contract or bool(poste.aide) or several or dated
    if (
        (dated or unsure)
        and said.structure is not None
        and len(re.findall(r"\w+", folded)) <= 10
        and not is_question(text)
    ):
        return True
    if dated and said.structure is not None and contract and short:
        return True
    if dated and (who or contract):
        return (
            how_much
            or (short and said.structure is not None and not is_question(text))
            or (who and contract and (several or not is_question(text)))
        )
    if who and contract and re.search(r"(?<!\w)(?:combien|cb)\s+et\s+(?:quand|kan|a\s+quelles?|pour\s+quand)", folded):
        return True
    if unsure and who and contract:
        return how_much or short
    if poste.aide and contract and (who or several):
        return how_much or short
    return several and contract and who and how_much and short


def wants_again(text: str) -> bool:
    return bool(_AGAIN.search(fold(text)))


def wants_change(text: str, said: Lecture) -> bool:
    """A what-if or a correction of the calculation just made: « et pour deux postes ? », « non, un CDD »."""
    folded = fold(text).strip()
    if not said.says_something:
        return False
    words = re.findall(r"\w+", folded)
    return bool(_CHANGE.search(folded)) and len(words) <= 25 or (len(words) <= 6 and not _QUESTION.search(folded))


def wants_stop(text: str) -> bool:
    return bool(_CANCEL.search(fold(text).strip())) and len(text) < 60


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(fold(text).strip()))


def is_what_if(text: str) -> bool:
    return bool(_CHANGE.search(fold(text).strip()))


def is_unknown(text: str) -> bool:
    return bool(_UNKNOWN.search(fold(text)))


def is_no(text: str) -> bool:
    return bool(_NO.search(fold(text).strip()))


def is_yes(text: str) -> bool:
    return bool(_YES.search(fold(text).strip()))


def bare_number(text: str) -> int | None:
    """« 18 », « il y en a 2 »: a number alone, whose meaning is that of the question."""
    match = _NUMBER.match(text.strip())
    return int(match.group(1)) if match else None
