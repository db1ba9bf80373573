"""Who came: how many people, of which status, of which age. Vague numbers are asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dispositif.cra import BrokenRule
from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.lecture_cra.ages import AgeMention
from bot.dispositif.lecture_cra.comptes import Group, find_groups
from bot.dispositif.lecture_cra.mots import Match
from bot.dispositif.lecture_cra.personnel import PERSON

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
_PART = re.compile(r"(?:dont|parmi\s+(?:eux|elles|lesquels)|y\s+compris|soit)\s+(?:\w+\s+){0,4}?(?:et\s+)?$")
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
    groups = find_groups(text, statuses, workshop)
    public = Public()
    _count_statuses(public, text, groups, statuses)
    _count_people(public, text, groups, ages)
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
    groups: list[Group], statuses: Sequence[Match], ages: Sequence[AgeMention], text: str, accented: frozenset[int]
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


def _count_statuses(public: Public, text: str, groups: list[Group], statuses: Sequence[Match]) -> None:
    if _EXCEPT.search(text):
        return
    for group in groups:
        if (
            group.status
            and group.value is not None
            and not (group.number.article and group.kind == "status" and len(statuses) > 3)
        ):
            public.statuts[group.status] = public.statuts.get(group.status, 0) + group.value


def _count_people(public: Public, text: str, groups: list[Group], ages: Sequence[AgeMention]) -> None:
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


def _is_part(text: str, group: Group) -> bool:
    """« dont 5… », « parmi eux 3… »: a part of another count."""
    return bool(_PART.search(text[max(0, group.start - 40) : group.start]))


def _has_age(group: Group, ages: Sequence[AgeMention]) -> bool:
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
    public: Public, text: str, groups: list[Group], statuses: Sequence[Match], accented: frozenset[int]
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
    counted = [group for group in groups if group.kind in ("total", "neutral")]
    beside = len(counted) == 1 and any(
        status.start >= counted[0].end and re.fullmatch(r"[\s,(]*", text[counted[0].end : status.start])
        for status in statuses
    )
    if count == 1 or beside or (plural and not any(group.kind == "neutral" for group in groups)):
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
