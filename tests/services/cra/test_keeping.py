"""What is kept of a conseiller's reports, handed over, and erased."""

import json
from datetime import timedelta

from bot.services.personal_data import erase_personal_data, export_personal_data
from bot.storage.unit_of_work import UnitOfWork
from tests.services.cra.conftest import WORKSHOP
from tests.services.telegram_people import linked_chat


def test_drafts_and_reports_are_handed_over_and_only_drafts_are_erased(engine, clock):
    chat, conseiller = linked_chat(engine, clock())
    with UnitOfWork(engine) as uow:
        draft = uow.cra_drafts.add(conseiller.id, WORKSHOP, clock())
        cra_id = uow.cras.add(conseiller.id, conseiller.structure_id, WORKSHOP, draft.id, clock())
        content = json.loads(export_personal_data(uow, {}, chat)[0])
        assert content["comptes_rendus"][0]["numero"] == cra_id
        assert content["brouillons"][0]["commune"] == "Riom"
        uow.commit()
    with UnitOfWork(engine) as uow:
        erase_personal_data(uow, chat)
    with UnitOfWork(engine) as uow:
        assert uow.cra_drafts.of(conseiller.id) == []
        assert uow.cras.get(cra_id, conseiller.id) is not None


def test_a_draft_left_alone_is_purged(engine, clock):
    _, conseiller = linked_chat(engine, clock())
    with UnitOfWork(engine) as uow:
        uow.cra_drafts.add(conseiller.id, WORKSHOP, clock())
        assert uow.cra_drafts.remove_older_than(clock() - timedelta(days=30)) == 0
        clock.advance(30 * 86400 + 1)
        assert uow.cra_drafts.remove_older_than(clock() - timedelta(days=30)) == 1
