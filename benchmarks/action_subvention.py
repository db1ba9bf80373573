"""How long one turn of the calculation takes, without Rasa: understanding, rules, sentences, and the files.

python -m benchmarks.action_subvention
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from statistics import quantiles

from benchmarks.extraction_subvention import PHRASES
from benchmarks.report import save, table
from bot.dispositif.comprehension import Reading
from bot.reference.yaml_files import read_yaml
from bot.services.dialogue import Context, Incoming
from bot.services.subvention.activite import CalculateSubvention
from bot.services.subvention.fichiers import subvention_calendar, subvention_pdf

NOW = datetime(2022, 1, 10, 9, tzinfo=timezone.utc)
FOLLOW_UPS = ("et pour deux postes ?", "et si on a une aide PEC de 6 000 € ?", "non, un CDD", "merci beaucoup")


def message(text: str) -> Incoming:
    reading = Reading(text, ())
    return Incoming("c" * 32, "widget", text, "nlu_fallback", "1", reading, (reading,), {}, NOW)


def measure(run: Callable[[], object], times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        seconds.append(1000 * (time.perf_counter() - begun))
    return seconds


def main() -> None:
    activity = CalculateSubvention()
    texts = [item["texte"] for item in read_yaml(PHRASES)]
    activity.take(message("asso, CDI"), Context())
    first = [ms for text in texts for ms in measure(lambda text=text: activity.take(message(text), Context()), 1)]
    # The second time, corrected words are remembered: what a warm process does.
    warm = [ms for text in texts for ms in measure(lambda text=text: activity.take(message(text), Context()), 1)]
    done = activity.take(message("asso, CDI, départ le 4 avril 2022, combien et quand ?"), Context())
    follow = [
        ms for text in FOLLOW_UPS for ms in measure(lambda text=text: activity.take(message(text), done.context), 100)
    ]
    data = done.says[0].extra["attachments"][0]["data"]
    rows = {
        "first message, new words": first,
        "first message, warm": warm,
        "what-if or other message after a result": follow,
        "calendar file": measure(lambda: subvention_calendar(data), 100),
        "PDF file": measure(lambda: subvention_pdf(data), 50),
    }
    figures = {}
    for name, milliseconds in rows.items():
        cuts = quantiles(milliseconds, n=100)
        figures[name] = {"count": len(milliseconds), "p50_ms": cuts[49], "p95_ms": cuts[94], "p99_ms": cuts[98]}
        figures[name]["per_second"] = 1000 * len(milliseconds) / sum(milliseconds)
    save("action_subvention", figures)
    print(
        table(
            ["", "p50", "p95", "p99", "par seconde"],
            [
                [name, *(f"{f[key]:.1f} ms" for key in ("p50_ms", "p95_ms", "p99_ms")), f"{f['per_second']:.0f}"]
                for name, f in figures.items()
            ],
        )
    )


if __name__ == "__main__":
    main()
