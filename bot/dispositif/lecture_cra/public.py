"""Who came: how many people, of which status, of which age. Vague numbers are asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dispositif.cra import BrokenRule
from bot.dispositif.francais.nombres import NUMBER, FoundNumber, find_numbers, number_value
from bot.dispositif.lecture_cra.ages import AgeMention
from bot.dispositif.lecture_cra.mots import Match
from bot.dispositif.lecture_cra.personnel import PERSON

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
_LONE = re.compile(r"(?<![a-z])(?:une|1|un)\s+seule?\s+(?:personne|participante?|usagere?|inscrite?)(?![a-z])")
_SOMEONE = re.compile(
    r"(?<![a-z])(?:quelqu'?\s?un|un\s+usager|une\s+usagere|une\s+personne|la\s+personne|un\s+administree?|une\s+administree|(?:une?|cette|cet|ce|la|le|1)\s+(?:(?:jeune|vieille|vieux|petite?|dame|gentille|autre|meme|ancienne|ancien|charmante|brave|certain|certaine)\s+)*"
    r"(?:dame|monsieur|monssieur|femme|homme|fille|garcon|maman|papa|mere|pere|grand[- ]mere|grand[- ]pere|mamie|mamy|papi|papy|senior|jeune|ado|adolescente?|parent|habitante?|"
    r"residente?|beneficiaire|adherente?|particulier|voisine?|eleve|lyceene?|etudiante?|retraitee?|salariee?|demandeu(?:r|se)\s+d'emploi|chomeu(?:r|se)|commercante?|artisane?|agriculteur|agricultrice|"
    r"aidante?|employee?|professionnel(?:le)?|aine|ainee|client|cliente|visiteur|apprentie?|assistante\s+maternelle|infirmiere?|secretaire|enseignante?|professeur|octogenaire|septuagenaire|nonagenaire|sexagenaire|quinquagenaire|quadragenaire|trentenaire|meuf|mec|gars|collegienne?|stagiaire|elue?|benevole|agent|agente|ouvriere?|migrante?|refugiee?))(?![a-z])"
)
_TITLE = re.compile(r"(?<![a-z'])(?:mme|madame|monsieur|mlle|mr|m\.)(?![a-z])")
_BARE_PERSON = re.compile(
    r"(?:^|[,;:.(\n-]|pour|avec|d'une?|chez)\s*(?:une?\s+)?(?:femme|homme|dame|monsieur|jeune\s+(?:femme|homme|fille|garcon)|etudiante?|retraitee?|salariee?|personne\s+(?:retraitee|agee|seule))(?![a-z])"
)
_COUPLE = re.compile(r"(?<![a-z])(?:un|le|du|d'un|1)\s+(?:jeune\s+|vieux\s+)?couple(?![a-z])")
_TWO_TITLES = re.compile(
    r"(?<![a-z'])(?:mme|madame|monsieur|mlle|mr|m\.)\s+et\s+(?:mme|madame|monsieur|mlle|mr|m\.)(?![a-z])|(?<![a-z'])(?:mme|madame|monsieur|mlle|mr|m\.|m)\s{3,}et\s+(?:mme|madame|monsieur|mlle|mr|m\.|m)(?![a-z])"
)
_ALL = re.compile(
    r"(?:tous|toutes|tout\s+le\s+monde|que\s+des|uniquement\s+des|exclusivement\s+des|rien\s+que\s+des|uniquement|exclusivement|100\s?%|uniqt)\s*(?:(?:etaient|sont|etait|est|des|les|de|:)\s+)*$"
)
_RELATIVE = re.compile(
    r"(?:sa|son|ses|leurs?|ma|mon|mes)\s+(?:petits?[- ])?(?:fille|fils|enfants?|mere|pere|mari|femme|soeur|frere|conjointe?|compagne|compagnon|collegues?|voisins?|voisine)s?\s*(?:,?\s*(?:qui\s+est|est|,)?\s*)$"
)
_NEGATED = re.compile(
    r"(?:pas|ni|non|ex|ancien|ancienne|futur|future|bientot|plus|jeune|jamais|tres|bien|super|pour\s+etre)[\s-]*(?:encore\s+)?$"
)
_BETWEEN = re.compile(
    r"\s*(?:(?:toute?s?|tous|que|des|de|d'|les|en|qui|est|sont|etaient|sont\s+tous|agees?|ages?|,|\(|public|statut|et)\s*)*"
)


_PART = re.compile(r"(?:dont|parmi\s+(?:eux|elles|lesquels)|y\s+compris|soit)\s+(?:\w+\s+){0,4}?(?:et\s+)?$")
# A number that names something: « séance n° 4 », « Windows 11 ».
_NAMED = re.compile(
    r"(?:n°|numero|no\.|salle|seance|etape|phase|module|niveau|pack|windows|office|word|android|ios|iphone|partie|episode|"
    r"cycle|groupe|les)\s*$"
)


# « moitié retraités », « surtout des salariés »: not everyone.
_MIXED = re.compile(
    r"(?<![a-z])(?:moitie|majorite|majoritairement|plupart|certaine?s|quelques|principalement|surtout|essentiellement|notamment|presque\s+tou[ts]e?s?|quasi\w*)(?![a-z])"
)
_EXCEPT = re.compile(rf"(?<![a-z])(?:sauf|hormis|excepte|a\s+part|hors)\s+(?P<n>{NUMBER})\s+(?:qui\s+est\s+|est\s+)?")


@dataclass
class Public:
    """What is known of the people; `problem` says what to ask about their number."""

    participants: int | None = None
    statuts: dict[str, int] = field(default_factory=dict)
    ages: dict[str, int] = field(default_factory=dict)
    problem: BrokenRule | None = None


@dataclass(frozen=True)
class _Group:
    """A counted mention: `kind` is total, neutral, signed, staff or status; value None when vague."""

    start: int
    end: int
    value: int | None
    kind: str
    number: FoundNumber
    status: str | None = None


def read_public(
    folded: str,
    statuses: Sequence[Match],
    ages: Sequence[AgeMention],
    activity: str | None,
    accented: frozenset[int] = frozenset(),
) -> Public:
    """Reads `folded`, where dates, durations, places and follow-ups are already blanked.

    `accented`: where statuses that bear their accent start (« retraité » is a person, « retraite » may not be).
    """
    workshop = activity == "collectif"
    plain = list(folded)
    for age in ages:
        if age.noun:
            continue
        plain[age.start : age.end] = " " * (age.end - age.start)
    text = "".join(plain)
    groups = _groups(text, statuses, workshop)
    public = Public()
    _count_statuses(public, text, groups, statuses)
    _count_people(public, text, groups, ages, workshop)
    if public.participants is None and not public.problem and _LONE.search(text):
        public.participants = 1
    if public.participants is None and not public.problem and not workshop:
        marks = text.count(PERSON)
        if _COUPLE.search(text) or _TWO_TITLES.search(text):
            public.participants = 2
        elif marks > 1 and activity != "individuel":
            public.participants = marks
        elif (
            activity == "individuel"
            or _is_one(text)
            or _is_one_by_age_or_status(groups, statuses, ages, text, accented)
        ):
            public.participants = 1
    _spread(public, text, groups, statuses, accented)
    _count_ages(public, ages)
    return public


def _is_one(text: str) -> bool:
    return bool(PERSON in text or _SOMEONE.search(text) or _TITLE.search(text) or _BARE_PERSON.search(text))


def _is_one_by_age_or_status(
    groups: list[_Group], statuses: Sequence[Match], ages: Sequence[AgeMention], text: str, accented: frozenset[int]
) -> bool:
    """« retraitée, 81 ans, 1h »: nobody is counted, and one person is described."""
    if groups:
        return False
    if len(ages) == 1 and ages[0].exact and ages[0].count is None and not ages[0].every:
        return True
    bare = [s for s in statuses if not _RELATIVE.search(text[: s.start]) and not _NEGATED.search(text[: s.start])]
    written = {text[s.start : s.end] for s in bare}
    if len(bare) == 1 and bare[0].start in accented and not text[bare[0].start : bare[0].end].endswith("s"):
        return True
    return len(bare) == 1 and bool(
        written & {"retraitee", "salarie", "salariee", "etudiante", "lyceen", "lyceenne", "collegien"}
    )


def _groups(text: str, statuses: Sequence[Match], workshop: bool) -> list[_Group]:
    groups: list[_Group] = []
    numbers = [n for n in find_numbers(text) if not n.ordinal]
    for number in numbers:
        if (
            number.value is None
            and number.about is None
            and re.match(r"(?:beaucoup|pas\s+mal)", text[number.start : number.end])
        ):
            continue
        if number.value is not None and number.value > 99_999:
            continue
        if _NAMED.search(text[: number.start]) and not (
            number.value is not None and COUNTED_NOUN.match(text[number.end :])
        ):
            continue
        rest = text[number.end :]
        linked = re.match(r"\s*(?:de\s+|d'|des\s+)", rest) if number.value is None else None
        offset = number.end + (linked.end() if linked else 0)
        beside = bool(groups) and bool(re.fullmatch(r"\s*(?:et|,|\+|&|plus)\s*", text[groups[-1].end : number.start]))
        if number.article and ((workshop and not beside) or re.search(r"(?:pas|qu')\s*$", text[: number.start])):
            continue
        staff = _STAFF.match(text[offset:])
        if staff:
            continue
        noun = COUNTED_NOUN.match(text[offset:])
        end = offset + noun.end() if noun else offset
        status = _status_after(text, offset, end, statuses, bool(noun))
        if noun:
            kind = (
                "total" if noun["total"] else "signed" if noun["signed"] else "couple" if noun["couple"] else "neutral"
            )
            if number.article and kind != "neutral" and not noun["total"]:
                continue
            if (
                noun["total"]
                and number.article
                and not re.match(
                    r"\s*(?:\w+\s+)?(?:personne|usager|beneficiaire|participant|habitant|administr|adherent|resident|stagiaire|apprenant|visiteur)",
                    text[offset:],
                )
            ):
                continue
            groups.append(
                _Group(
                    number.start,
                    max(end, status.end if status else end),
                    number.value,
                    kind,
                    number,
                    status.code if status else None,
                )
            )
        elif status:
            groups.append(_Group(number.start, status.end, number.value, "status", number, status.code))
        elif number.value is None and re.match(
            r"(?:une?|la)?\s*(?:bonne\s+|petite\s+)?(?:dizaine|douzaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|centaine)",
            text[number.start : number.end],
        ):
            groups.append(_Group(number.start, number.end, None, "total", number))
    for pattern in (_LISTED, _WERE, _BRACKETED, _NO_NOUN):
        for match in pattern.finditer(text):
            group = next(name for name in ("n", "m", "o") if match.groupdict().get(name))
            value = number_value(match[group])
            if pattern is _BRACKETED and any(s.start < match.start(group) and s.end > match.start() for s in statuses):
                continue
            if value is not None and value < 100_000 and not any(g.start <= match.start(group) < g.end for g in groups):
                groups.append(
                    _Group(
                        match.start(group),
                        match.end(group),
                        value,
                        "total",
                        FoundNumber(match.start(group), match.end(group), value),
                    )
                )
    # « retraités : 5 »
    for status in statuses:
        after = re.match(
            r"\s*(?:[:=x]\s*|\(\s*)(\d{1,3})(?!\s*(?:h|min|mn|ans|[/-]|p(?![a-z])|pers|ret|sal|etu|dem|sans))",
            text[status.end :],
        )
        if after and not any(g.start < status.end + after.end() and g.end > status.start for g in groups):
            value = int(after[1])
            groups.append(
                _Group(
                    status.start,
                    status.end + after.end(),
                    value,
                    "status",
                    FoundNumber(status.start, status.end, value),
                    status.code,
                )
            )
    return sorted(groups, key=lambda group: group.start)


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


def _count_statuses(public: Public, text: str, groups: list[_Group], statuses: Sequence[Match]) -> None:
    if _EXCEPT.search(text):
        return
    for group in groups:
        if (
            group.status
            and group.value is not None
            and not (group.number.article and group.kind == "status" and len(statuses) > 3)
        ):
            public.statuts[group.status] = public.statuts.get(group.status, 0) + group.value


def _count_people(public: Public, text: str, groups: list[_Group], ages: Sequence[AgeMention], workshop: bool) -> None:
    totals = [g for g in groups if g.kind == "total" and not _is_part(text, g)]
    plain = [g for g in totals if not g.status and not _has_age(g, ages)]
    vague = [
        g for g in groups if g.value is None and g.kind in ("total", "neutral", "status") and not _is_part(text, g)
    ]
    values = list(dict.fromkeys(g.value for g in plain if g.value is not None))
    if len(values) == 1:
        public.participants = values[0]
        return
    if len(values) > 1:
        listed = ", ".join(map(str, values))
        public.problem = BrokenRule(
            "nb_participants",
            "plusieurs_nombres",
            f"Vous donnez plusieurs nombres de participants ({listed}) : lequel est le bon ?",
        )
        return
    if vague:
        first = vague[0].number
        public.problem = BrokenRule("nb_participants", "vague", first.problem or "Combien de participants exactement ?")
        return
    rest = [g for g in groups if g.kind != "signed" and g.value is not None and not _is_part(text, g)]
    parts = [g for g in groups if g.status and g.value is not None]
    neutral = [g for g in rest if not g.status]
    counted = sum(g.value for g in parts)
    others = sum(g.value * (2 if g.kind == "couple" else 1) for g in neutral)
    if parts and neutral and others == counted:
        # « 9 femmes : 4 retraitées et 5 salariées »
        public.participants = counted
    elif parts or neutral:
        public.participants = counted + others
    elif any(age.count is not None for age in ages):
        public.participants = sum(age.count for age in ages if age.count is not None)


def _is_part(text: str, group: _Group) -> bool:
    """« dont 5… », « parmi eux 3… »: a part of another count."""
    return bool(_PART.search(text[max(0, group.start - 40) : group.start]))


def _has_age(group: _Group, ages: Sequence[AgeMention]) -> bool:
    return (
        any(0 <= age.start - group.end <= 12 and age.count == group.value for age in ages)
        and len([a for a in ages if a.count]) > 1
    )


def _spread_except(public: Public, text: str, statuses: Sequence[Match], excepted: re.Match[str]) -> None:
    """« tous retraités sauf 1 en emploi »"""
    apart = number_value(excepted["n"]) or 0
    inside = [s for s in statuses if s.start >= excepted.end() and not text[excepted.end() : s.start].strip()]
    rest = [s for s in statuses if s.end <= excepted.start() and _ALL.search(text[: s.start])]
    if inside and rest and public.participants and 0 < apart < public.participants:
        public.statuts = {rest[-1].code: public.participants - apart, inside[0].code: apart}


def _spread(
    public: Public, text: str, groups: list[_Group], statuses: Sequence[Match], accented: frozenset[int]
) -> None:
    """Statuses said without a number: of everyone, of the only participant, or unknown."""
    count = public.participants
    if count is None or public.statuts:
        return
    if _MIXED.search(text):
        return
    excepted = _EXCEPT.search(text)
    if excepted:
        _spread_except(public, text, statuses, excepted)
        return
    one_each = [s.code for s in statuses if re.search(r"(?<![a-z])(?:une?|1)\s+(?:\w+\s+)?$", text[: s.start])]
    if count > 1 and len(one_each) == count == len(statuses):
        # « trois personnes : un retraité, une salariée, un chômeur »
        public.statuts = {code: one_each.count(code) for code in one_each}
        return
    codes: dict[str, bool] = {}
    for status in statuses:
        before = text[: status.start]
        written = text[status.start : status.end]
        if _RELATIVE.search(before) or _NEGATED.search(before):
            continue
        if (
            written == "retraite"
            and status.start not in accented
            and re.search(r"(?<![a-z])(?:sa|la|leur|de|ma|une)\s+$", before)
            and not re.search(r"(?:a|en)\s+la\s+$", before)
        ):
            continue
        if _ALL.search(before):
            public.statuts = {status.code: count}
            return
        if written in ("actif", "active", "inactif", "inactive", "actifs", "actives", "act") and not re.search(
            r"statut\w*\s*:?\s*$", before
        ):
            continue
        codes[status.code] = codes.get(status.code, False) or written.endswith("s") or status.code == "heterogene"
    if len(codes) != 1 or any(group.status for group in groups):
        return
    ((code, plural),) = codes.items()
    if count == 1 or (plural and not any(group.kind == "neutral" for group in groups)):
        public.statuts = {code: count}


def _count_ages(public: Public, ages: Sequence[AgeMention]) -> None:
    count = public.participants
    every = [age for age in ages if age.every and age.band]
    if every and count:
        public.ages = {every[0].band: count}
        return
    for age in ages:
        if age.band and age.count is not None:
            public.ages[age.band] = public.ages.get(age.band, 0) + age.count
    if not public.ages and count == 1:
        bands = {age.band for age in ages}
        if len(bands) == 1 and None not in bands:
            public.ages = {bands.pop(): 1}
    if (
        any(age.band is None and age.count for age in ages)
        and count is not None
        and sum(public.ages.values()) < count
        and len(ages) == 1
    ):
        public.ages = {}
