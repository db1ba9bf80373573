"""How well activity reports are read, on phrases written apart from the development of the reader.

    python -m benchmarks.cra                 # tests/phrases/cra.yml
    options: --phrases FILE    --failures (show every phrase that is not all right)    --no-save

Field by field: right, wrong (another value was said), missed, invented (filled though nothing was said).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.report import percent, save, table
from bot.reference.yaml_files import read_yaml
from bot.services.read_cra import SHOWN, load_reader, read_cra, report_to_dict

PHRASES = Path("tests/phrases/cra.yml")


@dataclass
class Outcome:
    """What happened to a phrase: counts per (field, kind), and what is not right, for a person."""

    text: str
    counts: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    milliseconds: float = 0.0


def measure(path: Path = PHRASES) -> list[Outcome]:
    content = read_yaml(path)
    load_reader()
    return [judge(phrase, content["jour"]) for phrase in content["phrases"]]


def judge(phrase: dict[str, Any], day: date) -> Outcome:
    outcome = Outcome(phrase["texte"])
    # The processor time: other programs may be at work.
    start = time.process_time()
    reports = [report_to_dict(report) for report in read_cra(phrase["texte"], phrase.get("date", day))]
    outcome.milliseconds = 1000 * (time.process_time() - start)
    expected = json.loads(json.dumps(phrase["attendu"], default=str))
    if len(reports) != len(expected):
        outcome.faults.append(f"{len(reports)} accompagnement(s) au lieu de {len(expected)}")
    tolerated = phrase.get("tolere", ())
    for rank in range(max(len(reports), len(expected))):
        wanted = expected[rank] if rank < len(expected) else {}
        got = reports[rank] if rank < len(reports) else {}
        for name in SHOWN:
            if name in tolerated:
                continue
            kind = compare(name, wanted.get(name), got.get(name))
            if kind:
                outcome.counts[name, kind] += 1
                if kind != "right":
                    outcome.faults.append(f"{name} {kind}: {got.get(name)} (attendu {wanted.get(name)})")
    asked = {name for report in reports for name in report["manquants"]}
    asked |= {error["champ"] for report in reports for error in report["erreurs"]}
    broken = {error["champ"] for report in reports for error in report["erreurs"]}
    outcome.faults += [f"{name} n'est pas redemandé" for name in phrase.get("demande", ()) if name not in asked]
    outcome.faults += [f"{name} n'est pas refusé" for name in phrase.get("erreurs", ()) if name not in broken]
    personal = any(report["donnees_personnelles"] for report in reports)
    if personal != phrase.get("personnel", False):
        outcome.faults.append(f"données personnelles : {personal}")
    return outcome


def compare(name: str, wanted: Any, got: Any) -> str | None:
    if name == "themes":
        wanted, got = sorted(wanted or ()), sorted(got or ())
    if not wanted and not got:
        return None
    if not wanted:
        return "invented"
    if not got:
        return "missed"
    return "right" if wanted == got else "wrong"


def figures(outcomes: list[Outcome]) -> dict[str, Any]:
    total: Counter = sum((outcome.counts for outcome in outcomes), Counter())
    fields: dict[str, dict[str, Any]] = {}
    for name in SHOWN:
        right, wrong, missed, invented = (total[name, kind] for kind in ("right", "wrong", "missed", "invented"))
        filled, said = right + wrong + invented, right + wrong + missed
        fields[name] = {
            "said": said,
            "precision": round(right / filled, 4) if filled else 1.0,
            "recall": round(right / said, 4) if said else 1.0,
            "invented": invented,
        }
    kinds = {
        kind: sum(n for (_, k), n in total.items() if k == kind) for kind in ("right", "wrong", "missed", "invented")
    }
    filled = kinds["right"] + kinds["wrong"] + kinds["invented"]
    durations = sorted(outcome.milliseconds for outcome in outcomes)
    return {
        "phrases": len(outcomes),
        "all_right": round(sum(not outcome.faults for outcome in outcomes) / len(outcomes), 4),
        "precision": round(kinds["right"] / filled, 4),
        "recall": round(kinds["right"] / (kinds["right"] + kinds["wrong"] + kinds["missed"]), 4),
        "invented_share": round(kinds["invented"] / filled, 4),
        **kinds,
        "milliseconds_median": round(durations[len(durations) // 2], 2),
        "milliseconds_p95": round(durations[int(0.95 * len(durations))], 2),
        "fields": fields,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=Path, default=PHRASES)
    parser.add_argument("--failures", action="store_true")
    parser.add_argument("--no-save", action="store_true")
    options = parser.parse_args()
    outcomes = measure(options.phrases)
    if options.failures:
        for outcome in outcomes:
            if outcome.faults:
                print("✗", outcome.text.replace("\n", " ⏎ "))
                print("     " + "\n     ".join(outcome.faults))
    result = figures(outcomes)
    rows = [
        [name, str(f["said"]), percent(f["precision"]), percent(f["recall"]), str(f["invented"])]
        for name, f in result["fields"].items()
    ]
    print(table(["champ", "dits", "précision", "rappel", "inventés"], rows))
    print({name: value for name, value in result.items() if name != "fields"})
    if not options.no_save:
        print(save("cra", result))


if __name__ == "__main__":
    main()
