"""What a phrase says of a calculation. Pure: nothing is invented, what is not said stays None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.dispositif.francais.texte import fold
from bot.dispositif.subvention import Avis, Bareme, Contrat, ContratAide, Poste, Structure
from bot.reference.subvention_mots import Mots, load_mots
from bot.services.subvention.aides import Aide, find_aids, kind_of_aid
from bot.services.subvention.contrats import find_contracts, find_part_time, find_terms_of_contract, term_between
from bot.services.subvention.departs import Depart, all_dates, find_departures
from bot.services.subvention.mentions import Mention, is_negated
from bot.services.subvention.postes import Segment, find_count, find_segments, rank_spans, typed_counts
from bot.services.subvention.structures import find_structure, find_territory
from bot.services.subvention.texte import hide, prepare

_RENEWAL = re.compile(
    r"(?<!\w)(?:(?<=la\s)prolong\w*|renouvel(?!abl)\w*|reconduction|recondui\w*|reconduite|(?:2e|2eme|deuxieme|seconde)\s+(?:convention|vague)|v2|prolong\w*\s+(?:de\s+)?(?:la\s+|notre\s+)?convention|"
    r"convention\s+v2|convention[^.;?!]{0,20}(?:3|trois)\s+ans|vague\s+2|36\s+mois|trois\s+ans\s+de\s+plus)(?!\w)"
)
_NOT_RENEWAL = re.compile(
    r"(?<!\w)(?:cdd|contrats?|cdi|pec|mandat|passeport|carte)(?:\s+[\w']+){0,4}\s*$|1ere\s+(?:convention|vague)"
)
_NOT_RENEWAL_AFTER = re.compile(
    r"^\s*(?:du|de\s+(?:son|mon|notre)|le|son|mon|notre)?\s*(?:cdd|contrat|une\s+fois|de\s+contrat|pec|de\s+cdd)(?!\w)"
)
_FIRST = re.compile(
    r"(?<!\w)(?:(?:1ere|premiere)\s+(?:convention|vague|demande)|pas\s+(?:un|de|le|du)\s+renouvellement|hors\s+renouvellement|v1)(?!\w)"
)
_PRIORITY = re.compile(
    r"(?<!\w)(?:qpv|q\.p\.v|quartiers?\s+prioritaires?|zrr|z\.r\.r|zones?\s+de\s+revitalisation(?:\s+rurale)?|politique\s+de\s+la\s+ville|zones?\s+prioritaires?)(?!\w)"
)
_NEW = re.compile(
    r"(?<!\w)(?:nouvelles?\s+(?:convention|demande|candidature)|nouveaux?\s+postes?|demandes?\s+d(?:e\s+|'un\s+)poste|(?:demander|obtenir|solliciter|ouvrir|creer|avoir)\s+(?:un|une|des|deux|\d+)\s+(?:nouveaux?\s+)?(?:poste|convention|conseiller)s?|"
    r"(?:on|nous|je|j')\s*(?:veut|veux|voudrait|voudrais|voudrions|aimerait|aimerais|aimerions|souhaite\w*|souhaitons|compte|comptons|envisage\w*|va|allons|voulons|projette|pense)\s+(?:d'|de\s+|pouvoir\s+)?"
    r"(?:recruter|embaucher|accueillir|prendre|candidater|demander|engager|avoir|signer)|signer\s+une\s+(?:nouvelle\s+)?convention|candidater|deposer\s+(?:un|une)\s+(?:dossier|candidature|demande)|"
    r"est[- ]ce\s+(?:encore\s+)?possible|peut[- ]on\s+encore)(?!\w)"
)
_NOT_NEW = re.compile(
    r"(?<!\w)(?:remplac\w*|deja\s+(?:signe\w*|une\s+convention|conventionn\w*)|convention\s+(?:en\s+cours|signee|existante|actuelle)|est\s+parti\w*|etait|a\s+ete\s+signe\w*|avait|en\s+202[1-4])(?!\w)"
)
_AGE = re.compile(
    r"(?<!\w)(?:ag[e]e?s?\s+de|(?:il|elle|candidate?|personne|recrue|salariee?|conseill\w+|qui)\s+a|(?:jeune|retraitee?|candidate?|personne|salariee?|quelqu'un|monsieur|dame|homme|femme|conseiller|conseillere)\s+de)\s+(\d{1,3})\s+ans(?!\w)"
)
_RETIRED = re.compile(
    r"(?<!\w)(?:embauch\w*|recrut\w*|engag\w*|prendre|prend|candidate?|conseill\w+|personne|profil|recrue)\s[^.;?!]{0,40}?(?<!\w)(?:retraitee?|(?:a|en)\s+(?:la\s+)?retraite)(?!\w)|^(?:un|une)?\s*retraitee?(?!\w)"
)
_NOT_RETIRED = re.compile(r"(?<!\w)(?:accompagn\w*|aid\w*\s+(?:des|les)|public|depart\s+(?:a|en)\s+(?:la\s+)?retraite)")
_CONVERTED = re.compile(
    r"(?<!\w)(?:transform\w*|conver\w*|pass\w*|bascul\w*|chang\w*|remplac\w*|modifi\w*)\s[^.;?!]{0,30}?c\.?d\.?i[^.;?!]{0,25}?(?<!\w)(?:en|vers|par|a)\s+(?:un\s+)?c\.?d\.?d(?!\w)"
)
_FS_AGENT = re.compile(
    r"(?<!\w)(?:un|l'un|une)\s+des\s+(?:deux|2)\s+agents?[^.;?!]{0,30}france\s+services?|(?<!\w)agents?\s+(?:d'accueil\s+)?(?:de\s+la\s+|de\s+notre\s+|d'une?\s+|de\s+l'|de\s+|du\s+)?(?:maison\s+|espace\s+)?france\s+services?"
)
_NOT_FS = re.compile(r"(?<!\w)(?:en\s+plus|hors|autre\s+que|distinct|conseiller\s+numerique\s+france\s+services?)")
_FIRST_POSTE = re.compile(
    r"(?<!\w)le\s+(?:1\s?er|premier)(?=\s+(?:poste|conseiller|conum|part|en\s|est|a\s|avec|sera|commence|contrat|cdi|cdd|rentre|entre|aura|touche))"
)
_NOT_KNOWN_YET = re.compile(
    r"(?<!\w)(?:pas\s+encore|pas\s+fixee?|plus\s+tard|ne\s+(?:sait|sais|savons)\s+pas|sait\s+pas|inconnue?|a\s+definir)(?!\w)"
)
_SEVERAL = re.compile(
    r"(?<!\w)(?:departs|respecti\w*|postes|conseill(?:ers|eres)|conums|agents|partent|partiront|les\s+\d+|cdi\s*,|autre)(?!\w)"
)
# A department, a law, a programme: never days.
_NOT_A_DAY = re.compile(
    r"(?:(?:dans|ds)\s+(?:le|l'|les)\s+|\(|dep(?:artements?|t)?\.?\s*(?:n[°o]\s*)?|dpt\s*)(?:97[1-8]|\d{2}|2[ab])(?=\W|$)(?!\s*(?:/|\d|%))"
    r"|(?<!\w)loi\s+(?:de\s+)?19\s?01|(?<!\w)villes?\s+de\s+demain"
)
# What is said of all the postes at the end of a phrase that has told them apart.
_TAIL = re.compile(
    r"(?:[,;.]\s*|(?<!\w)et\s+)(?:tous|toutes|les\s+(?:deux|trois|2|3)|ensemble|(?:le|la|au)\s+meme|chacune?|le\s+tout|pour\s+tous)(?!\w)"
)
_TYPED_TAIL = re.compile(
    r"[,;.]\s*(?:(?:et|avec)\s+)?(?:un\s+|le\s+|date\s+(?:de\s+)?)?(?:depart|formation|ils\s+partent|partent|form|session)"
)
_PUBLIC_WORD = re.compile(r"(?<!\w)(?:droit\s+public|public|publique|contractuel\w*|territorial\w*)(?!\w)")
_CONTRACT_OF = {
    "cdi": Contrat.CDI,
    "cdd": Contrat.CDD,
    "contrat_de_projet": Contrat.PROJET,
    "titulaire": Contrat.TITULAIRE,
    "service_civique": Contrat.SERVICE_CIVIQUE,
    "autre": Contrat.AUTRE,
}


@dataclass(frozen=True)
class Probleme:
    """Something said that cannot be used: the field it was meant for, and what to say about it."""

    champ: str
    cle: str
    phrase: str


@dataclass(frozen=True)
class Lecture:
    """What one phrase says. `postes` is empty unless the phrase tells postes apart; then it completes `commun`."""

    structure: Structure | None = None
    nature: str | None = None
    territoire: str | None = None
    renouvellement: bool | None = None
    zone_prioritaire: bool | None = None
    nouvelle_convention: bool = False
    nb_postes: int | None = None
    commun: Poste = Poste()
    postes: tuple[Poste, ...] = ()
    temps_partiel: bool | None = None
    temps_partiel_admis: bool = False
    age: int | None = None
    exclusions: tuple[str, ...] = ()
    problemes: tuple[Probleme, ...] = ()
    notes: tuple[Avis, ...] = ()
    # « Sans aide »: what was known of an aided contract no longer holds.
    sans_aide: bool = False

    @property
    def says_something(self) -> bool:
        """True when at least one parameter was said, usable or not."""
        return replace(self, notes=(), nouvelle_convention=False) != Lecture()


def lire(text: str, today: date, bareme: Bareme, asked: str | None = None) -> Lecture:
    """Reads `text`, written on day `today`. `asked` is the field of the question that it may answer, if any."""
    text = prepare(text)
    folded, mots = fold(text), load_mots()
    structure, nature, problems = _structure(folded, mots)
    territory, ambiguous = find_territory(folded, mots)
    if ambiguous and structure is not Structure.PRIVEE:
        problems.append(
            Probleme(
                "territoire",
                "lieu_ambigu",
                "Ce nom de commune existe en métropole et outre-mer : précisez le département.",
            )
        )
    masked = _mask(text, folded, territory)
    reading = _Postes(masked, fold(masked), today, bareme, mots, asked)
    common, postes, count = reading.run(problems)
    if structure is None and (reading.public_contract or common.contrat in (Contrat.PROJET, Contrat.TITULAIRE)):
        structure = Structure.PUBLIQUE
    if structure is None and common.contrat_aide is ContratAide.CUI_CIE and re.search(r"cie(?!\w)|initiative", folded):
        # The CUI-CIE is the one of the market sector.
        structure = Structure.PRIVEE
    part_time, admitted = find_part_time(folded, bareme.limites.heures_semaine)
    renewal = _renewal(folded)
    return Lecture(
        structure=structure,
        nature=nature,
        territoire=territory.group if territory else None,
        renouvellement=renewal,
        zone_prioritaire=_priority(folded),
        nouvelle_convention=bool(_NEW.search(folded)) and not _NOT_NEW.search(folded) and not renewal,
        nb_postes=count,
        commun=common,
        postes=postes,
        temps_partiel=part_time,
        temps_partiel_admis=admitted,
        age=_age(folded),
        exclusions=_exclusions(folded),
        problemes=tuple(problems),
        notes=tuple(reading.notes),
        sans_aide=reading.no_aid,
    )


def _structure(folded: str, mots: Mots) -> tuple[Structure | None, str | None, list[Probleme]]:
    mention, either = find_structure(folded, mots)
    if either:
        sentence = "Vous citez deux types de structure : laquelle emploie le conseiller ?"
        return None, None, [Probleme("structure", "structure_ambigue", sentence)]
    return (Structure(mention.group), mention.kind, []) if mention else (None, None, [])


def _mask(text: str, folded: str, territory: Mention | None) -> str:
    """The text where what names a department can no longer pass for a day or a count."""
    spans = [match.span() for match in _NOT_A_DAY.finditer(folded)]
    if territory:
        spans.append((territory.start, territory.end))
    # « dans le 12 avril » is a date after all.
    months = r"\s*(?:janv|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)"
    return hide(text, [span for span in spans if not re.match(months, folded[span[1] :])])


def _renewal(folded: str) -> bool | None:
    for match in _RENEWAL.finditer(folded):
        before, after = folded[max(0, match.start() - 40) : match.start()], folded[match.end() : match.end() + 25]
        if match.group().startswith("prolong") and "convention" not in folded:
            continue
        if match.group() == "36 mois" and not re.search(r"convention|subvention|aide|sur|repart", folded):
            continue
        if is_negated(folded, match.start()) or (match.group() != "renouvellement" and _NOT_RENEWAL.search(before)):
            continue
        if match.group().startswith(("renouvel", "recondu", "prolong")) and _NOT_RENEWAL_AFTER.match(after):
            continue
        return True
    return False if _FIRST.search(folded) else None


def _priority(folded: str) -> bool | None:
    match = _PRIORITY.search(folded)
    if not match:
        return None
    return not is_negated(folded, match.start())


def _age(folded: str) -> int | None:
    match = _AGE.search(folded)
    return int(match.group(1)) if match else None


def _exclusions(folded: str) -> tuple[str, ...]:
    found = []
    if _RETIRED.search(folded) and not _NOT_RETIRED.search(folded):
        found.append("retraite")
    if _CONVERTED.search(folded):
        found.append("cdi_converti")
    if _FS_AGENT.search(folded) and not _NOT_FS.search(folded):
        found.append("agent_france_services")
    return tuple(found)


class _Postes:
    """Reads what is said of the postes, common to all or apart."""

    def __init__(self, text: str, folded: str, today: date, bareme: Bareme, mots: Mots, asked: str | None) -> None:
        self.text, self.folded, self.today, self.bareme, self.mots, self.asked = (
            text,
            folded,
            today,
            bareme,
            mots,
            asked,
        )
        # « le premier part le 4 avril »: a poste, not the first of the month.
        self.dated = hide(text, [*rank_spans(folded), *(m.span() for m in _FIRST_POSTE.finditer(folded))])
        self.notes: list[Avis] = []
        self.no_aid = False
        self.public_contract = False

    def run(self, problems: list[Probleme]) -> tuple[Poste, tuple[Poste, ...], int | None]:
        limits = self.bareme.limites
        contracts, either, publics = find_contracts(self.folded, self.mots)
        self.public_contract = bool(publics)
        if either:
            problems.append(
                Probleme("contrat", "contrat_ambigu", "Vous citez deux contrats : lequel choisissez-vous ?")
            )
            contracts = []
        terms = find_terms_of_contract(self.folded, limits.contrat_mois_max)
        between = term_between(self.folded, all_dates(self.dated, self.today))
        ignored = between[1] if between else ()
        if between:
            terms = [between[0]]
            contracts = contracts or [Mention(between[0].start, between[0].end, Contrat.CDD.value, "cdd")]
        dates = find_departures(
            self.dated, self.today, self.bareme.debut, self.asked == "date_depart_formation", ignored
        )
        taken = [(d.start, d.end) for d in (*dates.departs, *dates.others)] + [(t.start, t.end) for t in terms]
        aids = find_aids(self.text, self.mots, taken, limits.aide_euros_max, self.asked == "aide")
        self.no_aid = aids.aucune
        count = find_count(self.folded, limits.postes_max)
        if count.problem:
            problems.append(Probleme("nb_postes", "nombre_de_postes", count.problem))
        problems += [Probleme("duree_mois", "duree", t.problem) for t in terms if t.problem][:1]
        problems += [Probleme("aide", "aide", a.problem) for a in aids.montants if a.problem][:1]
        problems += [Probleme("date_depart_formation", "date", d.problem) for d in dates.departs if d.problem][:1]
        if dates.others and not dates.departs:
            sentence = (
                "Le calcul part du départ en formation, pas de l'embauche ni de la signature : quelle est cette date ?"
            )
            problems.append(Probleme("date_depart_formation", "autre_date", sentence))
        for departure in dates.departs:
            if departure.note:
                self.notes.append(Avis("date_comprise", departure.note))
            if departure.value and not any(d.sure for d in dates.departs):
                self.notes.append(
                    Avis("date_supposee_depart", "J'ai pris cette date pour celle du départ en formation.")
                )
        if aids.cofinancement:
            self.notes.append(
                Avis(
                    "cofinancement",
                    "Seule une aide PEC ou CUI-CIE se déduit : les autres financements ne changent pas le montant.",
                )
            )
        segments = find_segments(self.folded, taken + [(a.start, a.end) for a in aids.montants])
        departures, amounts = list(dates.departs), list(aids.montants)
        usable = [d for d in departures if d.value]
        if len(usable) < len(departures) and re.search(
            r"(?<!\w)ou(?!\w)", self.folded[departures[0].end : departures[-1].start]
        ):
            # « mi-mars ou fin mars »: neither is chosen.
            departures, usable = [d for d in departures if not d.value], []
        if not segments and len({d.value for d in usable}) > 1:
            return self._in_order(contracts, terms, usable, amounts, aids.contrats_aides, count.value, problems)
        # « Une autre » alone counts when something is said of it.
        other = (
            len(segments) == 1
            and segments[0].first == 1
            and "autre" in self.folded
            and any(i.start >= segments[0].start for i in (*departures, *amounts))
        )
        if len(segments) > 1 or (segments and (count.value or 1) > 1) or other:
            return self._by_segment(segments, contracts, terms, departures, amounts, aids.contrats_aides, count.value)
        common = self._poste(contracts, terms, departures, amounts, aids.contrats_aides)
        if (
            count.value
            and count.value > 1
            and len({a.cents for a in amounts if a.cents is not None}) > 1
            and len(amounts) == count.value
        ):
            rest = replace(common, aide=None)
            return rest, tuple(replace(rest, aide=a.cents) for a in amounts), count.value
        if len({a.cents for a in amounts if a.cents is not None}) > 1 and (count.value or 1) == 1:
            problems.append(
                Probleme(
                    "aide",
                    "plusieurs_aides",
                    "Vous donnez plusieurs montants d'aide : donnez leur total pour ce poste.",
                )
            )
            common = replace(common, aide=None, contrat_aide=common.contrat_aide or ContratAide.NON_PRECISE)
        some = aids.certains
        if some and some < (count.value or 1) and (common.aide or common.contrat_aide):
            rest = replace(common, aide=None, contrat_aide=None)
            return rest, (*[common] * some, *[rest] * (count.value - some)), count.value
        if aids.globale and not aids.chacun and common.aide and (count.value or 1) > 1:
            self.notes.append(Avis("aide_globale", "L'aide donnée pour l'ensemble est déduite une seule fois."))
            rest = replace(common, aide=0)
            return rest, (common, *[rest] * (count.value - 1)), count.value
        if common.aide and (count.value or 1) > 1 and not aids.chacun:
            self.notes.append(
                Avis(
                    "aide_par_poste", "J'ai déduit cette aide pour chaque poste. Dites-moi si elle n'en concerne qu'un."
                )
            )
        return common, (), count.value

    def _in_order(
        self,
        contracts: Sequence[Mention],
        terms: Sequence,
        departures: list[Depart],
        amounts: list[Aide],
        kinds: Sequence[Mention],
        count: int | None,
        problems: list[Probleme],
    ) -> tuple[Poste, tuple[Poste, ...], int | None]:
        """Several departures that nothing else tells apart: one a poste, in the order they were said."""
        first, last = departures[0], departures[-1]
        either = re.search(r"(?<!\w)ou(?!\w)", self.folded[first.end : last.start])
        plural = _SEVERAL.search(self.folded)
        if either or (count is None and not plural) or (count is not None and count != len(departures)):
            sentence = "Vous donnez plusieurs dates de départ : dites laquelle vaut pour chaque poste."
            problems.append(Probleme("date_depart_formation", "plusieurs_dates", sentence))
            return self._poste(contracts, terms, [], amounts, kinds), (), count
        if count is None:
            self.notes.append(
                Avis("postes_par_date", f"{len(departures)} dates de départ : j'ai compté {len(departures)} postes.")
            )
        common = self._poste(contracts, terms, [], amounts if len(amounts) == 1 else [], kinds)
        several = len(amounts) == len(departures)
        apart = [common] * len(departures)
        if len(contracts) == len(departures):
            # « Julie CDI le 14 mars, Marc CDD le 4 avril ».
            limits = [contract.start for contract in contracts[1:]] + [len(self.folded)]
            apart = [
                self._poste(
                    [contract],
                    [t for t in terms if contract.start <= t.start < limit],
                    [],
                    amounts if len(amounts) == 1 else [],
                    kinds,
                )
                for contract, limit in zip(contracts, limits)
            ]
        postes = tuple(
            replace(apart[i], depart=d.value, aide=amounts[i].cents if several else apart[i].aide)
            for i, d in enumerate(departures)
        )
        return common, postes, len(departures)

    def _by_segment(
        self,
        segments: Sequence[Segment],
        contracts: Sequence[Mention],
        terms: Sequence,
        departures: Sequence[Depart],
        amounts: Sequence[Aide],
        kinds: Sequence[Mention],
        count: int | None,
    ) -> tuple[Poste, tuple[Poste, ...], int | None]:
        last = segments[-1]
        tail = _TAIL.search(self.folded, last.start)
        if not tail and len({segment.start for segment in segments}) > 1 and typed_counts(self.folded):
            tail = _TYPED_TAIL.search(self.folded, last.start)
        if tail:
            segments = [*segments[:-1], replace(last, end=tail.start())]

        def inside(items: Sequence, segment: Segment) -> list:
            return [item for item in items if segment.start <= item.start < segment.end]

        def outside(items: Sequence) -> list:
            return [item for item in items if not any(s.start <= item.start < s.end for s in segments)]

        common = self._poste(*(outside(items) for items in (contracts, terms, departures, amounts, kinds)))
        total = max([count or 0, sum(s.count for s in segments), *((s.first or 0) + s.count for s in segments)])
        postes: list[Poste | None] = [None] * total
        rest = common
        for segment in segments:
            known = common
            if _NOT_KNOWN_YET.search(self.folded, segment.start, segment.end):
                known = replace(common, depart=None)
            said = self._poste(*(inside(items, segment) for items in (contracts, terms, departures, amounts, kinds)))
            if segment.first is None:
                rest = complete(said, known)
                continue
            for index in range(segment.first, min(total, segment.first + segment.count)):
                postes[index] = complete(said, known)
        # What is said of only some postes says nothing of the others, but an aid said of one is for that one.
        filled = tuple(poste if poste is not None else rest for poste in postes)
        return common, filled, total

    def _poste(
        self,
        contracts: Sequence[Mention],
        terms: Sequence,
        departures: Sequence[Depart],
        amounts: Sequence[Aide],
        kinds: Sequence[Mention],
    ) -> Poste:
        contract = _CONTRACT_OF[contracts[-1].group] if contracts else None
        months = next((term.months for term in reversed(terms) if term.months), None)
        if contract is None and months is not None:
            contract = Contrat.CDD
        if contract not in (Contrat.CDD, Contrat.PROJET, Contrat.AUTRE, None):
            months = None
        named = [kind for kind in kinds if kind.group != ContratAide.NON_PRECISE.value] or list(kinds)
        aid = next((amount.cents for amount in reversed(amounts) if amount.cents is not None), None)
        kind = kind_of_aid(named[-1]) if named else None
        if self.no_aid and aid is None:
            kind, aid = None, 0
        day = next((departure.value for departure in reversed(departures) if departure.value), None)
        return Poste(contract, months, kind, aid, day)


def complete(said: Poste, known: Poste) -> Poste:
    """What was `said`, completed by what was `known`."""
    return Poste(
        contrat=said.contrat or known.contrat,
        duree_mois=said.duree_mois if said.duree_mois or said.contrat else known.duree_mois,
        contrat_aide=said.contrat_aide or known.contrat_aide,
        aide=said.aide if said.aide is not None else known.aide,
        depart=said.depart or known.depart,
    )
