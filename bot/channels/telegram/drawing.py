"""How a message of the conversation looks in Telegram: texts, pictures, documents, keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.telegram.markup import Chunk, Piece, chunks, pieces, units
from bot.dispositif.conversation import Author, Message

# What fits on a phone in fixed-width letters.
TABLE_COLUMNS = 38
MAX_BUTTON = 60
_RATING = re.compile(r"r:(\d{1,9}):(-?1)")
# Signs every phone has, in every font.
_STATES = {"done": "✓", "current": "▶", "todo": "○", "skipped": "–", "late": "!"}


@dataclass(frozen=True)
class Key:
    """A button: what it says, and the token that names it (under 64 bytes)."""

    title: str
    token: str


@dataclass(frozen=True)
class TextPart:
    chunk: Chunk
    keyboard: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True)
class PicturePart:
    """Bars to draw; the figures are in the text too, for those who do not see the picture."""

    bars: Mapping[str, Any]


@dataclass(frozen=True)
class DocumentPart:
    attachment: Mapping[str, Any]


Part = TextPart | PicturePart | DocumentPart


def draw(message: Message) -> list[Part]:
    """The sendings that make up `message`, in order; the keyboard is under the last text."""
    content = message.content
    texts = chunks(_pieces(message))
    keyboard = keyboard_of(message)
    parts: list[Part] = [PicturePart(content["bars"])] if _drawable(content.get("bars")) else []
    for number, chunk in enumerate(texts, start=1):
        parts.append(TextPart(chunk, keyboard if number == len(texts) else ()))
    parts += [DocumentPart(item) for item in content.get("attachments") or ()]
    return parts


def keyboard_of(
    message: Message, pressed: Sequence[int] = (), rating: int | None = None
) -> tuple[tuple[Key, ...], ...]:
    """Short titles side by side, long ones one a row; those already pressed are ticked.

    Under an answer of the FAQ, a last row asks whether it helps; `rating` is the opinion already given.
    """
    rows: list[tuple[Key, ...]] = []
    row: list[Key] = []
    for index, button in enumerate(message.buttons):
        title = _shortened(button["title"])
        key = Key(f"✓ {title}" if index in pressed else title, token(message.seq, index))
        if len(title) > 14 or len(row) == 3:
            rows += [tuple(row)] if row else []
            row = []
        if len(title) > 14:
            rows.append((key,))
        else:
            row.append(key)
    rows += [tuple(row)] if row else []
    if message.content.get("question") and message.author is Author.ASSISTANT:
        rows.append(
            tuple(
                Key(f"✓ {title}" if value == rating else title, f"r:{message.seq}:{value}")
                for title, value in (("Utile", 1), ("Pas utile", -1))
            )
        )
    return tuple(rows)


def read_rating(data: str) -> tuple[int, int] | None:
    """(number of the answer, 1 or -1) of a token of the last row."""
    found = _RATING.fullmatch(data)
    return (int(found[1]), int(found[2])) if found else None


def token(seq: int, index: int) -> str:
    """Names a button of a stored message; what it does stays on the server."""
    return f"b:{seq}:{index}"


def read_token(data: str) -> tuple[int, int] | None:
    kind, _, numbers = data.partition(":")
    seq, _, index = numbers.partition(":")
    if kind != "b" or not (seq.isdecimal() and index.isdecimal()) or len(data) > 40:
        return None
    return int(seq), int(index)


def with_choice(message: Message, title: str) -> Chunk | None:
    """The text of `message` followed by what was chosen; None when it would not fit in one message."""
    drawn = chunks([*_pieces(message), Piece("\n\n"), Piece("Votre choix : "), Piece(title, tag="b")])
    return drawn[0] if len(drawn) == 1 else None


def _pieces(message: Message) -> list[Piece]:
    content = message.content
    found: list[Piece] = []
    if message.author is Author.HUMAN:
        name = str(content.get("agent") or "").strip()
        found += [Piece(f"{name} (conseiller) :" if name else "Conseiller :", tag="b"), Piece("\n")]
    if content.get("title"):
        found += [Piece(content["title"], tag="b"), Piece("\n")]
    found += pieces(message.text)
    if content.get("table"):
        found += [Piece("\n\n"), *_table(content["table"])]
    if content.get("progress"):
        found += [Piece("\n\n"), *_progress(content["progress"])]
    if _drawable(content.get("bars")):
        found += [Piece("\n\n"), *_bars(content["bars"])]
    if content.get("source"):
        found += [Piece("\n\n"), Piece(f"Source : {content['source']}", tag="i")]
    if content.get("invitation"):
        found += [Piece("\n\n"), *pieces(content["invitation"])]
    return found


def _table(table: Mapping[str, Any]) -> list[Piece]:
    headers = [str(header) for header in table.get("headers") or ()]
    rows = [[str(cell) for cell in row] for row in table.get("rows") or ()]
    found: list[Piece] = []
    if table.get("caption"):
        found += [Piece(str(table["caption"]), tag="b"), Piece("\n")]
    lines = [headers, *rows] if headers else rows
    if not lines:
        return found
    widths = [max(units(line[column]) for line in lines if column < len(line)) for column in range(len(lines[0]))]
    if sum(widths) + 2 * (len(widths) - 1) <= TABLE_COLUMNS:
        numeric = [all(_is_number(row[column]) for row in rows if column < len(row)) for column in range(len(widths))]
        drawn = ["  ".join(_cell(cell, widths[i], numeric[i]) for i, cell in enumerate(line)) for line in lines]
        if headers:
            drawn.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
        # Line by line, so that a long table is cut between rows.
        return [*found, *_joined([Piece(line.rstrip(), tag="pre") for line in drawn])]
    # Too wide for a phone: one short paragraph a row.
    for row in rows:
        found += [Piece(f"• {row[0]}", tag="b")]
        for header, cell in zip(headers[1:] or [""] * len(row[1:]), row[1:], strict=False):
            found += [Piece("\n"), Piece(f"   {header} : {cell}" if header else f"   {cell}")]
        found.append(Piece("\n"))
    return found[:-1]


def _progress(progress: Mapping[str, Any]) -> list[Piece]:
    found: list[Piece] = [Piece(str(progress["label"]), tag="b"), Piece("\n")] if progress.get("label") else []
    lines = []
    for number, step in enumerate(progress.get("steps") or (), start=1):
        state = str(step.get("state", "todo"))
        line = f"{_STATES.get(state, '○')} {number}. {step.get('title', '')}"
        lines.append(Piece(line + (" (en retard)" if state == "late" else ""), tag="b" if state == "current" else ""))
    return found + _joined(lines)


def _bars(bars: Mapping[str, Any]) -> list[Piece]:
    found: list[Piece] = [Piece(str(bars["caption"]), tag="b"), Piece("\n")] if bars.get("caption") else []
    unit = f" {bars['unit']}" if bars.get("unit") else ""
    lines = [Piece(f"{row['label']} : {_number(row['value'])}{unit}") for row in bars["rows"]]
    return found + _joined(lines)


def _drawable(bars: Any) -> bool:
    return bool(bars and bars.get("rows"))


def _joined(lines: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for number, line in enumerate(lines):
        found += [Piece("\n"), line] if number else [line]
    return found


def _cell(text: str, width: int, numeric: bool) -> str:
    padding = " " * (width - units(text))
    return padding + text if numeric else text + padding


def _is_number(text: str) -> bool:
    return any(character.isdigit() for character in text) and all(
        character.isdigit() or character in "  \u202f,.€%-+h" for character in text
    )


def _number(value: Any) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


def _shortened(title: str) -> str:
    return title if len(title) <= MAX_BUTTON else title[: MAX_BUTTON - 1].rstrip() + "…"
