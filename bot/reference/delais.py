"""The delays of a file, with their sources."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.dispositif.situation import Delais
from bot.reference.yaml_files import read_yaml

PATH = Path(__file__).with_name("delais.yaml")


@lru_cache(maxsize=1)
def load_delais() -> Delais:
    content = read_yaml(PATH)
    return Delais(
        recrutement_mois=int(content["recrutement"]["mois"]),
        instruction_jours=int(content["instruction"]["jours"]),
        formation_jours=int(content["formation"]["jours"]),
    )
