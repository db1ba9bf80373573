"""`cnfs acces …`: codes that open a structure's file."""

from __future__ import annotations

import getpass
from datetime import datetime, timedelta, timezone

import typer

from bot.cli.servers import settings_or_exit

app = typer.Typer(help="Les codes d'accès aux dossiers des structures.", no_args_is_help=True)


@app.command("emettre")
def issue(
    siret: str = typer.Argument(..., help="SIRET de la structure."),
    days: int = typer.Option(None, "--jours", min=1, max=90, help="Durée de vie ; par défaut celle des réglages."),
) -> None:
    """Émet un code à usage unique ; il ne sera plus jamais affiché."""
    from bot.services.access.codes import issue_structure_code
    from bot.services.access.from_settings import access_keys
    from bot.services.access.siret import spaced

    settings = settings_or_exit()
    number = _siret(siret)
    lifetime = timedelta(days=days or settings.access_code_days)
    issued = _run(
        settings, lambda uow, by, now: issue_structure_code(uow, access_keys(settings), number, by, lifetime, now)
    )
    typer.echo(f"SIRET : {spaced(number)}\nCode  : {issued.code}")
    typer.echo(
        f"Valable une fois, jusqu'au {issued.expires_at:%d/%m/%Y}. Transmettez-le à la structure par un canal sûr."
    )


@app.command("revoquer")
def revoke(siret: str = typer.Argument(..., help="SIRET de la structure.")) -> None:
    """Rend inutilisables tous les codes de la structure qui n'ont pas servi."""
    from bot.services.access.codes import revoke_structure_codes

    number = _siret(siret)
    count = _run(settings_or_exit(), lambda uow, by, now: revoke_structure_codes(uow, number, by, now))
    typer.echo(f"{count} code(s) révoqué(s).")


def _siret(typed: str) -> str:
    from bot.services.access.siret import read_siret

    read = read_siret(typed)
    if read.value is None:
        typer.echo(read.problem, err=True)
        raise typer.Exit(2)
    return read.value


def _run(settings, work):
    from bot.services.access.codes import UnknownOwner
    from bot.storage.audit import Actor
    from bot.storage.engine import create_engine
    from bot.storage.unit_of_work import UnitOfWork

    try:
        with UnitOfWork(create_engine(settings.database_url)) as uow:
            return work(uow, Actor("cli", getpass.getuser()[:64]), datetime.now(timezone.utc))
    except UnknownOwner as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
