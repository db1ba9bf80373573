"""What the scripted maintainer does, page by page, in a real Chromium."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"


def maintain(url: str, email: str, password: str, subjects: list[dict], chatter: Any, screenshots: Path | None) -> dict:
    """Logs in, empties the inbox, writes an entry per subject, trains, compares, publishes; returns what was measured."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(90_000)
        try:
            return _maintain(page, url + "/console", email, password, subjects, chatter, screenshots)
        finally:
            browser.close()


def _maintain(
    page: Page, console: str, email: str, password: str, subjects: list[dict], chatter: Any, screenshots: Path | None
) -> dict:
    def shoot(name: str) -> None:
        if screenshots:
            screenshots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(screenshots / f"faq-{name}.png"))

    page.goto(console + "/connexion")
    page.get_by_label("Adresse e-mail professionnelle").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Se connecter").first.click()
    page.goto(console + "/faq/boite")
    page.locator(".faq-groupe").first.wait_for()
    shoot("boite")
    started = time.monotonic()
    written = 0
    for subject in subjects:
        page.goto(console + "/faq/boite")
        group = page.locator(".faq-groupe", has_text=subject["message"][:60])
        if group.count():
            group.first.get_by_role("button", name="Créer une entrée").click()
        else:
            # Fifteen groups a page, or read as another question: it is written all the same.
            page.goto(console + "/faq/nouvelle")
        page.locator("#titre").fill(subject["titre"])
        page.locator("#theme").select_option(subject["theme"])
        page.locator("#reponse").fill(subject["reponse"])
        page.locator("#sources").fill(
            "Réponse de la direction du programme | https://www.exemple.gouv.fr/faq | 24/11/2026"
        )
        area = page.locator("#exemples")
        known = [line for line in area.input_value().splitlines() if line.strip()]
        area.fill("\n".join(dict.fromkeys([*known, subject["message"], *subject["exemples"]])))
        if written == 0:
            page.locator("#editeur[data-verifie]").wait_for(timeout=60_000)
            page.wait_for_timeout(1500)
            shoot("entree")
        page.get_by_role("button", name="Enregistrer le brouillon").click()
        page.wait_for_url("**/faq/brouillons")
        written += 1
    shoot("brouillons")
    writing = time.monotonic() - started
    page.locator("#apprendre").click()
    page.wait_for_url("**/faq/candidats/*")
    killed_at = _kill_training(page)
    page.get_by_role("button", name="Relancer").wait_for()
    started = time.monotonic()
    page.get_by_role("button", name="Relancer").click()
    page.locator("#attente").wait_for()
    page.wait_for_timeout(8000)
    shoot("apprentissage")
    page.locator("text=En ligne et candidat").or_(page.locator(".fr-alert--error")).first.wait_for(timeout=600_000)
    training = time.monotonic() - started
    shoot("candidat")
    themes = {}
    for row in page.locator("table tbody tr").filter(has=page.locator("th")).all()[:30]:
        cells = row.locator("th, td").all_inner_texts()
        if len(cells) == 5:
            themes[cells[0]] = {"phrases": int(cells[1]), "before": int(cells[2]), "after": int(cells[3])}
    chatter.start()
    time.sleep(2)
    page.locator("#motif").fill(f"{written} questions nouvelles, demandées et sans réponse")
    started = time.monotonic()
    page.get_by_role("button", name="Publier").click()
    page.wait_for_url("**/faq/historique")
    published = time.monotonic() - started
    while "répond avec la version en ligne" not in page.locator("main").inner_text():
        time.sleep(0.3)
        page.reload()
        if time.monotonic() - started > 120:
            break
    served = time.monotonic() - started
    time.sleep(3)
    chatter.stop()
    shoot("historique")
    page.goto(console + "/faq/qualite")
    shoot("qualite")
    page.goto(console + "/faq")
    shoot("vue")
    return {
        "subjects": written,
        "writing_seconds": round(writing, 1),
        "first_training_killed_at_percent": killed_at,
        "training_and_comparison_seconds": round(training, 1),
        "publication_page_seconds": round(published, 2),
        "served_by_rasa_seconds": round(served, 2),
        "themes": themes,
    }


def _kill_training(page: Page) -> int:
    """kill -9 of the training in its middle, as a power cut would; the desk must say it."""
    import psutil

    percent = 0
    while percent < 20:
        page.wait_for_timeout(500)
        shown = page.locator("#pourcent")
        percent = int(shown.inner_text()) if shown.count() else 100
    mine = os.environ["CNFS_BENCH_DATABASE"]
    for process in psutil.process_iter(["cmdline", "environ"]):
        command = process.info["cmdline"] or []
        if "run-candidate" in command and (process.info["environ"] or {}).get("CNFS_DATABASE_URL") == mine:
            process.kill()
    return percent
