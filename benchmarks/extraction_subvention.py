"""What is understood of calculation phrases: fields right, forgotten, invented, totals and questions asked again.

python -m benchmarks.extraction_subvention                 # tests/regles/subvention/phrases.yml
python -m benchmarks.extraction_subvention other.yml -v    # other phrases, with what differs
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.report import percent, save, table
from bot.reference.yaml_files import read_yaml
from bot.services.subvention.essai import try_phrase

PHRASES = Path("tests/regles/subvention/phrases.yml")
TODAY = date(2022, 1, 10)
FIELDS = {
    "s": "structure",
    "t": "territoire",
    "c": "contrat",
    "d": "duree_mois",
    "k": "contrat_aide",
    "a": "aide",
    "j": "date_depart_formation",
    "n": "nb_postes",
    "r": "renouvellement",
    "z": "zone_prioritaire",
    "p": "temps_partiel",
}
POSTE_FIELDS = frozenset({"contrat", "duree_mois", "contrat_aide", "aide", "date_depart_formation"})


@dataclass(frozen=True)
class Outcome:
    """One phrase: what was expected, what was found, as sets of (field, value)."""

    text: str
    expected: frozenset[tuple[str, Any]]
    found: frozenset[tuple[str, Any]]
    # What differs in total and questions, empty when all is well.
    differences: tuple[str, ...]

    @property
    def invented(self) -> frozenset[tuple[str, Any]]:
        return self.found - self.expected

    @property
    def forgotten(self) -> frozenset[tuple[str, Any]]:
        return self.expected - self.found

    @property
    def is_right(self) -> bool:
        return not self.invented and not self.forgotten and not self.differences


def expected_fields(compris: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    postes = compris.get("postes")
    plain = {FIELDS[key]: _plain(value) for key, value in compris.items() if key != "postes"}
    found = {(name, value) for name, value in plain.items() if not (postes and name in POSTE_FIELDS)}
    for number, poste in enumerate(postes or (), 1):
        found |= {(f"poste {number} {FIELDS[key]}", _plain(value)) for key, value in poste.items()}
    return frozenset(found)


def found_fields(parametres: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    postes = parametres.get("postes")
    names = [name for name in FIELDS.values() if name in parametres and not (postes and name in POSTE_FIELDS)]
    found = {(name, parametres[name]) for name in names}
    for number, poste in enumerate(postes or (), 1):
        found |= {(f"poste {number} {name}", value) for name, value in poste.items()}
    return frozenset(found)


def measure(item: dict[str, Any]) -> Outcome:
    result = try_phrase(item["texte"], item.get("date", TODAY))
    differences = []
    if "total" in item and result["total"] != item["total"]:
        differences.append(f"total {result['total']}, attendu {item['total']}")
    wanted = item.get("redemande", [])
    if item.get("total", 0) is not None or wanted:
        missing = [name for name in wanted if name not in result["redemande"]]
        extra = [name for name in result["redemande"] if name not in wanted]
        if missing or extra:
            differences.append(f"redemande {result['redemande']}, attendu {wanted}")
    return Outcome(
        item["texte"], expected_fields(item["compris"]), found_fields(result["parametres"]), tuple(differences)
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phrases", nargs="?", type=Path, default=PHRASES)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--name", help="save under results/<name>.json")
    options = parser.parse_args()
    items = read_yaml(options.phrases)
    try_phrase("asso, CDI", TODAY)
    outcomes, seconds = [], []
    for item in items:
        begun = time.perf_counter()
        outcomes.append(measure(item))
        seconds.append(time.perf_counter() - begun)
    expected = sum(len(outcome.expected) for outcome in outcomes)
    found = sum(len(outcome.found) for outcome in outcomes)
    right = sum(len(outcome.expected & outcome.found) for outcome in outcomes)
    figures = {
        "phrases": len(outcomes),
        "fields_expected": expected,
        "precision": right / found,
        "recall": right / expected,
        "invented_share": sum(len(outcome.invented) for outcome in outcomes) / found,
        "all_right": sum(outcome.is_right for outcome in outcomes) / len(outcomes),
        "milliseconds_p50": 1000 * sorted(seconds)[len(seconds) // 2],
        "milliseconds_p95": 1000 * quantiles(seconds, n=20)[-1],
    }
    for outcome in outcomes if options.verbose else ():
        if not outcome.is_right:
            print(f"✗ {outcome.text}\n    oublié {sorted(map(str, outcome.forgotten))}")
            print(f"    inventé {sorted(map(str, outcome.invented))}\n    {' ; '.join(outcome.differences)}")
    print(
        table(
            ["phrases", "précision", "rappel", "inventés", "tout juste", "p50", "p95"],
            [
                [
                    str(len(outcomes)),
                    percent(figures["precision"]),
                    percent(figures["recall"]),
                    percent(figures["invented_share"]),
                    percent(figures["all_right"]),
                    f"{figures['milliseconds_p50']:.1f} ms",
                    f"{figures['milliseconds_p95']:.1f} ms",
                ]
            ],
        )
    )
    if options.name:
        save(options.name, figures)


if __name__ == "__main__":
    main()
