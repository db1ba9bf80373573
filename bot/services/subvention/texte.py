"""Gets a phrase ready for reading: one form of each character, typos of known words put right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.dispositif.francais.texte import fold
from bot.reference.subvention_mots import load_mots


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words of a calculation that belong to no list of bot/reference/subvention_mots.yaml.
_CALCULATION_WORDS = _words("""
formation formations depart departs partir partira conseiller conseillers conseillere numerique subvention subventions
embauche recrute recrutement convention conventions renouvellement renouveler montant montants tranche tranches versement
versements calcul calculer combien quartier prioritaire parcours competences guadeloupe martinique mayotte reunion temps
partiel complet janvier fevrier avril septembre octobre novembre decembre juillet prochain prochaine dernier derniere
semaine therapeutique parental
""")
# Words one letter away from ours that mean something else.
_OTHERS = _words("""
contact contacts contacte contraste meilleur ailleurs sociale social sociaux comment commence commencer commences
determiner terminer commerciale general generale mutuel publics prives priver arrive arrivee agence agents interne externe
service services mission missions reussite regions raison federal formateur formatrice formations forme depense depenses
derniers dernieres premier premiere partage partager partagee parties partiels conseils conseil versements versera calculs
tranchee recruter recrutee recruteur employe employes employeur accueil accueille titulariser apprendre apprenez stages
entrepris reprendre reprise epicerie poste postes projets projet
""")
_WORD = re.compile(r"[^\W\d_]{5,}")
_SPACES = re.compile(r"[\u00a0\u202f\u2009\u2007\u3000]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")
_BLANKS = re.compile(r"\s{2,}|[\t\r\f\v]")
# A request is a few sentences; what comes after in a longer text is not read.
LONGEST = 2500
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


def prepare(text: str) -> str:
    """`text` in NFC form with plain spaces and its typos corrected; accents and capitals stay where they were."""
    text = _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    text = _BLANKS.sub(lambda match: "\n" if "\n" in match.group() else " ", text)[:LONGEST]
    text = _REPEATED.sub(r"\1\1", text)
    return _WORD.sub(lambda match: _corrected(match.group()), text)


def hide(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text where `spans` can no longer be read; every other place stays where it was."""
    hidden = list(text)
    for start, end in spans:
        hidden[start:end] = "_" * (end - start)
    return "".join(hidden)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return load_mots().known_words | _CALCULATION_WORDS


@lru_cache(maxsize=8192)
def _corrected(word: str) -> str:
    """The known word that `word` misspells, or `word`."""
    folded = fold(word)
    if folded in _known() or folded in _OTHERS or folded.rstrip("sx") in _known() or len(folded) < 6:
        return word
    allowed = 1 if len(folded) < 9 else 2
    best, distance = None, allowed + 1
    for known in _known():
        if abs(len(known) - len(folded)) > allowed:
            continue
        found = OSA.distance(folded, known, score_cutoff=allowed)
        # Two errors only when the word begins alike: « fondation » is not « formation ».
        if found < distance and (found == 1 or (known[:2] == folded[:2] and known[-2:] == folded[-2:])):
            best, distance = known, found
    return best or word
