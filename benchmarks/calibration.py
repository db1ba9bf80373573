"""Chooses the decision thresholds on held-out phrases and writes them with their date and set.

python -m benchmarks.calibration             # tests/phrases, shows
python -m benchmarks.calibration --write     # and writes bot/reference/seuils.yaml

Never on benchmarks/phrases_aveugles: those phrases measure what the choice is worth.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot import numerics

numerics.apply()

from benchmarks.report import percent  # noqa: E402
from bot.nlu.archive import load_reader  # noqa: E402
from bot.reference.faq import load_catalogue  # noqa: E402
from bot.reference.thresholds import PATH  # noqa: E402
from bot.services.calibrate import Calibration, calibrate  # noqa: E402
from bot.services.evaluate import PHRASES_DIRECTORY, load_phrases  # noqa: E402
from bot.training import live_model  # noqa: E402

HEADER = """# À partir de quelle probabilité l'assistant répond, propose, demande ou s'abstient.
# Écrit par `python -m benchmarks.calibration --write` ; la date et l'ensemble de mesure disent d'où viennent ces
# nombres. `follow_up` est réglé à la main, sur les conversations de tests/conversations.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--phrases", type=Path, default=PHRASES_DIRECTORY)
    options = parser.parse_args()
    reader = load_reader(live_model())
    phrases = load_phrases(options.phrases)
    result = calibrate([(phrase, *reader.read(phrase.text)) for phrase in phrases], load_catalogue())
    print(asdict(result.thresholds))
    print(
        f"réponses justes {percent(result.answered_right)}, fausses {percent(result.wrong_answer)}, "
        f"hors sujet répondus {percent(result.out_of_scope_answered)}"
    )
    if options.write:
        PATH.write_text(_content(result, options.phrases, len(phrases)), encoding="utf-8")


def _content(result: Calibration, directory: Path, count: int) -> str:
    lines = [f"  {name}: {value:g}" for name, value in asdict(result.thresholds).items()]
    head = f"mesure_le: {date.today().isoformat()}\nensemble: {directory} ({count} phrases)\nseuils:\n"
    return HEADER + head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
