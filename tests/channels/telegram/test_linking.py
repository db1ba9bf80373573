"""A conseiller links, uses and unlinks their chat, as they live it in Telegram."""

from datetime import timedelta

import sqlalchemy as sa

from bot.services.access.codes import issue_conseiller_code
from bot.services.access.from_settings import access_keys
from bot.services.link_conseiller import linked_conseiller
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork
from tests.channels.telegram.conftest import now
from tests.channels.telegram.gestures import start
from tests.services.telegram_people import add_conseiller


def invite(setup) -> str:
    conseiller = add_conseiller(setup.engine, now())
    with UnitOfWork(setup.engine) as uow:
        keys = access_keys(setup.settings)
        return issue_conseiller_code(uow, keys, conseiller.id, Actor("cli", "test"), timedelta(days=1), now()).code


def who(setup, person=None):
    with UnitOfWork(setup.engine, writes=False) as uow:
        conversation = uow.conversations.find("telegram", str(person or setup.person))
        found = linked_conseiller(uow, conversation.id)
        return found.prenom if found else None


async def test_a_deep_link_links_and_its_code_is_kept_nowhere(setup):
    code = invite(setup)
    setup.world.write(setup.person, f"/start {code}")
    await setup.says("Bonjour Camille, votre compte est lié.")
    assert setup.texts()[0].startswith("Bonjour ! Je suis l'assistant")
    assert who(setup) == "Camille"
    with setup.engine.connect() as connection:
        dump = str(connection.execute(sa.text("SELECT text FROM messages")).all())
        await setup.until(
            lambda: (
                not any("start" in str(row) for row in connection.execute(sa.text("SELECT body FROM telegram_updates")))
            )
        )
    assert code not in dump
    assert setup.received == []


async def test_a_code_pasted_as_text_links_too(setup):
    code = invite(setup)
    await start(setup)
    setup.world.write(setup.person, f"voici mon code {code.lower()}")
    await setup.says("votre compte est lié")
    with setup.engine.connect() as connection:
        assert code.lower() not in str(connection.execute(sa.text("SELECT text FROM messages")).all())


async def test_a_forwarded_link_is_refused_to_the_second(setup):
    code = invite(setup)
    second = list(setup.world.people)[1]
    setup.world.write(setup.person, f"/start {code}")
    await setup.says("votre compte est lié")
    setup.world.write(second, f"/start {code}")
    await setup.says("Ce lien n'est pas valable", second)
    assert who(setup, second) is None


async def test_unlinking_asks_first(setup):
    setup.world.write(setup.person, f"/start {invite(setup)}")
    await setup.says("votre compte est lié")
    setup.world.write(setup.person, "/deconnexion")
    question = await setup.says("Délier ce compte Telegram de Camille Moreau ?")
    await setup.press(question, "Non, garder")
    await setup.says("rien ne change")
    assert who(setup) == "Camille"
    setup.world.write(setup.person, "/deconnexion")
    await setup.until(lambda: sum("Délier ce compte" in text for text in setup.texts()) == 2)
    await setup.press(await setup.says("Délier ce compte Telegram de Camille Moreau ? Vous"), "Oui, délier")
    await setup.says("Ce compte Telegram est délié")
    assert who(setup) is None
    setup.world.write(setup.person, "/deconnexion")
    await setup.says("n'est lié à aucun conseiller")


async def test_blocking_the_bot_stops_the_reminders(setup):
    from bot.storage.reminders import WEEKLY, Reminder

    setup.world.write(setup.person, f"/start {invite(setup)}")
    await setup.says("votre compte est lié")
    with UnitOfWork(setup.engine) as uow:
        conversation = uow.conversations.find("telegram", str(setup.person))
        due = now() + timedelta(days=1)
        uow.reminders.save(
            Reminder(conversation.id, WEEKLY, (1,), "10:00", "Europe/Paris", "63", None, due, now()), now()
        )
        uow.commit()

    def running():
        with UnitOfWork(setup.engine, writes=False) as uow:
            return uow.reminders.of(conversation.id)

    assert running()
    setup.world.block(setup.person, True)
    await setup.until(lambda: not running())
