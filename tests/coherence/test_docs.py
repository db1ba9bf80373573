"""What the documentation says of the code is compared with the code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot.settings import settings_table

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "exploitation.md"
DEPENDENCIES = ROOT / "docs" / "decisions" / "0002-dependances.md"
README = ROOT / "README.md"


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_the_table_of_settings_is_that_of_the_code():
    written = re.search(r"<!-- settings -->\n(.*)<!-- /settings -->", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert written and written.group(1).strip() == settings_table().strip(), (
        "Recopiez dans docs/exploitation.md ce qu'affiche : .venv/bin/cnfs reglages"
    )


def test_each_dependency_is_justified_in_one_line():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", project, re.DOTALL | re.MULTILINE).group(1)
    declared = {re.match(r'\s*"([A-Za-z0-9-]+)', line).group(1) for line in listed.splitlines()}
    page = DEPENDENCIES.read_text(encoding="utf-8")
    justified = set(re.findall(r"^\| `([A-Za-z0-9-]+)` \|", page, re.MULTILINE))
    assert declared - justified == set(), "sans justification"
    assert justified - declared == set(), "justifiées, mais absentes de pyproject.toml"


def test_the_map_of_the_readme_names_folders_that_exist():
    block = re.search(r"```map\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL).group(1)
    named = [line.split()[0] for line in block.splitlines() if line.strip()]
    assert named and [name for name in named if not (ROOT / name).exists()] == []


def test_every_folder_of_the_code_is_on_the_map():
    block = re.search(r"```map\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL).group(1)
    named = {line.split()[0].rstrip("/") for line in block.splitlines() if line.strip()}
    folders = {
        str(path.parent.relative_to(ROOT)) for path in tracked("bot/*/__init__.py") if path.parent.parent.name == "bot"
    }
    assert folders - named == set()


@pytest.mark.parametrize("page", tracked("*.md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|mailto:|tel:|#)([^)#\s]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["Makefile", "README.md"])
def test_the_targets_that_the_readme_names_exist(name: str):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|: )make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()
