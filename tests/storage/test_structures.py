from datetime import date, timedelta

import sqlalchemy as sa

from bot.dispositif.dossier import (
    EtatCandidature,
    EtatDossier,
    EtatPoste,
    EtatStructure,
    EtatVersement,
    TypeContrat,
    TypeStructure,
)
from bot.storage import tables as t
from bot.storage.unit_of_work import UnitOfWork


def add_structure(uow, siret, now, postes=1):
    """A structure with `postes` postes, each with everything a poste can have; returns its id."""
    rows = uow.structures
    structure_id = rows.insert(
        t.structures,
        siret=siret,
        nom=f"Structure {siret}",
        type=TypeStructure.ASSOCIATION,
        departement="63",
        etat=EtatStructure.ACTIVEE,
        activee_le=date(2026, 1, 5),
        updated_at=now,
    )
    rows.insert(t.contacts, structure_id=structure_id, prenom="Inès", nom="Vidal", email=f"ines@{siret}.example")
    dossier_id = rows.insert(
        t.dossiers_subvention,
        structure_id=structure_id,
        numero_ds=int(siret[-9:]),
        etat=EtatDossier.ACCEPTE,
        updated_at=now,
    )
    rows.insert(t.conventions, dossier_id=dossier_id, signee_le=date(2026, 2, 1))
    for numero in range(1, postes + 1):
        poste_id = rows.insert(
            t.postes,
            structure_id=structure_id,
            numero=numero,
            etat=EtatPoste.ACTIF,
            dossier_id=dossier_id,
            updated_at=now,
        )
        conseiller = uow.conseillers.add(structure_id, "Léo", f"Marin {numero}", None, now)
        rows.insert(t.candidatures, poste_id=poste_id, candidat="Léo Marin", etat=EtatCandidature.RECRUTEE)
        rows.insert(
            t.contrats,
            poste_id=poste_id,
            conseiller_id=conseiller.id,
            type=TypeContrat.CDD,
            debut=date(2026, 2, 1),
            fin=date(2027, 7, 31),
        )
        rows.insert(t.formations, poste_id=poste_id, conseiller_id=conseiller.id, organisme="Organisme", heures=280)
        for rang in (2, 1, 3):
            rows.insert(
                t.versements,
                poste_id=poste_id,
                rang=rang,
                montant_centimes=rang * 100,
                etat=EtatVersement.PREVU,
                updated_at=now,
            )
    return structure_id


def test_a_fiche_holds_everything_and_nothing_of_another_structure(engine, clock):
    with UnitOfWork(engine) as uow:
        mine = add_structure(uow, "00000000000018", clock(), postes=2)
        add_structure(uow, "00000000000026", clock(), postes=1)
        uow.commit()
    with UnitOfWork(engine, writes=False) as uow:
        fiche = uow.structures.fiche(mine)
    assert fiche.structure.siret == "00000000000018"
    assert [contact.email for contact in fiche.contacts] == ["ines@00000000000018.example"]
    assert [poste.numero for poste in fiche.postes] == [1, 2]
    first, second = fiche.postes
    assert first.dossier == second.dossier and first.dossier.numero_ds == 18
    assert first.convention.signee_le == date(2026, 2, 1)
    assert [v.rang for v in first.versements] == [1, 2, 3]
    assert first.contrats[0].conseiller.full_name == "Léo Marin 1"
    assert second.contrats[0].conseiller.full_name == "Léo Marin 2"
    assert first.contrats[0].type is TypeContrat.CDD
    assert first.formations[0].heures == 280
    assert first.candidatures[0].etat is EtatCandidature.RECRUTEE


def test_a_fiche_takes_as_many_statements_for_one_poste_as_for_ten(engine, clock):
    with UnitOfWork(engine) as uow:
        small = add_structure(uow, "00000000000018", clock(), postes=1)
        large = add_structure(uow, "00000000000026", clock(), postes=10)
        uow.commit()
    counts = []
    for structure_id in (small, large):
        statements = []
        sa.event.listen(engine, "before_cursor_execute", lambda *a, s=statements: s.append(a[2]))
        with UnitOfWork(engine, writes=False) as uow:
            uow.structures.fiche(structure_id)
        counts.append(len([sql for sql in statements if sql.startswith("SELECT")]))
    assert counts == [7, 7]


def test_an_unknown_structure_has_no_fiche(engine):
    with UnitOfWork(engine, writes=False) as uow:
        assert uow.structures.fiche(1) is None
        assert uow.structures.by_siret("00000000000018") is None


def test_a_contact_is_found_by_email_in_its_own_structure_only(engine, clock):
    with UnitOfWork(engine) as uow:
        mine = add_structure(uow, "00000000000018", clock())
        other = add_structure(uow, "00000000000026", clock())
        assert uow.structures.contact_by_email(mine, "INES@00000000000018.example").prenom == "Inès"
        assert uow.structures.contact_by_email(other, "ines@00000000000018.example") is None


def test_what_is_declared_of_a_step_is_kept_by_poste_and_the_last_word_counts(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock(), postes=2)
        one, two = uow.structures.poste_ids(structure_id).values()
        uow.etape_progress.declare(one, 3, "en_cours", None, clock())
        uow.etape_progress.declare(one, 3, "faite", date(2026, 3, 1), clock.advance(60))
        uow.etape_progress.declare(two, 1, "faite", None, clock())
        declared = uow.etape_progress.of_poste(one)
        assert list(declared) == [3]
        assert (declared[3].etat, declared[3].fait_le) == ("faite", date(2026, 3, 1))
        uow.etape_progress.forget(one, 3)
        assert uow.etape_progress.of_poste(one) == {}


def test_what_is_written_comes_back_in_utc(engine, clock):
    with UnitOfWork(engine) as uow:
        structure_id = add_structure(uow, "00000000000018", clock())
        poste_id = uow.structures.poste_ids(structure_id)[1]
        uow.etape_progress.declare(poste_id, 1, "faite", None, clock())
        assert uow.etape_progress.of_poste(poste_id)[1].declared_at - clock() == timedelta(0)
