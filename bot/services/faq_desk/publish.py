"""Publishes a candidate, goes back to an earlier version, and finishes what a crash left half done.

The steps can each be done again without harm, in this order: the history says what is meant, the files are written,
one file switches what is live, git is told, the history says it is done. Only the switch is seen by the public.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.dispositif.redaction import Candidate, CandidateState, DraftKind, Published
from bot.reference.yaml_files import ReferenceError
from bot.services.check_faq import normalise
from bot.services.faq_desk import git
from bot.services.faq_desk.content import Content, fingerprint_of, load_snapshot, save_snapshot, write_content
from bot.services.faq_desk.place import FaqDeskError, Place
from bot.services.published_faq import Publication, card_of, set_live
from bot.storage.unit_of_work import UnitOfWork

MAX_REASON = 500
# An archive weighs 30 MB: how many versions one can go back to, and how many candidates wait.
KEPT_VERSIONS = 12
KEPT_CANDIDATES = 6


def accept_loss(uow: UnitOfWork, place: Place, candidate_id: int, by: str, reason: str, now: datetime) -> None:
    """A second person takes responsibility for a candidate that the gate refuses.

    Raises:
        FaqDeskError: the reason is missing, or the person is the author.
    """
    candidate = _ready(uow, candidate_id)
    if len(reason.strip()) < 10:
        raise FaqDeskError(
            "Écrivez pourquoi vous acceptez cette perte (10 caractères au moins) : l'historique le garde."
        )
    if place.four_eyes and by == candidate.author:
        raise FaqDeskError("Une autre personne que l'auteur doit accepter cette perte.")
    uow.faq_releases.update_candidate(
        candidate.id, accepted_by=by, accepted_reason=reason.strip()[:MAX_REASON], accepted_at=now
    )


def publish(engine: Engine, place: Place, candidate_id: int, author: str, reason: str, now: datetime) -> Published:
    """Makes a candidate live. Conversations go on: nothing restarts.

    Raises:
        FaqDeskError: not ready, refused by the gate, or compared with something that is no longer live.
    """
    with publication_lock(place):
        _finish_started(engine, place, now)
        return carry_out(engine, place, _begin(engine, place, candidate_id, author, reason, now), now)


def _begin(engine: Engine, place: Place, candidate_id: int, author: str, reason: str, now: datetime) -> Published:
    with UnitOfWork(engine) as uow:
        candidate = _ready(uow, candidate_id)
        objections = (candidate.report or {}).get("objections") or []
        if objections and not candidate.accepted_by:
            raise FaqDeskError(
                "La publication est refusée : "
                + " ".join(objections)
                + " Corrigez, ou demandez à un administrateur d'accepter cette perte avec un motif."
            )
        live = place.live()
        if (live.model, live.faq) != (candidate.base_model, candidate.base_faq):
            raise FaqDeskError("La version en ligne a changé depuis cette comparaison : lancez-en une nouvelle.")
        if place.content().version != candidate.base_content:
            raise FaqDeskError("Le contenu a changé depuis cette comparaison : lancez-en une nouvelle.")
        if not uow.faq_releases.publications("live", 1):
            _record_first(uow, place, live, now)
        publication_id = uow.faq_releases.add_publication(
            now,
            kind="publication",
            author=author,
            reason=(reason.strip() or _default_reason(uow, candidate))[:MAX_REASON],
            candidate_id=candidate.id,
            model=candidate.model,
            faq=candidate.faq,
            content=candidate.content,
            figures=(candidate.report or {}).get("resume") or {},
            accepted_by=candidate.accepted_by if objections else None,
            accepted_reason=candidate.accepted_reason if objections else None,
        )
        published = uow.faq_releases.publication(publication_id)
        uow.commit()
    return published


def roll_back(engine: Engine, place: Place, target_id: int, author: str, reason: str, now: datetime) -> Published:
    """Makes an earlier version live again, in seconds; a new line of the history says so.

    Raises:
        FaqDeskError: that version is unknown, is live already, or its files are gone.
    """
    with publication_lock(place):
        _finish_started(engine, place, now)
        return carry_out(engine, place, _begin_return(engine, place, target_id, author, reason, now), now)


def _begin_return(engine: Engine, place: Place, target_id: int, author: str, reason: str, now: datetime) -> Published:
    with UnitOfWork(engine) as uow:
        target = uow.faq_releases.publication(target_id)
        if target is None or target.state != "live":
            raise FaqDeskError("Cette version n'est pas dans l'historique.")
        live = place.live()
        if (live.model, live.faq) == (target.model, target.faq):
            raise FaqDeskError("Cette version est déjà en ligne.")
        if not all((place.models / name).exists() for name in (target.model, target.faq)):
            raise FaqDeskError("Les fichiers de cette version ne sont plus conservés.")
        publication_id = uow.faq_releases.add_publication(
            now,
            kind="rollback",
            author=author,
            reason=(reason.strip() or f"Retour à la version {target.id}")[:MAX_REASON],
            target_id=target.id,
            model=target.model,
            faq=target.faq,
            content=target.content,
            figures=target.figures,
        )
        published = uow.faq_releases.publication(publication_id)
        uow.commit()
    return published


def carry_out(engine: Engine, place: Place, published: Published, now: datetime) -> Published:
    """The steps after the history knows what is meant; done again after a crash, they lead to the same state."""
    content = load_snapshot(published.content, place.models)
    write_content(content, place.faq)
    set_live(Publication(published.model, published.faq, published.content), place.models)
    made, problem = None, None
    if place.branch:
        try:
            made = git.commit(content, place.faq, place.branch, published.author, _message(published))
        except git.GitRefused as refusal:
            # The assistant does not depend on git: say it, and offer the patch.
            problem = str(refusal)
    with UnitOfWork(engine) as uow:
        uow.faq_releases.update_publication(
            published.id, state="live", commit=made, git_problem=problem, finished_at=now
        )
        if published.candidate_id is not None:
            candidate = uow.faq_releases.candidate(published.candidate_id)
            _keep_test_phrases(uow, candidate, published.author, now)
            _close_drafts(uow, candidate, content, now)
            uow.faq_releases.update_candidate(candidate.id, state=CandidateState.PUBLISHED.value)
        result = uow.faq_releases.publication(published.id)
        _forget_old(uow, place)
        uow.commit()
    return result


def recover(engine: Engine, place: Place, now: datetime) -> int:
    """Carries on publications that a crash interrupted; returns how many. One that is being made is left alone."""
    try:
        with publication_lock(place, wait=False):
            return _finish_started(engine, place, now)
    except FaqDeskError:
        return 0


def _finish_started(engine: Engine, place: Place, now: datetime) -> int:
    with UnitOfWork(engine, writes=False) as uow:
        started = uow.faq_releases.publications("started")
    for published in reversed(started):
        try:
            carry_out(engine, place, published, now)
        except (ReferenceError, OSError):
            with UnitOfWork(engine) as uow:
                uow.faq_releases.update_publication(published.id, state="failed", finished_at=now)
                uow.commit()
    return len(started)


@contextmanager
def publication_lock(place: Place, wait: bool = True) -> Iterator[None]:
    """One publication at a time on this machine; the system frees the lock of a process that dies.

    Raises:
        FaqDeskError: another one is being made and `wait` is false.
    """
    with (place.models / "publication.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise FaqDeskError("Une publication est en train de se faire : réessayez dans un instant.") from None
        yield


def previous_version(engine: Engine, place: Place) -> int:
    """The version that was live before this one.

    Raises:
        FaqDeskError: there is none.
    """
    live = place.live()
    with UnitOfWork(engine, writes=False) as uow:
        for published in uow.faq_releases.publications("live"):
            if (published.model, published.faq) != (live.model, live.faq):
                return published.id
    raise FaqDeskError("Il n'y a pas de version précédente.")


def can_swap(place: Place, model: str) -> bool:
    """Whether the running `rasa` can take this model without restarting: the dialogue is the same."""
    ours, live = card_of(model, place.models), card_of(place.live().model, place.models)
    return bool(ours and live and ours.core == live.core)


def _ready(uow: UnitOfWork, candidate_id: int) -> Candidate:
    candidate = uow.faq_releases.candidate(candidate_id)
    if candidate is None or candidate.state is not CandidateState.READY:
        raise FaqDeskError("Ce candidat n'est pas prêt à être publié.")
    return candidate


def _record_first(uow: UnitOfWork, place: Place, live: Publication, now: datetime) -> None:
    """What was live before the first publication, so that one can go back to it."""
    publication_id = uow.faq_releases.add_publication(
        now,
        kind="publication",
        author="installation",
        reason="Version de départ",
        model=live.model,
        faq=live.faq,
        content=live.content or save_snapshot(place.content(), place.models),
        figures={},
    )
    uow.faq_releases.update_publication(publication_id, state="live", finished_at=now)


def _default_reason(uow: UnitOfWork, candidate: Candidate) -> str:
    drafts = [uow.faq_drafts.get(draft_id) for draft_id in candidate.draft_ids]
    names = [f"{draft.kind.label} de {draft.entry}" for draft in drafts if draft]
    return _sentence(names) if names else "Contenu des fichiers"


def _sentence(names: Sequence[str]) -> str:
    text = ", ".join(names)
    return text[:1].upper() + text[1:]


def _message(published: Published) -> str:
    figures = published.figures or {}
    lines = [published.reason.split("\n")[0][:72], ""]
    if published.reason[72:].strip() or "\n" in published.reason:
        lines += [published.reason, ""]
    if figures.get("phrases"):
        lines.append(
            f"Phrases de test : {figures['justes_avant']} justes avant, {figures['justes_apres']} après, "
            f"sur {figures['phrases']}."
        )
    lines.append(f"Version {published.id} de la FAQ, publiée par {published.author}.")
    if published.accepted_by:
        lines.append(f"Perte acceptée par {published.accepted_by} : {published.accepted_reason}")
    return "\n".join(lines) + "\n"


def _forget_old(uow: UnitOfWork, place: Place) -> None:
    """Removes the archives of old candidates and versions; the last ones stay, to go back to or to publish."""
    recent = uow.faq_releases.publications(limit=KEPT_VERSIONS)
    candidates = uow.faq_releases.candidates(limit=1000)
    kept = {place.live().model, *(item.model for item in recent)}
    kept |= {name for c in candidates[:KEPT_CANDIDATES] for name in (c.model, c.base_model) if name}
    for candidate in candidates[KEPT_CANDIDATES:]:
        if candidate.model and candidate.model not in kept:
            (place.models / candidate.model).unlink(missing_ok=True)


def _close_drafts(uow: UnitOfWork, candidate: Candidate, content: Content, now: datetime) -> None:
    """Closes what was published; a draft changed since goes on, from the version that is now published."""
    entries = content.entries()
    for draft_id, version in candidate.drafts:
        draft = uow.faq_drafts.get(draft_id)
        if draft is None:
            continue
        current = entries.get(draft.entry)
        if draft.version == version or current is None:
            uow.faq_drafts.close([draft_id], "published", now)
        else:
            kind = DraftKind.EDIT if draft.kind is DraftKind.CREATE else draft.kind
            uow.faq_drafts.save(
                draft.id,
                draft.version,
                draft.content,
                now,
                entry=draft.entry,
                base=fingerprint_of(current),
                kind=kind,
            )


def _keep_test_phrases(uow: UnitOfWork, candidate: Candidate, author: str, now: datetime) -> None:
    for draft_id in candidate.draft_ids:
        draft = uow.faq_drafts.get(draft_id)
        for text in (draft.content.get("phrases_de_test") or ()) if draft else ():
            uow.faq_drafts.add_golden(text, normalise(text), draft.entry, False, author, now)
