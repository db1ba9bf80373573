#!/usr/bin/env python3
"""Installe uv et l'environnement verrouillé du projet; n'utilise que la bibliothèque standard.

Lancé par `make` avec le Python de la machine (3.8 ou plus), donc sans aucune dépendance.
"""

import glob
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV_VERSION = "0.13.9"
# Only read when neither uv nor pip is on the machine; the file's SHA-256 is checked against the index.
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def say(text):
    print(f"  {text}", flush=True)


def fail(text):
    sys.exit(f"\nInstallation impossible : {text}")


def uv_is_usable(path):
    try:
        out = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    version = tuple(int(part) for part in out.split()[1].split(".")[:2])
    return version >= (0, 8)


def uv_from_pip(target):
    """Installs uv with pip; True when it worked."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target), f"uv=={UV_VERSION}"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def uv_from_index(target):
    """Downloads uv's wheel without pip (Debian's bare python3 has none) and unpacks it."""
    machine = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}.get(platform.machine())
    if platform.system() != "Linux" or machine is None:
        fail(f"système {platform.system()} {platform.machine()} sans pip ; installez pip puis relancez.")
    request = urllib.request.Request(f"{INDEX}/uv/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    try:
        files = json.load(urllib.request.urlopen(request, timeout=60))["files"]
    except (OSError, ValueError) as error:
        fail(f"l'index de paquets Python ne répond pas ({error}).")
    wanted = [
        f
        for f in files
        if f["filename"].startswith(f"uv-{UV_VERSION}-") and "manylinux" in f["filename"] and machine in f["filename"]
    ]
    if not wanted:
        fail(f"uv {UV_VERSION} introuvable dans l'index pour {machine}.")
    data = urllib.request.urlopen(wanted[0]["url"], timeout=300).read()
    if hashlib.sha256(data).hexdigest() != wanted[0]["hashes"]["sha256"]:
        fail("le fichier de uv est abîmé (somme de contrôle différente) ; relancez.")
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith("/scripts/uv"))
        binary = target / "bin" / "uv"
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_bytes(wheel.read(name))
        binary.chmod(0o755)


def find_uv():
    local = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(local)):
        if candidate and uv_is_usable(candidate):
            return candidate
    say("uv : téléchargement…")
    if not (uv_from_pip(TOOLS / "uv") and uv_is_usable(str(local))):
        uv_from_index(TOOLS / "uv")
    return str(local)


def find_python310(uv):
    """A Python 3.10 interpreter, or "3.10" so that uv fetches one.

    pyenv's shims hide an installed 3.10 unless it is selected: look behind them.
    """
    roots = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    behind = [p for r in roots if r for p in sorted(glob.glob(f"{r}/versions/3.10.*/bin/python3.10"))]
    for candidate in behind + [shutil.which("python3.10")]:
        if (
            candidate
            and subprocess.run(
                [candidate, "-c", "import sys, ssl, sqlite3; sys.exit(sys.version_info[:2] != (3, 10))"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ).returncode
            == 0
        ):
            return candidate
    return "3.10"


def main():
    uv = find_uv()
    python = find_python310(uv)
    say("environnement Python 3.10 verrouillé (uv.lock)…")
    environment = dict(os.environ, UV_LINK_MODE=os.environ.get("UV_LINK_MODE", "hardlink"))
    environment.pop("VIRTUAL_ENV", None)
    result = subprocess.run([uv, "sync", "--locked", "--quiet", "--python", python], cwd=ROOT, env=environment)
    if result.returncode:
        fail("uv n'a pas pu installer les paquets ; le message ci-dessus dit pourquoi.")


if __name__ == "__main__":
    main()
