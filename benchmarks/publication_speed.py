"""One added phrase to a compared, publishable candidate: wall-clock and processor seconds, on copies.

`rasa train` + `rasa test nlu` on the same content are measured by benchmarks/stock_rasa.py and understanding.py.

    python benchmarks/publication_speed.py
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.report import save  # noqa: E402
from bot.training import ROOT, live_model  # noqa: E402

CNFS = str(Path(sys.executable).with_name("cnfs"))


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        shutil.copytree(ROOT / "data/nlu/faq", folder / "faq")
        (folder / "models").mkdir()
        for path in (ROOT / "models").iterdir():
            if path.is_file() and (path.suffix == ".json" or path == live_model()):
                shutil.copy(path, folder / "models" / path.name)
        shutil.copytree(ROOT / "models/contents", folder / "models/contents")
        environment = {
            **os.environ,
            "CNFS_FAQ_DIRECTORY": str(folder / "faq"),
            "CNFS_MODELS": str(folder / "models"),
        }
        measures = []
        for number, phrase in enumerate(
            ("son école dure combien de semaines au juste", "il sera parti combien de mois se former")
        ):
            subprocess.run([CNFS, "faq", "add", "formation_duree", phrase], cwd=ROOT, env=environment, check=True)
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            done = subprocess.run(
                [CNFS, "faq", "compare", "--json"], cwd=ROOT, env=environment, capture_output=True, text=True
            )
            wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode == 2:
                raise SystemExit(done.stdout + done.stderr)
            measures.append(
                {
                    "run": number + 1,
                    "wall_seconds": round(wall, 1),
                    "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
                    "load_average": round(os.getloadavg()[0], 1),
                    "gate": json.loads(done.stdout)["objections"],
                    "summary": json.loads(done.stdout)["resume"],
                }
            )
            print(measures[-1], flush=True)
        print(save("publication_speed", measures))


if __name__ == "__main__":
    main()
