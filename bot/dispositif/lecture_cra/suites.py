"""What happens next: people sent to an organisation, signed up for a workshop, seen again. Read apart, then set aside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.lecture_cra.mots import Lexicon

_COUNT = rf"(?:(?:dont\s+)?(?P<n>{NUMBER})\s*(?:p(?:ers?)?\.?\s+|personnes?\s+|participants?\s+|d'entre\s+eux\s+|usagers?\s+|retraites?\s+)?(?:ont\s+ete\s+|a\s+ete\s+|sont\s+|seront\s+|est\s+)?)?"
_REDIRECT = re.compile(
    rf"(?<![\w]){_COUNT}(?:(?:je\s+)?(?:l'ai|les\s+ai|l'a|lui|je\s+l'|je\s+la|je\s+le)\s*(?:re)?)?"
    r"(?P<verb>(?:re|ré)?[- ]?orient(?:ee?s?|e|ation|er)?|redirig(?:ee?s?|e|er)|redirection|reorient\w*|renvoy(?:ee?s?|e)|renvoi|adress(?:ee?s?)\s+(?=a|au|aux|vers)|dirig(?:ee?s?|e)\s+(?=vers)|envoy(?:ee?s?)\s+(?=vers|a\s+la|au|aux|chez)|aiguill(?:ee?s?)|reor|orient)"
    r"(?!\w)(?!\s+par\s)\.?"
)
_SENT_TO_ME = re.compile(r"(?:m'a|m'ont|nous\s+a|nous\s+ont|m'a\s+ete)\s*$")
_SIGNED = re.compile(
    rf"(?<!\w){_COUNT}(?:(?:s'est|se\s+sont|je\s+l'ai|je\s+les\s+ai|l'ai|elle\s+s'est|il\s+s'est)\s+)?(?P<verb>(?:re)?inscri(?:te?s?|tes|ption|ptions)|(?:re)?viendr(?:a|ont)|participer(?:a|ont)|reviennent|revient)"
    r"(?=[^.;\n]{0,45}?ateliers?(?!\w))"
)
_SIGNED_BACK = re.compile(
    r"(?<!\w)(?:propos\w+[^.;\n]{0,30}ateliers?[^.;\n]{0,25}?(?:s'est|se\s+sont|l'ai|a\s+ete)\s+inscrit\w*)"
)
_AGAIN = re.compile(
    rf"(?<!\w){_COUNT}(?P<verb>on\s+se\s+(?:revoit|reverra|voit|retrouve)|a\s+revoir|je\s+(?:le|la|les)\s+(?:revois|reverrai|revoit)|prochaine?s?\s+(?:rdv|rendez[- ]vous|seance|atelier|fois|date|session)"
    r"|(?:nouveau|autre|2e|deuxieme|second|futur)\s+(?:rdv|rendez[- ]vous)|(?:rdv|rendez[- ]vous)\s+(?:pris|fixe|prevu|de\s+suivi|suivant|a\s+prevoir|reprogramme)|(?:re)?(?:pris|prend|prendra|fixe|donne)\s+(?:un\s+)?(?:autre\s+|nouveau\s+)?(?:rdv|rendez[- ]vous)(?=\s+(?:pour\s+(?:la\s+suite|continuer|finir)|lundi|mardi|mercredi|jeudi|vendredi|samedi|le\s+\d|la\s+semaine\s+pro|dans))"
    r"|repris\s+rdv|reprend\s+rdv|(?:re)?viendr(?:a|ont)|reviennent|revient|doi(?:t|vent)\s+revenir|suites?\s*:|suivi\s+individuel\s+(?:prevu|a\s+prevoir|propose))(?!\w)"
)
_END = re.compile(r"[.;\n|)](?!\d)|,|(?<!\w)(?:puis|ensuite|pendant|durant|duree)(?!\w)|\s-\s")


@dataclass
class FollowUp:
    """`suite` and `organismes` as in `Cra`; `spans` are the places to set aside."""

    suite: dict[str, int | None] = field(default_factory=dict)
    organismes: dict[str, int | None] = field(default_factory=dict)
    spans: list[tuple[int, int]] = field(default_factory=list)


def find_follow_up(folded: str, organisations: Lexicon) -> FollowUp:
    """Counts are None when the text does not say how many: one for a lone person is for the caller to conclude."""
    found = FollowUp()

    def aside(start: int, end: int) -> None:
        found.spans.append((start, end))

    def free(start: int, end: int) -> bool:
        return all(end <= s or start >= e for s, e in found.spans)

    for match in _SIGNED_BACK.finditer(folded):
        found.suite["atelier"] = None
        aside(*match.span())
    for match in _REDIRECT.finditer(folded):
        if _SENT_TO_ME.search(folded[: match.start("verb")]) or not free(*match.span()):
            continue
        end = _clause_end(folded, match.end())
        clause = folded[match.end() : end]
        named = [m.code for m in organisations.find(clause) if m.field == "organismes"]
        workshop = re.match(
            r"\s*(?:vers|a|au|sur)?\s*(?:un|l'|le|les|notre|nos|mes|mon|des)?\s*(?:prochaine?s?\s+)?(?:atelier|collectif)",
            clause,
        )
        if (
            not named
            and not workshop
            and not re.match(r"\s*(?:vers|a\s|au\s|aux\s|chez|:)", clause)
            and not match["verb"].startswith(("redirig", "reorient", "renvoy"))
        ):
            continue
        count = _count(match, singular=bool(re.search(r"(?:ee?|e|ation|tion|er)$", match["verb"])))
        if workshop:
            found.suite["atelier"] = count
        else:
            counts = _counts_apart(clause, organisations, count)
            found.suite["redirection"] = sum(counts.values()) if counts else count
            found.organismes.update(counts or dict.fromkeys(named, count))
        aside(match.start(), end)
    for match in _SIGNED.finditer(folded):
        if not free(*match.span()) or match["verb"].startswith("inscription"):
            continue
        if (
            not match["verb"].startswith(("rev", "vien", "part"))
            and re.match(r"\w*\s+(?:a|à)\s+l'atelier(?!\w)\s*(?:,|mais|dont|:)", folded[match.start("verb") :])
            and match["n"]
        ):
            # « 8 inscrits à l'atelier mais 5 venus » is no follow-up.
            continue
        if not re.search(
            r"prochain|autre|un\s+atelier|suivant|s'est|se\s+sont|l'ai|vien|part|rev|futur|aux\s+ateliers|nouvel",
            folded[match.start() : _clause_end(folded, match.end())],
        ):
            continue
        found.suite["atelier"] = _count(match, singular=not match["verb"].endswith(("s", "ont", "nent")))
        aside(match.start(), _clause_end(folded, match.end()))
    for match in _AGAIN.finditer(folded):
        if not free(*match.span()):
            continue
        end = _clause_end(folded, match.end())
        clause = folded[match.start() : end]
        aside(match.start(), end)
        if re.search(r"prochaine?s?\s+(?:seance|atelier|fois|date|session)", clause) and not re.search(
            r"individuel|rdv|rendez", clause
        ):
            continue
        if re.search(r"atelier", clause):
            found.suite["atelier"] = _count(match, singular=True)
        elif re.search(r"suites?\s*:", clause):
            _listed(clause, organisations, found)
        elif re.search(r"individuel|rdv|rendez|indiv|se\s+revoit|revoir|revois|reverr|se\s+retrouve", clause):
            found.suite["individuel"] = _count(match, singular=True)
        elif (
            match["n"] is None and re.search(r"revient|reviendra|revenir", clause) and not re.search(r"atelier", clause)
        ):
            # « elle reviendra »: individual or not, nobody said.
            continue
    return found


def _counts_apart(clause: str, organisations: Lexicon, first: int | None) -> dict[str, int]:
    """« (3 orientés) vers la mission locale et 1 vers France Travail »: each organisation its number, else nothing."""
    parts = re.split(rf"\s+et\s+(?={NUMBER}\s+(?:vers|a|au|aux|chez)\s)", clause)
    if len(parts) < 2 or first is None:
        return {}
    counts: dict[str, int] = {}
    for rank, part in enumerate(parts):
        number = re.match(rf"({NUMBER})\s+(?:vers|a|au|aux|chez)\s", part)
        count = first if rank == 0 else number_value(number[1]) if number else None
        codes = [m.code for m in organisations.find(part) if m.field == "organismes"]
        if count is None or len(codes) != 1:
            return {}
        counts[codes[0]] = counts.get(codes[0], 0) + count
    return counts


def _listed(clause: str, organisations: Lexicon, found: FollowUp) -> None:
    """« Suite : rdv individuel », « suite : CAF »."""
    named = [m.code for m in organisations.find(clause) if m.field == "organismes"]
    if named:
        found.suite["redirection"] = None
        found.organismes.update(dict.fromkeys(named, None))
    elif re.search(r"individuel|rdv|rendez|indiv", clause):
        found.suite["individuel"] = None


def _count(match: re.Match[str], singular: bool) -> int | None:
    """The number said; 1 for a singular form; None (unknown) for a plural one."""
    if match["n"]:
        return number_value(match["n"])
    return 1 if singular else None


def _clause_end(folded: str, start: int) -> int:
    end = _END.search(folded, start)
    return end.start() if end else len(folded)


def settle(counts: Mapping[str, int | None], participants: int | None) -> dict[str, int | None]:
    """With one participant, what happened to someone happened to one."""
    return {code: 1 if count is None and participants == 1 else count for code, count in counts.items()}
