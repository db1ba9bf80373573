"""The FAQ's YAML files as a whole: read, edited entry by entry, fingerprinted, kept, written back.

An entry is edited inside its own block: every other line of the file stays as it was, comments and order included.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.dispositif.comprehension import FAQ_PREFIX
from bot.reference.faq import THEMES, Catalogue, Question, question_of_block
from bot.reference.yaml_files import ReferenceError

SNAPSHOTS = "contents"
_BLOCKS = re.compile(r"(?m)^(?=- intent:)")
_KEY = re.compile(r"- intent:\s*[\"']?faq/([\w-]+)")
HEADER = 'version: "3.1"\nnlu:\n'
# Fields of an entry as they are in YAML, in the order in which a new entry is written.
METADATA = ("titre", "reponse", "evolution", "sources", "valide_au", "verifie_le", "faits", "voir_aussi")
_TEXTS = ("reponse", "evolution")

Entry = Mapping[str, Any]
"""An entry's metadata as in YAML (JSON values), plus `theme` and `exemples` (list of phrases)."""


@dataclass(frozen=True)
class Content:
    """The text of each theme file, by theme."""

    files: Mapping[str, str]

    @property
    def version(self) -> str:
        """Sixteen hexadecimal digits that change with any character."""
        digest = hashlib.sha256()
        for theme, text in sorted(self.files.items()):
            digest.update(f"{theme}\0{text}\0".encode())
        return digest.hexdigest()[:16]

    def catalogue(self) -> Catalogue:
        """Raises ReferenceError when a file is unreadable or two entries share a key."""
        questions: dict[str, Question] = {}
        for theme, text in sorted(self.files.items()):
            for block in _parse(text, theme):
                question = question_of_block(block, theme, f"{theme}.yml")
                if question.key in questions:
                    raise ReferenceError(f"{theme}.yml : la clé « {question.key} » existe déjà dans un autre thème.")
                questions[question.key] = question
        return Catalogue(questions)

    def entries(self) -> dict[str, dict[str, Any]]:
        """Every entry by key, in the order of the files."""
        return {
            str(block["intent"]).removeprefix(FAQ_PREFIX): _entry(block, theme)
            for theme, text in sorted(self.files.items())
            for block in _parse(text, theme)
        }

    def with_entry(self, key: str, entry: Entry) -> Content:
        """The content where `key` says what `entry` says: edited in place, moved to another theme, or added last."""
        theme = entry["theme"]
        if theme not in THEMES:
            raise ReferenceError(f"thème inconnu : {theme}")
        files = dict(self.files)
        for other, text in self.files.items():
            head, blocks = _split(text)
            for index, block in enumerate(blocks):
                if _key(block) != key:
                    continue
                if other == theme:
                    blocks[index] = _edited(block, key, entry)
                    files[other] = head + "".join(blocks)
                    return Content(files)
                del blocks[index]
                files[other] = head + "".join(blocks)
        text = files.get(theme) or HEADER
        files[theme] = text.rstrip("\n") + "\n" + _new_block(key, entry)
        return Content(files)

    def without_entry(self, key: str) -> Content:
        files = dict(self.files)
        for theme, text in self.files.items():
            head, blocks = _split(text)
            kept = [block for block in blocks if _key(block) != key]
            if len(kept) < len(blocks):
                files[theme] = head + "".join(kept)
        return Content(files)


def read_content(directory: Path) -> Content:
    """Raises ReferenceError when the folder holds no theme file."""
    paths = sorted(directory.glob("*.yml"))
    if not paths:
        raise ReferenceError(f"{directory} : aucun fichier de thème (*.yml).")
    return Content({path.stem: path.read_text(encoding="utf-8") for path in paths})


def write_content(content: Content, directory: Path) -> list[Path]:
    """Writes the files that differ, each at once; returns their paths. May be done again without harm."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for theme, text in content.files.items():
        path = directory / f"{theme}.yml"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        write_whole(path, text.encode())
        written.append(path)
    for path in directory.glob("*.yml"):
        if path.stem not in content.files:
            path.unlink()
            written.append(path)
    return written


def save_snapshot(content: Content, models: Path) -> str:
    """Keeps the content beside the models, under its version: a rollback needs it."""
    folder = models / SNAPSHOTS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{content.version}.json.gz"
    if not path.exists():
        write_whole(path, gzip.compress(json.dumps(dict(content.files), ensure_ascii=False).encode(), mtime=0))
    return content.version


def load_snapshot(version: str, models: Path) -> Content:
    """Raises ReferenceError when that version is no longer kept."""
    path = models / SNAPSHOTS / f"{version}.json.gz"
    try:
        return Content(json.loads(gzip.decompress(path.read_bytes())))
    except FileNotFoundError:
        raise ReferenceError(f"le contenu {version} n'est plus conservé.") from None


def write_whole(path: Path, data: bytes) -> None:
    """A reader, or a crash, sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def fingerprint_of(entry: Entry) -> str:
    """Changes with any value of an entry: tells whether someone else changed it meanwhile."""
    stable = {name: entry.get(name) for name in (*METADATA, "theme", "exemples") if entry.get(name)}
    return hashlib.sha256(json.dumps(stable, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def question_of_entry(key: str, entry: Entry) -> Question:
    """Raises ReferenceError when a field is missing or unreadable."""
    block = {
        "intent": FAQ_PREFIX + key,
        "metadata": {name: entry.get(name) for name in METADATA},
        "examples": "\n".join(f"- {text}" for text in entry.get("exemples") or ()),
    }
    return question_of_block(block, str(entry.get("theme")), "brouillon")


def _split(text: str) -> tuple[str, list[str]]:
    head, *blocks = _BLOCKS.split(text)
    return head, blocks


def _key(block: str) -> str | None:
    match = _KEY.match(block)
    return match.group(1) if match else None


def _parse(text: str, theme: str) -> list[dict[str, Any]]:
    from ruamel.yaml.error import YAMLError

    try:
        blocks = (YAML(typ="safe").load(text) or {}).get("nlu") or []
    except (YAMLError, AttributeError) as error:
        raise ReferenceError(f"{theme}.yml : YAML illisible. {error}") from None
    return [block for block in blocks if isinstance(block, dict)]


def _entry(block: Mapping[str, Any], theme: str) -> dict[str, Any]:
    metadata = block.get("metadata") or {}
    entry: dict[str, Any] = {name: _json(metadata[name]) for name in METADATA if metadata.get(name)}
    for name in _TEXTS:
        if name in entry:
            entry[name] = str(entry[name]).strip()
    lines = (line.strip() for line in str(block.get("examples") or "").splitlines())
    return {**entry, "theme": theme, "exemples": [line[1:].strip() for line in lines if line.startswith("-")]}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    return value


def _round_trip() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _edited(block: str, key: str, entry: Entry) -> str:
    """The block with only what changed written again."""
    yaml = _round_trip()
    document = yaml.load(block)
    current = document[0]
    before = _entry(current, str(entry["theme"]))
    metadata = current["metadata"]
    changed = False
    for name in METADATA:
        value = entry.get(name) or None
        if value == before.get(name):
            continue
        changed = True
        if value is None:
            metadata.pop(name, None)
        elif name in metadata:
            metadata[name] = _yaml_value(name, value)
        else:
            later = [other for other in METADATA[METADATA.index(name) + 1 :] if other in metadata]
            position = list(metadata).index(later[0]) if later else len(metadata)
            metadata.insert(position, name, _yaml_value(name, value))
    if list(entry.get("exemples") or ()) != before["exemples"]:
        changed = True
        current["examples"] = _examples(entry.get("exemples") or ())
    if not changed:
        return block
    stream = StringIO()
    yaml.dump(document, stream)
    tail = block[len(block.rstrip("\n")) :]
    return stream.getvalue().rstrip("\n") + (tail or "\n")


def _new_block(key: str, entry: Entry) -> str:
    metadata = {name: _yaml_value(name, entry[name]) for name in METADATA if entry.get(name)}
    block = [
        {"intent": FAQ_PREFIX + key, "metadata": metadata, "examples": _examples(entry.get("exemples") or ())},
    ]
    stream = StringIO()
    _round_trip().dump(block, stream)
    return stream.getvalue()


def _examples(texts: Sequence[str]) -> LiteralScalarString:
    return LiteralScalarString("".join(f"- {' '.join(text.split())}\n" for text in texts))


def _yaml_value(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return LiteralScalarString(str(value).strip())
    if name in ("valide_au", "verifie_le"):
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if name in ("faits", "voir_aussi"):
        return _flow(value)
    if name == "sources":
        return [
            {field: _flow(item) if isinstance(item, list) else item for field, item in source.items()}
            for source in value
        ]
    return value


def _flow(values: Sequence[Any]) -> Any:
    from ruamel.yaml.comments import CommentedSeq

    sequence = CommentedSeq(values)
    sequence.fa.set_flow_style()
    return sequence
