"""What is known of a calculation after one or several messages, and the situation it makes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.dispositif.subvention import (
    PUBLIC_CONTRACTS,
    Avis,
    Contrat,
    ContratAide,
    Poste,
    Situation,
    Structure,
)
from bot.services.subvention.lecture import Lecture
from bot.services.subvention.postes_lus import Probleme


@dataclass(frozen=True)
class Demande:
    """The parameters of a calculation, as far as they were said. JSON-ready through `to_json`."""

    structure: Structure | None = None
    nature: str | None = None
    territoire: str | None = None
    renouvellement: bool = False
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
    # Fields that the person said they do not know: computed without, never asked again.
    inconnus: tuple[str, ...] = field(default=())

    def with_reading(self, said: Lecture) -> Demande:
        """What is known once `said` has completed or corrected it; problems and notes are those of `said`."""
        structure = said.structure or self.structure
        changed = said.structure is not None and said.structure is not self.structure
        common = _merged(self.commun, said.commun, said.sans_aide)
        if (
            changed
            and structure is not Structure.PUBLIQUE
            and common.contrat in PUBLIC_CONTRACTS
            and not said.commun.contrat
        ):
            common = replace(common, contrat=None)
        postes = self.postes
        if said.postes:
            postes = said.postes
        elif postes:
            postes = tuple(_merged(poste, said.commun, said.sans_aide) for poste in postes)
            if said.nb_postes is not None and said.nb_postes != len(postes):
                postes = ()
        fields = {p.champ for p in said.problemes}
        # What was said last and cannot be used hides what was known before.
        if "date_depart_formation" in fields and said.commun.depart is None and not said.postes:
            common, postes = replace(common, depart=None), tuple(replace(p, depart=None) for p in postes)
        return Demande(
            structure=None if "structure" in fields else structure,
            nature=said.nature if said.structure else self.nature,
            territoire=said.territoire or (None if "territoire" in fields else self.territoire),
            renouvellement=self.renouvellement if said.renouvellement is None else said.renouvellement,
            zone_prioritaire=self.zone_prioritaire if said.zone_prioritaire is None else said.zone_prioritaire,
            nouvelle_convention=said.nouvelle_convention or (self.nouvelle_convention and said.renouvellement is None),
            nb_postes=said.nb_postes if said.nb_postes is not None else self.nb_postes,
            commun=common,
            postes=postes,
            temps_partiel=self.temps_partiel if said.temps_partiel is None else said.temps_partiel,
            temps_partiel_admis=said.temps_partiel_admis or self.temps_partiel_admis,
            age=said.age if said.age is not None else self.age,
            exclusions=said.exclusions or self._kept_exclusions(said),
            problemes=said.problemes,
            notes=said.notes,
            inconnus=tuple(name for name in self.inconnus if name not in _fields_said(said)),
        )

    def _kept_exclusions(self, said: Lecture) -> tuple[str, ...]:
        """A reason to refuse falls when another contract or another person is spoken of."""
        return () if said.commun.contrat or said.age is not None else self.exclusions

    def situation(self) -> Situation:
        postes = self.postes or (self.commun,) * (self.nb_postes or 1)
        unclear = tuple(dict.fromkeys(p.champ for p in self.problemes if p.champ not in self.inconnus))
        if "aide" in unclear and all(p.aide is not None for p in postes):
            unclear = tuple(name for name in unclear if name != "aide")
        return Situation(
            structure=self.structure,
            territoire=self.territoire,
            postes=postes,
            renouvellement=self.renouvellement,
            zone_prioritaire=self.zone_prioritaire,
            nouvelle_convention=self.nouvelle_convention,
            temps_partiel=bool(self.temps_partiel),
            temps_partiel_admis=self.temps_partiel_admis,
            age=self.age,
            exclusions=self.exclusions,
            a_preciser=unclear,
        )

    def parametres(self) -> dict[str, Any]:
        """What was understood, by self-explanatory names; what was not said is absent. Euros and ISO dates.

        `structure` (privee, publique, consulaire_ou_epic, service_de_l_etat), `type_structure`, `territoire`,
        `departement`, `contrat` (cdi, cdd, contrat_de_projet, titulaire, service_civique, autre), `duree_mois`,
        `contrat_aide` (pec, cui_cie, non_precise), `aide`, `date_depart_formation`, `nb_postes`, `renouvellement`,
        `zone_prioritaire`, `nouvelle_convention`, `temps_partiel`, `age`, `exclusions`; `postes` lists what differs
        from one poste to the other.
        """
        found: dict[str, Any] = {
            "structure": self.structure.value if self.structure else None,
            "type_structure": self.nature,
            "territoire": self.territoire,
            "departement": self.territoire if self.territoire and self.territoire.isdigit() else None,
            **_poste_json(self.commun),
            "nb_postes": len(self.postes) if self.postes else self.nb_postes,
            "renouvellement": self.renouvellement or None,
            "zone_prioritaire": self.zone_prioritaire,
            "nouvelle_convention": self.nouvelle_convention or None,
            "temps_partiel": self.temps_partiel,
            "temps_partiel_admis": self.temps_partiel_admis or None,
            "age": self.age,
            "exclusions": list(self.exclusions) or None,
            "postes": [_said(_poste_json(poste)) for poste in self.postes] or None,
        }
        return _said(found)

    def to_json(self) -> dict[str, Any]:
        """For the conversation's memory; the inverse of `from_json`."""
        return _said(
            {
                **self.parametres(),
                "commun": _poste_memory(self.commun),
                "postes": [_poste_memory(poste) for poste in self.postes] or None,
                "problemes": [[p.champ, p.cle, p.phrase] for p in self.problemes] or None,
                "notes": [[n.cle, n.phrase] for n in self.notes] or None,
                "inconnus": list(self.inconnus) or None,
            }
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Demande:
        return cls(
            structure=Structure(data["structure"]) if data.get("structure") else None,
            nature=data.get("type_structure"),
            territoire=data.get("territoire"),
            renouvellement=bool(data.get("renouvellement")),
            zone_prioritaire=data.get("zone_prioritaire"),
            nouvelle_convention=bool(data.get("nouvelle_convention")),
            nb_postes=data.get("nb_postes"),
            commun=_poste_from(data.get("commun") or {}),
            postes=tuple(_poste_from(item) for item in data.get("postes") or ()),
            temps_partiel=data.get("temps_partiel"),
            temps_partiel_admis=bool(data.get("temps_partiel_admis")),
            age=data.get("age"),
            exclusions=tuple(data.get("exclusions") or ()),
            problemes=tuple(Probleme(*item) for item in data.get("problemes") or ()),
            notes=tuple(Avis(*item) for item in data.get("notes") or ()),
            inconnus=tuple(data.get("inconnus") or ()),
        )


def _merged(known: Poste, said: Poste, no_aid: bool) -> Poste:
    contract = said.contrat or known.contrat
    same = contract is known.contrat
    aid = said.aide if said.aide is not None else (known.aide if not said.contrat_aide or known.contrat_aide else None)
    return Poste(
        contrat=contract,
        duree_mois=said.duree_mois if said.duree_mois is not None else (known.duree_mois if same else None),
        contrat_aide=None if no_aid else said.contrat_aide or known.contrat_aide,
        aide=0 if no_aid and said.aide is None else aid,
        depart=said.depart or known.depart,
    )


def _fields_said(said: Lecture) -> set[str]:
    poste = said.postes[0] if said.postes else said.commun
    values = {
        "structure": said.structure,
        "territoire": said.territoire,
        "contrat": poste.contrat,
        "duree_mois": poste.duree_mois,
        "aide": poste.aide,
        "date_depart_formation": poste.depart,
        "nb_postes": said.nb_postes,
    }
    return {name for name, value in values.items() if value is not None}


def _poste_json(poste: Poste) -> dict[str, Any]:
    return {
        "contrat": poste.contrat.value if poste.contrat else None,
        "duree_mois": poste.duree_mois,
        "contrat_aide": poste.contrat_aide.value if poste.contrat_aide else None,
        "aide": in_euros(poste.aide),
        "date_depart_formation": poste.depart.isoformat() if poste.depart else None,
    }


def _poste_memory(poste: Poste) -> dict[str, Any]:
    return _said({**_poste_json(poste), "aide": poste.aide})


def _poste_from(data: dict[str, Any]) -> Poste:
    return Poste(
        contrat=Contrat(data["contrat"]) if data.get("contrat") else None,
        duree_mois=data.get("duree_mois"),
        contrat_aide=ContratAide(data["contrat_aide"]) if data.get("contrat_aide") else None,
        aide=data.get("aide"),
        depart=date.fromisoformat(data["date_depart_formation"]) if data.get("date_depart_formation") else None,
    )


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def in_euros(cents: int | None) -> int | float | None:
    """Cents as a JSON number of euros: an integer when there are no cents."""
    if cents is None:
        return None
    return cents // 100 if cents % 100 == 0 else cents / 100
