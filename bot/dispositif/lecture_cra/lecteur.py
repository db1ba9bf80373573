"""From a sentence to activity reports: one object an accompaniment, what is missing, what is wrong, what was wiped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.dispositif.communes import Communes
from bot.dispositif.cra import BrokenRule, Cra, check, missing
from bot.dispositif.francais.dates import FoundDate, find_dates
from bot.dispositif.francais.durees import FoundDuration, find_durations
from bot.dispositif.francais.texte import fold, normalise
from bot.dispositif.lecture_cra.ages import find_ages
from bot.dispositif.lecture_cra.corrections import apply_corrections
from bot.dispositif.lecture_cra.decoupage import header_end, split, split_enumeration
from bot.dispositif.lecture_cra.lieux import Place, find_place
from bot.dispositif.lecture_cra.mots import Lexicon, Match, terms_of
from bot.dispositif.lecture_cra.personnel import PERSON, PersonalData, wipe
from bot.dispositif.lecture_cra.public import read_public
from bot.dispositif.lecture_cra.suites import find_follow_up, settle
from bot.dispositif.lecture_cra.themes import choose_themes
from bot.dispositif.nomenclature_cra import Nomenclature, ReadingWords

# A message is at most 4,096 characters in Telegram; a longer text is no sentence.
MAX_LENGTH = 4096


@dataclass(frozen=True)
class ReadReport:
    """What was understood of one accompaniment. `text` is what may be kept: personal data is already out of it."""

    cra: Cra
    erreurs: tuple[BrokenRule, ...]
    manquants: tuple[str, ...]
    donnees_personnelles: tuple[PersonalData, ...]
    text: str = ""


@dataclass
class _Reading:
    """A piece being read."""

    cra: Cra = field(default_factory=Cra)
    problems: list[BrokenRule] = field(default_factory=list)


class Reader:
    """Built once from the nomenclature and the communes; `read` is pure and takes a few milliseconds."""

    def __init__(self, nomenclature: Nomenclature, communes: Communes, words: ReadingWords) -> None:
        self._nomenclature, self._communes = nomenclature, communes
        self._words = words
        fields = ("statuts", "activites", "canaux", "themes")
        terms = [term for name in fields for term in terms_of(name, getattr(nomenclature, name))]
        self._lexicon = Lexicon(terms, nomenclature.real_words)
        self._organisations = Lexicon(terms_of("organismes", nomenclature.organismes), nomenclature.real_words)

    def read(self, text: str, today: date) -> list[ReadReport]:
        """The accompaniments that `text`, written on `today`, tells of: at least one, empty when nothing is understood."""
        text, personal = wipe(normalise(text)[:MAX_LENGTH], self._words)
        kept = apply_corrections(text, today)
        listed = split_enumeration(kept, fold(kept), [(d.start, d.end) for d in find_durations(kept)])
        if listed:
            readings = [self._read_one(piece, today, several=True) for piece in listed]
            return self._reports(readings, listed, today, personal)
        pieces = split(kept, self._without_follow_up(kept), lambda piece: self._weigh(piece, today))
        readings = [self._read_one(kept[start:end], today, several=len(pieces) > 1) for start, end in pieces]
        if len(readings) > 1:
            self._share(readings, kept, pieces, today)
        return self._reports(readings, [kept[start:end] for start, end in pieces], today, personal)

    def named(self, text: str) -> list[Match]:
        """Every theme, status, organisation… of the nomenclature that `text` names, read word by word."""
        folded = fold(normalise(text)[:MAX_LENGTH])
        return [*self._lexicon.find(folded), *self._organisations.find(folded)]

    def _reports(
        self, readings: Sequence[_Reading], texts: Sequence[str], today: date, personal: Sequence[PersonalData]
    ) -> list[ReadReport]:
        reports = []
        for reading, text in zip(readings, texts, strict=True):
            broken = check(reading.cra, self._nomenclature, today, self._communes)
            reports.append(
                ReadReport(
                    reading.cra,
                    (*reading.problems, *broken),
                    missing(reading.cra),
                    tuple(personal),
                    text.replace(PERSON, " ").strip(),
                )
            )
        return reports

    def _without_follow_up(self, text: str) -> str:
        folded = fold(text)
        return _blank(folded, find_follow_up(folded, self._organisations).spans)

    def _weigh(self, piece: str, today: date) -> frozenset[str]:
        folded = self._without_follow_up(piece)
        holds = set()
        dates = find_dates(folded, today)
        if dates:
            holds.add("date")
        plain = _blank(folded, [(d.start, d.end) for d in dates])
        durations = find_durations(plain)
        if durations:
            holds.add("duree")
        plain = _blank(plain, [(d.start, d.end) for d in durations])
        matches = self._lexicon.find(plain)
        if any(match.field == "themes" for match in matches):
            holds.add("themes")
        statuses = [match for match in matches if match.field == "statuts"]
        public = read_public(plain, statuses, find_ages(plain, self._nomenclature), None)
        if statuses or public.participants or public.problem:
            holds.add("public")
        return frozenset(holds)

    def _share(self, readings: list[_Reading], text: str, pieces: list[tuple[int, int]], today: date) -> None:
        """A date said once holds for what follows; a place said before the first accompaniment holds for all."""
        head = text[: header_end(self._without_follow_up(text))]
        shared = find_place(head, self._communes, self._words) if head.strip() else Place()
        for before, after in zip(readings, readings[1:], strict=False):
            if after.cra.date is None and before.cra.date and not any(p.champ == "date" for p in after.problems):
                after.cra = replace(after.cra, date=before.cra.date)
            if shared.commune and not after.cra.commune and not after.cra.code_postal and not after.cra.canal:
                after.cra = replace(
                    after.cra, commune=shared.commune, code_postal=shared.code_postal, code_commune=shared.code_commune
                )

    def _read_one(self, text: str, today: date, several: bool) -> _Reading:
        reading = _Reading()
        folded = fold(text)
        follow_up = find_follow_up(folded, self._organisations)
        plain = _blank(folded, follow_up.spans)

        dates = find_dates(plain, today, "past")
        day = self._choose_date(reading, dates, today)
        plain = _blank(plain, [(d.start, d.end) for d in dates])

        plain = _blank(plain, [m.span() for pattern in (_GENDERS, _CHILDREN) for m in pattern.finditer(plain)])
        durations = find_durations(plain)
        minutes = self._choose_duration(reading, durations, plain)
        plain = _blank(plain, [(d.start, d.end) for d in durations])
        ages = find_ages(plain, self._nomenclature)

        matches = self._lexicon.find(_blank(plain, [(a.start, a.end) for a in ages]))
        activity = self._choose_activity(reading, matches, plain)
        canal = self._choose_canal(reading, matches, plain, activity)

        not_places = [(m.start, m.end) for m in matches if m.field != "canaux" and not m.weak]
        place = find_place(text, self._communes, self._words, _blank(plain, not_places))
        reading.problems += place.problems

        statuses = [match for match in matches if match.field == "statuts"]
        people = re.sub(r"(?<!\d)\d{2} ?\d{3}(?!\d)", lambda m: " " * len(m.group()), plain)
        public = read_public(people, statuses, ages, activity, _accented(text, statuses))
        if public.problem:
            reading.problems.append(public.problem)
        count = public.participants
        if activity is None and self._is_appointment(plain) and count in (None, 1):
            activity, count = "individuel", 1
        repeated = _REPEATED.search(plain) or _TIMES.search(folded)
        if repeated and not several and activity in ("individuel", "ponctuel", None):
            phrase = "Vous parlez de plusieurs accompagnements : décrivez-les un par un."
            reading.problems.append(BrokenRule("activite", "plusieurs_accompagnements", phrase))
            count = None
        statuts, age_counts = public.statuts, public.ages
        if count is None and public.participants is not None:
            statuts, age_counts = {}, {}

        reading.cra = Cra(
            date=day,
            canal=canal,
            activite=activity,
            nb_participants=count,
            duree_minutes=minutes,
            themes=choose_themes(matches, plain, activity),
            ages=age_counts,
            statuts=statuts,
            code_postal=place.code_postal,
            commune=place.commune,
            code_commune=place.code_commune,
            suite=settle(follow_up.suite, count),
            organismes=settle(follow_up.organismes, count),
        )
        return reading

    def _choose_date(self, reading: _Reading, dates: Sequence[FoundDate], today: date) -> date | None:
        exact = list(dict.fromkeys(found.value for found in dates if found.value))
        past = [value for value in exact if value <= today]
        values = past or exact
        if len(values) == 1:
            return values[0]
        if values:
            reading.problems.append(
                BrokenRule(
                    "date", "plusieurs_dates", "Vous citez plusieurs dates : laquelle est celle de l'accompagnement ?"
                )
            )
            return None
        unusable = next((found for found in dates if found.problem), None)
        if unusable:
            reading.problems.append(BrokenRule("date", unusable.reason or "vague", unusable.problem or ""))
        return None

    def _choose_duration(self, reading: _Reading, durations: Sequence[FoundDuration], folded: str) -> int | None:
        exact = list(dict.fromkeys(found.minutes for found in durations if found.minutes is not None))
        repeated = any(_SEVERAL_TIMES.search(folded[: found.start]) for found in durations)
        if len(exact) == 1 and not repeated:
            return exact[0]
        if exact:
            stated = {
                found.minutes
                for found in durations
                if found.minutes is not None
                and re.search(
                    r"(?:duree?\w*|pendant|durant|total|a dure)\W{0,3}(?:de\s|d'|:)?\s*$", folded[: found.start]
                )
            }
            if len(stated) == 1 and not repeated:
                return stated.pop()
            reading.problems.append(
                BrokenRule(
                    "duree_minutes", "plusieurs_durees", "Vous citez plusieurs durées : combien de temps en tout ?"
                )
            )
            return None
        vague = next((found for found in durations if found.problem), None)
        if vague:
            reading.problems.append(BrokenRule("duree_minutes", "vague", vague.problem or ""))
        return None

    def _choose_activity(self, reading: _Reading, matches: Sequence[Match], folded: str) -> str | None:
        codes = {
            match.code
            for match in matches
            if match.field == "activites" and not _ACTIVITY_ASIDE.search(folded[: match.start])
        }
        if re.search(r"(?<![a-z])at(?:\.|(?=\s))", folded):
            codes.add("collectif")
        if not codes:
            return None
        if codes == {"collectif", "ponctuel"}:
            return "collectif"
        if codes == {"individuel", "ponctuel"}:
            return "ponctuel"
        if len(codes) == 1:
            return codes.pop()
        reading.problems.append(
            BrokenRule(
                "activite", "plusieurs_activites", "Atelier collectif ou accompagnement individuel ? Précisez lequel."
            )
        )
        return None

    def _is_appointment(self, folded: str) -> bool:
        return any(not _BOOKING.search(folded[: m.start()]) for m in _APPOINTMENT.finditer(folded))

    def _choose_canal(
        self, reading: _Reading, matches: Sequence[Match], folded: str, activity: str | None
    ) -> str | None:
        codes = {match.code for match in matches if match.field == "canaux"}
        for match in _AT_HOME.finditer(folded):
            if not _NOT_A_VISIT.search(folded[: match.start()]):
                codes.add("domicile")
        if _DOMICILE_ITEM.search(folded):
            codes.add("domicile")
        for match in _BY_PHONE.finditer(folded):
            if not _PHONE_LESSON.search(folded[: match.start()]):
                codes.add("distance")
        if (
            activity != "collectif"
            and re.search(r"(?<![a-z])visio(?![a-z])", folded)
            and not re.search(
                r"(?:faire\s+(?:une|des|de\s+la)|appels?(?:\s+en)?|apprendre\s+la|utiliser\s+la|la|une|sa)\s+visio",
                folded,
            )
        ):
            codes.add("distance")
        if len(codes) > 1:
            reading.problems.append(
                BrokenRule(
                    "canal", "plusieurs_canaux", "Où cela s'est-il passé : dans un lieu, à domicile ou à distance ?"
                )
            )
        return codes.pop() if len(codes) == 1 else None


def _accented(text: str, statuses: Sequence[Match]) -> frozenset[int]:
    return frozenset(m.start for m in statuses if re.search("[éèê]", text[m.start : m.end], re.IGNORECASE))


_REPEATED = re.compile(
    r"(?<![a-z0-9])(?:deux|trois|quatre|cinq|six|plusieurs|quelques|[2-9])\s+(?:(?:demandes?|accompagnements?|rdv|rendez[- ]vous|aides?|depannages?|seances?)\s+)?"
    r"(?:individuels|individuelles|indivs?|ponctuels|ponctuelles|rdv|rendez[- ]vous|accompagnements|depannages)(?![a-z])"
)
# « deux séances de 1h »
_SEVERAL_TIMES = re.compile(
    r"(?<![a-z0-9])(?:deux|trois|quatre|cinq|[2-9])\s*(?:fois|x|\*|seances?(?:\s+de|\s+d')|sessions?(?:\s+de|\s+d')|creneaux(?:\s+de|\s+d'))\s*$"
)
# « 3 x 1h »
_TIMES = re.compile(r"(?<![\w/])[2-9]\s*(?:x|\*|fois)\s*(?:\d|une?\s)")
# « 10F/2H »: women and men, not hours.
_GENDERS = re.compile(r"(?<!\w)\d{1,2}\s?(?:f\W{0,4}(?:et\s)?\d{1,2}\s?h|h\W{0,4}(?:et\s)?\d{1,2}\s?f)(?!\w)")
# Someone's children are not participants.
_CHILDREN = re.compile(
    r"(?<![a-z])(?:qui\s+(?:a|avait)|ayant|(?:mere|maman|pere|papa|parents?)(?:\s+de\s+famille)?\s+(?:de|d')|elle\s+a|il\s+a|avait)\s*"
    r"(?:\d|une?|deux|trois|quatre|cinq)\s+(?:\w+\s+)?(?:enfants?|fils|filles?|ados?|gamins?|garcons?)"
    r"(?:\s+(?:de|ages?\s+de)\s+\d[\d,\s]*(?:et\s+\d+)?\s*ans)?"
)
_ACTIVITY_ASIDE = re.compile(
    r"(?:propos\w+)\s+(?:de\s+venir\s+|d'aller\s+)?(?:a\s+)?(?:un\s+|l'|d'autres\s+)?(?:prochaine?s?\s+)?$|(?:espace|compte|logement|declaration|logements)\s+$"
)
_APPOINTMENT = re.compile(
    r"(?<![a-z])(?:rdv|rendez[- ]?vous)(?![a-z])(?!\s+(?:medic|medec|doctolib|en ligne|prefecture|chez le|pole|ants|caf|mairie|a la|au\s|manque|annule))"
)
_BOOKING = re.compile(
    r"(?:prise?s?\s+d[e']|prendre|pris|pour\s+(?:un|son|prendre\s+un|sa\s+prise\s+de)|reserver?|annuler|sans|demande\s+d[e']|obtenir|site\s+de|d'un|gestion\s+des|gerer\s+ses|ses|son|apres|avant|apres\s+son)\s*$"
)
_AT_HOME = re.compile(
    r"(?<![a-z])(?:chez\s+(?:elle|lui|eux|elles|un\s+(?:particulier|monsieur|retraite|couple|usager|homme|habitant|senior|jeune|administre|artisan|beneficiaire)|"
    r"une\s+(?:\w+\s+)?(?:dame|personne|retraitee?|retraiter|usagere|femme|habitante|mamie|famille|aine+|senior|beneficiaire)|une?\s+\w+\s+(?:dame|monsieur)|des\s+particuliers|mme|madame|monsieur|m\.|mr|mlle|"
    r"la\s+(?:personne|dame|beneficiaire)|l'usagere?|l'habitante?|le\s+monsieur|le\s+beneficiaire|un\s+\w+\s+(?:monsieur|retraite))|(?:a|au|en)\s+dom(?:\.|icille?)?|dom|vad)(?![a-z])"
)
_DOMICILE_ITEM = re.compile(r"(?:^|[,;/(|\n:]|\s-)\s*domicile(?=\s*(?:[,;/)|\n]|$|\d|-\s))")
_NOT_A_VISIT = re.compile(
    r"(?:(?<![a-z])(?:de|rentr\w*|retourn\w*|(?:re)?faire|continuer|internet|ordi\w*|box|wifi|pratiquer|s'entrainer|utiliser|seule?|exercer|avoir|a|laisse\w*|retrouve\w*|reproduire|imprimante|tablette|telephone|pc)\s+|tout\s+seul\s+)$"
)
_BY_PHONE = re.compile(r"(?<![a-z])au\s+(?:telephone|tel|bout\s+du\s+fil)(?![a-z])")
_PHONE_LESSON = re.compile(
    r"(?:initiation|formation|decouverte|se\s+servir|atelier|apprendre|passage|introduction|initier|adaptation|acces|se\s+former)\s+$"
)


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these places emptied; nothing moves."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text
