"""Brings updates to the bot's webhook, again and again until it says 2xx."""

from __future__ import annotations

import asyncio
import contextlib

import httpx

from bot.demo.telegram.world import World

PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)


async def deliver(world: World) -> None:
    """Until cancelled."""
    failures = 0
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        while True:
            version = world.version
            if not world.webhook.url or not (world.updates or world.again):
                await world.wait(version, 1.0)
                continue
            repeated = bool(world.again)
            update = (world.again or world.updates)[0]
            headers = {"X-Telegram-Bot-Api-Secret-Token": world.webhook.secret} if world.webhook.secret else {}
            try:
                response = await client.post(world.webhook.url, json=update, headers=headers)
                problem = "" if response.is_success else f"Wrong response from the webhook: {response.status_code}"
            except httpx.HTTPError as error:
                problem = type(error).__name__
            world.webhook.last_error = problem or world.webhook.last_error
            if problem:
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
                continue
            failures = 0
            with contextlib.suppress(ValueError):
                (world.again if repeated else world.updates).remove(update)
            world.delivered.append(update)
