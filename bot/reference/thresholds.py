"""The decision thresholds, with the date and the phrases they were measured on."""

from __future__ import annotations

from pathlib import Path

from bot.dispositif.comprehension import Thresholds
from bot.reference.yaml_files import read_yaml

PATH = Path(__file__).with_name("seuils.yaml")


def load_thresholds() -> Thresholds:
    return Thresholds(**read_yaml(PATH)["seuils"])
