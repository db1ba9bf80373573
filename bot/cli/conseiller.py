"""`cnfs conseiller …`: invitations that link a conseiller to their Telegram chat."""

from __future__ import annotations

import getpass
from datetime import datetime, timedelta, timezone

import typer

from bot.cli.servers import settings_or_exit

app = typer.Typer(help="Les conseillers et leur compte Telegram.", no_args_is_help=True)
WHO = typer.Argument(..., help="Adresse électronique du conseiller, ou son numéro dans la base.")


@app.command("inviter")
def invite(
    who: str = WHO,
    days: int = typer.Option(None, "--jours", min=1, max=90, help="Durée de vie ; par défaut celle des réglages."),
) -> None:
    """Émet une invitation à usage unique ; elle ne sera plus jamais affichée. Les précédentes sont annulées."""
    from bot.services.access.codes import issue_conseiller_code
    from bot.services.access.from_settings import access_keys
    from bot.services.invitations import invitation_link
    from bot.storage.audit import Actor

    settings = settings_or_exit()
    now = datetime.now(timezone.utc)
    with _unit_of_work(settings) as uow:
        conseiller = _find(uow, who)
        lifetime = timedelta(days=days or settings.access_code_days)
        issued = issue_conseiller_code(
            uow, access_keys(settings), conseiller.id, Actor("cli", getpass.getuser()[:64]), lifetime, now
        )
    typer.echo(f"Conseiller : {conseiller.full_name}")
    typer.echo(f"Lien       : {invitation_link(settings, issued.code)}")
    typer.echo(f"Ou, dans la conversation avec le bot : /start {issued.code}")
    typer.echo(f"Valable une fois, jusqu'au {issued.expires_at:%d/%m/%Y}. Transmettez-le à cette personne seulement.")


@app.command("delier")
def unlink(who: str = WHO) -> None:
    """Délie le conseiller de son compte Telegram (téléphone perdu, départ) et annule ses invitations."""
    from bot.services.link_conseiller import unlink_everywhere
    from bot.storage.audit import Actor

    with _unit_of_work(settings_or_exit()) as uow:
        conseiller = _find(uow, who)
        count = unlink_everywhere(uow, conseiller.id, Actor("cli", getpass.getuser()[:64]), datetime.now(timezone.utc))
        uow.commit()
    typer.echo(f"{conseiller.full_name} : {count} compte(s) Telegram délié(s).")


def _unit_of_work(settings):
    from bot.storage.engine import create_engine
    from bot.storage.unit_of_work import UnitOfWork

    return UnitOfWork(create_engine(settings.database_url))


def _find(uow, who: str):
    found = uow.conseillers.get(int(who)) if who.isdecimal() else uow.conseillers.by_email(who)
    if found is None:
        typer.echo(f"Aucun conseiller ne correspond à « {who} ».", err=True)
        raise typer.Exit(1)
    return found
