"""Small pictures in SVG, each with its figures beside it as text."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_KINDS = (
    ("Réponses", ("repondre", "repondre_et_proposer")),
    ("Hésitations", ("demander",)),
    ("Refus", ("reformuler",)),
    ("Hors sujet", ("hors_sujet",)),
)


def stacked_days(rows: Sequence[tuple[str, str, int]]) -> dict:
    """(day, verdict, count) → {"svg", "table": [(day, answers, hesitations, refusals, out of scope)]}."""
    days = sorted({day for day, _, _ in rows})
    table = []
    for day in days:
        counts = [
            sum(count for d, verdict, count in rows if d == day and verdict in verdicts) for _, verdicts in _KINDS
        ]
        table.append((day, *counts))
    tallest = max((sum(line[1:]) for line in table), default=0)
    if not tallest:
        return {"svg": "", "table": [], "legend": []}
    width, height = 18, 120
    parts = []
    for index, line in enumerate(table):
        y = float(height)
        for kind, count in enumerate(line[1:], start=1):
            size = height * count / tallest
            y -= size
            parts.append(
                f'<rect x="{index * (width + 4)}" y="{y:.1f}" width="{width}" height="{size:.1f}" class="svg-{kind}"/>'
            )
    total = len(table) * (width + 4)
    svg = f'<svg viewBox="0 0 {total} {height}" height="{height}" width="{total}" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    return {"svg": Markup(svg), "table": table, "legend": [name for name, _ in _KINDS]}


def bars(rows: Sequence[tuple[str, int, int]]) -> Markup:
    """(label, part, whole): one line each."""
    line = 26
    parts = []
    for index, (label, part, whole) in enumerate(rows):
        y, share = index * line, part / whole if whole else 0
        parts.append(
            f'<text x="0" y="{y + 16}" class="svg-texte">{escape(label)}</text>'
            f'<rect x="210" y="{y + 4}" width="300" height="14" class="svg-fond"/>'
            f'<rect x="210" y="{y + 4}" width="{300 * share:.0f}" height="14" class="svg-plein"/>'
            f'<text x="520" y="{y + 16}" class="svg-texte">{part} / {whole}</text>'
        )
    return Markup(
        f'<svg viewBox="0 0 620 {line * len(rows)}" width="620" role="img" aria-label="Couverture des thèmes">{"".join(parts)}</svg>'
    )


def matrix(rows: Sequence[tuple[str, str, int]]) -> Markup:
    """(expected, answered instead, times): a square per confusion, the darker the more frequent."""
    if not rows:
        return Markup("")
    expected = list(dict.fromkeys(row[0] for row in rows))
    answered = list(dict.fromkeys(row[1] for row in rows))
    most = max(row[2] for row in rows)
    cell, left, top = 26, 330, 10
    parts = []
    for y, name in enumerate(expected):
        parts.append(f'<text x="0" y="{top + y * cell + 18}" class="svg-texte">{escape(_short(name))}</text>')
    for x, _name in enumerate(answered):
        parts.append(
            f'<text x="{left + x * cell + 8}" y="{top + len(expected) * cell + 18}" class="svg-texte">{x + 1}</text>'
        )
    for name, said, count in rows:
        x, y = answered.index(said), expected.index(name)
        parts.append(
            f'<rect x="{left + x * cell}" y="{top + y * cell}" width="{cell - 2}" height="{cell - 2}" class="svg-plein" '
            f'opacity="{0.35 + 0.65 * count / most:.2f}"/>'
        )
    height = top + (len(expected) + 1) * cell + 4
    return Markup(
        f'<svg viewBox="0 0 {left + len(answered) * cell + 10} {height}" height="{height}" role="img" '
        f'aria-label="Confusions : attendu en ligne, répondu en colonne ; le tableau qui suit dit la même chose">{"".join(parts)}</svg>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 44 else text[:43].rstrip() + "…"
