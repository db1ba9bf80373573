"""The composition root: builds the `web` process from the settings. Nothing else knows every part."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route

from bot.channels.gateway.dispatcher import Dispatcher
from bot.channels.gateway.tail import Tail
from bot.channels.gateway.upkeep import Upkeep
from bot.channels.gateway.wake import Wake
from bot.channels.rasa_client import RasaClient
from bot.channels.telegram.webhook import telegram_webhook
from bot.channels.web.guards import BodyLimit, Limits, SecurityHeaders
from bot.channels.web.health import health_endpoint
from bot.channels.widget.assets import widget_assets
from bot.channels.widget.configuration import widget_configuration
from bot.channels.widget.identity import IdentityApi
from bot.channels.widget.routes import WidgetApi
from bot.channels.widget.tokens import ConversationTokens
from bot.console.app import console_mount
from bot.console.oidc import OidcProvider
from bot.console.shell import Console, ConsoleConfig
from bot.services.access.from_settings import access_keys, host_token_rules, session_rules
from bot.services.erase_conversation import erase_conversation, erase_old_conversations
from bot.services.faq_desk.workbench import Workbench
from bot.services.handover.rules import handover_rules
from bot.services.staff.sessions import SessionLimits, forget_old_sessions
from bot.settings import Settings, faq_place
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork

ROOT = Path(__file__).resolve().parent.parent


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def create_web(settings: Settings) -> Starlette:
    """The ASGI application of the `web` process: gateway, widget API and, in the demo profile, demo pages."""
    engine = create_engine(settings.database_url)
    wake = Wake(settings.redis_url)
    rasa = RasaClient(settings.rasa_url, settings.actions_url, settings.rasa_secret.get_secret_value())
    rules = handover_rules(settings)
    dispatcher = Dispatcher(engine, rasa, wake, utc_now, handover=rules)

    async def erase(conversation_id: str) -> None:
        def run() -> None:
            with UnitOfWork(engine) as uow:
                erase_conversation(uow, conversation_id)

        await asyncio.to_thread(run)
        await wake.announce(conversation_id)

    limits = Limits(
        settings.redis_url,
        settings.messages_per_minute,
        settings.conversations_per_hour,
        settings.calls_per_minute,
    )
    faq_place_here = faq_place(settings, ROOT)
    services = {
        "faq_place": faq_place_here,
        "faq_workbench": Workbench(faq_place_here),
        "served_model": rasa.served_model,
    }
    console = Console(
        engine,
        wake,
        utc_now,
        _console_config(settings, limits),
        services=services,
        understand=rasa.understand,
        erase=erase,
    )
    widget = WidgetApi(
        engine=engine,
        tokens=ConversationTokens(settings.secret_key.get_secret_value(), settings.conversation_days),
        limits=limits,
        wake=wake,
        dispatcher=dispatcher,
        clock=utc_now,
        max_characters=settings.message_max_characters,
        configuration=lambda: widget_configuration(settings),
        erase=erase,
        handover=rules,
        keys=access_keys(settings),
        identity=IdentityApi(
            engine, access_keys(settings), session_rules(settings), host_token_rules(settings), utc_now
        ),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await wake.start()
        dispatcher.start()
        tasks = [
            asyncio.create_task(Tail(engine, wake, on_news=dispatcher.notify).run(), name="tail"),
            asyncio.create_task(Upkeep(engine, wake, rules, utc_now).run(), name="upkeep"),
            asyncio.create_task(_purge_daily(engine, settings), name="purge"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await dispatcher.stop()
            await wake.stop()
            await rasa.close()
            engine.dispose()

    routes: list[BaseRoute] = [
        Route("/health", health_endpoint(engine, rasa)),
        Mount("/api/widget", routes=widget.routes()),
        *widget_assets(),
        console_mount(console),
        *telegram_webhook(settings, engine, utc_now),
    ]
    if settings.is_demo:
        from bot.demo.pages import demo_routes

        routes += demo_routes(settings)
    https = settings.public_url.startswith("https://")
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={Exception: _apologise},
        middleware=[
            Middleware(SecurityHeaders, https=https),
            Middleware(
                CORSMiddleware,
                allow_origins=[*settings.allowed_origins, settings.public_url],
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
                max_age=3600,
            ),
            Middleware(BodyLimit, larger={"/console/faq/fichiers": 12_000_000, "/console/faq/": 500_000}),
            # Streams of events are left alone by Starlette.
            Middleware(GZipMiddleware, minimum_size=1024),
        ],
    )


async def _apologise(_request: Request, _error: Exception) -> JSONResponse:
    sentence = "Un problème technique empêche de répondre. Réessayez dans un instant : rien n'est perdu."
    return JSONResponse({"code": "error", "sentence": sentence}, status_code=500)


def _console_config(settings: Settings, limits: Limits) -> ConsoleConfig:
    return ConsoleConfig(
        secret_key=settings.secret_key.get_secret_value(),
        public_url=settings.public_url,
        demo=settings.is_demo,
        limits=_session_limits(settings),
        oidc=_oidc(settings),
        handover=handover_rules(settings),
        access=session_rules(settings),
        may_try_login=lambda address: limits.allow(limits.login, "login", address),
    )


def _oidc(settings: Settings) -> OidcProvider | None:
    if not settings.oidc_issuer:
        return None
    return OidcProvider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


def _session_limits(settings: Settings) -> SessionLimits:
    return SessionLimits(
        idle=timedelta(minutes=settings.console_idle_minutes), absolute=timedelta(hours=settings.console_session_hours)
    )


async def _purge_daily(engine, settings: Settings) -> None:
    def purge() -> None:
        with UnitOfWork(engine) as uow:
            erase_old_conversations(uow, timedelta(days=settings.retention_days), utc_now())
        with UnitOfWork(engine) as uow:
            forget_old_sessions(uow, _session_limits(settings), utc_now())
            uow.cra_drafts.remove_older_than(utc_now() - timedelta(days=settings.cra_draft_days))
            uow.commit()

    while True:
        await asyncio.to_thread(purge)
        await asyncio.sleep(86400)
