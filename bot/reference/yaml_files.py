"""The one place that opens the project's YAML data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


class ReferenceError(ValueError):
    """A data file cannot be used; the message, in French, says which one and what to correct."""


def read_yaml(path: Path) -> Any:
    """The content of `path` as plain Python values.

    Raises:
        ReferenceError: the file is missing or is not valid YAML.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return YAML(typ="safe").load(file)
    except FileNotFoundError:
        raise ReferenceError(f"{path} : fichier introuvable.") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise ReferenceError(f"{path} : YAML illisible. {error}") from None
