"""`cnfs import …`: CSV exports into the database."""

from __future__ import annotations

import getpass
from datetime import datetime, timezone
from pathlib import Path

import typer

from bot.cli.servers import settings_or_exit

SHOWN_ERRORS = 20
LONG_FILE = 500


def import_command(
    kind: str = typer.Argument(..., metavar="NATURE", help="structures, dossiers, postes ou versements."),
    path: Path = typer.Argument(..., metavar="FICHIER", exists=True, dir_okay=False, help="Fichier CSV."),
    dry_run: bool = typer.Option(False, "--essai", help="Vérifie tout et n'écrit rien."),
) -> None:
    """Importe un export CSV : tout ou rien, et sans doublon si on recommence (docs/import-des-structures.md)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from bot.services.import_structures import FILES, Report, UnreadableFile, import_csv
    from bot.storage.audit import Actor
    from bot.storage.engine import create_engine
    from bot.storage.unit_of_work import UnitOfWork

    if kind not in FILES:
        typer.echo(f"« {kind} » : choisissez parmi {', '.join(FILES)}.", err=True)
        raise typer.Exit(2)
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    content = path.read_bytes()
    engine = create_engine(settings_or_exit().database_url)
    try:
        with Progress(*columns, disable=content.count(b"\n") < LONG_FILE) as bar, UnitOfWork(engine) as uow:
            task = bar.add_task(kind, total=None)
            report: Report = import_csv(
                uow,
                kind,
                content,
                Actor("cli", getpass.getuser()[:64]),
                datetime.now(timezone.utc),
                dry_run,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
    except UnreadableFile as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    for error in report.errors[:SHOWN_ERRORS]:
        typer.echo(str(error), err=True)
    if report.errors:
        more = len(report.errors) - SHOWN_ERRORS
        typer.echo(
            (f"… et {more} autres. " if more > 0 else "") + "Rien n'a été importé : corrigez puis relancez.", err=True
        )
        raise typer.Exit(1)
    typer.echo(
        f"{report.rows} lignes : {report.added} ajoutées, {report.updated} mises à jour, {report.unchanged} inchangées."
        + (" Essai : rien n'a été écrit." if dry_run else "")
    )
