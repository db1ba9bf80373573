"""The imitation remembers its chats over a restart of the demonstration, as Telegram would."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

from bot.demo.telegram.world import Person, World

PERIOD_SECONDS = 1.0


def load(world: World, path: Path) -> None:
    """Puts back what `save` wrote; an unreadable file is an empty memory."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        people = [Person(**person) for person in kept["people"]]
        files = {key: (name, base64.b64decode(content)) for key, (name, content) in kept["files"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return
    world.people = {person.id: person for person in people}
    world.files = files
    world.updates = list(kept.get("updates", []))
    world.changed()


def save(world: World, path: Path) -> None:
    _write(_dump(world), path)


def _dump(world: World) -> str:
    people = [
        {
            "id": person.id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "started": person.started,
            "blocked": person.blocked,
            "messages": person.messages,
        }
        for person in world.people.values()
    ]
    files = {key: (name, base64.b64encode(content).decode()) for key, (name, content) in world.files.items()}
    return json.dumps({"people": people, "files": files, "updates": world.updates})


def _write(content: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)


async def keep(world: World, path: Path) -> None:
    """Saves what changed, at most once a second, until cancelled."""
    saved = world.version
    while True:
        await world.wait(saved, 60)
        if world.version != saved:
            saved = world.version
            # Read in one go, between two gestures; only the writing may take its time.
            await asyncio.to_thread(_write, _dump(world), path)
        await asyncio.sleep(PERIOD_SECONDS)
