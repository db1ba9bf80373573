"""The CUI-CIE or PEC help of a poste: whether there is one, and how much over the whole contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.dispositif.francais.montants import FoundAmount, find_amounts, to_cents
from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.francais.texte import fold
from bot.dispositif.subvention import ContratAide
from bot.reference.subvention_mots import Mots
from bot.services.subvention.mentions import Mention, corrected_between, find_terms, settle

_AID = re.compile(
    r"(?<!\w)(?:pec|p\.e\.c\.?|c\.?u\.?i(?:[\s-]?c\.?i\.?e)?|cie|parcours\s+emploi\w*(?:\s+competences?)?|contrats?\s+aides?|emplois?\s+aides?|aides?|"
    r"dedui\w*|deduction|deduct\w*|france\s+travail|pole\s+emploi)(?!\w)"
)
_STRONG = re.compile(
    r"(?<!\w)(?:pec|p\.e\.c|c\.?u\.?i|cie|parcours\s+emploi|contrats?\s+aides?|emplois?\s+aides?|dedui\w*|deduction)"
)
_NOT_AID = re.compile(
    r"(?<!\w)(?:salaires?|payee?s?|paie|bruts?|nets?|cout\w*|budget|subvention\w*|subv|convention|regions?|regional\w*|departement\w*|commune|ville|mairie|"
    r"fondation|mecen\w*|cofinanc\w*|fonds\s+propres|opco|dotation|annonc\w*|fse|feder|caf|don|dons|frais|materiel|"
    r"ordinateur\w*|smic|etat|loyer|charges?|remunere\w*|remuneration|habitants?|adherents?|chiffre\s+d'affaires?)(?!\w)"
)
_NO_AID = re.compile(
    r"(?<!\w)(?:sans|non[\s-](?=pec|cui)|aucune?|pas\s+d[e']|pas\s+eu\s+d[e']|zero|0|ni|hors|plus\s+d[e']|n'(?:a|ai|avons|y\s+a)\s+(?:pas|aucune?)\s*(?:d[e'])?)\s*(?:d'|de\s+|l'|un\s+|une\s+|euros?\s+d[e']\s*)*\s*"
    r"(?:autres?\s+)?(?:aides?|pec|cui(?:[\s-]cie)?|contrats?\s+aides?|emplois?\s+aides?|parcours\s+emploi)(?!\w)"
    r"|(?<!\w)(?:pec|cui(?:[\s-]cie)?|contrat\s+aide|aide)\s+(?:a\s+ete\s+|est\s+|nous\s+(?:est|a\s+ete)\s+)?refusee?(?!\w)"
)
_MONTHLY = re.compile(r"^\s*(?:(?:/|par|chaque|au|le|tous\s+les)\s*mois|mensuel\w*|/\s?m(?!\w))")
_YEARLY = re.compile(r"^\s*(?:(?:/|par|chaque|l')\s*(?:ans?|annee)|annuel\w*)")
_DURING = re.compile(
    rf"(?:pendant|sur|durant|x|\*|pour|fois)\s*(?P<n>(?:{NUMBER}))\s*(?P<unit>mois|ans?|annees?)(?![a-z])"
)
_BEFORE = re.compile(
    rf"(?<!\w)(?P<n>(?:{NUMBER}))\s*(?P<unit>mois|ans?|annees?)\s*(?:a|x|\*|de|:|d'une?\s+aide\s+de)\s*$"
)
# Only some of the postes have the help: « dont un en PEC », « un seul a une aide ».
_SOME = re.compile(
    rf"(?<!\w)(?:dont\s+(?:seulement\s+)?(?P<n>(?:{NUMBER}))(?=\s+(?:\w+\s+)?(?:en|avec|a|qui|est|sont|beneficie|touche|pec|cui|contrat))|(?P<m>(?:{NUMBER}))\s+(?:avec|ont|beneficient|sous|sont\s+en)\s+(?:un\s+|une\s+|d'un\s+)?(?:pec|cui|contrat\s+aide|aide)|(?:un\s+seul|une\s+seule|seulement\s+une?)(?!\w)|l'une?\s+(?:avec|a|en|touche|beneficie|est\s+en)(?!\w)|"
    rf"(?:sur|pour|l')\s?une?\s+(?:seule?\s+|des\s+(?:deux|trois|\d|postes)|d'eux|d'entre)|(?:sur|pour)\s+(?:le|la)\s+(?:premiere?|1er)\s+(?:seulement|uniquement))"
)
_BY_YEAR = re.compile(r"(?<!\w)(?:premiere|1ere)\s+annee(?!\w)")
_EACH = re.compile(
    r"(?<!\w)(?:chacune?|par\s+poste|par\s+conseiller\w*|par\s+contrat|l'une?|pour\s+chaque|chaque|par\s+personne|les\s+deux)(?!\w)"
)
_WHOLE = re.compile(
    r"(?<!\w)(?:au\s+total|en\s+tout|globale?|pour\s+(?:l'ensemble|le\s+tout|les\s+(?:deux|trois|\d)))(?!\w)"
)
_PERCENT = re.compile(r"\d{1,3}\s*(?:%|pour\s?cent)")
_BOUNDARY = re.compile(r"[;!?\n]|\.(?=\s|$)")


@dataclass(frozen=True)
class Aide:
    """A help found at text[start:end], in cents; None with a `problem` when it cannot be used."""

    start: int
    end: int
    cents: int | None
    problem: str | None = None


@dataclass(frozen=True)
class Aides:
    contrats_aides: tuple[Mention, ...]
    montants: tuple[Aide, ...]
    # « sans aide », « pas de PEC »: said, and nothing to deduct.
    aucune: bool
    # One sum for all the postes together, rather than for each.
    globale: bool
    chacun: bool
    # How many postes have the help, when it is only some of them.
    certains: int | None
    # A sum from someone else (region, foundation): not deducted, worth a word.
    cofinancement: bool


def find_aids(
    text: str, mots: Mots, taken: Sequence[tuple[int, int]], longest_euros: int, asked: bool = False
) -> Aides:
    """The helps of `text`. `taken` are places that mean something else (dates, durations). With `asked`, the question
    was the amount of the help: a sum is one, whatever the words around."""
    folded = fold(text)
    none = bool(_NO_AID.search(folded))
    kinds = settle(find_terms(folded, mots.contrats_aides), folded, lambda a, b: a.group == b.group)
    kinds = [kind for kind in kinds if not _denied(folded, kind)]
    amounts, others = [], False
    found = [a for a in find_amounts(text, bare=True) if not any(a.start < e and s < a.end for s, e in taken)]
    belongs: bool | None = False
    for index, amount in enumerate(found):
        limits = (found[index - 1].end if index else 0, found[index + 1].start if index + 1 < len(found) else len(text))
        # « 6 000 € et 7 000 € »: the second sum is what the first one is.
        joined = index > 0 and re.fullmatch(
            r"[\s,;.]*(?:(?:et|puis|/|&|\+|d[e']|non|euh|pardon|plutot|enfin|finalement|en\s+fait|je\s+voulais\s+dire|je\s+veux\s+dire|ah)[\s,;.]*)*",
            folded[limits[0] : amount.start],
        )
        if not joined:
            belongs = _is_aid(folded, amount, limits, asked)
        if belongs is None:
            others = others or not amount.bare
        elif belongs:
            amounts.append(_aid(text, folded, amount, longest_euros))
    kept: list[Aide] = []
    for amount in amounts:
        while kept and corrected_between(folded, kept[-1].end, amount.start):
            kept.pop()
        kept.append(amount)
    if kept and _BY_YEAR.search(folded):
        kept = [
            Aide(
                kept[0].start,
                kept[0].end,
                None,
                "Une aide qui change d'une année à l'autre : donnez son total en euros.",
            )
        ]
    if not kept and _AID.search(folded) and _PERCENT.search(folded) and _percent_of_aid(folded):
        match = _PERCENT.search(folded)
        kept.append(
            Aide(
                match.start(),
                match.end(),
                None,
                "Une aide en pourcentage ne suffit pas : donnez son total en euros, pour ce poste.",
            )
        )
    return Aides(
        contrats_aides=tuple(kinds),
        montants=tuple(kept),
        aucune=none and not any(amount.cents for amount in kept) and not (kinds and not none),
        globale=bool(_WHOLE.search(folded)) and bool(kept),
        chacun=bool(_EACH.search(folded)),
        certains=_some(folded),
        cofinancement=others
        and bool(
            re.search(
                r"(?<!\w)(?:region\w*|departement\w*|fondation|mecen\w*|cofinanc\w*|fse|feder|caf|opco)(?!\w)", folded
            )
        ),
    )


def _some(folded: str) -> int | None:
    match = _SOME.search(folded)
    if not match:
        return None
    written = match["n"] or match["m"]
    return number_value(written) if written else 1


def kind_of_aid(mention: Mention) -> ContratAide:
    return ContratAide(mention.group)


def _denied(folded: str, kind: Mention) -> bool:
    return any(match.start() <= kind.start < match.end() for match in _NO_AID.finditer(folded))


def _percent_of_aid(folded: str) -> bool:
    return bool(
        re.search(
            r"(?:pec|aide|cui|contrats?\s+aides?)[^.;?!]{0,40}\d{1,3}\s*(?:%|pour\s?cent)|\d{1,3}\s*(?:%|pour\s?cent)[^.;?!]{0,25}(?:smic|aide|pec)",
            folded,
        )
    )


def _is_aid(folded: str, amount: FoundAmount, limits: tuple[int, int], asked: bool) -> bool | None:
    """True for a help, False for a bare number that means nothing here, None for another sum of money."""
    if asked:
        return True
    before = _BOUNDARY.split(folded[max(limits[0], amount.start - 70) : amount.start])[-1]
    after = _BOUNDARY.split(folded[amount.end : min(limits[1], amount.end + 50)])[0]
    if amount.bare:
        close = re.search(
            rf"(?:{_AID.pattern})[\s:=(]*(?:(?:de|d'|est|sont|a|montant|du|la|l'|qui|s'eleve|fait|touchee?|recue?|percue?|deja|total\w*|pour|mensuelle|cie|competences?|et|on|nous|qui|touche|touchons|recoit|recevons|percoit|percevons|rapporte|donne|verse|avec)[\s':=]*)*$",
            before,
        )
        follows = re.match(rf"\s*(?:(?:de|d'|en|au\s+titre)\s*)+(?:(?:du|de|la|l'|notre)\s*)*(?:{_AID.pattern})", after)
        return bool(close or follows)
    last_aid = _last(_AID, before)
    last_other = _last(_NOT_AID, before)
    if last_aid >= 0 or last_other >= 0:
        if last_aid > last_other:
            follows = _NOT_AID.match(after.lstrip(" deluasp'"))
            return None if follows and not _STRONG.search(before) else True
        strong_after = _STRONG.search(after)
        return (
            True
            if strong_after and last_other < len(before) - 40
            else (
                True
                if re.match(r"\s*(?:de|d'|en|au\s+titre\s+d[ue])\s*(?:aides?\s+)?(?:pec|cui|aide)", after)
                else None
            )
        )
    match_aid, match_other = _AID.search(after), _NOT_AID.search(after)
    if match_aid and (not match_other or match_aid.start() < match_other.start() or _STRONG.search(after)):
        # « 5 000 € d'aide de la région ».
        tail = after[match_aid.end() : match_aid.end() + 20]
        if not _STRONG.search(after) and re.match(
            r"\s*(?:de|du|d')\s*(?:la\s+|l'|le\s+)?(?:region|departement|commune|ville|mairie|fondation|caf|etat|mecen)",
            tail,
        ):
            return None
        return True
    return None


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _aid(text: str, folded: str, amount: FoundAmount, longest_euros: int) -> Aide:
    if amount.value is None:
        return Aide(amount.start, amount.end, None, amount.problem)
    value, tail = amount.value, folded[amount.end : amount.end + 45]
    written = text[amount.start : amount.end].strip()
    monthly, yearly = _MONTHLY.match(tail), _YEARLY.match(tail)
    if monthly or yearly:
        during = _DURING.search(tail) or _BEFORE.search(folded[max(0, amount.start - 25) : amount.start])
        count = number_value(during["n"]) if during else None
        if count is None:
            every = "mois" if monthly else "an"
            return Aide(
                amount.start,
                amount.end,
                None,
                f"« {written} par {every} » : donnez le total de l'aide, ou sa durée (« pendant 12 mois »).",
            )
        months = count * (1 if during["unit"].startswith("m") else 12)
        value = value * months if monthly else value * Decimal(months) / 12
    if value > longest_euros:
        return Aide(
            amount.start,
            amount.end,
            None,
            f"« {written} » : ce montant d'aide est trop élevé pour un poste. Vérifiez-le.",
        )
    return Aide(amount.start, amount.end, to_cents(value))
