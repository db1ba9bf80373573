"""Serves the widget as one script and one stylesheet, under a stable name and under one that changes with content."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.widget.privacy import short_address

DIRECTORY = Path(__file__).resolve().parents[2] / "widget"
_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"


# The parts of bot/widget, in the order in which they are joined: a page loads one script and one stylesheet.
PARTS = {
    "js": (
        "texts",
        "tools",
        "store",
        "transport",
        "conversation",
        "render",
        "extras",
        "messages",
        "input",
        "panel",
        "element",
    ),
    "css": ("theme", "panel", "welcome", "messages", "extras", "input", "adaptations"),
}
# A second script tag on the page changes nothing, and nothing of ours is visible to the page.
_WRAPPER = """(() => {
"use strict";
const TAG = "cnfs-assistant";
if (customElements.get(TAG)) return;
const SCRIPT = document.currentScript;
%s
})();
"""


@lru_cache(maxsize=4)
def _read(extension: str, _modified: float) -> tuple[bytes, str]:
    source = "\n".join(path.read_text(encoding="utf-8") for path in _paths(extension))
    # Comments are for us: visitors do not download them.
    content = (jsmin(_WRAPPER % source) if extension == "js" else cssmin(source)).encode()
    return content, hashlib.sha256(content).hexdigest()[:12]


def read_asset(name: str) -> tuple[bytes, str]:
    """The bytes of `cnfs-widget.js` or `cnfs-widget.css`, and the twelve hexadecimal digits that name this version."""
    extension = name.rsplit(".", 1)[1]
    return _read(extension, max(path.stat().st_mtime for path in _paths(extension)))


def _paths(extension: str) -> list[Path]:
    return [DIRECTORY / extension / f"{part}.{extension}" for part in PARTS[extension]]


def integrity(name: str) -> str:
    """The value of a `script` tag's `integrity` attribute."""
    digest = hashlib.sha384(read_asset(name)[0]).digest()
    return "sha384-" + base64.b64encode(digest).decode()


def script_tag(public_url: str) -> str:
    """What a site pastes into its pages: a versioned address and its integrity."""
    version = read_asset("cnfs-widget.js")[1]
    return (
        f'<script src="{public_url}/widget/cnfs-widget.{version}.js" integrity="{integrity("cnfs-widget.js")}" '
        'crossorigin="anonymous" defer></script>'
    )


def widget_assets() -> list[BaseRoute]:
    return [
        Route("/widget/cnfs-widget.{extension:str}", _asset),
        Route("/widget/cnfs-widget.{version:str}.{extension:str}", _asset),
        Route("/confidentialite", short_address),
    ]


async def _asset(request: Request) -> Response:
    *version, extension = request.url.path.rsplit("/", 1)[1].removeprefix("cnfs-widget.").split(".")
    if extension not in _TYPES:
        return Response(status_code=404)
    content, current = read_asset(f"cnfs-widget.{extension}")
    if version and version != [current]:
        # An old page still works: it gets the current file, which its integrity attribute may refuse.
        cache = "no-store"
    else:
        cache = _FOREVER if version else _BRIEFLY
    headers = {"Cache-Control": cache, "Cross-Origin-Resource-Policy": "cross-origin", "ETag": f'"{current}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[extension], headers=headers)
