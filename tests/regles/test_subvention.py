"""Plays the cases of tests/regles/subvention/*.yaml against the rules and the barème."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.dispositif.calcul_subvention import calculate
from bot.dispositif.subvention import Contrat, ContratAide, Poste, Situation, Structure
from bot.reference.subvention import load_bareme
from bot.reference.yaml_files import read_yaml

FILES = sorted(Path(__file__).with_name("subvention").glob("*.yaml"))
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['nom']}")
    for path in FILES
    if path.stem != "phrases"
    for case in read_yaml(path)
]
TODAY = date(2022, 1, 10)
KNOWN = {"total", "tranches", "annees", "certitude", "cles", "manquants", "refuse"}


def cents(euros):
    return None if euros is None else int(Decimal(str(euros)) * 100)


def poste(data):
    return Poste(
        contrat=Contrat(data["contrat"]) if "contrat" in data else None,
        duree_mois=data.get("duree_mois"),
        contrat_aide=ContratAide(data["contrat_aide"]) if "contrat_aide" in data else None,
        aide=cents(data.get("aide")),
        depart=data.get("depart"),
    )


def situation(data):
    data = {key: value for key, value in data.items() if key != "aujourdhui"}
    postes = data.pop("postes", None) or [data.pop("poste", {})]
    if "structure" in data:
        data["structure"] = Structure(data["structure"])
    if "exclusions" in data:
        data["exclusions"] = tuple(data["exclusions"])
    return Situation(postes=tuple(poste(item) for item in postes), **data)


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    today = case["situation"].get("aujourdhui", TODAY)
    outcome = calculate(situation(case["situation"]), load_bareme(today), today)
    expected, chosen = case["attendu"], case.get("variante", 0)
    assert set(expected) <= KNOWN, "clé inconnue dans « attendu »"
    variant = outcome.variantes[chosen] if outcome.variantes else None
    total = sum(outcome.annees) if outcome.annees else variant.total if variant else None
    tranches = variant.tranches if variant else outcome.sans_montant
    said = {notice.cle for notice in (*outcome.refus, *outcome.avertissements)}
    if "total" in expected:
        assert total == cents(expected["total"])
    if "tranches" in expected:
        assert [[t.jour, t.montant] for t in tranches] == [[day, cents(amount)] for day, amount in expected["tranches"]]
    if "annees" in expected:
        assert list(outcome.annees) == [cents(amount) for amount in expected["annees"]]
    if "certitude" in expected:
        assert outcome.certitude.value == expected["certitude"]
    if "manquants" in expected:
        assert list(outcome.manquants) == expected["manquants"]
    if "refuse" in expected:
        assert bool(outcome.refus) is expected["refuse"]
    assert set(expected.get("cles", ())) <= said


def test_the_nineteen_worked_examples_are_all_there():
    names = [case.values[0]["nom"] for case in CASES]
    assert all(any(name.startswith(f"{number}. ") for name in names) for number in range(1, 27))
