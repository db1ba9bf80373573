"""What a message changes in a draft: an answer, a correction, something added or taken away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.dispositif.communes import Communes
from bot.dispositif.cra import BrokenRule, Cra, complete
from bot.dispositif.francais.nombres import find_numbers
from bot.dispositif.francais.texte import fold, normalise
from bot.dispositif.lecture_cra import Reader, ReadReport
from bot.services.cra.questions import LIEU, with_participants

# What makes a report one without being asked: three of these, the duration included.
_TELLING = ("activite", "nb_participants", "themes")
_QUESTION = re.compile(
    r"^\W*(?:bonjour\W+|salut\W+|et\s+)?(?:comment|combien|quand|quelles?|quels?|pourquoi|qui|ou\s+(?:est|sont|puis|trouver|faut)|est[- ]ce|"
    r"c'est\s+quoi|qu'est|que\s+(?:faut|faire|dois|doit|se)|peut[- ]on|puis[- ]je|peux[- ]tu|faut[- ]il|dois[- ]je|doit[- ]on|a[- ]t[- ]on|y\s+a[- ]t|"
    r"je\s+(?:voudrais|veux|souhaite|souhaiterais|cherche\s+a|aimerais)\s+(?:savoir|comprendre|connaitre))(?!\w)"
)
_LEAD = re.compile(
    r"^(?:\W*(?:non(?!\s+(?:renseign|communiqu))|pardon|oups|en\s+fait|plutot|enfin|euh+|ah|mince|zut|desolee?|attends?|attendez|"
    r"c'etait|c\s?etait|c'est|mets?|mettez|corrige[rz]?|change[rz]?|modifie[rz]?|remplace[rz]?|il\s+y\s+avait|on\s+etait|nous\s+etions|"
    r"ils?\s+etaient|elles?\s+etaient|en\s+realite|finalement|je\s+me\s+suis\s+trompee?)(?!\w)\W*)+"
)
_REMOVE = re.compile(
    r"^\W*(?:(?:non|et|mais)\W+)?(?:(?:il\s+faut\s+)?(?:enleve[rz]?|retire[rz]?|supprime[rz]?|ote[rz]?|efface[rz]?)|pas\s+de|sans)(?!\w)\s*(?P<what>.+)$",
    re.DOTALL,
)
_ADD = re.compile(r"(?<!\w)(?:r?ajoute[rz]?|en\s+plus|aussi|egalement|plus\s+le\s+theme|et\s+le\s+theme)(?!\w)")
_PEOPLE = re.compile(r"(?:\d|\w)\s*(?:p(?![a-z])|pers|participant|inscrit|present|usager|beneficiaire)")
_UNKNOWN = re.compile(
    r"^\W*(?:je\s+)?(?:ne\s+)?(?:sais\s+pas|sait\s+pas|inconnue?s?|aucune\s+idee|melange|mixte|divers|varies?|un\s+peu\s+de\s+tout|nsp)\W*$"
)
_KNOWN_BEFORE = re.compile(
    r"(?:dont\s+)?(?P<n>\w+)\s+(?:(?:personnes?|participants?|etaient|sont)\s+){0,2}(?:deja\s+(?:venue?s?|accompagnee?s?|suivie?s?|la)|habituee?s?|recurrente?s?|anciens?)(?!\w)"
)
# « 5 de plus de 60 et 2 de 35 à 60 »: the bands of the form, whose « ans » people leave out.
_BARE_AGES = re.compile(
    r"(?<!\w)(plus\s+de\s+60|moins\s+de\s+12|(?:12\s*(?:à|-)\s*18|18\s*(?:à|-)\s*35|35\s*(?:à|-)\s*60))"
    r"(?!\s*(?:\d|ans?(?!\w)|p|h|mi?n|€|%))",
    re.IGNORECASE,
)
_SUITE = re.compile(r"(?<!\w)(?:suites?|reorientations?|orientations?|redirections?)(?!\w)")


@dataclass(frozen=True)
class Heard:
    """`changed`: whether anything was understood. `doubts`: what was said too vaguely to be kept."""

    cra: Cra
    changed: bool = False
    doubts: tuple[BrokenRule, ...] = ()
    personal: tuple[str, ...] = ()
    # Other accompaniments told in the same message.
    more: tuple[ReadReport, ...] = ()


def is_question(text: str) -> bool:
    """Whether someone asks rather than tells; a report never ends with a question mark."""
    return text.rstrip().endswith("?") or bool(_QUESTION.match(fold(normalise(text))))


def tells_a_report(reports: Sequence[ReadReport]) -> bool:
    """Whether a message can only be a report: what, with how many or on what, and how long it took or which day."""
    return any(weight(report.cra) >= 3 and bool(report.cra.duree_minutes or report.cra.date) for report in reports)


def weight(cra: Cra) -> int:
    said = sum(bool(getattr(cra, name)) for name in _TELLING)
    # « Individuel » implies one person: it counts once.
    if cra.activite == "individuel" and cra.nb_participants == 1:
        said -= 1
    return said + (cra.duree_minutes is not None)


def has_content(report: ReadReport) -> bool:
    return report.cra != Cra() or bool(report.erreurs)


class Listener:
    """Reads messages about a draft; pure but for what it is built with."""

    def __init__(self, reader: Reader, communes: Communes) -> None:
        self._reader, self._communes = reader, communes

    def read(self, text: str, today: date) -> list[ReadReport]:
        """The accompaniments told, those already known among the participants included."""
        return [
            replace(report, cra=replace(report.cra, nb_recurrents=known))
            if (known := _known_before(report.text))
            else report
            for report in self._reader.read(text, today)
        ]

    def hear(self, text: str, cra: Cra, asked: str | None, today: date) -> Heard:
        """What `text` changes; `asked` is the question that is open."""
        text = _BARE_AGES.sub(r"\1 ans", normalise(text).strip())
        folded = fold(text)
        removal = _REMOVE.match(folded)
        if removal:
            removed = self._remove(removal["what"], cra)
            if removed is not None:
                return Heard(removed, changed=True)
        if asked == "statuts" and _UNKNOWN.match(folded):
            return Heard(self._cover(cra, "statuts", "heterogene"), changed=True)
        lead = _LEAD.match(folded)
        rest = text[lead.end() :] if lead else text
        reports = self._reader.read(rest, today)
        personal = tuple(item.phrase for item in reports[0].donnees_personnelles)
        if len(reports) > 1 and not lead and sum(map(has_content, reports)) > 1:
            told = tuple(report for report in reports if has_content(report))
            return Heard(cra, changed=True, personal=personal, more=told)
        if not lead and asked is None and tells_a_report(reports) and weight(reports[0].cra) >= 4:
            return Heard(cra, changed=True, personal=personal, more=(reports[0],))
        after = self._merge(
            cra, reports[0], fold(rest), rest, asked, today, adds=bool(_ADD.search(folded)), corrects=bool(lead)
        )
        doubts = tuple(
            rule for rule in reports[0].erreurs if getattr(reports[0].cra, rule.champ, None) in (None, (), {})
        )
        return Heard(complete(after), after != cra or bool(doubts), doubts, personal)

    def _merge(
        self,
        cra: Cra,
        report: ReadReport,
        folded: str,
        rest: str,
        asked: str | None,
        today: date,
        adds: bool,
        corrects: bool,
    ) -> Cra:
        said = report.cra
        changes: dict[str, Any] = {}
        for name in ("date", "activite", "duree_minutes", "canal", "annotation"):
            if getattr(said, name) is not None:
                changes[name] = getattr(said, name)
        organisations = self._organisations(folded) if adds and "theme" not in folded else {}
        if organisations:
            changes["organismes"] = {**cra.organismes, **organisations}
            changes["suite"] = {**cra.suite, "redirection": cra.suite.get("redirection")}
        elif said.themes:
            changes["themes"] = tuple(dict.fromkeys((*cra.themes, *said.themes))) if adds else said.themes
        if said.suite:
            changes["suite"] = {**cra.suite, **said.suite}
        if said.organismes:
            changes["organismes"] = {**cra.organismes, **said.organismes}
        changes |= self._place(cra, said, folded, asked)
        minutes = _lone_number(folded) if asked == "duree_minutes" and said.duree_minutes is None else None
        if minutes is not None and minutes >= 10:
            # « 45 » are minutes; « 2 » could be hours or minutes, and is asked again.
            changes["duree_minutes"] = minutes
        known = _known_before(rest)
        if known is not None:
            changes["nb_recurrents"] = known
        after = replace(cra, **changes)
        return self._people(
            after,
            said,
            folded,
            rest,
            asked,
            today,
            lone=not changes and (corrects or asked in (None, "nb_participants")),
        )

    def _people(self, cra: Cra, said: Cra, folded: str, rest: str, asked: str | None, today: date, lone: bool) -> Cra:
        """Participants, ages and statuses. A group's ages never change how many there were, unless that is said."""
        total = cra.nb_participants
        if said.nb_participants is not None and said.activite == "individuel" and total not in (None, 1):
            total = None
            cra = with_participants(cra, 1) if not _PEOPLE.search(folded) else cra
        elif said.nb_participants is not None and (
            total is None or not (said.ages or said.statuts) or _PEOPLE.search(folded)
        ):
            cra = with_participants(cra, said.nb_participants)
        elif (count := _lone_number(folded)) is not None and lone:
            cra = with_participants(cra, count)
        ages, statuts = said.ages, said.statuts
        if not (ages or statuts) and cra.nb_participants and not _PEOPLE.search(folded):
            # « tous retraités » says how many once one knows the group.
            again = self._reader.read(f"{cra.nb_participants} personnes : {rest}", today)[0].cra
            if again.nb_participants == cra.nb_participants:
                ages, statuts = again.ages, again.statuts
        for name, counts in (("ages", ages), ("statuts", statuts)):
            if counts:
                cra = replace(cra, **{name: self._joined(cra, name, dict(counts), asked)})
        return cra

    def _joined(self, cra: Cra, name: str, counts: dict[str, int], asked: str | None) -> dict[str, int]:
        """An answer about « les 3 autres » completes what was known; anything else replaces it."""
        known, total = dict(getattr(cra, name)), cra.nb_participants or 0
        if asked == name and known and sum(known.values()) + sum(counts.values()) == total:
            return {code: known.get(code, 0) + counts.get(code, 0) for code in dict.fromkeys((*known, *counts))}
        return counts

    def _cover(self, cra: Cra, name: str, code: str) -> Cra:
        counts = dict(getattr(cra, name))
        rest = (cra.nb_participants or 1) - sum(counts.values())
        return replace(cra, **{name: {**counts, code: rest} if rest > 0 else {code: cra.nb_participants or 1}})

    def _place(self, cra: Cra, said: Cra, folded: str, asked: str | None) -> dict[str, Any]:
        commune, code, insee = said.commune, said.code_postal, said.code_commune
        if asked == LIEU and not (commune or code):
            named = self._communes.named(folded)
            if len(named) == 1:
                commune, insee = named[0].name, named[0].insee
                code = named[0].postal_codes[0] if len(named[0].postal_codes) == 1 else None
            elif named:
                commune = named[0].name
        if not commune and not code:
            return {}
        if code and not commune:
            here = self._communes.at(code)
            if cra.commune and any(known.name == cra.commune for known in here):
                return {"code_postal": code}
            if len(here) == 1:
                commune, insee = here[0].name, here[0].insee
        return {"commune": commune, "code_postal": code, "code_commune": insee, "lieu": None}

    def _organisations(self, folded: str) -> dict[str, int | None]:
        return {match.code: None for match in self._reader.named(folded) if match.field == "organismes"}

    def _remove(self, what: str, cra: Cra) -> Cra | None:
        """The draft without what is named; None when it holds nothing of the kind."""
        named = {(match.field, match.code) for match in self._reader.named(what)}
        organismes = {
            code: n
            for code, n in cra.organismes.items()
            if ("organismes", code) not in named and fold(code) not in what
        }
        themes = tuple(theme for theme in cra.themes if ("themes", theme) not in named)
        if len(organismes) < len(cra.organismes) and "theme" not in what:
            suite = cra.suite if organismes else {k: n for k, n in cra.suite.items() if k != "redirection"}
            return replace(cra, organismes=organismes, suite=suite)
        if len(themes) < len(cra.themes):
            return replace(cra, themes=themes)
        if _SUITE.search(what) and (cra.suite or cra.organismes):
            return replace(cra, suite={}, organismes={})
        if ("statuts" in what or "statut" in what) and cra.statuts:
            return replace(cra, statuts={})
        if re.search(r"(?<!\w)ages?(?!\w)", what) and cra.ages:
            return replace(cra, ages={})
        if re.search(r"(?<!\w)themes?(?!\w)", what) and cra.themes:
            return replace(cra, themes=())
        return None


def _known_before(text: str) -> int | None:
    """« dont 2 déjà venus »: how many were accompanied before."""
    known = _KNOWN_BEFORE.search(fold(text))
    numbers = find_numbers(known["n"]) if known else []
    return int(numbers[0].value) if numbers and numbers[0].value is not None else None


def _lone_number(folded: str) -> int | None:
    """The number when a message says nothing else (« 6 », « six », « on était 6 », « à 6 »)."""
    numbers = [number for number in find_numbers(folded) if number.value is not None]
    if len(numbers) != 1 or numbers[0].value != int(numbers[0].value):
        return None
    around = folded[: numbers[0].start] + folded[numbers[0].end :]
    return (
        int(numbers[0].value)
        if re.fullmatch(r"\W*(?:(?:a|ils|elles|on|nous|etait|etaient|etions|en tout|au total)\W*)*", around)
        else None
    )
