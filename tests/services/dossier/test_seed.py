"""The demonstration's structures: at every step, of nobody, the same each time."""

from stdnum.fr import siret as stdnum_siret

from bot.demo.seed import COUNT, fictitious_siret, seed_demo
from bot.dispositif.dossier import EtatStructure, EtatVersement
from bot.dispositif.situation import situation
from bot.reference.delais import load_delais
from bot.storage.unit_of_work import UnitOfWork


def seed(engine, clock):
    with UnitOfWork(engine) as uow:
        added = seed_demo(uow, clock())
    with UnitOfWork(engine, writes=False) as uow:
        fiches = [uow.structures.fiche(uow.structures.by_siret(fictitious_siret(n)).id) for n in range(COUNT)]
    return added, fiches


def test_every_step_every_payment_state_and_late_files_are_there(engine, clock):
    added, fiches = seed(engine, clock)
    assert added == COUNT >= 40
    today, delais = clock().date(), load_delais()
    where = [situation(f.structure, p, delais, today) for f in fiches for p in f.postes]
    assert {s.etape for s in where} >= set(range(2, 9))
    assert {f.structure.etat for f in fiches} >= {
        EtatStructure.INSCRITE,
        EtatStructure.AVIS_RENDU,
        EtatStructure.REFUSEE,
        EtatStructure.ACTIVEE,
    }
    assert {v.etat for f in fiches for p in f.postes for v in p.versements} == set(EtatVersement)
    assert any(s.retards for s in where) and any(not s.retards for s in where)


def test_sirets_pass_luhn_and_cannot_be_anybodys(engine):
    sirets = [fictitious_siret(n) for n in range(COUNT)]
    assert len(set(sirets)) == COUNT
    assert all(stdnum_siret.is_valid(siret) and siret.startswith("000") for siret in sirets)


def test_a_database_with_structures_is_left_alone(engine, clock):
    _, first = seed(engine, clock)
    added, again = seed(engine, clock)
    assert added == 0
    assert first == again


def test_no_payment_is_made_before_its_convention_is_signed(engine, clock):
    _, fiches = seed(engine, clock)
    for poste in (p for f in fiches for p in f.postes):
        for versement in poste.versements:
            if versement.verse_le:
                assert poste.convention.signee_le < versement.verse_le <= clock().date()
