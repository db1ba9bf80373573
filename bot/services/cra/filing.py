"""Files a finished draft, corrects or deletes a filed report, undoes either. Everything leaves a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.dispositif.communes import Communes
from bot.dispositif.cra import BrokenRule, check, missing
from bot.dispositif.nomenclature_cra import Nomenclature
from bot.storage.audit import Actor
from bot.storage.cra import ARCHIVED, CORRECTED, FiledCra
from bot.storage.cra_drafts import Draft
from bot.storage.unit_of_work import UnitOfWork

UNDO = timedelta(minutes=10)


@dataclass(frozen=True)
class Filing:
    """What became of a confirmation. `filed` is the report's id; otherwise what is missing or wrong."""

    filed: int | None = None
    already: bool = False
    missing: tuple[str, ...] = ()
    broken: tuple[BrokenRule, ...] = ()


def file_draft(
    uow: UnitOfWork,
    draft: Draft,
    structure_id: int,
    nomenclature: Nomenclature,
    communes: Communes | None,
    today: date,
    now: datetime,
) -> Filing:
    """Files the draft if nothing is missing or wrong; a draft filed already is found again, never filed twice."""
    cra = draft.cra
    if known := uow.cras.of_draft(draft.id):
        return Filing(known.id, already=True)
    absent, broken = missing(cra), tuple(check(cra, nomenclature, today, communes))
    if absent or broken:
        return Filing(missing=absent, broken=broken)
    before = uow.cras.get(draft.cra_id, draft.conseiller_id) if draft.cra_id else None
    if before:
        uow.cras.replace(before, cra, now)
        cra_id, action = before.id, "cra.corrige"
    else:
        cra_id, action = uow.cras.add(draft.conseiller_id, structure_id, cra, draft.id, now), "cra.depose"
    uow.cra_drafts.remove(draft.id)
    _audit(uow, draft.conseiller_id, action, cra_id, now)
    return Filing(cra_id)


def delete_report(uow: UnitOfWork, conseiller_id: int, cra_id: int, now: datetime) -> FiledCra | None:
    """Takes a report out of lists and figures; None when it is not theirs or is deleted already."""
    filed = uow.cras.get(cra_id, conseiller_id)
    if filed is None or filed.archived_at:
        return None
    uow.cras.archive(filed, now)
    _audit(uow, conseiller_id, "cra.archive", cra_id, now)
    return filed


def undo(uow: UnitOfWork, conseiller_id: int, cra_id: int, now: datetime) -> str | None:
    """Undoes the last thing done to a report (filed, corrected, deleted) within ten minutes.

    Returns what was undone ("depose", "corrige" or "archive"), or None when it is too late or not theirs.
    """
    filed = uow.cras.get(cra_id, conseiller_id)
    if filed is None or now - filed.updated_at > UNDO:
        return None
    last = uow.cras.previous(cra_id)
    if filed.archived_at:
        uow.cras.restore(filed, now)
        undone = ARCHIVED
    elif last and last[0] == CORRECTED:
        uow.cras.replace(filed, last[1], now)
        undone = CORRECTED
    else:
        uow.cras.archive(filed, now)
        undone = "depose"
    _audit(uow, conseiller_id, "cra.annule", cra_id, now)
    return undone


def start_correction(uow: UnitOfWork, filed: FiledCra, now: datetime) -> Draft:
    """A draft that will replace a filed report once confirmed."""
    return uow.cra_drafts.add(filed.conseiller_id, filed.cra, now, cra_id=filed.id)


def _audit(uow: UnitOfWork, conseiller_id: int, action: str, cra_id: int, now: datetime) -> None:
    uow.audit.write(Actor("conseiller", str(conseiller_id)), action, "cra", cra_id, now)
