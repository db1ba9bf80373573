"""`cnfs web | rasa | actions | demo | entrainer | base …`: the processes, the model and the database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.settings import Settings, SettingsError, read_settings, settings_table


def settings_or_exit() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def settings() -> None:
    """Affiche tous les réglages : variable, valeur par défaut, rôle."""
    typer.echo(settings_table(), nl=False)


def web() -> None:
    """Lance `web`, le seul processus exposé au réseau."""
    import uvicorn

    from bot.bootstrap import create_web
    from bot.logs import configure_logs

    settings = settings_or_exit()
    configure_logs(settings.log_format, "web")
    uvicorn.run(
        create_web(settings),
        host=settings.web_host,
        port=settings.web_port,
        log_config=None,
        access_log=False,
        server_header=False,
        # The assistant speaks SSE, and Rasa pins a websockets release too old for uvicorn.
        ws="none",
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        # Open streams must not hold a restart back.
        timeout_graceful_shutdown=3,
    )


def actions(port: int = typer.Option(5055, help="Port, sur la boucle locale.")) -> None:
    """Lance `actions`, le serveur d'actions, sur la boucle locale."""
    from bot.actions.server import serve
    from bot.logs import configure_logs

    settings = settings_or_exit()
    configure_logs(settings.log_format, "actions")
    serve(port)


def rasa(
    port: int = typer.Option(5005, help="Port, sur la boucle locale."),
    model: Path = typer.Option(None, help="Modèle à servir ; par défaut celui en ligne."),
    credentials: str = typer.Option("credentials.yml", help="Canaux ouverts."),
) -> None:
    """Lance `rasa` avec le modèle en ligne, sur la boucle locale."""
    from bot.training import live_model, rasa_command, rasa_environment

    settings = settings_or_exit()
    model = model or live_model()
    if model is None:
        typer.echo("Aucun modèle : lancez d'abord « cnfs faq train ».", err=True)
        raise typer.Exit(2)
    environment = {
        **rasa_environment(),
        "CNFS_DATABASE_URL": settings.database_url,
        "CNFS_ACTIONS_URL": settings.actions_url,
        "CNFS_RASA_SECRET": settings.rasa_secret.get_secret_value(),
        # Publications of the FAQ are taken without a restart.
        "CNFS_SERVED_MODEL": model.name,
    }
    command = [
        rasa_command(),
        "run",
        "--model",
        str(model),
        "--endpoints",
        "endpoints.yml",
        "--credentials",
        credentials,
    ]
    command += ["--interface", "127.0.0.1", "--port", str(port)]
    os.execve(command[0], command, environment)


def demo(
    port: int = typer.Option(8000, envvar="PORT", help="Port de `web`."),
    rasa_port: int = typer.Option(5005, envvar="RASA_PORT", help="Port de `rasa`."),
    actions_port: int = typer.Option(5055, envvar="ACTIONS_PORT", help="Port d'`actions`."),
    telegram_port: int = typer.Option(8010, envvar="TELEGRAM_PORT", help="Port de l'émulateur de Telegram."),
) -> None:
    """Lance toute la démonstration sur cette machine, et la surveille."""
    from bot.demo.run import run_demo
    from bot.demo.supervisor import PortTaken

    train_command(force=False)
    try:
        run_demo(port, rasa_port, actions_port, telegram_port, typer.echo)
    except PortTaken as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def train_command(force: bool = typer.Option(False, help="Même si rien n'a changé.")) -> None:
    """Entraîne le modèle si le contenu ou le code a changé, et le met en ligne."""
    from bot.training import MODELS, TrainingFailed, fingerprint, train

    if not force and (MODELS / f"{fingerprint()}.tar.gz").exists():
        # The answers may have changed alone.
        path = train(lambda stage, done, total: None)
        typer.echo(f"Modèle à jour : {path.name}")
        return
    with show_training() as show:
        try:
            path = train(show, force=force)
        except TrainingFailed as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
    typer.echo(f"Modèle en ligne : {path.name}")


@contextmanager
def show_training(quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Draws the progress of a training; gives the function to call with (stage, done, total)."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    if quiet:
        yield lambda stage, done, total: None
        return
    names = {
        "use": "encodeur rapide",
        "e5": "encodeur précis",
        "mots": "mots et lettres",
        "apprentissage": "classification",
        "archive": "archive du modèle",
        "comparaison": "comparaison",
        "demarrage": "lecture du contenu",
    }
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns) as bar:
        tasks = {"": bar.add_task("chargement", total=None)}

        def show(stage: str, done: int, total: int) -> None:
            bar.update(tasks[""], total=1, completed=1)
            if stage not in tasks:
                tasks[stage] = bar.add_task(names.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show


database = typer.Typer(help="La base de données.", no_args_is_help=True)


@database.command("migrer")
def migrate() -> None:
    """Amène la base au schéma courant."""
    from bot.storage.engine import create_engine
    from bot.storage.migrate import upgrade

    upgrade(create_engine(settings_or_exit().database_url))


@database.command("revision", hidden=True)
def revision(revision_id: str, message: str) -> None:
    """Pour les développeurs : écrit la migration qui mène à tables.py."""
    from bot.storage.engine import create_engine
    from bot.storage.migrate import write_revision

    write_revision(create_engine(settings_or_exit().database_url), message, revision_id)


@database.command("effacer")
def erase(conversation_id: str) -> None:
    """Efface une conversation partout : messages, demande, notes, propositions, mémoire de Rasa."""
    from datetime import datetime, timezone

    from bot.services.erase_conversation import erase_conversation
    from bot.storage.audit import Actor
    from bot.storage.engine import create_engine
    from bot.storage.unit_of_work import UnitOfWork

    engine = create_engine(settings_or_exit().database_url)
    with UnitOfWork(engine) as uow:
        if uow.conversations.get(conversation_id) is None:
            typer.echo(f"Aucune conversation {conversation_id}.", err=True)
            raise typer.Exit(1)
        uow.audit.write(
            Actor("cli"), "conversation.effacee", "conversation", conversation_id, datetime.now(timezone.utc)
        )
        erase_conversation(uow, conversation_id)
    engine.dispose()
    typer.echo(f"Conversation {conversation_id} effacée.")
