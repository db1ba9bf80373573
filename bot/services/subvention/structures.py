"""Who asks: the type of structure and where it is."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dispositif.subvention import METROPOLE
from bot.reference.subvention_mots import Mots
from bot.services.subvention.mentions import (
    Mention,
    alternative_between,
    find_terms,
    settle,
)

_SELF = re.compile(
    r"(?<!\w)(?:on\s+est|nous\s+sommes|ns\s+sommes|je\s+suis|c'est|c\s+est|pour|notre|nous|ici|en\s+tant\s+qu[e']?|etant|sommes|est|"
    r"president\w*|directeur|directrice|tresori\w+|secretaire|dgs|maire|salariee?|employeur|structure|si\s+(?:on|nous|c)\s*\w*|"
    r"plutot|bonjour|bjr|slt|salut|coucou|hello|il\s+s'agit)[\s,:']+"
    r"(?:(?:d'|de|du|de\s+la|des|dans|a|au|pour|en|pour)[\s']*)?(?:(?:un|une|la|le|l|petite?|grande?|notre|ma|mon|nos)[\s']+)*$"
)
_OTHER = re.compile(
    r"(?<!\w)(?:par|avec|chez|aide|soutien|soutenue?|finance\w*|partenaire|subvention\w*|accord|locaux|appui|lien|disposition|heberge\w*|"
    r"vers|accompagne\w*|voisin\w*|ancien\w*|rattache\w*|validee?|conventionnee?|donne\w*|verse\w*|paye\w*|deposee?|face|et\s+la|"
    r"que\s+la|contrairement|comme)\s+(?:(?:de|d|du|par|a|au|avec|pour|dans|les|nos)[\s']+)*(?:(?:un|une|la|le|l|notre|des|ma)[\s']+)*$"
)
_PLACE = re.compile(
    r"(?<!\w)(?:dans|sur|au\s+sein|au\s+coeur|hors)\s+(?:de\s+)?(?:(?:un|une|la|le|l|ma|mon|notre|petite?|grande?|toute|d)[\s']+)*$"
)
_OF = re.compile(r"(?<!\w)(?:de|d|du|des)[\s']+(?:(?:la|l|une?|notre|petite|grande)[\s']+)*$")
# Words that are as often a place as an employer.
_PLACE_KINDS = frozenset({"commune", "département", "région", "EPCI", "collectivité"})
_STATE = "service_de_l_etat"
_GENERIC = re.compile(
    r"^(?:prive|privee|public|publique|droit|secteur|ess|associatif|territoriale|municipal|intercommunal|communaute)"
)
_NAMED_METROPOLE = re.compile(
    r"(?<!\w)(?:nantes|rennes|brest|rouen|bordeaux|toulouse|dijon|lille|nancy|metz|orleans|tours|angers|clermont|grenoble|montpellier|nice|aix[\s-]marseille|marseille|"
    r"toulon|saint[\s-]etienne|lyon|strasbourg|grand\s+paris)[\s-]+(?:\w+\s+)?metropole(?!\w)"
)
_MAYOR = re.compile(
    r"(?<!\w)(?:une|la|notre|petite)\s+marie(?!\w)|(?<!\w)marie\s+d(?:e|')\s*\d+\s*hab|(?<!\w)(?:maire|elue?|dgs|secretaire\s+de\s+mairie)(?!\w)|(?<!\w)(?:cd|conseil\s+dep\w*\.?)\s?\d{2,3}(?!\w)|(?<!\w)com\s+d[e']?\s?com(?!\w)"
)
_NUMBERED_DEPARTMENT = re.compile(
    r"(?:departements?|dept|dpt|dep)\.?\s*(?:n[°o]\s*|:\s*|du\s+|le\s+)?\(?(\d{2,3}|2[ab])\b"
)
_CODE = re.compile(
    r"(?<![\w/.,:])(?:(?:dans|ds|en|depuis|sur|a)\s+(?:le|l'|la)\s+|le\s+|\(\s?|dep(?:t|artement)?\.?\s+|(?<=[,;])\s*|^)?(97[1-8]|98[678])(?!\s?\d{3})(?![\w/€]|[.,]\d)(?!\s*(?:euros?|€|k\b|postes?|habitants?))"
)
_POSTCODE = re.compile(r"(?<![\w/.,])(97[1-8]|98[678])\s?\d\d(?!\d)(?!\s*(?:€|euros?|k\b|e\b|habitants?))")
_METRO_CODE = re.compile(
    r"(?:(?:dans|ds)\s+(?:le|l'|les)\s+|\()(0[1-9]|[1-8]\d|9[0-5]|2[ab])(?=\W|$)(?!\s*(?:/|\d|janv|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec|mois|jours?|ans|semaine|prochain|postes?|h\b|%))"
)
_REUNION = re.compile(
    r"(?<!suite )(?<!apres )(?<!avant )(?<!lors de )(?<!pendant )(?<!\w)(?:a|de|sur|pour|ile\s+de|en|dans|,|region|departement|depart|habite|basee?\s+a|l'ile\s+de)?\s*la\s+reunion(?!s)(?!\w)"
    r"(?!\s+(?:d'|(?:du|de|avec|hier|demain|ce|bureau|publique|prevue|aura|est\s+prevue|collective|qui|ou|anct|zoom|teams)(?!\w)|a\s+\d))"
)
_REUNION_BARE = re.compile(
    r"(?:^|[,;(]\s*|(?:mairie|commune|asso|association|region|departement|dpt|ccas|cdi|cdd)\s+)reunion(?=\s*(?:$|[,;.)!?]|\(?974|\d|depart|formation|part|cdi|cdd))"
)
# After « Saint-Benoît » and the like, the island is meant.
_REUNION_NEAR = re.compile(r"(?<!\w)(?:la\s+)?reunion(?!s|\w)(?!\s+(?:d'|(?:du|de|avec|publique|prevue)(?!\w)))")
_METROPOLE_PLACE = re.compile(
    r"(?:(?<!\w)(?:en|de|d'|hors|(?:france\s+))\s*|^|[,;(/]\s*)(?:france\s+)?metropol\w*(?!\w)(?!\s+(?:de|d'|du)\b|\s+(?:europeenne|urbaine|rouen|nice|lyon))"
)


def find_structure(folded: str, mots: Mots) -> tuple[Mention | None, bool]:
    """The structure that asks, and True when two kinds remain possible."""
    masked = _hide_metropole(folded)
    found = [*find_terms(masked, mots.structures)]
    found += [Mention(m.start(), m.end(), "publique", _mayor_kind(m.group())) for m in _MAYOR.finditer(masked)]
    found += [Mention(m.start(), m.end(), "publique", "EPCI") for m in _NAMED_METROPOLE.finditer(folded)]
    found = _without_departments(masked, sorted(found, key=lambda m: m.start))
    weighed = [replace(m, weight=_weight(m, masked)) for m in found]
    weighed = [m for m in weighed if m.weight > -3 and (m.group != _STATE or m.weight > 0)]
    held = settle(weighed, masked, lambda a, b: a.group == b.group)
    if not held:
        return None, False
    best = max(held, key=lambda m: (m.weight, -m.start))
    rivals = [m for m in held if m.group != best.group]
    for rival in rivals:
        first, second = sorted((best, rival), key=lambda m: m.start)
        if alternative_between(masked, first.end, second.start):
            return None, True
    same_group = [m for m in held if m.group == best.group and not _GENERIC.match(masked[m.start : m.end])]
    return (max(same_group, key=lambda m: (m.weight, -m.start)) if same_group else best), False


def _mayor_kind(written: str) -> str:
    return (
        "département" if written.startswith(("cd", "conseil")) else "EPCI" if written.startswith("com") else "commune"
    )


def _weight(mention: Mention, folded: str) -> int:
    before = folded[max(0, mention.start - 60) : mention.start]
    weight = 2
    if not before.strip() or before.rstrip().endswith((",", ";", ".", ":", "(", "!", "\n")):
        weight += 1
    if _SELF.search(before):
        weight += 2
    if _OTHER.search(before):
        weight -= 4
    elif mention.kind in _PLACE_KINDS and _PLACE.search(before):
        weight -= 5
    elif mention.kind in _PLACE_KINDS and _OF.search(before) and not _SELF.search(before):
        weight -= 2
    if _GENERIC.match(folded[mention.start : mention.end]):
        weight -= 1
    if (
        mention.group == _STATE
        and not _SELF.search(before)
        and not re.fullmatch(r"\W*(?:une?|la|le|les|l')?\s*", before)
    ):
        weight -= 3
    return weight


def _without_departments(folded: str, mentions: list[Mention]) -> list[Mention]:
    """« département 63 » says where, not who."""
    places = [match.span() for match in _NUMBERED_DEPARTMENT.finditer(folded)]
    return [m for m in mentions if not any(start <= m.start < end for start, end in places)]


def _hide_metropole(folded: str) -> str:
    """« en métropole » is a place; « la métropole de Lyon » an employer."""
    return _METROPOLE_PLACE.sub(lambda match: " " * len(match.group()), folded)


def find_territory(folded: str, mots: Mots) -> tuple[Mention | None, bool]:
    """Where the structure is ("metropole", "974"…), and True when the place named exists here and overseas."""
    ambiguous = mots.lieux_ambigus.search(folded)
    found = [m for m in find_terms(folded, mots.territoires) if not (m.kind == METROPOLE and _is_employer(folded, m))]
    found += [Mention(m.start(), m.end(), m.group(1), m.group(1)) for m in _CODE.finditer(folded)]
    found += [Mention(m.start(), m.end(), m.group(1), m.group(1)) for m in _POSTCODE.finditer(folded)]
    found += [Mention(m.start(), m.end(), "974", "974") for p in (_REUNION, _REUNION_BARE) for m in p.finditer(folded)]
    for match in _NUMBERED_DEPARTMENT.finditer(folded):
        code = match.group(1)
        found.append(Mention(match.start(), match.end(), code if code[:2] in ("97", "98") else METROPOLE, code))
    found += [Mention(m.start(), m.end(), METROPOLE, m.group(1)) for m in _METRO_CODE.finditer(folded)]
    if ambiguous:
        found += [Mention(m.start(), m.end(), "974", "974") for m in _REUNION_NEAR.finditer(folded)]
    held = settle(sorted(found, key=lambda m: m.start), folded, lambda a, b: a.group == b.group)
    precise = [m for m in held if m.group not in ("outre_mer", METROPOLE)]
    overseas = [m for m in held if m.group == "outre_mer"]
    chosen = (precise or overseas or held or [None])[0]
    if chosen is None and ambiguous:
        return None, True
    return chosen, False


def _is_employer(folded: str, mention: Mention) -> bool:
    if "metropol" not in folded[mention.start : mention.end]:
        return False
    return not any(m.start() <= mention.start < m.end() for m in _METROPOLE_PLACE.finditer(folded))
