"""How well the live model understands phrases nobody trained it on.

python -m benchmarks.accuracy                 # tests/phrases
python -m benchmarks.accuracy --errors        # and what went wrong
python -m benchmarks.accuracy --phrases benchmarks/phrases_aveugles
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bot import numerics

numerics.apply()

from benchmarks.report import percent, save, table  # noqa: E402
from bot.nlu.archive import load_reader  # noqa: E402
from bot.reference.faq import load_catalogue  # noqa: E402
from bot.reference.thresholds import load_thresholds  # noqa: E402
from bot.services.evaluate import (  # noqa: E402
    CONVERSATION_FILE,
    OUT_OF_SCOPE_FILE,
    PHRASES_DIRECTORY,
    Outcome,
    by_theme,
    load_phrases,
    run,
    score,
)
from bot.training import live_model  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrases", type=Path, default=PHRASES_DIRECTORY)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    reader = load_reader(live_model())
    outcomes = run(load_phrases(options.phrases), reader.read, load_catalogue(), load_thresholds())
    themes = by_theme(outcomes)
    out_of_scope, talk = themes.pop(OUT_OF_SCOPE_FILE, []), themes.pop(CONVERSATION_FILE, [])
    asked = [outcome for group in themes.values() for outcome in group]
    rows = [_row(theme, group) for theme, group in themes.items()] + [_row("**tout**", asked)]
    headers = [
        "thème",
        "phrases",
        "1re",
        "3 premières",
        "réponse juste",
        "réponse fausse",
        "abstention",
        "juste ou proposée",
    ]
    print(table(headers, rows))
    figures = {
        "questions": vars(score(asked)),
        "by_theme": {theme: vars(score(group)) for theme, group in themes.items()},
    }
    if out_of_scope:
        refused = sum(outcome.is_refused for outcome in out_of_scope) / len(out_of_scope)
        answered = sum(outcome.answers for outcome in out_of_scope) / len(out_of_scope)
        figures["out_of_scope"] = {"count": len(out_of_scope), "refused": refused, "answered": answered}
        print(
            f"\nHors sujet : {len(out_of_scope)} phrases, {percent(refused)} refusées, {percent(answered)} répondues à tort."
        )
    if talk:
        right = sum(outcome.decision.talk == outcome.phrase.expected for outcome in talk) / len(talk)
        figures["conversation"] = {"count": len(talk), "right": right}
        print(f"Conversation : {len(talk)} phrases, {percent(right)} comprises.")
    if options.errors:
        _print_errors(outcomes)
    print(save(f"accuracy_{options.phrases.name}", figures))


def _row(name: str, outcomes: list[Outcome]) -> list[str]:
    s = score(outcomes)
    shares = (s.top1, s.top3, s.answered_right, s.wrong_answer, s.refused, s.offered)
    return [name, str(s.count), *map(percent, shares)]


def _print_errors(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if not outcome.is_first:
            best = ", ".join(f"{c.name} {c.score:.2f}" for c in outcome.reading.candidates[:3])
            print(f"{outcome.phrase.expected} ← {best} | {outcome.phrase.text}")


if __name__ == "__main__":
    main()
