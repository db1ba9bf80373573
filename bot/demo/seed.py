"""Fills an empty database with fictitious structures, at every step of the scheme. Same day, same data.

SIRETs: INSEE numbers legal entities from 1 (public) to 9; no SIREN starts with 0. Ours start with 000, pass Luhn on
the SIREN and on the SIRET, and can belong to nobody.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from stdnum import luhn

from bot.dispositif import dossier as d
from bot.dispositif.situation import add_months
from bot.storage import tables as t
from bot.storage.unit_of_work import UnitOfWork

COUNT = 48
# Several postes, payments made, due and late: the richest file to try.
SHOWCASE = 7

_PLACES = (
    ("Valombre", "63"), ("Saint-Aubrac", "12"), ("Port-Kerval", "29"), ("Morneville", "59"), ("Clairfont", "21"),
    ("Rochebelle", "30"), ("Bourg-Ormeaux", "45"), ("Basse-Lande", "40"), ("Grand-Pré", "08"), ("Petite-Anse", "972"),
    ("Rivière-Bleue", "974"), ("Castelroc", "2B"),
)  # fmt: skip
_TYPES = (
    (d.TypeStructure.ASSOCIATION, "Association Le Fil numérique de {}"),
    (d.TypeStructure.COMMUNE, "Commune de {}"),
    (d.TypeStructure.EPCI, "Communauté de communes de {}"),
    (d.TypeStructure.ENTREPRISE, "Coopérative Clic solidaire {}"),
    (d.TypeStructure.DEPARTEMENT, "Maison des solidarités de {}"),
    (d.TypeStructure.ETABLISSEMENT_PUBLIC, "CCAS de {}"),
)
_FIRST = (
    "Léa", "Karim", "Inès", "Paul", "Awa", "Hugo", "Sarah", "Noé", "Jeanne", "Malik", "Chloé", "Théo", "Fatou", "Lucas",
)  # fmt: skip
_LAST = (
    "Bonnefoy", "Delcourt", "Marchetti", "Quéré", "Sorel", "Vasseur", "Lambert-Roy", "Diallo", "Castagné", "Pelletan",
    "Ozanne", "Rivoire", "Texier",
)  # fmt: skip
_TRAINERS = ("Organisme Alpha (démo)", "Organisme Béta (démo)", "Organisme Gamma (démo)")


def fictitious_siret(number: int) -> str:
    """The SIRET of the fictitious structure `number` (0 to 99,999)."""
    siren = f"000{number:05}"
    siren += luhn.calc_check_digit(siren)
    siret = siren + "0001"
    return siret + luhn.calc_check_digit(siret)


def seed_demo(uow: UnitOfWork, now: datetime, count: int = COUNT) -> int:
    """Adds `count` structures if there are none yet; returns how many were added. Dates are around `now`."""
    if uow.structures.count():
        return 0
    for number in range(count):
        _Builder(uow, number, now).build()
    uow.commit()
    return count


class _Builder:
    """One structure; `number` decides everything about it."""

    def __init__(self, uow: UnitOfWork, number: int, now: datetime) -> None:
        self._uow, self._rows = uow, uow.structures
        self._number, self._now, self._today = number, now, now.date()
        self._random = random.Random(number)  # noqa: S311 -- fictitious data, the same each time
        # Every step in turn, and six variants of each.
        self._step, self._variant = number % 8 + 1, number // 8 % 6

    def build(self) -> None:
        kind, pattern = _TYPES[self._number % len(_TYPES)]
        place, departement = _PLACES[self._number * 5 % len(_PLACES)]
        structure_id = self._rows.insert(
            t.structures,
            siret=fictitious_siret(self._number),
            nom=pattern.format(place),
            type=kind,
            departement=departement,
            updated_at=self._now,
            **self._application(),
        )
        self._structure_id, self._is_public = structure_id, kind.is_public
        first, last = self._person()
        self._rows.insert(
            t.contacts,
            structure_id=structure_id,
            prenom=first,
            nom=last,
            fonction=self._random.choice(("Directrice", "Directeur", "Secrétaire de mairie", "Responsable RH")),
            email=f"contact{self._number}@structure.example",
        )
        if self._step == 1:
            return
        steps = [self._step]
        if self._number == SHOWCASE:
            steps = [8, 8, 4, 2]
        elif self._variant in (1, 4):
            steps.append(max(2, self._step - 2))
        for numero, step in enumerate(steps, start=1):
            self._poste(numero, step)

    def _application(self) -> dict[str, Any]:
        states = (d.EtatStructure.INSCRITE, d.EtatStructure.AVIS_RENDU, d.EtatStructure.REFUSEE)
        etat = states[self._variant % 3] if self._step == 1 else d.EtatStructure.ACTIVEE
        age = self._age()
        dates = {"inscrite_le": self._ago(age + 90), "avis_prefecture_le": self._ago(age + 45)}
        if etat is d.EtatStructure.INSCRITE:
            dates.pop("avis_prefecture_le")
        if etat in (d.EtatStructure.REFUSEE, d.EtatStructure.ACTIVEE):
            dates["comite_le"] = self._ago(age + 15)
        if etat is d.EtatStructure.ACTIVEE:
            dates["activee_le"] = self._ago(age + 12)
        return {"etat": etat, **dates}

    def _age(self) -> int:
        """Days since the activation, roughly: the further the step, the older."""
        return {1: 0, 2: 5 + 12 * self._variant, 3: 25, 4: 60, 5: 80, 6: 95, 7: 120}.get(self._step, 500)

    def _poste(self, numero: int, step: int) -> None:
        variant = (self._variant + numero - 1) % 6
        given_back = step == 8 and variant == 5
        dossier_id = self._dossier(step, variant) if step >= 4 else None
        poste_id = self._rows.insert(
            t.postes,
            structure_id=self._structure_id,
            numero=numero,
            etat=d.EtatPoste.RENDU if given_back else d.EtatPoste.ACTIF,
            attribue_le=self._ago(self._age() + 12),
            dossier_id=dossier_id,
            updated_at=self._now,
        )
        first, last = self._person()
        self._applicants(poste_id, step, f"{first} {last}")
        if step >= 6:
            self._adviser(poste_id, dossier_id, step, variant, first, last)

    def _applicants(self, poste_id: int, step: int, chosen: str) -> None:
        other = " ".join(self._person())
        states = {2: d.EtatCandidature.PROPOSEE, 3: d.EtatCandidature.ENTRETIEN, 8: d.EtatCandidature.RECRUTEE}
        etat = states.get(step, d.EtatCandidature.VALIDEE)
        age = self._age()
        self._rows.insert(
            t.candidatures,
            poste_id=poste_id,
            candidat=chosen,
            etat=etat,
            proposee_le=self._ago(age),
            entretien_le=self._ago(age - 8) if step >= 3 else None,
            validee_le=self._ago(age - 12) if step >= 4 else None,
        )
        if step in (2, 3):
            self._rows.insert(t.candidatures, poste_id=poste_id, candidat=other, etat=d.EtatCandidature.PROPOSEE)

    def _dossier(self, step: int, variant: int) -> int | None:
        if step == 4 and variant == 0:
            return None
        waiting = (
            d.EtatDossier.BROUILLON, d.EtatDossier.EN_CONSTRUCTION, d.EtatDossier.EN_INSTRUCTION,
            d.EtatDossier.EN_INSTRUCTION, d.EtatDossier.SANS_SUITE,
        )  # fmt: skip
        etat = waiting[variant - 1] if step == 4 else d.EtatDossier.ACCEPTE
        filed = 8 + 12 * variant if step == 4 else self._age() - 15
        return self._rows.insert(
            t.dossiers_subvention,
            structure_id=self._structure_id,
            numero_ds=90_000_000 + self._number * 100 + self._random.randrange(100),
            etat=etat,
            depose_le=None if etat is d.EtatDossier.BROUILLON else self._ago(filed),
            pieces_demandees_le=self._ago(4) if step == 4 and variant == 3 else None,
            decide_le=self._ago(filed - 24) if step > 4 else None,
            updated_at=self._now,
        )

    def _adviser(self, poste_id: int, dossier_id: int | None, step: int, variant: int, first: str, last: str) -> None:
        left = self._departure(step, variant)
        if dossier_id is not None and not (step == 6 and variant == 0):
            self._convention(dossier_id, step, variant, left)
        email = f"conseiller{self._number}.{poste_id}@conseiller.example"
        conseiller = self._uow.conseillers.add(self._structure_id, first, last, email, self._now)
        start = (left - timedelta(days=9)) if left else self._ago(5 + 12 * (variant % 2))
        contract = d.TypeContrat.PROJET if self._is_public else (d.TypeContrat.CDI, d.TypeContrat.CDD)[variant % 2]
        is_signed = step > 6 or variant >= 4
        broken = step == 8 and variant in (3, 5)
        self._rows.insert(
            t.contrats,
            poste_id=poste_id,
            conseiller_id=conseiller.id,
            type=contract,
            debut=start,
            fin=None if contract is d.TypeContrat.CDI else add_months(start, 18),
            signe_le=start - timedelta(days=10) if is_signed else None,
            transmis_le=start - timedelta(days=7) if step > 6 or variant == 5 else None,
            rompu_le=self._ago(20) if broken else None,
        )
        hours = self._random.choice((105, 280, 350, 420))
        self._rows.insert(
            t.formations,
            poste_id=poste_id,
            conseiller_id=conseiller.id,
            organisme=_TRAINERS[self._number % len(_TRAINERS)],
            heures=hours,
            inscrit_le=start - timedelta(days=14),
            debut=left,
            fin=left + timedelta(days=hours // 4) if left else None,
            certification_le=left + timedelta(days=hours // 4 + 7) if left else None,
        )
        if step == 8 and left:
            self._payments(poste_id, left, variant)

    def _departure(self, step: int, variant: int) -> date | None:
        """The day of the departure for training."""
        if step == 8:
            return self._ago((40, 215, 398, 300, 190, 260)[variant])
        if step == 7 and variant % 3:
            return self._today + timedelta(days=3 + 4 * variant)
        return None

    def _convention(self, dossier_id: int, step: int, variant: int, left: date | None) -> None:
        signed = (left or self._today) - timedelta(days=20) if step > 6 else None
        sent = signed - timedelta(days=15) if signed else self._ago(9)
        ours = sent + timedelta(days=6) if step > 6 or variant >= 3 else None
        months = 24
        self._rows.insert(
            t.conventions,
            dossier_id=dossier_id,
            envoyee_le=sent,
            signee_structure_le=ours,
            signee_le=signed,
            debut=signed,
            fin=add_months(signed, months) if signed else None,
        )

    def _payments(self, poste_id: int, left: date, variant: int) -> None:
        total = 5_000_000 if self._is_public else (4_000_000, 3_200_000)[variant % 2]
        parts = (total * 20 // 100, total * 30 // 100, total - total * 20 // 100 - total * 30 // 100)
        for rang, (months, amount) in enumerate(zip((1, 6, 12), parts, strict=True), start=1):
            due = add_months(left, months)
            paid, etat = None, d.EtatVersement.PREVU
            if due < self._today - timedelta(days=12):
                paid, etat = due + timedelta(days=9), d.EtatVersement.VERSE
            elif due < self._today:
                etat = d.EtatVersement.DEMANDE
            if variant in (3, 5) and due >= self._ago(20):
                paid, etat = None, d.EtatVersement.SUSPENDU
            self._rows.insert(
                t.versements,
                poste_id=poste_id,
                rang=rang,
                montant_centimes=amount,
                prevu_le=due,
                verse_le=paid,
                etat=etat,
                updated_at=self._now,
            )

    def _person(self) -> tuple[str, str]:
        return self._random.choice(_FIRST), self._random.choice(_LAST)

    def _ago(self, days: int) -> date:
        return self._today - timedelta(days=days)
