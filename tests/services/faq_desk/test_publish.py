"""Publishing: the gate, four eyes, history, roll back, git, and a crash at every step."""

import subprocess

import pytest

from bot.dispositif.redaction import CandidateState, DraftKind
from bot.services.faq_desk import publish as module
from bot.services.faq_desk.candidates import create_candidate, recover_candidates, with_drafts
from bot.services.faq_desk.content import fingerprint_of
from bot.services.faq_desk.place import FaqDeskError
from bot.services.faq_desk.publish import accept_loss, previous_version, publish, recover, roll_back
from bot.services.published_faq import live, save_catalogue
from bot.storage.unit_of_work import UnitOfWork


class Desk:
    """Short names: a draft, a candidate that is ready, without training anything."""

    def __init__(self, engine, clock, place):
        self.engine, self.clock, self.place = engine, clock, place

    def draft(self, author="anne", title="Nouveau titre", entry="duree"):
        current = self.place.content().entries()[entry]
        with UnitOfWork(self.engine) as uow:
            draft = uow.faq_drafts.add(
                author, entry, DraftKind.EDIT, fingerprint_of(current), {**current, "titre": title}, self.clock()
            )
            uow.commit()
        return draft

    def candidate(self, *drafts, author="anne", objections=(), model="nouveau.tar.gz"):
        with UnitOfWork(self.engine) as uow:
            candidate_id = create_candidate(uow, self.place, author, drafts, self.clock())
            uow.commit()
        content = with_drafts(self.place.content(), drafts)
        (self.place.models / model).write_bytes(model.encode())
        faq = save_catalogue(content.catalogue(), self.place.models)
        with UnitOfWork(self.engine) as uow:
            uow.faq_releases.update_candidate(
                candidate_id,
                state=CandidateState.READY.value,
                model=model,
                faq=faq.name,
                report={"objections": list(objections), "resume": {}},
            )
            uow.commit()
        return candidate_id

    def publish(self, candidate_id, author="anne", reason="Titre plus clair"):
        return publish(self.engine, self.place, candidate_id, author, reason, self.clock())

    def live(self):
        return live(self.place.models)

    def history(self):
        with UnitOfWork(self.engine, writes=False) as uow:
            return uow.faq_releases.publications()

    def drafts(self):
        with UnitOfWork(self.engine, writes=False) as uow:
            return uow.faq_drafts.open()


@pytest.fixture
def desk(engine, clock, place):
    return Desk(engine, clock, place)


def test_a_publication_switches_model_answers_and_files_and_closes_its_drafts(desk):
    published = desk.publish(desk.candidate(desk.draft()))
    assert (published.state, desk.live().model) == ("live", "nouveau.tar.gz")
    assert desk.place.content().entries()["duree"]["titre"] == "Nouveau titre"
    assert desk.place.content().version == desk.live().content
    assert desk.drafts() == []
    assert [(p.author, p.reason) for p in desk.history()] == [
        ("anne", "Titre plus clair"),
        ("installation", "Version de départ"),
    ]


def test_rolling_back_brings_the_earlier_model_and_files_and_is_in_the_history(desk):
    before = desk.place.content()
    desk.publish(desk.candidate(desk.draft()))
    back = roll_back(desk.engine, desk.place, previous_version(desk.engine, desk.place), "bruno", "", desk.clock())
    assert (desk.live().model, back.kind, back.author) == ("ancien.tar.gz", "rollback", "bruno")
    assert desk.place.content() == before
    with pytest.raises(FaqDeskError, match="déjà en ligne"):
        roll_back(desk.engine, desk.place, back.id, "bruno", "", desk.clock())


def test_the_gate_refuses_and_only_another_person_may_accept_with_a_reason(desk):
    candidate_id = desk.candidate(desk.draft(), objections=["le thème perd 3 phrases."])
    with pytest.raises(FaqDeskError, match="perd 3 phrases"):
        desk.publish(candidate_id)
    for by, reason, problem in (("anne", "c'est voulu, vraiment", "autre personne"), ("bruno", "ok", "pourquoi")):
        with pytest.raises(FaqDeskError, match=problem), UnitOfWork(desk.engine) as uow:
            accept_loss(uow, desk.place, candidate_id, by, reason, desk.clock())
    with UnitOfWork(desk.engine) as uow:
        accept_loss(uow, desk.place, candidate_id, "bruno", "perte voulue : règle abrogée", desk.clock())
        uow.commit()
    published = desk.publish(candidate_id)
    assert (published.accepted_by, published.accepted_reason) == ("bruno", "perte voulue : règle abrogée")


def test_a_candidate_compared_with_something_no_longer_live_is_refused(desk):
    first, second = desk.draft(), desk.draft("bruno", "Autre titre", "cout")
    one = desk.candidate(first)
    with UnitOfWork(desk.engine) as uow:
        uow.faq_releases.update_candidate(one, state="ready")
        uow.commit()
    two = desk.candidate(second, author="bruno", model="autre.tar.gz")
    desk.publish(one)
    with pytest.raises(FaqDeskError, match="a changé depuis cette comparaison"):
        desk.publish(two, "bruno")
    assert desk.place.content().entries()["duree"]["titre"] == "Nouveau titre"


def test_the_second_of_two_drafts_on_one_entry_overwrites_nothing(desk):
    mine, theirs = desk.draft(), desk.draft("bruno", "Titre de Bruno")
    desk.publish(desk.candidate(mine))
    with pytest.raises(FaqDeskError, match="a changé depuis que votre brouillon existe"):
        desk.candidate(theirs, author="bruno")
    assert desk.place.content().entries()["duree"]["titre"] == "Nouveau titre"
    assert [draft.author for draft in desk.drafts()] == ["bruno"]


def test_what_is_written_in_a_draft_during_the_training_is_not_lost(desk):
    draft = desk.draft()
    candidate_id = desk.candidate(draft)
    with UnitOfWork(desk.engine) as uow:
        later = {**draft.content, "titre": "Encore mieux"}
        assert uow.faq_drafts.save(
            draft.id, draft.version, later, desk.clock(), entry="duree", base=draft.base, kind=draft.kind
        )
        uow.commit()
    desk.publish(candidate_id)
    assert desk.place.content().entries()["duree"]["titre"] == "Nouveau titre"
    (kept,) = desk.drafts()
    assert kept.content["titre"] == "Encore mieux"
    assert kept.base == fingerprint_of(desk.place.content().entries()["duree"])


STEPS = ["load_snapshot", "write_content", "set_live", "fingerprint_of"]


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a power cut."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_at_any_step_leaves_one_whole_version_live_and_is_made_good(desk, monkeypatch, step, after):
    desk.publish(desk.candidate(desk.draft(title="Premier")))
    later = desk.draft(title="Deuxième")
    candidate_id = desk.candidate(later, model="suivant.tar.gz")
    with UnitOfWork(desk.engine) as uow:
        # Saved during the training: the last step must look at it.
        uow.faq_drafts.save(
            later.id,
            1,
            {**later.content, "titre": "Troisième"},
            desk.clock(),
            entry="duree",
            base=later.base,
            kind=later.kind,
        )
        uow.commit()
    real = getattr(module, step)

    def cut(*arguments):
        if after:
            real(*arguments)
        raise PowerCut

    monkeypatch.setattr(module, step, cut)
    with pytest.raises(PowerCut):
        desk.publish(candidate_id)
    monkeypatch.undo()
    shown = desk.live()
    assert (desk.place.models / shown.model).exists()
    assert (desk.place.models / shown.faq).exists()
    assert shown.model in ("nouveau.tar.gz", "suivant.tar.gz")
    assert recover(desk.engine, desk.place, desk.clock()) == 1
    assert desk.live().model == "suivant.tar.gz"
    assert desk.place.content().entries()["duree"]["titre"] == "Deuxième"
    assert [p.state for p in desk.history()] == ["live", "live", "live"]
    assert [draft.content["titre"] for draft in desk.drafts()] == ["Troisième"]
    assert recover(desk.engine, desk.place, desk.clock()) == 0


def test_a_training_whose_process_died_is_said_and_another_may_start(desk):
    with UnitOfWork(desk.engine) as uow:
        candidate_id = create_candidate(uow, desk.place, "anne", [], desk.clock())
        uow.commit()
    with UnitOfWork(desk.engine) as uow:
        with pytest.raises(FaqDeskError, match="déjà en cours, lancé par anne"):
            create_candidate(uow, desk.place, "bruno", [], desk.clock())
        uow.faq_releases.update_candidate(candidate_id, state="training", process_id=2**22 + 1)
        uow.commit()
    with UnitOfWork(desk.engine) as uow:
        assert recover_candidates(uow, desk.clock()) == 1
        assert uow.faq_releases.candidate(candidate_id).state is CandidateState.INTERRUPTED
        create_candidate(uow, desk.place, "bruno", [], desk.clock())


def test_a_publication_is_a_commit_in_the_name_of_its_author_on_its_own_branch(engine, clock, repository):
    desk = Desk(engine, clock, repository)

    def git(*arguments):
        done = subprocess.run(["git", "-C", repository.root, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    (repository.root / "brouillon.txt").write_text("travail en cours d'un développeur")
    git("add", "brouillon.txt")
    head, index = git("rev-parse", "HEAD"), git("diff", "--cached", "--name-only")
    published = desk.publish(desk.candidate(desk.draft()), author="Anne Dupré")
    assert git("rev-parse", "faq") == published.commit
    assert git("log", "-1", "--format=%an|%s", "faq") == "Anne Dupré|Titre plus clair"
    assert git("diff", "--name-only", "main", "faq") == "data/nlu/faq/formation.yml"
    assert git("diff", "--numstat", "main", "faq").split()[:2] == ["1", "1"]
    assert (git("rev-parse", "HEAD"), git("rev-parse", "--abbrev-ref", "HEAD")) == (head, "main")
    assert git("diff", "--cached", "--name-only") == index
    roll_back(engine, repository, previous_version(engine, repository), "bruno", "", clock())
    assert git("diff", "--name-only", "main", "faq") == ""


def test_when_git_refuses_the_publication_stands_and_says_so(engine, clock, place):
    from dataclasses import replace

    desk = Desk(engine, clock, replace(place, branch="faq"))
    published = desk.publish(desk.candidate(desk.draft()))
    assert published.state == "live"
    assert published.commit is None
    assert published.git_problem


def test_archives_too_old_to_go_back_to_are_removed_and_the_others_kept(desk, monkeypatch):
    monkeypatch.setattr(module, "KEPT_VERSIONS", 3)
    monkeypatch.setattr(module, "KEPT_CANDIDATES", 1)
    for number in range(6):
        desk.publish(desk.candidate(desk.draft(title=f"Titre {number}"), model=f"m{number}.tar.gz"))
    kept = {path.name for path in desk.place.models.glob("*.tar.gz")}
    assert kept == {"ancien.tar.gz", "m3.tar.gz", "m4.tar.gz", "m5.tar.gz"}
