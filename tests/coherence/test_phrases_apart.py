"""A phrase that measures understanding must never have been taught, even with other accents or capitals."""

import re
import unicodedata
from pathlib import Path

import pytest

from bot.reference.faq import example_lines, load_catalogue
from bot.reference.yaml_files import read_yaml
from bot.services.evaluate import PHRASES_DIRECTORY, load_phrases

BLIND = Path("benchmarks/phrases_aveugles")


def flattened(text: str) -> str:
    """Letters and digits of any script, without accents or capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[\W_]+", " ", letters).strip()


def taught() -> dict[str, str]:
    examples = {
        flattened(text): question.key
        for question in load_catalogue().questions.values()
        for text in (question.title, *question.examples)
    }
    for path in sorted(Path("data/nlu").glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            examples |= {flattened(text): block["intent"] for text in example_lines(block["examples"])}
    return examples


@pytest.mark.parametrize("directory", [PHRASES_DIRECTORY, BLIND], ids=["tests", "aveugles"])
def test_no_phrase_that_measures_is_also_taught(directory: Path) -> None:
    examples = taught()
    both = [
        f"« {phrase.text} » ({phrase.theme}) est un exemple de {examples[flattened(phrase.text)]}"
        for phrase in load_phrases(directory)
        if flattened(phrase.text) and flattened(phrase.text) in examples
    ]
    assert both == [], "Retirez ces phrases des exemples, ou mesurez avec d'autres"
