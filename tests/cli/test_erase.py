"""`cnfs base effacer`: a person's data goes, and the log says so."""

from typer.testing import CliRunner

from bot.cli import app
from bot.storage.unit_of_work import UnitOfWork
from tests.services.handover_team import Team


def test_a_conversation_is_erased_from_the_command_line(engine, clock, database_url, monkeypatch):
    for name, value in (("DATABASE_URL", database_url), ("SECRET_KEY", "x" * 32), ("RASA_SECRET", "y" * 32)):
        monkeypatch.setenv(f"CNFS_{name}", value)
    team = Team(engine, clock)
    conversation = team.conversation()
    team.asks_for_human(conversation, subject="mon secret")
    result = CliRunner().invoke(app, ["base", "effacer", conversation])
    assert (result.exit_code, "effacée" in result.output) == (0, True)
    with UnitOfWork(engine, writes=False) as uow:
        assert uow.conversations.get(conversation) is None
        assert uow.handovers.latest_of(conversation) is None
        assert [entry.action for entry in uow.audit.on("conversation", conversation)] == ["conversation.effacee"]
    assert CliRunner().invoke(app, ["base", "effacer", conversation]).exit_code == 1
