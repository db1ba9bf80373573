"""What a phrase says of the postes: their contract, length, aid and departure, common to all or one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.dispositif.subvention import Avis, Bareme, Contrat, ContratAide, Poste
from bot.reference.subvention_mots import Mots
from bot.services.subvention.aides import Aide, find_aids, kind_of_aid
from bot.services.subvention.contrats import find_contracts, find_terms_of_contract, term_between
from bot.services.subvention.departs import Depart, all_dates, find_departures
from bot.services.subvention.mentions import Mention
from bot.services.subvention.postes import Segment, find_count, find_segments, rank_spans, typed_counts
from bot.services.subvention.texte import hide

_FIRST_POSTE = re.compile(
    r"(?<!\w)le\s+(?:1\s?er|premier)(?=\s+(?:poste|conseiller|conum|part|en\s|est|a\s|avec|sera|commence|contrat|cdi|cdd|rentre|entre|aura|touche))"
)
_NOT_KNOWN_YET = re.compile(
    r"(?<!\w)(?:pas\s+encore|pas\s+fixee?|plus\s+tard|ne\s+(?:sait|sais|savons)\s+pas|sait\s+pas|inconnue?|a\s+definir)(?!\w)"
)
_SEVERAL = re.compile(
    r"(?<!\w)(?:departs|respecti\w*|postes|conseill(?:ers|eres)|conums|agents|partent|partiront|les\s+\d+|cdi\s*,|autre)(?!\w)"
)
# What is said of all the postes at the end of a phrase that has told them apart.
_TAIL = re.compile(
    r"(?:[,;.]\s*|(?<!\w)et\s+)(?:tous|toutes|les\s+(?:deux|trois|2|3)|ensemble|(?:le|la|au)\s+meme|chacune?|le\s+tout|pour\s+tous)(?!\w)"
)
_TYPED_TAIL = re.compile(
    r"[,;.]\s*(?:(?:et|avec)\s+)?(?:un\s+|le\s+|date\s+(?:de\s+)?)?(?:depart|formation|ils\s+partent|partent|form|session)"
)
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


class PostesReading:
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
