"""Bars as a picture, legible on a phone."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from typing import Any

BLUE = "#000091"
INK = "#161616"


def draw_bars(bars: Mapping[str, Any]) -> bytes:
    """A PNG of `{"caption", "unit", "rows": [{"label", "value"}]}`, the first row at the top."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = list(bars["rows"])[:20]
    labels = ["\n".join(textwrap.wrap(str(row["label"]), 22)[:2]) for row in rows]
    values = [float(row["value"]) for row in rows]
    figure = Figure(figsize=(5.2, 1.1 + 0.5 * len(rows)), dpi=170, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    drawn = axes.barh(range(len(rows)), values, color=BLUE, height=0.62)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels(labels, fontsize=12, color=INK)
    axes.invert_yaxis()
    unit = str(bars.get("unit") or "")
    axes.bar_label(drawn, [f"{_number(value)} {unit}".strip() for value in values], padding=4, fontsize=12, color=INK)
    axes.set_xlim(0, max([*values, 1]) * 1.28)
    axes.xaxis.set_visible(False)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    # The caption begins at the left edge of the picture, not of the bars: long ones fit.
    lines = textwrap.wrap(str(bars.get("caption") or ""), 38)[:3]
    height = figure.get_size_inches()[1]
    if lines:
        figure.text(0.02, 1 - 0.12 / height, "\n".join(lines), va="top", fontsize=13, color=INK, fontweight="bold")
    figure.tight_layout(rect=(0, 0, 1, 1 - (0.2 + 0.24 * len(lines)) / height))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.1f}".replace(".", ",")
