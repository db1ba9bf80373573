"""`cnfs faq add | compare | publish | rollback | history | inbox | export | import`: what the FAQ desk does, from a terminal."""

from __future__ import annotations

import getpass
import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import typer

from bot.cli.servers import settings_or_exit, show_training


def _now() -> datetime:
    return datetime.now(timezone.utc)


def place():
    """This installation, with the settings' rules when there are settings."""
    from bot.services.faq_desk.place import Place
    from bot.settings import SettingsError, faq_place, read_settings
    from bot.training import ROOT

    try:
        return faq_place(read_settings(), ROOT)
    except SettingsError:
        return Place(ROOT)


def add(
    key: str = typer.Argument(..., help="Clé de l'entrée, par exemple formation_duree."),
    phrases: list[str] = typer.Argument(
        None, help="Phrases d'exemple à ajouter ; « - » les lit sur l'entrée standard."
    ),
    theme: str = typer.Option(None, help="Pour créer l'entrée : son thème."),
    title: str = typer.Option(None, "--titre", help="Pour créer l'entrée : son titre."),
    answer: str = typer.Option(None, "--reponse", help="La réponse (nouvelle, ou qui remplace l'ancienne)."),
    source: str = typer.Option(None, help="« guide:5,7 » ou « Titre de l'article|https://… »."),
    check_only: bool = typer.Option(False, "--essai", help="Dit ce qui serait fait, sans rien écrire."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Ajoute des exemples à une entrée, ou crée une entrée, dans les fichiers. Code 1 s'il y a des corrections à faire."""
    import sys

    from bot.reference.yaml_files import ReferenceError
    from bot.services.faq_desk.content import write_content
    from bot.services.faq_desk.edit import EntryChange, apply_change, warnings_of
    from bot.services.faq_desk.git import patch
    from bot.services.faq_desk.place import FaqDeskError

    if phrases == ["-"]:
        phrases = [line.strip() for line in sys.stdin if line.strip()]
    here = place()
    change = EntryChange(tuple(phrases or ()), theme, title, answer, source)
    try:
        before = here.content()
        after, entry = apply_change(before, key, change, _now().date())
        warnings = warnings_of(key, entry, before, here)
    except (FaqDeskError, ReferenceError) as error:
        _fail(str(error), as_json)
    blocking = [w for w in warnings if w.blocking]
    if not blocking and not check_only:
        write_content(after, here.faq)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "cle": key,
                    "ecrit": not blocking and not check_only,
                    "corrections": [{"bloquant": w.blocking, "probleme": w.text} for w in warnings],
                    "difference": patch(before, after),
                },
                ensure_ascii=False,
            )
        )
    else:
        typer.echo(patch(before, after), nl=False)
        for warning in warnings:
            typer.echo(f"{'À corriger' if warning.blocking else 'Conseil'} : {warning.text}")
        if blocking:
            typer.echo("Rien n'a été écrit.")
        elif check_only:
            typer.echo("Essai : rien n'a été écrit.")
        else:
            typer.echo("C'est écrit. « cnfs faq compare » mesure l'effet, « cnfs faq publish » met en ligne.")
    raise typer.Exit(1 if blocking else 0)


def compare(
    model: Path = typer.Option(None, help="Un autre modèle à comparer ; par défaut celui du contenu des fichiers."),
    as_json: bool = typer.Option(False, "--json", help="Tout le détail en JSON."),
    details: bool = typer.Option(False, "--details", help="Toutes les phrases gagnées, perdues, changées."),
) -> None:
    """Compare le contenu des fichiers avec ce qui est en ligne. Code 1 si la barrière refuserait la publication."""
    from bot.dispositif.comparaison import comparison_to_dict, objections, summary
    from bot.reference.yaml_files import ReferenceError
    from bot.services.faq_desk.candidates import blocking_problems, compare_pairs
    from bot.services.faq_desk.place import FaqDeskError
    from bot.services.published_faq import save_catalogue
    from bot.training import TrainingFailed, build

    here = place()
    golden, traffic = _known_and_real()
    try:
        live, content = here.live(), here.content()
        problems = blocking_problems(content, here, golden, here.live_content())
        if problems:
            raise FaqDeskError("À corriger d'abord :\n" + "\n".join(f"- {problem}" for problem in problems))
        catalogue = content.catalogue()
        with show_training(quiet=as_json) as progress:
            path = model or build(catalogue, progress, here.root)
            faq = save_catalogue(catalogue, here.models)
            result = compare_pairs(here, live.model, live.faq, str(path), faq.name, golden, traffic, progress)
    except (FaqDeskError, ReferenceError, TrainingFailed) as error:
        _fail(str(error), as_json)
    refusals = objections(result, here.rules)
    if as_json:
        data = {"resume": summary(result), "objections": refusals, **comparison_to_dict(result)}
        typer.echo(json.dumps(data, ensure_ascii=False))
    else:
        typer.echo(readable_comparison(result, details))
        typer.echo(
            "\n".join(["La publication serait refusée :", *refusals]) if refusals else "Rien ne s'oppose à publier."
        )
    raise typer.Exit(1 if refusals else 0)


def run_candidate(candidate_id: int) -> None:
    """Pour la console : construit et compare un candidat de la base."""
    from bot.services.faq_desk.candidates import run_candidate as run
    from bot.services.faq_desk.place import FaqDeskError

    try:
        candidate = run(_engine(), place(), candidate_id, _now)
    except FaqDeskError as error:
        _fail(str(error), False)
    raise typer.Exit(0 if candidate.state.value == "ready" else 1)


def publish(
    reason: str = typer.Option("", "--motif", help="Ce qui change et pourquoi ; l'historique et git le gardent."),
    author: str = typer.Option(None, "--auteur", help="Par défaut, le nom donné à git, ou celui de la session."),
    accept: str = typer.Option(None, "--accepter", help="Publie malgré la barrière ; ce motif est gardé."),
    by: str = typer.Option(None, "--accepte-par", help="Qui accepte la perte : une autre personne que l'auteur."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Met en ligne le contenu des fichiers : apprend, compare, puis publie si la barrière l'admet."""
    from bot.reference.yaml_files import ReferenceError
    from bot.services.faq_desk.candidates import create_candidate, run_candidate
    from bot.services.faq_desk.place import FaqDeskError
    from bot.services.faq_desk.publish import accept_loss
    from bot.services.faq_desk.publish import publish as put_live
    from bot.storage.unit_of_work import UnitOfWork

    here, engine, author = place(), _engine(), author or _author()
    try:
        with UnitOfWork(engine) as uow:
            candidate_id = create_candidate(uow, here, author, [], _now())
            uow.commit()
        candidate = run_candidate(engine, here, candidate_id, _now)
        if candidate.error:
            raise FaqDeskError(candidate.error)
        if accept:
            with UnitOfWork(engine) as uow:
                accept_loss(uow, here, candidate_id, by or author, accept, _now())
                uow.commit()
        published = put_live(engine, here, candidate_id, author, reason, _now())
    except (FaqDeskError, ReferenceError) as error:
        _fail(str(error), as_json)
    _show_published(published, as_json)


def rollback(
    version: int = typer.Argument(None, help="Numéro de version ; par défaut, celle d'avant."),
    reason: str = typer.Option("", "--motif"),
    author: str = typer.Option(None, "--auteur"),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Remet en ligne une version précédente, en quelques secondes."""
    from bot.services.faq_desk.place import FaqDeskError
    from bot.services.faq_desk.publish import previous_version, roll_back

    here, engine = place(), _engine()
    try:
        target = version or previous_version(engine, here)
        published = roll_back(engine, here, target, author or _author(), reason, _now())
    except FaqDeskError as error:
        _fail(str(error), as_json)
    _show_published(published, as_json)


def history(as_json: bool = typer.Option(False, "--json")) -> None:
    """Les versions mises en ligne : qui, quand, pourquoi, avec quels chiffres."""
    from bot.storage.unit_of_work import UnitOfWork

    live = place().live()
    with UnitOfWork(_engine(), writes=False) as uow:
        versions = uow.faq_releases.publications()
    for item in versions:
        figures = item.figures or {}
        data = {
            "version": item.id,
            "genre": item.kind,
            "etat": item.state,
            "auteur": item.author,
            "motif": item.reason,
            "date": item.created_at.isoformat(),
            "modele": item.model,
            "en_ligne": (item.model, item.faq) == (live.model, live.faq),
            "commit": item.commit,
            "chiffres": figures,
        }
        if as_json:
            typer.echo(json.dumps(data, ensure_ascii=False))
        else:
            score = f"{figures['justes_apres']}/{figures['phrases']}" if figures.get("phrases") else "–"
            mark = "*" if data["en_ligne"] else " "
            when = item.created_at.astimezone().strftime("%d/%m/%Y %H:%M")
            typer.echo(f"{mark} {item.id:>4}  {when}  {item.author:20} {score:>10}  {item.reason}")


def inbox(
    as_json: bool = typer.Option(False, "--json", help="Une ligne de JSON par groupe."),
    limit: int = typer.Option(20, help="Nombre de groupes affichés."),
) -> None:
    """Les messages que l'assistant n'a pas compris ou a mal traités, regroupés, avec les entrées proches."""
    from bot.dispositif.redaction import REASONS
    from bot.nlu.people import find_people
    from bot.services.faq_desk.inbox import collect, groups, regroup
    from bot.services.faq_desk.workbench import Workbench
    from bot.services.published_faq import PublishedFaq
    from bot.storage.unit_of_work import UnitOfWork

    bench = Workbench(place())
    with UnitOfWork(_engine()) as uow:
        collect(uow, _now(), find_people)
        regroup(uow, bench.neighbours())
        found = groups(uow, _now())
        uow.commit()
    catalogue = PublishedFaq(bench.place.models).catalogue()
    for group in found[:limit]:
        suggestions = bench.suggestions(group.items[0].text, catalogue)
        if as_json:
            data = {
                "groupe": group.id,
                "nombre": group.count,
                "tendance": group.trend,
                "raisons": group.reasons,
                "messages": [text for text, _ in group.texts],
                "suggestions": suggestions,
            }
            typer.echo(json.dumps(data, ensure_ascii=False))
        else:
            reasons = ", ".join(REASONS[reason] for reason in group.reasons)
            typer.echo(f"{group.count} message(s), {group.trend} – {reasons}")
            for text, count in group.texts[:5]:
                typer.echo(f"  « {text} »" + (f" × {count}" if count > 1 else ""))
            for item in suggestions:
                typer.echo(f"    {item['score']:.2f}  {item['cle']}  (« {item['exemple']} »)")
    if not as_json:
        typer.echo(f"{len(found)} groupe(s), {sum(group.count for group in found)} message(s) à traiter.")


def readable_comparison(comparison, details: bool = False) -> str:
    """Figures by theme, then the sentences."""
    lines = [f"{'thème':16} {'phrases':>8} {'avant':>6} {'après':>6} {'écart':>8}"]
    for theme in [*comparison.themes(), comparison.total()]:
        lines.append(f"{theme.theme:16} {theme.count:>8} {theme.before:>6} {theme.after:>6} {theme.points:>+7.1f} ")
    shown = None if details else 8
    for title, pairs in (
        ("Gagnées", comparison.gained),
        ("Perdues", comparison.lost),
        ("Changées", comparison.changed),
    ):
        lines.append(f"{title} : {len(pairs)}")
        for pair in pairs[:shown]:
            mark = " (critique)" if pair.critical else ""
            lines.append(
                f"  « {pair.text} »{mark}\n      attendu {pair.expected} : {pair.before.said} → {pair.after.said}"
            )
    if comparison.traffic:
        before, after = comparison.refusals()
        lines.append(f"Messages réels refusés : {100 * before:.1f} % → {100 * after:.1f} %")
    return "\n".join([*lines, *comparison.notes])


def _show_published(published, as_json: bool) -> None:
    if as_json:
        data = {"version": published.id, "modele": published.model, "commit": published.commit}
        typer.echo(json.dumps({**data, "chiffres": published.figures}, ensure_ascii=False))
        return
    typer.echo(f"Version {published.id} en ligne : {published.model}, {published.faq}.")
    if published.commit:
        typer.echo(f"Commit {published.commit[:12]}.")
    if published.git_problem:
        typer.echo(f"git a refusé le commit ({published.git_problem}). La publication, elle, est faite.", err=True)


def _engine():
    from bot.storage.engine import create_engine
    from bot.storage.migrate import upgrade

    engine = create_engine(settings_or_exit().database_url)
    upgrade(engine)
    return engine


def _known_and_real():
    """Known questions and the last weeks' messages when a database is configured."""
    from bot.services.faq_desk.candidates import golden_of, traffic_of
    from bot.settings import read_settings
    from bot.storage.engine import create_engine
    from bot.storage.unit_of_work import UnitOfWork

    try:
        engine = create_engine(read_settings().database_url)
        with UnitOfWork(engine, writes=False) as uow:
            return golden_of(uow), traffic_of(uow, _now())
    except Exception:  # noqa: BLE001 -- no database here (continuous integration): files are enough
        return [], {}


def _author() -> str:
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=5)
        return done.stdout.strip() or getpass.getuser()
    except (OSError, subprocess.TimeoutExpired, KeyError):
        return "terminal"


def _fail(sentence: str, as_json: bool) -> None:
    typer.echo(json.dumps({"erreur": sentence}, ensure_ascii=False) if as_json else sentence, err=not as_json)
    raise typer.Exit(2)


def register(app: typer.Typer) -> None:
    from bot.cli import faq_files

    app.command()(add)
    app.command()(compare)
    app.command()(publish)
    app.command()(rollback)
    app.command()(history)
    app.command()(inbox)
    app.command("run-candidate", hidden=True)(run_candidate)
    app.command("export")(faq_files.export_file)
    app.command("import")(faq_files.import_file)
