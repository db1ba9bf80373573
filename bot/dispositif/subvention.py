"""The subvention of a poste: how much, when, why, and how sure that is. Pure: amounts come from the `Bareme`."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

METROPOLE = "metropole"
# « En outre-mer » without saying where.
OUTRE_MER = "outre_mer"


class Certitude(str, Enum):
    """How sure an amount is; the values are those of reference/subvention.yaml."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    SUPPOSE = "suppose"
    ILLISIBLE = "illisible"
    INCONNU = "inconnu"


CERTITUDE_LABELS: Mapping[Certitude, str] = {
    Certitude.CERTAIN: "certain",
    Certitude.PROBABLE: "probable, une seule source",
    Certitude.SUPPOSE: "supposé, aucune source ne l'écrit",
    Certitude.ILLISIBLE: "illisible dans notre source",
    Certitude.INCONNU: "non trouvé dans nos sources",
}


class Structure(str, Enum):
    PRIVEE = "privee"
    PUBLIQUE = "publique"
    # Chambers, EPIC, other établissements publics: eligible, their own amount is not found.
    CONSULAIRE = "consulaire_ou_epic"
    # Services déconcentrés: not eligible.
    ETAT = "service_de_l_etat"


STRUCTURE_LABELS: Mapping[Structure, str] = {
    Structure.PRIVEE: "association ou entreprise",
    Structure.PUBLIQUE: "employeur public",
    Structure.CONSULAIRE: "chambre consulaire, EPIC ou établissement public",
    Structure.ETAT: "service de l'État",
}


class Contrat(str, Enum):
    CDI = "cdi"
    CDD = "cdd"
    PROJET = "contrat_de_projet"
    TITULAIRE = "titulaire"
    SERVICE_CIVIQUE = "service_civique"
    # Apprenticeship, internship, temping, contractors, volunteers: no source says anything of them.
    AUTRE = "autre"


CONTRAT_LABELS: Mapping[Contrat, str] = {
    Contrat.CDI: "CDI",
    Contrat.CDD: "CDD",
    Contrat.PROJET: "contrat de projet",
    Contrat.TITULAIRE: "agent titulaire",
    Contrat.SERVICE_CIVIQUE: "service civique",
    Contrat.AUTRE: "autre contrat",
}
# These contracts exist with a public employer only.
PUBLIC_CONTRACTS = frozenset({Contrat.PROJET, Contrat.TITULAIRE})


class ContratAide(str, Enum):
    PEC = "pec"
    CUI_CIE = "cui_cie"
    # « Contrat aidé », without saying which.
    NON_PRECISE = "non_precise"


CONTRAT_AIDE_LABELS: Mapping[ContratAide, str] = {
    ContratAide.PEC: "PEC",
    ContratAide.CUI_CIE: "CUI-CIE",
    ContratAide.NON_PRECISE: "PEC ou CUI-CIE",
}


@dataclass(frozen=True)
class Source:
    key: str
    title: str
    dated: date
    url: str | None = None


@dataclass(frozen=True)
class Hypothese:
    """One amount of a poste, in cents, as some sources give it."""

    cents: int
    certitude: Certitude
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Montant:
    """What a poste is worth from `depuis` on. No hypothesis: nobody knows, and `certitude` says why."""

    libelle: str
    depuis: date
    duree_mois: int
    certitude: Certitude
    sources: tuple[str, ...]
    hypotheses: tuple[Hypothese, ...]


@dataclass(frozen=True)
class Renouvellement:
    """The yearly amounts of a second convention, in cents; empty when unknown."""

    libelle: str
    depuis: date
    certitude: Certitude
    sources: tuple[str, ...]
    annees: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A tranche: its rank, its share in per cent, and the months after the departure for training."""

    rang: int
    pour_cent: int
    mois: int


@dataclass(frozen=True)
class Limites:
    cdd_prive_mois_max: int
    age_min: int
    age_max: int
    heures_semaine: int
    contrat_mois_max: int
    postes_max: int
    aide_euros_max: int


@dataclass(frozen=True)
class Bareme:
    """Every number of the subvention that holds on one day."""

    montants: Mapping[str, Montant]
    renouvellements: Mapping[str, Renouvellement]
    parts: tuple[Part, ...]
    parts_source: str
    limites: Limites
    debut: date
    fin_nouvelles_conventions: date
    source_fin: str
    # Amount key → territories it is for.
    territoires: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]


@dataclass(frozen=True)
class Poste:
    """What is known of one poste; None is « not said », never a default."""

    contrat: Contrat | None = None
    duree_mois: int | None = None
    contrat_aide: ContratAide | None = None
    # CUI-CIE or PEC help received for this poste, in cents, over the whole convention.
    aide: int | None = None
    depart: date | None = None


@dataclass(frozen=True)
class Situation:
    """One request. `postes` has one item a poste, and at least one."""

    structure: Structure | None = None
    # "metropole", "outre_mer", or a department code such as "974".
    territoire: str | None = None
    postes: tuple[Poste, ...] = (Poste(),)
    renouvellement: bool = False
    zone_prioritaire: bool | None = None
    # A convention that is still to be signed, rather than one that exists.
    nouvelle_convention: bool = False
    temps_partiel: bool = False
    # A part-time that the rules admit (return from parental leave at 80 %, therapeutic, elected office).
    temps_partiel_admis: bool = False
    age: int | None = None
    # Reasons to refuse that are said outright: "retraite", "cdi_converti", "agent_france_services".
    exclusions: tuple[str, ...] = ()
    # Fields that were said in a way that cannot be used: asked again like those never said.
    a_preciser: tuple[str, ...] = ()


@dataclass(frozen=True)
class Avis:
    """A sentence for the person, and the key of the rule that says it."""

    cle: str
    phrase: str


@dataclass(frozen=True)
class Tranche:
    """`montant` in cents (None: unknown); `jour` None: the departure is not known. `postes`: numbers from 1."""

    rang: int
    pour_cent: int
    jour: date | None
    montant: int | None
    postes: tuple[int, ...]


@dataclass(frozen=True)
class Variante:
    """The whole calculation under one hypothesis, in cents."""

    certitude: Certitude
    bruts: tuple[int, ...]
    nets: tuple[int, ...]
    total: int
    tranches: tuple[Tranche, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Calcul:
    """The result. The first variant is the likeliest; none when it is refused, unknown, or something is missing.

    `sans_montant` are the tranches (shares and dates) when the amount itself is unknown.
    """

    variantes: tuple[Variante, ...] = ()
    sans_montant: tuple[Tranche, ...] = ()
    annees: tuple[int, ...] = ()
    certitude: Certitude | None = None
    refus: tuple[Avis, ...] = ()
    avertissements: tuple[Avis, ...] = ()
    manquants: tuple[str, ...] = ()
    explication: tuple[str, ...] = ()
    sources: tuple[str, ...] = field(default=())


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it has no such day (article 641 CPC).

    Raises:
        OverflowError: the result is after year 9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError("date hors du calendrier")
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def split(total: int, parts: Sequence[Part]) -> list[int]:
    """`total` cents in tranches: each share rounded half up to the cent, the last one is what remains."""
    amounts = [(total * part.pour_cent + 50) // 100 for part in parts[:-1]]
    return [*amounts, total - sum(amounts)]


def net_of_aid(gross: int, aid: int) -> int:
    """What is left once the aid is deducted, never below zero."""
    return max(0, gross - aid)


def is_overseas(territoire: str | None) -> bool:
    return territoire is not None and territoire != METROPOLE


def amount_key(situation: Situation, poste: Poste, bareme: Bareme) -> str | None:
    """The amount of `bareme` that applies to this poste; None as long as the structure or the contract is not known."""
    structure = situation.structure
    if poste.contrat is Contrat.AUTRE:
        return None
    if structure is Structure.PRIVEE:
        if poste.contrat is Contrat.CDI:
            return "prive_cdi_outre_mer" if is_overseas(situation.territoire) else "prive_cdi"
        return "prive_cdd" if poste.contrat is Contrat.CDD else None
    if structure is Structure.CONSULAIRE:
        return "consulaire"
    if structure is Structure.PUBLIQUE:
        for key, territories in bareme.territoires.items():
            if situation.territoire in territories:
                return key
        return "public"
    return None


def renewal_key(situation: Situation) -> str | None:
    if situation.structure is None:
        return None
    if situation.structure is Structure.CONSULAIRE or is_overseas(situation.territoire):
        return "outre_mer"
    sector = "public" if situation.structure is Structure.PUBLIQUE else "prive"
    return f"{sector}_prioritaire" if situation.zone_prioritaire else sector


def tranches_of(postes: Sequence[Poste], nets: Sequence[int] | None, bareme: Bareme) -> tuple[Tranche, ...]:
    """The tranches in order of date; postes that leave the same day are paid together. `nets` None: amounts unknown."""
    departures = list(dict.fromkeys(poste.depart for poste in postes))
    tranches = []
    for departure in departures:
        numbers = tuple(index + 1 for index, poste in enumerate(postes) if poste.depart == departure)
        shares = [split(nets[number - 1], bareme.parts) for number in numbers] if nets is not None else []
        for index, part in enumerate(bareme.parts):
            due = add_months(departure, part.mois) if departure else None
            amount = sum(share[index] for share in shares) if nets is not None else None
            tranches.append(Tranche(part.rang, part.pour_cent, due, amount, numbers))
    return tuple(sorted(tranches, key=lambda tranche: (tranche.jour or date.max, tranche.postes, tranche.rang)))
