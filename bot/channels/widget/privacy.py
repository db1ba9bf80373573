"""The « Données personnelles » page: what is kept, why, how long. Served by `web` in every profile."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

# Neutral, and in the page itself: a site that embeds the widget has no stylesheet of ours to lend.
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; font: 1.0625rem/1.6 system-ui, sans-serif; color: #1a2133; background: #fff; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.25rem 0 0.5rem; }
p, ul { margin: 0.75rem 0; }
li + li { margin-top: 0.35rem; }
a { color: #2b4890; overflow-wrap: anywhere; }
.chapeau { font-size: 1.15rem; }
@media (prefers-color-scheme: dark) {
  body { color: #e9ecf4; background: #171b26; }
  a { color: #a9c1fb; }
}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "max-age=300",
}

_templates = Environment(loader=PackageLoader("bot.channels.widget"), autoescape=select_autoescape())


def privacy_page(configuration: Mapping[str, Any]) -> Response:
    """The page, with the retention and the contact of the widget's `configuration`."""
    html = _templates.get_template("confidentialite.html").render(
        style=_STYLE, retention_days=configuration["retention_days"], email=configuration["contact"]["email"]
    )
    return HTMLResponse(html, headers=_HEADERS)


async def short_address(_request: Request) -> Response:
    """/confidentialite, the address people see, leads to the page."""
    return RedirectResponse("api/widget/confidentialite", status_code=307)
