from dataclasses import replace

import pytest

from bot.services.cra.filing import delete_report, file_draft, start_correction, undo
from bot.storage.cra import Filter
from bot.storage.unit_of_work import UnitOfWork
from tests.services.cra.conftest import INDIVIDUAL, WORKSHOP


@pytest.fixture
def file(engine, clock, nomenclature, conseiller_id, structure_id):
    """Files a report as its conseiller would, and returns its id."""

    def run(cra=WORKSHOP, conseiller=None):
        with UnitOfWork(engine) as uow:
            draft = uow.cra_drafts.add(conseiller or conseiller_id, cra, clock())
            filing = file_draft(uow, draft, structure_id, nomenclature, None, clock().date(), clock())
            uow.commit()
        assert filing.filed, filing
        return filing.filed

    return run


def listed(engine, conseiller_id, **wanted):
    with UnitOfWork(engine, writes=False) as uow:
        return [filed.id for filed in uow.cras.page(conseiller_id, Filter(**wanted), 50, 0)]


def test_a_filed_report_reads_back_as_it_was_told(engine, conseiller_id, file):
    cra_id = file()
    with UnitOfWork(engine, writes=False) as uow:
        assert uow.cras.get(cra_id, conseiller_id).cra == WORKSHOP
        assert uow.cra_drafts.of(conseiller_id) == []


def test_confirming_twice_files_once(engine, clock, nomenclature, conseiller_id, structure_id):
    with UnitOfWork(engine) as uow:
        draft = uow.cra_drafts.add(conseiller_id, WORKSHOP, clock())
        first = file_draft(uow, draft, structure_id, nomenclature, None, clock().date(), clock())
        second = file_draft(uow, draft, structure_id, nomenclature, None, clock().date(), clock())
        uow.commit()
    assert second.filed == first.filed and second.already
    assert listed(engine, conseiller_id) == [first.filed]


def test_the_number_of_a_draft_is_never_given_again(engine, clock, conseiller_id):
    with UnitOfWork(engine) as uow:
        first = uow.cra_drafts.add(conseiller_id, WORKSHOP, clock())
        uow.cra_drafts.remove(first.id)
        assert uow.cra_drafts.add(conseiller_id, WORKSHOP, clock()).id != first.id


def test_an_incomplete_draft_is_kept_and_says_what_is_missing(engine, clock, nomenclature, conseiller_id, structure_id):
    with UnitOfWork(engine) as uow:
        draft = uow.cra_drafts.add(conseiller_id, replace(WORKSHOP, themes=(), nb_participants=120), clock())
        filing = file_draft(uow, draft, structure_id, nomenclature, None, clock().date(), clock())
        uow.commit()
    assert filing.filed is None
    assert "themes" in filing.missing
    assert "participants_trop" in {rule.cle for rule in filing.broken}
    with UnitOfWork(engine, writes=False) as uow:
        assert [kept.id for kept in uow.cra_drafts.of(conseiller_id)] == [draft.id]


def test_nobody_reads_changes_or_deletes_the_report_of_another(engine, clock, file, new_conseiller):
    cra_id, other = file(), new_conseiller("Paul")
    with UnitOfWork(engine) as uow:
        assert uow.cras.get(cra_id, other) is None
        assert delete_report(uow, other, cra_id, clock()) is None
        assert undo(uow, other, cra_id, clock()) is None


def test_a_correction_replaces_the_report_and_can_be_undone(
    engine, clock, nomenclature, conseiller_id, structure_id, file
):
    cra_id = file()
    clock.advance(3600)
    with UnitOfWork(engine) as uow:
        draft = start_correction(uow, uow.cras.get(cra_id, conseiller_id), clock())
        uow.cra_drafts.save(draft, replace(WORKSHOP, duree_minutes=90), {}, clock())
        draft = uow.cra_drafts.get(draft.id, conseiller_id)
        filing = file_draft(uow, draft, structure_id, nomenclature, None, clock().date(), clock())
        uow.commit()
    assert filing.filed == cra_id
    with UnitOfWork(engine) as uow:
        assert uow.cras.get(cra_id, conseiller_id).cra.duree_minutes == 90
        assert undo(uow, conseiller_id, cra_id, clock.advance(60)) == "corrige"
        assert uow.cras.get(cra_id, conseiller_id).cra == WORKSHOP


def test_a_deleted_report_leaves_lists_and_figures_and_comes_back_within_ten_minutes(
    engine, clock, conseiller_id, file
):
    cra_id = file()
    with UnitOfWork(engine) as uow:
        assert delete_report(uow, conseiller_id, cra_id, clock.advance(3600)) is not None
        assert uow.cras.count(conseiller_id, Filter()) == 0
        assert uow.cras.last_date(conseiller_id) is None
        assert undo(uow, conseiller_id, cra_id, clock.advance(599)) == "archive"
        assert uow.cras.count(conseiller_id, Filter()) == 1


def test_it_is_too_late_to_undo_after_ten_minutes(engine, clock, conseiller_id, file):
    cra_id = file()
    with UnitOfWork(engine) as uow:
        assert undo(uow, conseiller_id, cra_id, clock.advance(601)) is None


def test_a_list_filters_and_starts_with_the_latest(engine, conseiller_id, file):
    old, new = file(replace(WORKSHOP, date=WORKSHOP.date.replace(day=3))), file(INDIVIDUAL)
    assert listed(engine, conseiller_id) == [new, old]
    assert listed(engine, conseiller_id, activite="collectif") == [old]
    assert listed(engine, conseiller_id, theme="demarche en ligne") == [new]
    assert listed(engine, conseiller_id, since=INDIVIDUAL.date) == [new]
    assert listed(engine, conseiller_id, code_postal="75001") == []


def test_everything_is_in_the_audit_log_without_content(engine, clock, conseiller_id, file):
    cra_id = file()
    with UnitOfWork(engine) as uow:
        delete_report(uow, conseiller_id, cra_id, clock())
        undo(uow, conseiller_id, cra_id, clock())
        assert [entry.action for entry in uow.audit.on("cra", cra_id)] == ["cra.annule", "cra.archive", "cra.depose"]
