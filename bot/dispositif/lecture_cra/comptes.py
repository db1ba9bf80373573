"""The counts of people in a text: « 8 retraités », « participants : 9 », « ils étaient quinze », « une dizaine »."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.dispositif.francais.nombres import NUMBER, FoundNumber, find_numbers, number_value
from bot.dispositif.lecture_cra.mots import Match

_TOTAL = (
    r"personnes?|perss?onn?es?|pers(?![a-z])\.?|prs|pr?sn|participante?s?|participan\w*|part[i]?cip\w*|usage[rs]\w*|beneficiaires?|presente?s?|"
    r"habitante?s?|administree?s?|adherente?s?|residente?s?|stagiaires?|apprenante?s?|gens|individus?|venue?s|visiteurs?|accompagnee?s|p(?![\w'])\.?|"
    r"pax|auditeurs?|part(?![a-z])\.?"
)
_SIGNED_UP = r"inscrite?s?|places?|prevue?s|attendue?s|invitee?s?|absente?s?|desistements?|annulations?"
_NEUTRAL = (
    r"adultes?|jeunes?(?:\s+(?:filles|femmes|hommes|gens|adultes|homme|femme|fille))?|enfants?|ados?(?![a-z])|adolescente?s?|femmes?|hommes?|dames?|messieurs|monsieurs?|monssieur|mess(?![a-z])|seniors?|"
    r"ainee?s?|parents?|mamans?|papas?|meres?|peres?|eleves?|agents?|elue?s?|benevoles?|passants?|clients?|clientes?|curieux|lecteurs?|lectrices?|volontaires?|debutante?s?|novices|enseignante?s?|professeurs?|profs?|membres?|locataires?|"
    r"migrante?s?|refugiee?s?|garcons?|filles?|mamies?|papis?|papys?|meufs?|mecs?|gars|collegien\w*|lyceen\w*|professionnels?|pro(?![a-z])|sexagenaires?|"
    r"septuagenaires?|octogenaires?|nonagenaires?|aidant(?:e)?s?|couturieres?|artisans?|commercante?s?|agriculteurs?|agricultrices?|salariee?s?|etudiante?s?|retraitee?s?|primo[- ]arrivants?|bebes?"
)
_FILLER = (
    r"(?:(?:petite?s?|jeunes?|nouveaux|nouvelles|nouvelle|autres?|vieux|vieille|vieilles|bons?|anciens?|chers?|bonnes|gentilles?|braves?|seules?|belles?|"
    r"charmantes?|toutes?|tous|meme)\s+)*"
)
COUNTED_NOUN = re.compile(
    rf"\s*{_FILLER}(?:(?P<total>{_TOTAL})|(?P<signed>{_SIGNED_UP})|(?P<couple>couples?)|(?P<neutral>{_NEUTRAL}))(?![a-z])"
)
_STAFF = re.compile(
    r"\s*(?:animat|interven|collegue|formateur|formatrice|conseill|partenaire|encadrant|accompagnateur|accompagnatrice|educat|professionnel(?:le)?s?\s+de)"
)
_LISTED = re.compile(
    rf"(?<![a-z])(?:(?:nb|nbre|effectif)\s+(?=\d)|(?:(?:nb|nbre|nombre|effectifs?|participants?|participation|public|personnes?|usagers?|pers|presents?|total|beneficiaires?)(?:\s+(?:de\s+|d')?(?:participants?|personnes?|usagers?|presents?|pers|beneficiaires?|total))?)\s*[:=]\s*)(?!un(?:e)?(?![a-z]))(?P<n>{NUMBER})(?![\w/-])(?!\s*(?:h|min|mn|ans)\b)"
)
_WERE = re.compile(
    rf"(?:(?:on|nous|ils|elles|y)\s+(?:etait|etions|etaient|sont|ont\s+ete|avait)|etaient|(?:venus?|presents?)\s+a|au\s+nombre\s+de|groupe\s+de|groupes\s+de)\s+(?:bien\s+|finalement\s+|seulement\s+|que\s+|au\s+total\s+|en\s+tout\s+)?(?P<n>{NUMBER})(?!\w)(?!\s*(?:h\b|heures?|min|ans|ateliers?|seances?|groupes?))"
)
# « étudiants (12) », « personnes (8) »
_BRACKETED = re.compile(
    rf"(?<![a-z])(?:{_TOTAL}|{_NEUTRAL})\s*\(\s*(?P<n>\d{{1,3}})\s*(?:personnes|pers\.?|participants?|p)?\s*\)"
)
# A number that the words around make a number of people: « 8 dont 5 retraités », « avec 8, », « 8 en tout ».
_NO_NOUN = re.compile(
    rf"(?<![\w/.,:-])(?P<n>{NUMBER})(?!\w)(?=\s*,?\s*dont(?![a-z]))|(?<![\w/.,:-])(?P<o>{NUMBER})\s+(?=(?:sont|etaient|ont\s+ete|etant)\s+(?:bien\s+|finalement\s+)?(?:venu|present|la(?![a-z])))|(?<![a-z])(?:avec|a)\s+(?!une?(?![a-z]))(?P<m>{NUMBER})(?!\w)(?=\s*(?:[,.;)]|$|\n|en\s+tout|au\s+total))(?![.,]\d)"
)
# A number that names something: « séance n° 4 », « Windows 11 ».
_NAMED = re.compile(
    r"(?:n°|numero|no\.|salle|seance|etape|phase|module|niveau|pack|windows|office|word|android|ios|iphone|partie|episode|"
    r"cycle|groupe|les)\s*$"
)


_MANY = re.compile(r"beaucoup|pas\s+mal")
_ONE = re.compile(
    r"\s*(?:\w+\s+)?(?:personne|usager|beneficiaire|participant|habitant|administr|adherent|resident|stagiaire|apprenant|visiteur)"
)
_COLLECTIVE = re.compile(
    r"(?:une?|la)?\s*(?:bonne\s+|petite\s+)?(?:dizaine|douzaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|centaine)"
)
_STATUS_COUNT = re.compile(
    r"\s*(?:[:=x]\s*|\(\s*)(\d{1,3})(?!\s*(?:h|min|mn|ans|[/-]|p(?![a-z])|pers|ret|sal|etu|dem|sans))"
)
# Nobody counts more people than this.
_MOST = 99_999


@dataclass(frozen=True)
class Group:
    """A counted mention: `kind` is total, neutral, couple, signed or status; value None when vague."""

    start: int
    end: int
    value: int | None
    kind: str
    number: FoundNumber
    status: str | None = None


def find_groups(text: str, statuses: Sequence[Match], workshop: bool) -> list[Group]:
    """Every count of people, in order. In a workshop « une dame » is one among others, not a count."""
    groups: list[Group] = []
    for number in find_numbers(text):
        previous = groups[-1] if groups else None
        group = _group(text, number, statuses, workshop, previous)
        if group:
            groups.append(group)
    groups += _without_noun(text, statuses, groups)
    groups += _listed_statuses(text, statuses, groups)
    return sorted(groups, key=lambda group: group.start)


def _group(
    text: str, number: FoundNumber, statuses: Sequence[Match], workshop: bool, previous: Group | None
) -> Group | None:
    """What a number counts, if it counts people."""
    written, before, rest = text[number.start : number.end], text[: number.start], text[number.end :]
    if number.ordinal or (number.value or 0) > _MOST or (number.value is None and _MANY.match(written)):
        return None
    if _NAMED.search(before) and not (number.value is not None and COUNTED_NOUN.match(rest)):
        return None
    if number.article:
        beside = previous is not None and re.fullmatch(r"\s*(?:et|,|\+|&|plus)\s*", text[previous.end : number.start])
        beside = beside or re.search(r"(?<![a-z])dont\s+$", before)
        if (workshop and not beside) or re.search(r"(?:pas|qu')\s*$", before):
            return None
    linked = re.match(r"\s*(?:de\s+|d'|des\s+)", rest) if number.value is None else None
    offset = number.end + (linked.end() if linked else 0)
    if _STAFF.match(text[offset:]):
        return None
    noun = COUNTED_NOUN.match(text[offset:])
    end = offset + noun.end() if noun else offset
    status = _status_after(text, offset, end, statuses, bool(noun))
    code = status.code if status else None
    if noun:
        kind = next(name for name in ("total", "signed", "couple", "neutral") if noun[name])
        if number.article and not (kind == "neutral" or (kind == "total" and _ONE.match(text[offset:]))):
            return None
        if kind == "total" and re.match(r"\s+(?:inscrit|prevu|attendu|invite)", text[end:]):
            kind = "signed"
        return Group(number.start, max(end, status.end if status else end), number.value, kind, number, code)
    if status:
        return Group(number.start, status.end, number.value, "status", number, code)
    if number.value is None and _COLLECTIVE.match(written):
        return Group(number.start, number.end, None, "total", number)
    return None


def _without_noun(text: str, statuses: Sequence[Match], groups: Sequence[Group]) -> Iterator[Group]:
    """Numbers that the words around make a number of people."""
    taken = [(group.start, group.end) for group in groups]
    for pattern in (_LISTED, _WERE, _BRACKETED, _NO_NOUN):
        for match in pattern.finditer(text):
            start, end = next(match.span(name) for name in ("n", "m", "o") if match.groupdict().get(name))
            value = number_value(text[start:end])
            if pattern is _BRACKETED and any(s.start < start and s.end > match.start() for s in statuses):
                continue
            if value is not None and value <= _MOST and not any(s <= start < e for s, e in taken):
                taken.append((start, end))
                yield Group(start, end, value, "total", FoundNumber(start, end, value))


def _listed_statuses(text: str, statuses: Sequence[Match], groups: Sequence[Group]) -> Iterator[Group]:
    """« retraités : 5 », « étudiants (12) »"""
    for status in statuses:
        after = _STATUS_COUNT.match(text[status.end :])
        end = status.end + (after.end() if after else 0)
        if after and not any(group.start < end and group.end > status.start for group in groups):
            value = int(after[1])
            yield Group(status.start, end, value, "status", FoundNumber(status.start, status.end, value), status.code)


def _status_after(text: str, offset: int, end: int, statuses: Sequence[Match], noun: bool) -> Match | None:
    """The status that the number counts: right after it, or after the noun it counts."""
    for status in statuses:
        if status.start < offset or any(g in text[offset : status.start] for g in ".;\n:"):
            continue
        if re.fullmatch(
            rf"\s*{_FILLER}(?:(?:personnes?|pers\.?|femmes?|hommes?|dames?|messieurs|usagers?|participante?s?|adultes?|p)\s+)?(?:(?:qui\s+sont|qui\s+est|est|sont|etaient|en|:)\s*)*",
            text[offset : status.start],
        ):
            return status
        if (
            status.start >= end
            and noun
            and re.fullmatch(
                r"\s*(?:(?:qui\s+sont|etant|etaient|sont)\s*)?",
                text[end : status.start],
            )
        ):
            return status
    # The noun is the status itself: « 8 retraités ».
    return next((s for s in statuses if noun and offset <= s.start < end), None)
