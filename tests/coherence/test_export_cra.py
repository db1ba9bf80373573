"""docs/export-cra.md explains every column of the export, in order, and no other."""

import re
from pathlib import Path

from bot.reference.cra import load_nomenclature
from bot.services.cra.export import columns


def test_every_column_of_the_export_is_explained_in_order():
    page = Path("docs/export-cra.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| ([^|]+?) \| [^|]+ \|$", page, re.MULTILINE)
    assert explained[0] == "Colonne"
    assert explained[1:] == columns(load_nomenclature())
