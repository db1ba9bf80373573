"""A conseiller and complete reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.dispositif.cra import Cra
from bot.dispositif.dossier import EtatStructure, TypeStructure
from bot.reference.cra import load_nomenclature
from bot.storage import tables as t
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade
from bot.storage.unit_of_work import UnitOfWork

WORKSHOP = Cra(
    date=date(2026, 2, 27),
    canal="autre lieu",
    activite="collectif",
    nb_participants=8,
    nb_recurrents=2,
    duree_minutes=120,
    themes=("courriel", "internet"),
    ages={"plus60ans": 8},
    statuts={"retraite": 8},
    code_postal="63200",
    commune="Riom",
    suite={"atelier": 3},
    organismes={"CAF": 2, "le café des aînés": None},
)
INDIVIDUAL = replace(
    WORKSHOP,
    activite="individuel",
    nb_participants=1,
    nb_recurrents=None,
    duree_minutes=40,
    themes=("demarche en ligne",),
    ages={"de35a60ans": 1},
    statuts={"sansEmploi": 1},
    suite={},
    organismes={},
)


@pytest.fixture
def nomenclature():
    return load_nomenclature()


@pytest.fixture
def structure_id(engine, clock) -> int:
    with UnitOfWork(engine) as uow:
        structure_id = uow.structures.insert(
            t.structures,
            siret="98765432100016",
            nom="Maison du numérique",
            type=TypeStructure.ASSOCIATION,
            departement="63",
            etat=EtatStructure.ACTIVEE,
            updated_at=clock(),
        )
        uow.commit()
    return structure_id


@pytest.fixture
def new_conseiller(engine, clock, structure_id) -> Callable[[str], int]:
    def create(prenom: str) -> int:
        with UnitOfWork(engine) as uow:
            conseiller_id = uow.structures.insert(
                t.conseillers, structure_id=structure_id, prenom=prenom, nom="Martin", created_at=clock()
            )
            uow.commit()
        return conseiller_id

    return create


@pytest.fixture
def conseiller_id(new_conseiller) -> int:
    return new_conseiller("Léa")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """An empty migrated database, copied for each test: dialogues are many and only need one kind."""
    path = tmp_path_factory.mktemp("cra") / "vide.db"
    engine = create_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(migrated_file, tmp_path):
    path = tmp_path / "dialogue.db"
    shutil.copy(migrated_file, path)
    engine = create_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()
