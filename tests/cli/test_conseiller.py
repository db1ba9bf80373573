"""`cnfs conseiller …`: invitations, and cutting a lost phone."""

from datetime import datetime, timezone

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade
from tests.services.telegram_people import add_conseiller


@pytest.fixture
def invite(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'cnfs.db'}"
    for name, value in {
        "CNFS_DATABASE_URL": url,
        "CNFS_SECRET_KEY": "cle-de-test-cle-de-test-cle-de-test",
        "CNFS_RASA_SECRET": "secret-de-test-secret-de-test-secret",
        "CNFS_TELEGRAM_BOT": "@assistant_bot",
        "CNFS_PROFILE": "production",
    }.items():
        monkeypatch.setenv(name, value)
    engine = create_engine(url)
    upgrade(engine)
    add_conseiller(engine, datetime.now(timezone.utc))
    engine.dispose()
    return lambda *arguments: CliRunner().invoke(app, ["conseiller", *arguments])


def test_an_invitation_is_a_link_shown_once(invite):
    first, second = invite("inviter", "camille@exemple.fr"), invite("inviter", "1", "--jours", "3")
    for result in (first, second):
        assert result.exit_code == 0
        assert "Camille Moreau" in result.output
        assert "https://t.me/assistant_bot?start=" in result.output
    assert first.output != second.output


def test_an_unknown_person_is_a_clear_message(invite):
    result = invite("inviter", "personne@exemple.fr")
    assert result.exit_code == 1
    assert "Aucun conseiller ne correspond" in result.output


def test_cutting_someone_says_how_many_chats(invite):
    assert "0 compte(s) Telegram délié(s)" in invite("delier", "1").output


def test_without_a_token_the_channel_says_what_is_missing(invite):
    result = CliRunner().invoke(app, ["telegram"])
    assert result.exit_code == 2
    assert "CNFS_TELEGRAM_TOKEN" in result.output


def test_the_imitation_does_not_start_in_production(invite):
    result = CliRunner().invoke(app, ["emulateur"])
    assert result.exit_code == 2
    assert "démonstration" in result.output
