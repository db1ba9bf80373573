"""Rasa's stock French pipeline on the same phrases: a project is written, trained and asked.

python -m benchmarks.stock_rasa parse <model> < phrases.json     (used by the other benchmarks)
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from ruamel.yaml import YAML

from bot.training import rasa_command, rasa_environment

# What `rasa init` gives, in French, plus the ResponseSelector that a FAQ needs.
CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "fr",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 1},
        {"name": "EntitySynonymMapper"},
    ],
    "policies": [{"name": "RulePolicy"}],
}
SELECTOR = {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True, "random_seed": 1}


def write_project(folder: Path, examples: Iterable[tuple[str, str]], answers: Mapping[str, str]) -> None:
    """A Rasa project whose `faq/<key>` labels are answered by ResponseSelector; `answers` by key."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    blocks: dict[str, list[str]] = {}
    for text, label in examples:
        blocks.setdefault(label, []).append(" ".join(text.split()))
    nlu = [{"intent": label, "examples": "".join(f"- {text}\n" for text in texts)} for label, texts in blocks.items()]
    plain = sorted({label.split("/")[0] for label in blocks})
    responses = {f"utter_faq/{key}": [{"text": text}] for key, text in answers.items()}
    responses |= {f"utter_{intent}": [{"text": intent}] for intent in plain if intent != "faq"}
    rules = [{"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]} for intent in plain]
    config = dict(CONFIG, pipeline=[*CONFIG["pipeline"], *([SELECTOR] if answers else [])])
    for name, content in (
        ("config.yml", config),
        ("domain.yml", {"version": "3.1", "intents": plain, "responses": responses}),
        ("data/nlu.yml", {"version": "3.1", "nlu": nlu}),
        ("data/rules.yml", {"version": "3.1", "rules": rules}),
        ("endpoints.yml", {}),
        ("credentials.yml", {"rest": None}),
    ):
        with (folder / name).open("w", encoding="utf-8") as file:
            YAML().dump(content, file)


def train(folder: Path) -> float:
    """Trains; returns the seconds it took, Rasa's start included."""
    start = time.perf_counter()
    command = [rasa_command(), "train", "--fixed-model-name", "stock", "--skip-validation"]
    with (folder / "train.log").open("wb") as log:
        subprocess.run(command, cwd=folder, env=rasa_environment(), stdout=log, stderr=log, check=True)
    return time.perf_counter() - start


def predict(folder: Path, texts: list[str]) -> tuple[list[tuple[str, float]], float]:
    """The label and confidence of each text, and the seconds for all."""
    command = [sys.executable, "-m", "benchmarks.stock_rasa", "parse", str(folder / "models" / "stock.tar.gz")]
    result = subprocess.run(
        command, input=json.dumps(texts), env=rasa_environment(), capture_output=True, text=True, check=True
    )
    answer = json.loads(result.stdout.splitlines()[-1])
    return [tuple(item) for item in answer["predictions"]], answer["seconds"]


async def _parse(model: str, texts: list[str]) -> None:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    await agent.parse_message("bonjour")
    predictions = []
    start = time.perf_counter()
    for text in texts:
        data = await agent.parse_message(text)
        label, confidence = data["intent"]["name"], data["intent"]["confidence"]
        if label == "faq":
            chosen = data["response_selector"]["faq"]["response"]
            label, confidence = chosen["intent_response_key"], confidence * chosen["confidence"]
        predictions.append([label, confidence])
    print(json.dumps({"predictions": predictions, "seconds": time.perf_counter() - start}))


if __name__ == "__main__" and sys.argv[1:2] == ["parse"]:
    asyncio.run(_parse(sys.argv[2], json.load(sys.stdin)))
