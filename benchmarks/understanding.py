"""The same phrases for four systems, in one run: ours, Rasa's stock pipeline, node-nlp, TF-IDF with a linear SVM.

    python -m benchmarks.understanding faq            # our FAQ: trained on data/nlu, asked tests/phrases
    python -m benchmarks.understanding massive        # MASSIVE fr-FR: train.tsv, test.tsv
    options: --only ours,node    --massive ../shared/bench/massive-fr    --phrases DIR

node-nlp needs `npm ci` in benchmarks/node_nlp.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot import numerics

numerics.apply()

from benchmarks import stock_rasa  # noqa: E402
from benchmarks.report import percent, save, table  # noqa: E402
from bot.reference.faq import example_lines, load_catalogue  # noqa: E402
from bot.reference.yaml_files import read_yaml  # noqa: E402
from bot.services.evaluate import load_phrases  # noqa: E402

NODE_NLP = Path(__file__).with_name("node_nlp")


@dataclass
class Dataset:
    train: list[tuple[str, str]]
    test: list[tuple[str, str]]
    answers: dict[str, str]


def faq(phrases: Path) -> Dataset:
    catalogue = load_catalogue()
    train = [(text, q.intent) for q in catalogue.questions.values() for text in (q.title, *q.examples)]
    for path in sorted(Path("data/nlu").glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            train += [(text, block["intent"]) for text in example_lines(block["examples"])]
    test = [(phrase.text, phrase.expected) for phrase in load_phrases(phrases)]
    return Dataset(train, test, {key: q.answer for key, q in catalogue.questions.items()})


def massive(folder: Path) -> Dataset:
    def read(name: str) -> list[tuple[str, str]]:
        with (folder / f"{name}.tsv").open(encoding="utf-8") as file:
            return [(row["utt"], row["intent"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]

    return Dataset(read("train"), read("test"), {})


def run_ours(data: Dataset) -> tuple[list[str], float, float]:
    from bot.nlu.encoders import CachedEncoder, load_encoders
    from bot.nlu.question_model import QuestionModel

    encoders = load_encoders()
    with tempfile.TemporaryDirectory() as folder:
        # An empty cache: the time of encoding is part of the training time.
        cached = {name: CachedEncoder(encoder, Path(folder)) for name, encoder in encoders.items()}
        start = time.perf_counter()
        model = QuestionModel.fit(*map(list, zip(*data.train, strict=True)), cached)
        trained = time.perf_counter()
        model.save(Path(folder))
        served = QuestionModel.load(Path(folder), encoders)
    asked = time.perf_counter()
    labels = [str(served.classes[served.probabilities([text])[0].argmax()]) for text, _ in data.test]
    return labels, trained - start, time.perf_counter() - asked


def run_stock(data: Dataset) -> tuple[list[str], float, float]:
    folder = Path(tempfile.mkdtemp())
    try:
        stock_rasa.write_project(folder, data.train, data.answers)
        seconds = stock_rasa.train(folder)
        predictions, asked = stock_rasa.predict(folder, [text for text, _ in data.test])
        return [str(label) for label, _ in predictions], seconds, asked
    finally:
        shutil.rmtree(folder)


def run_node(data: Dataset) -> tuple[list[str], float, float]:
    request = json.dumps({"train": data.train, "test": [text for text, _ in data.test]})
    result = subprocess.run(["node", "run.js"], cwd=NODE_NLP, input=request, capture_output=True, text=True, check=True)
    answer = json.loads(result.stdout.splitlines()[-1])
    return [label for label, _ in answer["predictions"]], answer["train"], answer["predict"]


def run_svm(data: Dataset) -> tuple[list[str], float, float]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    texts, labels = zip(*data.train, strict=True)
    model = make_pipeline(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True), LinearSVC(C=0.5))
    start = time.perf_counter()
    model.fit(texts, labels)
    trained = time.perf_counter()
    predicted = [model.predict([text])[0] for text, _ in data.test]
    return predicted, trained - start, time.perf_counter() - trained


SYSTEMS: dict[str, tuple[str, Callable[[Dataset], tuple[list[str], float, float]]]] = {
    "ours": ("cet assistant", run_ours),
    "stock": ("Rasa, pipeline d'origine", run_stock),
    "node": ("node-nlp", run_node),
    "svm": ("TF-IDF et SVM linéaire", run_svm),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", choices=["faq", "massive"])
    parser.add_argument("--only", default=",".join(SYSTEMS))
    parser.add_argument("--massive", type=Path, default=Path("../shared/bench/massive-fr"))
    parser.add_argument("--phrases", type=Path, default=Path("tests/phrases"))
    options = parser.parse_args()
    data = faq(options.phrases) if options.dataset == "faq" else massive(options.massive)
    figures: dict[str, dict[str, float]] = {}
    for name in options.only.split(","):
        title, system = SYSTEMS[name]
        labels, train_seconds, test_seconds = system(data)
        figures[name] = {
            **_shares(data, labels),
            "train_seconds": round(train_seconds, 1),
            "milliseconds_per_phrase": round(1000 * test_seconds / len(data.test), 2),
        }
        print(title, figures[name], flush=True)
    headers = ["système", *next(iter(figures.values()))]
    rows = [
        [SYSTEMS[name][0], *(percent(v) if v <= 1 and "seconds" not in k else str(v) for k, v in values.items())]
        for name, values in figures.items()
    ]
    print(table(headers, rows))
    sizes = {"train": len(data.train), "test": len(data.test), "labels": len({label for _, label in data.train})}
    print(save(f"understanding_{options.dataset}", {"sizes": sizes, **figures}))


def _shares(data: Dataset, labels: list[str]) -> dict[str, float]:
    """Share right: of the FAQ's phrases (by key), of the others; of everything for MASSIVE."""
    groups: dict[str, list[bool]] = {}
    for (_, expected), label in zip(data.test, labels, strict=True):
        group = "questions" if expected.startswith("faq/") or not data.answers else "other_intents"
        groups.setdefault(group, []).append(label == expected)
    return {name: round(sum(right) / len(right), 4) for name, right in groups.items()}


if __name__ == "__main__":
    main()
