"""Every page of the FAQ desk, and what they share."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.console.access import page
from bot.console.faq import candidates, entries, files, history, inbox, overview
from bot.console.shell import Console
from bot.dispositif.personnel import Permission


def faq_routes(console: Console) -> list[BaseRoute]:
    maintain = Permission.MAINTAIN_FAQ
    pages = [
        ("/faq", overview.show, "GET"),
        ("/faq/boite", inbox.show, "GET"),
        ("/faq/boite", inbox.decide, "POST"),
        ("/faq/entrees", entries.show_all, "GET"),
        ("/faq/entrees/{key}", entries.show, "GET"),
        ("/faq/entrees/{key}", entries.save, "POST"),
        ("/faq/nouvelle", entries.show_new, "GET"),
        ("/faq/nouvelle", entries.create, "POST"),
        ("/faq/verifier", entries.check, "POST"),
        ("/faq/brouillons", entries.show_drafts, "GET"),
        ("/faq/brouillons/{draft_id:int}", entries.change_draft, "POST"),
        ("/faq/essai", candidates.try_out, "GET"),
        ("/faq/candidats", candidates.start, "POST"),
        ("/faq/candidats/{candidate_id:int}", candidates.show, "GET"),
        ("/faq/candidats/{candidate_id:int}", candidates.act, "POST"),
        ("/faq/historique", history.show, "GET"),
        ("/faq/historique/{version:int}", history.go_back, "POST"),
        ("/faq/historique/{version:int}/correctif", history.patch_file, "GET"),
        ("/faq/critiques", history.golden, "POST"),
        ("/faq/fichiers", files.show, "GET"),
        ("/faq/fichiers", files.receive, "POST"),
        ("/faq/export.{kind}", files.export, "GET"),
        ("/faq/qualite", overview.quality, "GET"),
        ("/faq/sigles", overview.glossary, "GET"),
    ]
    routes: list[BaseRoute] = [page(console, path, handler, maintain, [method]) for path, handler, method in pages]
    # Asked by a page that waits: it does not keep a session open.
    routes.append(
        page(console, "/faq/candidats/{candidate_id:int}/etat", candidates.state, maintain, ["GET"], passive=True)
    )
    return routes
