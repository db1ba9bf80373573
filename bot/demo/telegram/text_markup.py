"""Telegram's HTML: checked as the Bot API documents it, turned into text and entities."""

from __future__ import annotations

import html
import re
from typing import Any

from bot.demo.telegram.errors import bad_request

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TAG = re.compile(r"<(/?)([a-zA-Z0-9-]+)([^<>]*)>")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_NAMED = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_SPACES = " \n\t\r"


def units(text: str) -> int:
    """The length of `text` in UTF-16 units, which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """(text, entities) of Telegram HTML, trimmed as Telegram does.

    Raises:
        ApiError: « can't parse entities », with Telegram's reasons.
    """
    text = ""
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, int, dict[str, Any]]] = []
    position = 0
    while position < len(source):
        character = source[position]
        if character == "<":
            tag = _TAG.match(source, position)
            at = len(source[:position].encode())
            if tag is None:
                raise _unparsable(f'Unsupported start tag "{source[position + 1 : position + 9]}" at byte offset {at}')
            closing, name, attributes = tag[1], tag[2].lower(), tag[3]
            if name not in _TYPES:
                raise _unparsable(f'Unsupported start tag "{name}" at byte offset {at}')
            if closing:
                _close(name, at, open_tags, entities, units(text))
            else:
                open_tags.append((name, units(text), _entity(name, attributes)))
            position = tag.end()
        elif named := _NAMED.match(source, position):
            text += html.unescape(named[0])
            position = named.end()
        else:
            text += character
            position += 1
    if open_tags:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return trim(text, entities)


def trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Without the blank around the text; entities follow, empty ones go."""
    skipped = units(text[: len(text) - len(text.lstrip(_SPACES))])
    trimmed = text.strip(_SPACES)
    length = units(trimmed)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - skipped, 0)
        end = min(entity["offset"] + entity["length"] - skipped, length)
        if end > start and not (entity["type"] == "text_link" and "url" not in entity):
            kept.append({**entity, "offset": start, "length": end - start})
    return trimmed, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def plain_entities(text: str) -> list[dict[str, Any]]:
    """What Telegram itself recognises in a text a person types: commands."""
    found = []
    for match in re.finditer(r"(?:(?<=\s)|^)/[a-zA-Z0-9_]{1,32}(?:@\w+)?", text):
        found.append({"type": "bot_command", "offset": units(text[: match.start()]), "length": units(match[0])})
    return found


def _close(name: str, at: int, open_tags: list, entities: list[dict[str, Any]], end: int) -> None:
    if not open_tags:
        raise _unparsable(f"Unexpected end tag at byte offset {at}")
    opened, start, entity = open_tags.pop()
    if opened != name:
        raise _unparsable(f'Unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"')
    if end > start:
        entities.append({**entity, "offset": start, "length": end - start})


def _entity(name: str, attributes: str) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": _TYPES[name]}
    if name == "a":
        href = _HREF.search(attributes)
        url = html.unescape(next((group for group in href.groups() if group), "")) if href else ""
        # Other kinds of links are dropped without a word.
        if re.match(r"(https?|tg)://", url):
            entity["url"] = url
    return entity


def _unparsable(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")
