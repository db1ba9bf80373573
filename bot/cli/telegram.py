"""`cnfs telegram | emulateur`: the Telegram channel, and an imitation of Telegram to try it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

import typer

from bot.cli.servers import settings_or_exit


def telegram() -> None:
    """Lance `telegram`, qui reçoit et envoie les messages du bot Telegram."""
    from bot.bootstrap import utc_now
    from bot.channels.telegram.process import TelegramProcess
    from bot.logs import configure_logs
    from bot.storage.engine import create_engine

    settings = settings_or_exit()
    if settings.telegram_token is None:
        typer.echo("Aucun bot : CNFS_TELEGRAM_TOKEN manque (le jeton que donne BotFather).", err=True)
        raise typer.Exit(2)
    configure_logs(settings.log_format, "telegram", hidden=[settings.telegram_token.get_secret_value()])
    engine = create_engine(settings.database_url)

    async def run() -> None:
        task = asyncio.create_task(TelegramProcess(settings, engine, utc_now).run())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())


def emulator(port: int = typer.Option(8010, help="Port, sur la boucle locale.")) -> None:
    """Démonstration : imite Telegram, avec un téléphone dans le navigateur."""
    import uvicorn

    from bot.demo.telegram.app import create_emulator

    # Not from the settings: in production this imitation does not exist, whatever they say.
    if os.environ.get("CNFS_PROFILE") != "demo":
        typer.echo("L'émulateur n'existe qu'en démonstration (CNFS_PROFILE=demo).", err=True)
        raise typer.Exit(2)
    settings = settings_or_exit()
    if settings.telegram_token is None:
        typer.echo("CNFS_TELEGRAM_TOKEN manque : inventez-en un, l'émulateur l'acceptera.", err=True)
        raise typer.Exit(2)
    # Beside the demonstration's database: they tell of the same conversations.
    database = settings.database_path
    memory = database.with_suffix(".telegram.json") if database else None
    app = create_emulator(settings.telegram_token.get_secret_value(), memory)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
