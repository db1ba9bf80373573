"""Which themes were worked on, among the words that name one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.dispositif.lecture_cra.mots import Match

# « par mail », « il m'a envoyé un mail »: how we were reached, not what was worked on.
_MEANS = re.compile(
    r"(?:(?<![a-z])par|contacte[e]?\s+par|envoye[e]?\s+un|m'a\s+envoye\s+(?:un|des)|ecrit\s+un|via|repondu\s+a\s+un)\s+$"
)
# An organisation as a place or a partner: « à la CAF », « envoyé par Pôle emploi ».
_PARTNER = re.compile(
    r"(?:(?<![a-z])(?:a\s+la|au|chez|par(?:\s+la|\s+le)?|de\s+la\s+part\s+d[eu](?:\s+la)?|appel\s+d[eu](?:\s+la)?|conseillere?s?(?:\s+d[eu](?:\s+la)?)?|agent\s+d[eu](?:\s+la)?|locaux\s+d[eu](?:\s+la)?|"
    r"salle\s+d[eu](?:\s+la)?|antenne|avec\s+la|partenariat\s+avec(?:\s+la)?|demande\s+d[eu]\s+la|courrier\s+d[eu](?:\s+la)?|hall\s+de\s+la|rendez[- ]vous\s+a\s+la))\s+$"
)
_ORGANISATIONS = frozenset(
    [
        "caf",
        "pole emploi",
        "france travail",
        "prefecture",
        "msa",
        "carsat",
        "urssaf",
        "mdph",
        "securite sociale",
        "cpam",
        "mutuelle",
        "service public",
        "pole-emploi",
        "banque",
        "secu",
        "ants",
    ]
)
_HEALTH_PLACE = re.compile(r"(?:maison|centre|pole|probleme|problemes|ennuis|soucis?|raisons?|cabinet)\s+de\s+$")
_JOIN = re.compile(r"\s*(?:,|et|\+|/|&|puis|ou|;|-|:)\s*(?:(?:les?|la|l'|des?|d'|du|sur|un|une|aussi)\s*)*")
_ON_DEVICE = re.compile(
    r"(?<![a-z])(?:sur|avec|via|depuis|de|dans)\s+(?:son|sa|ses|leurs?|un|une|le|la|l'|les|mon|d'un)?\s*(?:nouveau\s+|nouvelle\s+|propre\s+)?$"
)


def choose_themes(matches: Sequence[Match], folded: str, activity: str | None) -> tuple[str, ...]:
    """Codes in the order they are said. A weak word counts when nothing is more precise, or beside a precise one."""
    named = [m for m in matches if m.field == "themes" and not _is_aside(m, folded)]
    precise = [m for m in named if not m.weak]
    kept = list(precise)
    weak = [m for m in named if m.weak]
    if precise:
        for match in weak:
            if match.code != "tpe/pme" and any(_joined(match, other, folded) for other in precise):
                kept.append(match)
    else:
        others = [m for m in weak if m.code not in ("equipement informatique", "tpe/pme")]
        devices = [m for m in weak if m.code == "equipement informatique"]
        if others:
            kept = others + [
                m
                for m in devices
                if not _ON_DEVICE.search(folded[: m.start]) and any(_joined(m, o, folded) for o in others)
            ]
        else:
            kept = devices or weak
    kept.sort(key=lambda match: match.start)
    return tuple(dict.fromkeys(match.code for match in kept))


def _joined(one: Match, other: Match, folded: str) -> bool:
    first, second = sorted((one, other), key=lambda match: match.start)
    return bool(_JOIN.fullmatch(folded[first.end : second.start])) if second.start >= first.end else False


def _is_aside(match: Match, folded: str) -> bool:
    before, written = folded[: match.start], folded[match.start : match.end]
    if match.code == "courriel" and _MEANS.search(before):
        return True
    if written in _ORGANISATIONS and _PARTNER.search(before):
        return True
    if written == "sante" and _HEALTH_PLACE.search(before):
        return True
    if match.weak and re.search(r"(?<![a-z])(?:ses|ces|avait|apporte[e]?)\s+(?:\d+|deux|trois)\s+$", before):
        return True
    if written.startswith("video") and re.search(r"jeux?\s+$", before):
        return True
    # « il va devoir… » is no homework.
    return written in ("devoir", "tel") and bool(
        written == "devoir" or re.match(r"\s+(?:que|quel)", folded[match.end :])
    )
