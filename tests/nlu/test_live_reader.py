"""A published model takes the place of the running one between two messages, or not at all."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.archive import graft, load_reader
from bot.nlu.live_reader import LiveReader
from bot.nlu.question_model import QuestionModel
from bot.services.published_faq import Card, Publication, PublishedFaq, save_card, set_live

TEXTS = ["combien dure la formation", "durée de la formation", "quel salaire verser", "le salaire du conseiller"] * 3
LABELS = ["faq/duree", "faq/duree", "faq/salaire", "faq/salaire"] * 3
NEW = ["peut-il télétravailler", "le télétravail est-il permis", "travail à la maison en télétravail"] * 3


class Letters:
    """An encoder of twenty-six dimensions: how often each letter comes."""

    name, dimension = "use", 26

    def encode(self, texts):
        counts = np.array([[t.lower().count(chr(97 + i)) for i in range(26)] for t in texts], np.float32) + 0.01
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


ENCODERS = {"use": Letters()}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Two archives of the same dialogue: the second knows one more question. The first is live."""
    first = QuestionModel.fit(TEXTS, LABELS, ENCODERS)
    second = QuestionModel.fit(TEXTS + NEW, LABELS + ["faq/teletravail"] * len(NEW), ENCODERS)
    base = tmp_path / "base.tar.gz"
    with tarfile.open(base, "w:gz") as tar:
        files = {"metadata.json": json.dumps({"model_id": "x", "domain": {}}), "components/rules/rules.json": "{}"}
        files |= {
            f"components/train_QuestionClassifier0/{n}": ""
            for n in ("model.json", "linear.npz", "ngrams.npz", "vocabulary.json")
        }
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    graft(base, first, tmp_path / "un.tar.gz")
    graft(tmp_path / "un.tar.gz", second, tmp_path / "deux.tar.gz")
    for name in ("un", "deux"):
        save_card(f"{name}.tar.gz", Card("coeur", f"{name}.faq.json"), tmp_path)
        (tmp_path / f"{name}.faq.json").write_text('{"questions": []}')
    set_live(Publication("un.tar.gz", "un.faq.json"), tmp_path)
    return tmp_path


@pytest.fixture
def reader(models: Path) -> LiveReader:
    return LiveReader(load_reader(models / "un.tar.gz", ENCODERS), "un.tar.gz", models)


def best(reader: LiveReader, text: str) -> str:
    return reader.current()[0].read(text)[0].best.name


def test_a_grafted_archive_reads_like_the_model_and_keeps_the_dialogue(models):
    with tarfile.open(models / "deux.tar.gz") as tar:
        assert tar.extractfile("components/rules/rules.json").read() == b"{}"
        ids = {json.loads(tar.extractfile("metadata.json").read())["model_id"]}
    with tarfile.open(models / "un.tar.gz") as tar:
        ids.add(json.loads(tar.extractfile("metadata.json").read())["model_id"])
    assert len(ids) == 2
    assert load_reader(models / "deux.tar.gz", ENCODERS).read("le télétravail")[0].best.name == "faq/teletravail"


def test_nothing_moves_while_nothing_is_published(reader):
    assert not reader.refresh()
    assert reader.current()[1] == "un.tar.gz"


def test_a_publication_is_taken_and_rolled_back_without_a_restart(reader, models):
    assert best(reader, "le télétravail") != "faq/teletravail"
    set_live(Publication("deux.tar.gz", "deux.faq.json"), models)
    assert reader.refresh()
    assert (best(reader, "le télétravail"), reader.current()[1]) == ("faq/teletravail", "deux.tar.gz")
    set_live(Publication("un.tar.gz", "un.faq.json"), models)
    assert reader.refresh()
    assert best(reader, "le télétravail") != "faq/teletravail"


def test_another_dialogue_is_not_taken(reader, models):
    save_card("deux.tar.gz", Card("autre coeur", "deux.faq.json"), models)
    set_live(Publication("deux.tar.gz", "deux.faq.json"), models)
    assert not reader.refresh()
    assert best(reader, "durée de la formation") == "faq/duree"


def test_a_broken_archive_leaves_the_old_reader_answering(reader, models):
    whole = (models / "deux.tar.gz").read_bytes()
    (models / "deux.tar.gz").write_bytes(whole[: len(whole) // 2])
    set_live(Publication("deux.tar.gz", "deux.faq.json"), models)
    assert not reader.refresh()
    assert best(reader, "durée de la formation") == "faq/duree"


def test_a_message_read_by_the_old_model_gets_the_answers_that_go_with_it(models):
    entry = {
        "key": "duree", "theme": "formation", "title": "T", "sources": [], "valid_on": "2022-03-01",
        "checked_on": "2026-01-01", "evolution": None, "facts": [], "related": [],
    }  # fmt: skip
    for name, answer in (("un", "ancienne"), ("deux", "nouvelle")):
        content = {"questions": [{**entry, "answer": answer}]}
        (models / f"{name}.faq.json").write_text(json.dumps(content))
    set_live(Publication("deux.tar.gz", "deux.faq.json"), models)
    published = PublishedFaq(models)
    assert published.catalogue("deux.tar.gz").questions["duree"].answer == "nouvelle"
    assert published.catalogue("un.tar.gz").questions["duree"].answer == "ancienne"
    assert published.catalogue().questions["duree"].answer == "nouvelle"


def test_what_is_kept_from_a_training_changes_nothing_in_the_next(tmp_path):
    more, labels = TEXTS + NEW, LABELS + ["faq/teletravail"] * len(NEW)
    fresh = QuestionModel.fit(more, labels, ENCODERS)
    QuestionModel.fit(TEXTS, LABELS, ENCODERS, cache=tmp_path)
    again = QuestionModel.fit(more, labels, ENCODERS, cache=tmp_path)
    asked = ["formation longue ?", "salaire minimum", "du télétravail"]
    assert list(fresh.classes) == list(again.classes)
    assert (fresh.probabilities(asked).argmax(axis=1) == again.probabilities(asked).argmax(axis=1)).all()
