"""A structure's file: its states, what is late, what comes next, whom to contact. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class _Labelled(str, Enum):
    """A value kept in the database, and the French words people read."""

    def __new__(cls, value: str, label: str) -> _Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label  # type: ignore[attr-defined]
        return member

    label: str


class TypeStructure(_Labelled):
    ASSOCIATION = "association", "association"
    ENTREPRISE = "entreprise", "entreprise"
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    GIP = "gip", "groupement d'intérêt public"
    ETABLISSEMENT_PUBLIC = "etablissement_public", "établissement public"

    @property
    def is_public(self) -> bool:
        return self not in (TypeStructure.ASSOCIATION, TypeStructure.ENTREPRISE)


class EtatStructure(_Labelled):
    """Step 1, the structure's own application."""

    INSCRITE = "inscrite", "candidature déposée, en attente de l'avis de la préfecture"
    AVIS_RENDU = "avis_rendu", "avis de la préfecture rendu, en attente du comité de sélection"
    ACTIVEE = "activee", "candidature retenue et activée"
    REFUSEE = "refusee", "candidature non retenue"
    # Kept for history: the structure gave up before the decision.
    ANNULEE = "annulee", "candidature retirée par la structure"


class EtatPoste(_Labelled):
    ACTIF = "actif", "attribué"
    RENDU = "rendu", "rendu par la structure"
    RETIRE = "retire", "retiré"


class EtatCandidature(_Labelled):
    PROPOSEE = "proposee", "proposée"
    ENTRETIEN = "entretien", "entretien prévu ou passé"
    VALIDEE = "validee", "validée"
    # Automatic at the departure for training (guide p. 9).
    RECRUTEE = "recrutee", "recrutée"
    ECARTEE = "ecartee", "écartée"


class EtatDossier(_Labelled):
    """The states of Démarches simplifiées, with its own words."""

    BROUILLON = "brouillon", "en brouillon"
    EN_CONSTRUCTION = "en_construction", "déposé, en construction"
    EN_INSTRUCTION = "en_instruction", "en instruction"
    ACCEPTE = "accepte", "accepté"
    REFUSE = "refuse", "refusé"
    SANS_SUITE = "sans_suite", "classé sans suite"


class TypeContrat(_Labelled):
    CDI = "cdi", "CDI"
    CDD = "cdd", "CDD"
    PROJET = "projet", "contrat de projet"
    TITULAIRE = "titulaire", "agent titulaire"
    PEC = "pec", "contrat aidé (PEC)"
    CUI_CIE = "cui_cie", "contrat aidé (CUI-CIE)"


class EtatVersement(_Labelled):
    PREVU = "prevu", "prévue"
    DEMANDE = "demande", "en cours de traitement"
    VERSE = "verse", "versée"
    SUSPENDU = "suspendu", "suspendue"


@dataclass(frozen=True)
class Structure:
    id: int
    siret: str
    nom: str
    type: TypeStructure
    departement: str
    etat: EtatStructure
    inscrite_le: date | None = None
    avis_prefecture_le: date | None = None
    comite_le: date | None = None
    activee_le: date | None = None


@dataclass(frozen=True)
class Contact:
    id: int
    structure_id: int
    prenom: str
    nom: str
    fonction: str | None
    email: str


@dataclass(frozen=True)
class DossierSubvention:
    id: int
    numero_ds: int
    etat: EtatDossier
    depose_le: date | None = None
    pieces_demandees_le: date | None = None
    decide_le: date | None = None


@dataclass(frozen=True)
class Convention:
    id: int
    envoyee_le: date | None = None
    signee_structure_le: date | None = None
    signee_le: date | None = None
    debut: date | None = None
    fin: date | None = None


@dataclass(frozen=True)
class Candidature:
    id: int
    candidat: str
    etat: EtatCandidature
    proposee_le: date | None = None
    entretien_le: date | None = None
    validee_le: date | None = None


@dataclass(frozen=True)
class Conseiller:
    id: int
    structure_id: int
    prenom: str
    nom: str
    email: str | None = None
    parti_le: date | None = None

    @property
    def full_name(self) -> str:
        return f"{self.prenom} {self.nom}"


@dataclass(frozen=True)
class Contrat:
    id: int
    type: TypeContrat
    conseiller: Conseiller
    debut: date | None = None
    fin: date | None = None
    signe_le: date | None = None
    transmis_le: date | None = None
    rompu_le: date | None = None

    def is_over(self, today: date) -> bool:
        ends = [day for day in (self.fin, self.rompu_le) if day]
        return bool(ends) and min(ends) < today


@dataclass(frozen=True)
class Formation:
    id: int
    organisme: str
    conseiller_id: int | None = None
    heures: int | None = None
    inscrit_le: date | None = None
    debut: date | None = None
    fin: date | None = None
    certification_le: date | None = None


@dataclass(frozen=True)
class Versement:
    id: int
    rang: int
    montant_centimes: int
    etat: EtatVersement
    prevu_le: date | None = None
    verse_le: date | None = None


@dataclass(frozen=True)
class Poste:
    """One poste with all that concerns it. `contrats` and `formations`: the latest first."""

    id: int
    numero: int
    etat: EtatPoste
    attribue_le: date | None = None
    dossier: DossierSubvention | None = None
    convention: Convention | None = None
    candidatures: tuple[Candidature, ...] = ()
    contrats: tuple[Contrat, ...] = ()
    formations: tuple[Formation, ...] = ()
    versements: tuple[Versement, ...] = ()


@dataclass(frozen=True)
class Fiche:
    """Everything known of a structure; read in a fixed number of queries, whatever its size."""

    structure: Structure
    contacts: tuple[Contact, ...] = ()
    postes: tuple[Poste, ...] = ()
