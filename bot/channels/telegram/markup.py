"""The assistant's light markup (links, lists) as Telegram HTML, in pieces no longer than Telegram accepts."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

# Telegram counts UTF-16 units, once the markup is removed.
MAX_UNITS = 4096

_LINK = re.compile(r"\[([^\]\n]+)\]\(((?:https?://|mailto:|tel:)[^\s)]+)\)")
_ITEM = re.compile(r"^(\s*)[-*] ")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…;]) ")


@dataclass(frozen=True)
class Piece:
    """A run of text with one look; never cut inside when it is a link."""

    text: str
    href: str = ""
    tag: str = ""

    @property
    def html(self) -> str:
        escaped = html.escape(self.text, quote=False)
        if self.href:
            return f'<a href="{html.escape(self.href, quote=True)}">{escaped}</a>'
        return f"<{self.tag}>{escaped}</{self.tag}>" if self.tag and self.text.strip() else escaped


@dataclass(frozen=True)
class Chunk:
    """What one Telegram message can hold: as HTML, and as plain text should Telegram refuse the HTML."""

    html: str
    plain: str


def units(text: str) -> int:
    """The length of `text` as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str, tag: str = "") -> list[Piece]:
    """Reads the links and lists of `text`; everything else is text."""
    found: list[Piece] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append(Piece("\n"))
        line = _ITEM.sub(r"\1• ", line)
        last = 0
        for link in _LINK.finditer(line):
            if link.start() > last:
                found.append(Piece(line[last : link.start()], tag=tag))
            found.append(_link(link[1], link[2]))
            last = link.end()
        if last < len(line):
            found.append(Piece(line[last:], tag=tag))
    return found


def chunks(content: Sequence[Piece], limit: int = MAX_UNITS) -> list[Chunk]:
    """Cuts between paragraphs, else lines, else sentences, else words; inside a word only when it is too long."""
    done: list[list[Piece]] = []
    rest = list(content)
    while rest:
        head, rest = _cut(rest, limit)
        done.append(head)
    return [
        # Lines of one table are one block.
        Chunk(
            "".join(piece.html for piece in part).replace("</pre>\n<pre>", "\n"),
            "".join(_plain(piece) for piece in part),
        )
        for part in (_trimmed(part) for part in done)
        if part
    ]


def _link(label: str, href: str) -> Piece:
    # Telegram makes links of bare addresses and numbers by itself, and drops other kinds of links.
    if href.startswith("mailto:"):
        address = href[len("mailto:") :]
        return Piece(address if label == address else f"{label} ({address})")
    if href.startswith("tel:"):
        return Piece(label)
    return Piece(label, href=href)


def _cut(content: list[Piece], limit: int) -> tuple[list[Piece], list[Piece]]:
    total = 0
    for number, piece in enumerate(content):
        size = units(piece.text)
        if total + size > limit:
            return _cut_before(content, number, limit - total, limit)
        total += size
    return content, []


def _cut_before(content: list[Piece], number: int, room: int, limit: int) -> tuple[list[Piece], list[Piece]]:
    """Finds the best place at or before the piece that overflows."""
    piece = content[number]
    before, after = content[:number], content[number + 1 :]
    breaks = [i for i, p in enumerate(before) if p.text == "\n"]
    blank = [i for i in breaks if i and before[i - 1].text == "\n"]
    for places in (blank, breaks):
        # A cut in the last two thirds leaves no tiny message.
        if places and sum(units(p.text) for p in before[: places[-1]]) * 3 >= limit:
            return before[: places[-1]], content[places[-1] + 1 :]
    if piece.href and before:
        return before, content[number:]
    head, tail = _split_text(piece.text, room if before else limit)
    if not head and before:
        return before, content[number:]
    return [*before, Piece(head, piece.href, piece.tag)], [Piece(tail, piece.href, piece.tag), *after]


def _split_text(text: str, room: int) -> tuple[str, str]:
    end = 0
    used = 0
    for character in text:
        size = 2 if ord(character) > 0xFFFF else 1
        if used + size > room:
            break
        used += size
        end += 1
    fits = text[:end]
    sentences = [match.start() for match in _SENTENCE_ENDS.finditer(fits)]
    place = sentences[-1] if sentences and sentences[-1] * 2 >= end else fits.rfind(" ")
    if place <= 0:
        place = end
    return text[:place].rstrip(), text[place:].lstrip()


def _trimmed(part: list[Piece]) -> list[Piece]:
    while part and not part[0].text.strip():
        part = part[1:]
    while part and not part[-1].text.strip():
        part = part[:-1]
    if part:
        part = [replace(part[0], text=part[0].text.lstrip()), *part[1:]]
        part = [*part[:-1], replace(part[-1], text=part[-1].text.rstrip())]
    return part


def _plain(piece: Piece) -> str:
    return f"{piece.text} ({piece.href})" if piece.href and piece.href != piece.text else piece.text
