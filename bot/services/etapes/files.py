"""The walk of a proven structure: what it declares is kept per poste in the database, beside what its file proves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.dispositif.access import Identity
from bot.dispositif.constat import constat_of
from bot.dispositif.dossier import EtatPoste, Fiche, Poste
from bot.dispositif.etapes import ETAPE_DU_JALON, FIRST, LAST, Avancement, Constat
from bot.services.access.sessions import SessionRules, actor_of, current_identity, place_of
from bot.services.dialogue import Incoming
from bot.services.etapes.journey import PosteRef, Proven, first_to_do
from bot.storage.etape_progress import Declared
from bot.storage.unit_of_work import UnitOfWork

DONE, SKIPPED, READING = "faite", "passee", "en_cours"


class DatabaseFiles:
    """Finds out who is proven to be in a conversation. `open_unit_of_work(writes)` opens a transaction."""

    def __init__(self, open_unit_of_work: Callable[[bool], UnitOfWork], rules: Callable[[], SessionRules]) -> None:
        self._open, self._rules = open_unit_of_work, rules

    def proven(self, message: Incoming) -> Proven | None:
        with self._open(False) as uow:
            place = place_of(uow, message.conversation_id, message.channel)
            # Most people are visitors: they never wait for a writer.
            if uow.identities.get(place.channel, place.external_id) is None:
                return None
        with self._open(True) as uow:
            identity = current_identity(uow, self._rules(), place, message.now)
            fiche = uow.structures.fiche(identity.structure_id) if identity else None
            postes = _active(fiche) if fiche else ()
            declared = {poste.id: uow.etape_progress.of_poste(poste.id) for poste in postes}
            if identity and postes:
                structure_id = identity.structure_id
                uow.audit.write(
                    actor_of(identity), "etapes.lues", "structure", structure_id, message.now, place.conversation_id
                )
            uow.commit()
        if identity is None or fiche is None or not postes:
            return None
        return _ProvenStructure(self._open, identity, fiche, postes, declared, message)


class _ProvenStructure:
    """The postes of one structure, as they were when the message came."""

    def __init__(
        self,
        open_unit_of_work: Callable[[bool], UnitOfWork],
        identity: Identity,
        fiche: Fiche,
        postes: tuple[Poste, ...],
        declared: dict[int, dict[int, Declared]],
        message: Incoming,
    ) -> None:
        self._open, self._identity, self._fiche = open_unit_of_work, identity, fiche
        self._by_id = {poste.id: poste for poste in postes}
        self._declared, self._message = declared, message

    @property
    def postes(self) -> tuple[PosteRef, ...]:
        return tuple(PosteRef(poste.id, poste.numero, _label(poste)) for poste in self._by_id.values())

    def read(self, poste_id: int, today: date) -> tuple[Avancement, Constat]:
        constat = constat_of(self._fiche.structure, self._by_id[poste_id], today)
        return avancement_of(self._declared[poste_id], constat), constat

    def write(self, poste_id: int, before: Avancement, after: Avancement) -> None:
        now, structure_id = self._message.now, self._identity.structure_id
        with self._open(True) as uow:
            for number in range(FIRST, LAST + 1):
                old, new = _row(before, number), _row(after, number)
                if new is None and old is not None:
                    uow.etape_progress.forget(poste_id, number)
                elif new is not None and (new != old or number == after.current):
                    uow.etape_progress.declare(poste_id, number, *new, now)
            if _said(before) != _said(after):
                actor = actor_of(self._identity)
                uow.audit.write(
                    actor, "etapes.declarees", "structure", structure_id, now, self._message.conversation_id
                )
            uow.commit()


def avancement_of(rows: dict[int, Declared], constat: Constat) -> Avancement:
    """The walk as its rows tell it; where nothing says which step is being read, the first one to do."""
    dates = {jalon: rows[step].fait_le for jalon, step in ETAPE_DU_JALON.items() if step in rows and rows[step].fait_le}
    declared = Avancement(
        done=frozenset(number for number, row in rows.items() if row.etat == DONE),
        skipped=frozenset(number for number, row in rows.items() if row.etat == SKIPPED),
        dates=dates,
    )
    reading = [row for row in rows.values() if row.etat == READING]
    if reading:
        return declared.go_to(max(reading, key=lambda row: row.declared_at).etape)
    return first_to_do(declared, constat)


def _row(avancement: Avancement, number: int) -> tuple[str, date | None] | None:
    """(etat, day) of one step, or None when there is nothing to say about it."""
    jalon = next((jalon for jalon, step in ETAPE_DU_JALON.items() if step == number), None)
    day = avancement.dates.get(jalon) if jalon else None
    if number in avancement.done:
        return DONE, day
    if number in avancement.skipped:
        return SKIPPED, day
    return (READING, day) if number == avancement.current or day else None


def _said(avancement: Avancement) -> tuple:
    return avancement.done, avancement.skipped, dict(avancement.dates)


def _active(fiche: Fiche) -> tuple[Poste, ...]:
    return tuple(poste for poste in fiche.postes if poste.etat is EtatPoste.ACTIF)


def _label(poste: Poste) -> str:
    holder = next((contrat.conseiller.full_name for contrat in poste.contrats), None)
    return f"poste {poste.numero}" + (f" ({holder})" if holder else "")
