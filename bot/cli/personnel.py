"""`cnfs personnel …`: the accounts of the consoles. The first administrator is created here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import typer

from bot.cli.servers import settings_or_exit
from bot.dispositif.personnel import Role, Staff

app = typer.Typer(help="Les comptes du personnel (consoles du support et de la FAQ).", no_args_is_help=True)


@app.command("creer")
def create(
    email: str,
    prenom: str = typer.Option(..., help="Montré aux personnes à qui l'agent répond."),
    nom: str = typer.Option(...),
    role: Role = typer.Option(Role.ADMIN, help="agent, maintainer ou admin."),
    aleatoire: bool = typer.Option(False, "--aleatoire", help="Tire le mot de passe au sort et l'affiche une fois."),
) -> None:
    """Crée un compte ; le mot de passe est demandé sans s'afficher."""
    from bot.services.staff.accounts import create_account, random_password

    password = random_password() if aleatoire else _ask_password()
    staff = _run(
        lambda uow: create_account(
            uow, email, prenom, nom, role, password, datetime.now(timezone.utc), must_change=aleatoire
        )
    )
    typer.echo(f"Compte créé : {staff.email} ({staff.role.label}).")
    if aleatoire:
        typer.echo(f"Mot de passe provisoire : {password}")


@app.command("lister")
def list_accounts() -> None:
    """Affiche les comptes."""
    for staff in _run(lambda uow: uow.staff.all()):
        state = "fermé" if staff.disabled_at else "actif"
        typer.echo(f"{staff.email:40} {staff.name:30} {staff.role.label:24} {state}")


@app.command("mot-de-passe")
def reset_password(email: str) -> None:
    """Donne un mot de passe provisoire et ferme les sessions ouvertes."""
    from bot.services.staff.accounts import random_password, set_password

    password = random_password()
    _run(lambda uow: set_password(uow, _known(uow, email), password, must_change=True))
    typer.echo(f"Mot de passe provisoire : {password}")


@app.command("role")
def set_role(email: str, role: Role) -> None:
    """Change le rôle d'un compte."""
    from bot.services.staff.accounts import change_role

    _run(lambda uow: change_role(uow, _known(uow, email), role))
    typer.echo(f"{email} : {role.label}.")


@app.command("fermer")
def close(email: str) -> None:
    """Ferme un compte et ses sessions, tout de suite."""
    from bot.services.staff.accounts import disable

    _run(lambda uow: disable(uow, _known(uow, email), datetime.now(timezone.utc)))
    typer.echo(f"{email} : compte fermé.")


@app.command("rouvrir")
def reopen(email: str) -> None:
    """Rouvre un compte fermé."""
    from bot.services.staff.accounts import enable

    _run(lambda uow: enable(uow, _known(uow, email)))
    typer.echo(f"{email} : compte rouvert.")


def _run(work: Callable):
    from bot.services.staff.accounts import StaffError
    from bot.storage.engine import create_engine
    from bot.storage.unit_of_work import UnitOfWork

    engine = create_engine(settings_or_exit().database_url)
    try:
        with UnitOfWork(engine) as uow:
            result = work(uow)
            uow.commit()
            return result
    except StaffError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        engine.dispose()


def _known(uow, email: str) -> Staff:
    from bot.services.staff.accounts import StaffError

    staff = uow.staff.find(email.strip().lower())
    if staff is None:
        raise StaffError(f"Aucun compte pour {email}. « cnfs personnel lister » les affiche.")
    return staff


def _ask_password() -> str:
    return typer.prompt("Mot de passe", hide_input=True, confirmation_prompt="Encore une fois")
