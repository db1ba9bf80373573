"""A candidate: drafts laid over the content, trained in a process of its own, compared with what is live."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.dispositif.comparaison import Comparison, comparison_to_dict, objections, summary
from bot.dispositif.redaction import SILENCE, Candidate, CandidateState, Draft, DraftKind, overall
from bot.reference.thresholds import load_thresholds
from bot.reference.yaml_files import ReferenceError
from bot.services.check_faq import Finding, check_questions, normalise
from bot.services.evaluate import PHRASES_DIRECTORY, Phrase, load_phrases
from bot.services.faq_desk.compare import Golden, Version, compare
from bot.services.faq_desk.content import Content, fingerprint_of, load_snapshot, save_snapshot
from bot.services.faq_desk.masking import mask
from bot.services.faq_desk.place import FaqDeskError, Place
from bot.services.published_faq import PublishedFaq, save_catalogue
from bot.storage.unit_of_work import UnitOfWork

TRAFFIC_DAYS = 28
# Findings that are advice to the writer.
_ADVICE = ("exemples, il en faut au moins", "se ressemblent", "commencent par", "presque identiques")
Progress = Callable[[str, int, int], None]


def with_drafts(content: Content, drafts: Sequence[Draft]) -> Content:
    """The content once the drafts are applied.

    Raises:
        FaqDeskError: a draft was begun on a version of its entry that is no longer the published one.
    """
    entries = content.entries()
    for draft in drafts:
        current = entries.get(draft.entry)
        if draft.kind is DraftKind.CREATE and current is not None:
            raise FaqDeskError(f"L'entrée « {draft.entry} » existe déjà : choisissez une autre clé.")
        if draft.kind is not DraftKind.CREATE:
            if current is None:
                raise FaqDeskError(f"L'entrée « {draft.entry} » a été supprimée depuis que votre brouillon existe.")
            if fingerprint_of(current) != draft.base:
                raise FaqDeskError(
                    f"L'entrée « {draft.entry} » a changé depuis que votre brouillon existe : rouvrez le brouillon, "
                    "comparez, puis enregistrez-le de nouveau. Rien n'a été écrasé."
                )
        if draft.kind is DraftKind.DELETE:
            content = content.without_entry(draft.entry)
        else:
            content = content.with_entry(draft.entry, draft.content)
    return content


def create_candidate(uow: UnitOfWork, place: Place, author: str, drafts: Sequence[Draft], now: datetime) -> int:
    """Queues a candidate made of the working content and these drafts; returns its id.

    Raises:
        FaqDeskError: another one is being trained, a draft is out of date, or the content is not coherent.
    """
    recover_candidates(uow, now)
    running = uow.faq_releases.running()
    if running:
        raise FaqDeskError(f"Un apprentissage est déjà en cours, lancé par {running[0].author} : attendez sa fin.")
    live, base = place.live(), place.content()
    content = with_drafts(base, drafts)
    problems = blocking_problems(content, place, golden_of(uow), place.live_content())
    if problems:
        raise FaqDeskError("À corriger avant d'apprendre :\n" + "\n".join(f"- {p}" for p in problems[:20]))
    save_snapshot(base, place.models)
    version = save_snapshot(content, place.models)
    return uow.faq_releases.add_candidate(
        author, live.model, live.faq, base.version, version, [(draft.id, draft.version) for draft in drafts], now
    )


def blocking_problems(
    content: Content, place: Place, golden: Sequence[Golden] = (), base: Content | None = None
) -> list[Finding]:
    """What would make the assistant wrong or the files unusable; advice on style does not block.

    With `base`, what is wrong there already is not held against the content.
    """
    try:
        questions = list(content.catalogue().questions.values())
    except ReferenceError as error:
        return [Finding("contenu", str(error))]
    found = [f for f in check_questions(questions) if not any(text in f.problem for text in _ADVICE)]
    tests = {normalise(p.text) for p in phrases_of(place)} | {normalise(g.text) for g in golden}
    for question in questions:
        for text in question.examples:
            if normalise(text) in tests:
                problem = f"« {text} » est une phrase de test : elle mesure, elle ne peut pas servir d'exemple."
                found.append(Finding(f"{question.theme}/{question.key}", problem))
    known = set(blocking_problems(base, place, golden)) if base else set()
    return [finding for finding in found if finding not in known]


def phrases_of(place: Place) -> list[Phrase]:
    directory = place.root / PHRASES_DIRECTORY
    return load_phrases(directory) if directory.is_dir() else []


def golden_of(uow: UnitOfWork) -> list[Golden]:
    return [Golden(row.text, row.entry, row.critical) for row in uow.faq_drafts.golden()]


def traffic_of(uow: UnitOfWork, now: datetime) -> dict[str, int]:
    """The last weeks' messages, personal data masked, with how many times each came."""
    traffic: dict[str, int] = {}
    for row in uow.faq_inbox.recent_texts(now - timedelta(days=TRAFFIC_DAYS)):
        text = mask(row.text)
        traffic[text] = traffic.get(text, 0) + row.count
    return traffic


def launch(candidate_id: int, place: Place) -> subprocess.Popen[bytes]:
    """Trains in a child process, politely: what answers people comes first."""
    command = [str(Path(sys.executable).with_name("cnfs")), "faq", "run-candidate", str(candidate_id)]
    return subprocess.Popen(
        ["nice", "-n", "10", *command],
        cwd=place.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def run_candidate(engine: Engine, place: Place, candidate_id: int, clock: Callable[[], datetime]) -> Candidate:
    """Builds and compares a waiting candidate, in this process; its row tells how far it is."""
    with UnitOfWork(engine) as uow:
        taken = uow.faq_releases.update_candidate(
            candidate_id,
            running_only=True,
            state=CandidateState.TRAINING.value,
            process_id=os.getpid(),
            heartbeat_at=clock(),
        )
        candidate = uow.faq_releases.candidate(candidate_id)
        uow.commit()
    if candidate is None or not taken:
        raise FaqDeskError("Ce candidat n'attend plus d'apprentissage.")
    report = _Reporter(engine, candidate_id, clock)
    try:
        with report:
            model, faq, comparison = build_candidate(engine, place, candidate, clock(), report)
        values = {
            "state": CandidateState.READY.value,
            "model": model,
            "faq": faq,
            "report": {
                **comparison_to_dict(comparison),
                "objections": objections(comparison, place.rules),
                "resume": summary(comparison),
            },
            "progress": 1.0,
        }
    except Exception as error:  # noqa: BLE001 -- whatever happens, the desk must say it
        from bot.training import TrainingFailed

        known = isinstance(error, (FaqDeskError, ReferenceError, TrainingFailed))
        sentence = str(error) if known else f"Erreur inattendue ({type(error).__name__}) : signalez-la à l'équipe."
        values = {"state": CandidateState.FAILED.value, "error": sentence[:4000]}
    with UnitOfWork(engine) as uow:
        uow.faq_releases.update_candidate(candidate_id, running_only=True, finished_at=clock(), **values)
        candidate = uow.faq_releases.candidate(candidate_id)
        uow.commit()
    return candidate


def build_candidate(
    engine: Engine, place: Place, candidate: Candidate, now: datetime, progress: Progress
) -> tuple[str, str, Comparison]:
    """The archive, the catalogue, and how they compare with what is live. What is compared is what would be served."""
    from bot.training import build

    content = load_snapshot(candidate.content, place.models)
    catalogue = content.catalogue()
    progress("demarrage", 0, 1)
    path = build(catalogue, progress, place.root)
    faq = save_catalogue(catalogue, place.models)
    with UnitOfWork(engine, writes=False) as uow:
        golden, traffic = golden_of(uow), traffic_of(uow, now)
        golden += draft_phrases(uow, candidate)
    comparison = compare_pairs(
        place, candidate.base_model, candidate.base_faq, path.name, faq.name, golden, traffic, progress
    )
    return path.name, faq.name, comparison


def draft_phrases(uow: UnitOfWork, candidate: Candidate) -> list[Golden]:
    """The test phrases that come with the drafts: they measure the candidate before they are kept for good."""
    found = []
    for draft_id in candidate.draft_ids:
        draft = uow.faq_drafts.get(draft_id)
        if draft:
            found += [Golden(text, draft.entry) for text in draft.content.get("phrases_de_test") or ()]
    return found


def compare_pairs(
    place: Place,
    before_model: str,
    before_faq: str,
    after_model: str,
    after_faq: str,
    golden: Sequence[Golden],
    traffic: dict[str, int],
    progress: Progress = lambda stage, done, total: None,
) -> Comparison:
    """Both sides are read from their files, as the `rasa` process does."""
    from bot.nlu.archive import load_reader
    from bot.nlu.encoders import CachedEncoder, load_encoders

    directory = place.root / "var/cache/evaluation"
    encoders = {name: CachedEncoder(encoder, directory) for name, encoder in load_encoders().items()}
    progress("comparaison", 0, 2)
    faq = PublishedFaq(place.models)
    before = Version(load_reader(place.models / before_model, encoders), faq.read(before_faq))
    same = before_model == after_model
    reader = before.reader if same else load_reader(place.models / after_model, encoders)
    after = Version(reader, faq.read(after_faq))
    return compare(before, after, phrases_of(place), golden, traffic, load_thresholds(), progress)


def recover_candidates(uow: UnitOfWork, now: datetime) -> int:
    """Says which trainings died: their process is gone, or has said nothing for long. Returns how many."""
    died = 0
    for candidate in uow.faq_releases.running():
        silent = now - candidate.heartbeat_at > SILENCE
        gone = candidate.process_id is not None and not _is_alive(candidate.process_id)
        if silent or gone:
            uow.faq_releases.update_candidate(
                candidate.id,
                running_only=True,
                state=CandidateState.INTERRUPTED.value,
                error="L'apprentissage a été interrompu (processus arrêté). Ce qui est en ligne n'a pas changé : relancez-le.",
                finished_at=now,
            )
            died += 1
    return died


def cancel_candidate(uow: UnitOfWork, candidate_id: int, now: datetime) -> None:
    candidate = uow.faq_releases.candidate(candidate_id)
    if candidate is None or not candidate.is_running:
        raise FaqDeskError("Cet apprentissage est déjà fini.")
    uow.faq_releases.update_candidate(
        candidate_id, running_only=True, state=CandidateState.INTERRUPTED.value, error="Annulé.", finished_at=now
    )


def _is_alive(process_id: int) -> bool:
    """Whether this machine runs that training; a zombie is dead."""
    try:
        command = Path(f"/proc/{process_id}/cmdline").read_bytes()
        return b"cnfs" in command or process_id == os.getpid()
    except OSError:
        return False


class _Reporter:
    """Writes the progress at most twice a second, and a heartbeat while a long stage says nothing."""

    def __init__(self, engine: Engine, candidate_id: int, clock: Callable[[], datetime]) -> None:
        self._engine, self._id, self._clock = engine, candidate_id, clock
        self._stage, self._progress, self._written = "demarrage", 0.0, 0.0
        self._over = threading.Event()
        self._cancelled = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._cancelled:
            raise FaqDeskError("Annulé.")
        self._stage, self._progress = stage, max(self._progress, overall(stage, done, total))
        if time.monotonic() - self._written > 0.5:
            self._write()

    def __enter__(self) -> _Reporter:
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(2):
            self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        with contextlib.suppress(Exception):  # progress is a comfort: the training goes on without it
            with UnitOfWork(self._engine) as uow:
                self._cancelled = not uow.faq_releases.update_candidate(
                    self._id,
                    running_only=True,
                    stage=self._stage,
                    progress=self._progress,
                    heartbeat_at=self._clock(),
                )
                uow.commit()
