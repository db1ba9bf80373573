"""The demo site: two pages in the State's design system, one bare page, all with the widget's single script tag."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.widget.assets import script_tag
from bot.demo.portal import portal_routes
from bot.settings import Settings

DSFR = Path(__file__).resolve().parents[2] / "node_modules" / "@gouvfr" / "dsfr" / "dist"


def demo_routes(settings: Settings) -> list[BaseRoute]:
    templates = Environment(loader=PackageLoader("bot.demo"), autoescape=select_autoescape())

    def page(name: str):
        async def show(request: Request) -> Response:
            return HTMLResponse(
                templates.get_template(name).render(
                    widget=script_tag(settings.public_url), public_url=settings.public_url
                )
            )

        return show

    routes: list[BaseRoute] = [
        Route("/", page("site.html")),
        Route("/accessibilite", page("accessibilite.html")),
        Route("/page-nue", page("page_nue.html")),
        *portal_routes(settings, templates),
    ]
    if DSFR.is_dir():
        routes.append(Mount("/dsfr", StaticFiles(directory=DSFR)))
    return routes
