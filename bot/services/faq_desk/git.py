"""Puts a publication in git without touching anybody's working tree: a commit made from blobs, on a branch of its own."""

from __future__ import annotations

import difflib
import os
import subprocess
import tempfile
from pathlib import Path

from bot.services.faq_desk.content import Content

MAIL_DOMAIN = "console.invalid"


class GitRefused(RuntimeError):
    """git could not; the message is what it said."""


def commit(content: Content, folder: Path, branch: str, author: str, message: str) -> str:
    """Commits the whole content of `folder` on `branch` in the author's name; returns the commit's id.

    The branch starts from the current commit the first time, and takes in what the current branch gained when that
    is a plain step forward.

    Raises:
        GitRefused: `folder` is in no repository, or git failed.
    """
    top = Path(_git(folder.resolve(), "rev-parse", "--show-toplevel"))
    reference = f"refs/heads/{branch}"
    head = _git(top, "rev-parse", "HEAD")
    parent = _try(top, "rev-parse", "--verify", "--quiet", reference) or head
    if _try(top, "merge-base", "--is-ancestor", parent, head) is not None:
        parent = head
    with tempfile.TemporaryDirectory() as directory:
        index = {"GIT_INDEX_FILE": str(Path(directory, "index"))}
        _git(top, "read-tree", parent, environment=index)
        relative = folder.resolve().relative_to(top)
        present = _git(top, "ls-files", "--", str(relative), environment=index).splitlines()
        for name in present:
            if name.endswith(".yml") and Path(name).stem not in content.files:
                _git(top, "update-index", "--force-remove", name, environment=index)
        for theme, text in content.files.items():
            blob = _git(top, "hash-object", "-w", "--stdin", data=text)
            _git(
                top, "update-index", "--add", "--cacheinfo", f"100644,{blob},{relative}/{theme}.yml", environment=index
            )
        tree = _git(top, "write-tree", environment=index)
    if tree == _git(top, "rev-parse", f"{parent}^{{tree}}"):
        return parent
    name = " ".join(author.replace("<", "").replace(">", "").split()) or "console"
    mail = name if "@" in name else f"{'.'.join(name.lower().split())}@{MAIL_DOMAIN}"
    identity = {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": mail,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": mail,
    }
    made = _git(top, "commit-tree", tree, "-p", parent, "-F", "-", data=message, environment=identity)
    before = _try(top, "rev-parse", "--verify", "--quiet", reference)
    # Refused if someone moved the branch meanwhile.
    _git(top, "update-ref", reference, made, before or "0" * 40)
    return made


def patch(before: Content, after: Content, folder: str = "data/nlu/faq") -> str:
    """The difference as a patch that `git apply` takes."""
    lines: list[str] = []
    for theme in sorted({*before.files, *after.files}):
        old, new = before.files.get(theme), after.files.get(theme)
        if old == new:
            continue
        name = f"{folder}/{theme}.yml"
        diff = difflib.unified_diff(
            (old or "").splitlines(keepends=True),
            (new or "").splitlines(keepends=True),
            f"a/{name}" if old is not None else "/dev/null",
            f"b/{name}" if new is not None else "/dev/null",
        )
        for line in diff:
            lines.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(lines)


def _git(directory: Path, *arguments: str, data: str | None = None, environment: dict[str, str] | None = None) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-C", str(directory), *arguments],
            input=data.encode() if data is not None else None,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            env={**inherited, **(environment or {})},
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitRefused(f"git ne répond pas ({type(error).__name__})") from None
    if done.returncode != 0:
        raise GitRefused(done.stderr.decode(errors="replace").strip()[:1000] or f"git {arguments[0]} a échoué")
    return done.stdout.decode(errors="replace").strip()


def _try(directory: Path, *arguments: str) -> str | None:
    try:
        return _git(directory, *arguments)
    except GitRefused:
        return None
