"""Tries one phrase: what was understood of it, and what is computed. What `cnfs subvention try` prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.dispositif.calcul_subvention import calculate
from bot.dispositif.subvention import Avis, Bareme, Calcul, Tranche
from bot.reference.subvention import load_bareme
from bot.services.subvention.demande import Demande, in_euros
from bot.services.subvention.lecture import lire


def try_phrase(text: str, today: date) -> dict[str, Any]:
    """`{parametres, total, tranches, avertissements, redemande}` and what explains them, JSON-ready.

    Amounts are in euros, dates in ISO form. `total` is null when it is refused, unknown, or something is missing; with
    two hypotheses it is the likeliest, `certitude` says how sure it is, and `hypotheses` holds both. For a renewal
    `tranches` holds one yearly amount each, without date.
    """
    bareme = load_bareme(today)
    request = Demande().with_reading(lire(text, today, bareme))
    return result_of(request, calculate(request.situation(), bareme, today), bareme)


def result_of(request: Demande, outcome: Calcul, bareme: Bareme) -> dict[str, Any]:
    """The result of a calculation, JSON-ready."""
    first = outcome.variantes[0] if outcome.variantes else None
    total = sum(outcome.annees) if outcome.annees else first.total if first else None
    warnings = [*outcome.refus, *problems_of(request), *outcome.avertissements, *request.notes]
    data: dict[str, Any] = {
        "parametres": request.parametres(),
        "total": in_euros(total),
        "tranches": _tranches(outcome),
        "avertissements": [notice.phrase for notice in warnings],
        "redemande": list(outcome.manquants),
        "certitude": outcome.certitude.value if outcome.certitude else None,
        "refus": [{"cle": notice.cle, "phrase": notice.phrase} for notice in outcome.refus],
        "hypotheses": [
            {"total": in_euros(v.total), "certitude": v.certitude.value, "tranches": tranches_json(v.tranches)}
            for v in outcome.variantes
        ]
        if len(outcome.variantes) > 1
        else [],
        "explication": list(outcome.explication),
        "sources": [bareme.sources[key].title for key in outcome.sources],
        "cles": [notice.cle for notice in warnings],
    }
    return data


def problems_of(request: Demande) -> list[Avis]:
    return [Avis(problem.cle, problem.phrase) for problem in request.problemes]


def _tranches(outcome: Calcul) -> list[dict[str, Any]]:
    if outcome.annees:
        return [
            {"rang": rank, "date": None, "montant": in_euros(amount), "annee": rank}
            for rank, amount in enumerate(outcome.annees, 1)
        ]
    return tranches_json(outcome.variantes[0].tranches if outcome.variantes else outcome.sans_montant)


def tranches_json(tranches: Sequence[Tranche]) -> list[dict[str, Any]]:
    """`{rang, date, montant, pour_cent}`, and the numbers of the postes when several leave on different days."""
    apart = len({tranche.postes for tranche in tranches}) > 1
    return [
        {
            "rang": tranche.rang,
            "date": tranche.jour.isoformat() if tranche.jour else None,
            "montant": in_euros(tranche.montant),
            "pour_cent": tranche.pour_cent,
            **({"postes": list(tranche.postes)} if apart else {}),
        }
        for tranche in tranches
    ]
