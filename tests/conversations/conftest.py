"""The whole assistant in one process: the trained model, Rasa's dialogue and the real actions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.training import live_model, rasa_environment


class Assistant:
    """Says things to the assistant; each sender is a conversation of its own."""

    def __init__(self, agent: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._agent, self._loop = agent, loop

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        """The assistant's messages, whole: text, buttons, question, parts."""
        from rasa.core.channels.channel import UserMessage

        from bot.channels.rasa_input import WholeMessages

        output = WholeMessages()
        message = UserMessage(text, output, sender, input_channel="cnfs")
        self._loop.run_until_complete(self._agent.handle_message(message))
        return output.messages


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    from bot.actions import resources
    from bot.demo.seed import seed_demo
    from bot.storage.engine import create_engine
    from bot.storage.migrate import upgrade
    from bot.storage.unit_of_work import UnitOfWork

    model = live_model()
    if model is None:
        pytest.fail("Aucun modèle : lancez « make train » (fait par « make test »).")
    loop = asyncio.new_event_loop()
    with pytest.MonkeyPatch.context() as patch:
        database_url = f"sqlite:///{tmp_path_factory.mktemp('conversations') / 'cnfs.db'}"
        # In the demo profile a plain client, as here, may identify itself.
        secrets = {"CNFS_PROFILE": "demo", "CNFS_SECRET_KEY": "s" * 32, "CNFS_RASA_SECRET": "r" * 32}
        for name, value in {**rasa_environment(), "CNFS_DATABASE_URL": database_url, **secrets}.items():
            patch.setenv(name, value)
        for opened_once in (resources.settings, resources.engine):
            opened_once.cache_clear()
        upgrade(create_engine(database_url))
        with UnitOfWork(create_engine(database_url)) as uow:
            seed_demo(uow, datetime.now(timezone.utc))
        agent = loop.run_until_complete(_load_agent(model))
        yield Assistant(agent, loop)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _load_agent(model: Any) -> Any:
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("bot.actions")

    class InProcessActions(EndpointConfig):
        """Runs the real actions here instead of over HTTP."""

        async def request(self, *_args: Any, json: dict[str, Any] | None = None, **_options: Any) -> Any:
            return await executor.run(json)

    return Agent.load(str(model), action_endpoint=InProcessActions("http://in-process"))


@pytest.fixture
def talk(assistant: Assistant, request: pytest.FixtureRequest) -> Callable[[str], list[dict[str, Any]]]:
    """Says a text in a conversation that only this test knows."""

    def say(text: str) -> list[dict[str, Any]]:
        return assistant.say(request.node.nodeid, text)

    return say
