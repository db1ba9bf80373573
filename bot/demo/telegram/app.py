"""The imitation as a web application: the Bot API at /bot<token>/…, a phone at /."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.telegram.delivery import deliver
from bot.demo.telegram.errors import ApiError
from bot.demo.telegram.memory import keep, load, save
from bot.demo.telegram.methods import Methods, Uploads
from bot.demo.telegram.phone import phone_routes
from bot.demo.telegram.world import World


def create_emulator(token: str, memory: Path | None = None) -> Starlette:
    """`app.state.world` is what tests look at and play with; with `memory`, chats survive a restart."""
    world = World()
    if memory:
        load(world, memory)
    methods = Methods(world)

    async def call(request: Request) -> Response:
        if world.trouble.down:
            return Response(status_code=502)
        if not hmac.compare_digest(request.path_params["token"].encode(), token.encode()):
            return JSONResponse(ApiError(401, "Unauthorized").body(), status_code=401)
        parameters, uploads = await _parameters(request)
        try:
            result = await methods.call(request.path_params["method"], parameters, uploads)
        except ApiError as error:
            return JSONResponse(error.body(), status_code=error.code)
        return JSONResponse({"ok": True, "result": result})

    async def download(request: Request) -> Response:
        file_id = request.path_params["file_id"]
        known = hmac.compare_digest(request.path_params["token"].encode(), token.encode())
        if not known or file_id not in world.files:
            return JSONResponse(ApiError(404, "Not Found").body(), status_code=404)
        return Response(world.files[file_id][1], media_type="application/octet-stream")

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(deliver(world), name="webhook")]
        if memory:
            tasks.append(asyncio.create_task(keep(world, memory), name="memory"))
        yield
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if memory:
            save(world, memory)

    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
            Route("/file/bot{token}/documents/{file_id}/{name}", download),
            *phone_routes(world),
        ],
        lifespan=lifespan,
    )
    app.state.world = world
    return app


async def _parameters(request: Request) -> tuple[dict[str, Any], Uploads]:
    """JSON, form or multipart, as the Bot API takes them; objects inside a form are JSON."""
    parameters: dict[str, Any] = dict(request.query_params)
    uploads: Uploads = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        parameters |= json.loads(await request.body() or b"{}")
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            for key, value in form.multi_items():
                if isinstance(value, UploadFile):
                    uploads[key] = (value.filename or key, await value.read())
                else:
                    parameters[key] = value
    for key, value in parameters.items():
        if key not in ("text", "caption", "description") and isinstance(value, str):
            with contextlib.suppress(ValueError):
                if value[:1] in ("{", "[") or value in ("true", "false"):
                    parameters[key] = json.loads(value)
    return parameters, uploads
