"""What a phrase says of a calculation. Pure: nothing is invented, what is not said stays None."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from bot.dispositif.francais.texte import fold
from bot.dispositif.subvention import Avis, Bareme, Contrat, ContratAide, Poste, Structure
from bot.reference.subvention_mots import Mots, load_mots
from bot.services.subvention.contrats import find_part_time
from bot.services.subvention.mentions import Mention, is_negated
from bot.services.subvention.postes_lus import PostesReading, Probleme
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
# A department, a law, a programme: never days.
_NOT_A_DAY = re.compile(
    r"(?:(?:dans|ds)\s+(?:le|l'|les)\s+|\(|dep(?:artements?|t)?\.?\s*(?:n[°o]\s*)?|dpt\s*)(?:97[1-8]|\d{2}|2[ab])(?=\W|$)(?!\s*(?:/|\d|%))"
    r"|(?<!\w)loi\s+(?:de\s+)?19\s?01|(?<!\w)villes?\s+de\s+demain"
)
_PUBLIC_WORD = re.compile(r"(?<!\w)(?:droit\s+public|public|publique|contractuel\w*|territorial\w*)(?!\w)")


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
    reading = PostesReading(masked, fold(masked), today, bareme, mots, asked)
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
