"""CSV imports: all or nothing, never a double, each mistake with its own French sentence."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demo.seed import fictitious_siret
from bot.services.import_fields import FieldProblem, read_amount, read_choice, read_date, read_department, read_number
from bot.services.import_structures import FILES, UnreadableFile, import_csv
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

ONE, TWO = fictitious_siret(1), fictitious_siret(2)
STRUCTURES = f"siret;nom;type;departement;etat;activee_le\n{ONE};CCAS de Valombre;commune;1;activee;03/01/2026\n"
DOSSIERS = f"siret;numero_ds;etat;depose_le\n{ONE};12345;en instruction;2026-02-01\n"
POSTES = f"siret;poste;etat;attribue_le;numero_ds\n{ONE};1;actif;05/01/2026;12345\n"
PAYMENTS = f"siret;poste;rang;montant;etat;prevu_le;verse_le\n{ONE};1;1;7 733,33 €;verse;01/02/2026;03/02/2026\n"
ALL = {"structures": STRUCTURES, "dossiers": DOSSIERS, "postes": POSTES, "versements": PAYMENTS}


class Desk:
    def __init__(self, engine, clock):
        self.engine, self.clock = engine, clock

    def load(self, kind, text, dry_run=False, encoding="utf-8"):
        with UnitOfWork(self.engine) as uow:
            return import_csv(uow, kind, text.encode(encoding), Actor("cli"), self.clock(), dry_run)

    def load_all(self):
        return {kind: self.load(kind, text) for kind, text in ALL.items()}

    def fiche(self):
        with UnitOfWork(self.engine, writes=False) as uow:
            structure = uow.structures.by_siret(ONE)
            return structure and uow.structures.fiche(structure.id)


@pytest.fixture
def desk(engine, clock):
    return Desk(engine, clock)


def said(report):
    return "\n".join(map(str, report.errors))


def test_the_four_files_make_a_whole_file(desk):
    reports = desk.load_all()
    assert all((r.added, r.errors) == (1, []) for r in reports.values())
    fiche = desk.fiche()
    # A spreadsheet had dropped the zero of 01.
    assert (fiche.structure.nom, fiche.structure.departement) == ("CCAS de Valombre", "01")
    poste = fiche.postes[0]
    assert (poste.dossier.numero_ds, poste.dossier.etat.value) == (12345, "en_instruction")
    assert poste.versements[0].montant_centimes == 773_333


def test_importing_again_doubles_nothing(desk):
    desk.load_all()
    before = desk.fiche()
    reports = desk.load_all()
    assert all((r.added, r.updated, r.unchanged) == (0, 0, 1) for r in reports.values())
    assert desk.fiche() == before


def test_a_changed_row_is_updated_and_an_absent_column_is_left_alone(desk):
    desk.load_all()
    report = desk.load("structures", f"siret;nom;type;departement;etat\n{ONE};CCAS rebaptisé;commune;01;activee\n")
    assert report.updated == 1
    assert desk.fiche().structure.nom == "CCAS rebaptisé"
    assert desk.fiche().structure.activee_le is not None


def test_a_dry_run_tells_everything_and_writes_nothing(desk):
    report = desk.load("structures", STRUCTURES, dry_run=True)
    assert report.added == 1
    assert desk.fiche() is None


def test_one_wrong_row_and_nothing_is_written(desk):
    report = desk.load("structures", STRUCTURES + f"{TWO};Autre;chateau;63;activee;\n")
    assert [e.line for e in report.errors] == [3]
    assert "« chateau » n'est pas admis" in said(report) and "association" in said(report)
    assert desk.fiche() is None


MISTAKES = [
    ("structures", "123;X;commune;63;activee;", "3 chiffres"),
    ("structures", f"{TWO};;commune;63;activee;", "ne peut pas être vide"),
    ("structures", f"{TWO};X;commune;99;activee;", "pas un département"),
    ("structures", f"{TWO};X;commune;63;activee;31/02/2026", "n'existe pas dans le calendrier"),
    ("structures", f"{TWO};X;commune;63;activee;hier", "n'est pas une date"),
    ("structures", f"{TWO};X;commune;63;activee;01/01/1970", "hors du dispositif"),
    ("structures", f"{ONE};X;commune;63;activee;", "même ligne que la 2"),
    ("dossiers", f"{TWO};99;accepte;", "aucune structure n'a ce SIRET"),
    ("dossiers", f"{ONE};zéro;accepte;", "n'est pas un nombre entier"),
    ("postes", f"{ONE};2;actif;;777", "le dossier 777 n'existe pas"),
    ("versements", f"{ONE};8;1;10;prevu;;", "pas de poste 8"),
    ("versements", f"{ONE};1;4;10;prevu;;", "entre 1 et 3"),
    ("versements", f"{ONE};1;2;-10;prevu;;", "un montant va de 0"),
    ("versements", f"{ONE};1;2;dix;prevu;;", "n'est pas un montant"),
    ("versements", f"{ONE};1;2;10;prevu;;02/02/2026", "seulement alors"),
    ("versements", f"{ONE};1;2;10;verse;;", "« verse_le » doit être rempli"),
]


def test_each_mistake_names_its_line_and_says_what_to_do(desk):
    desk.load_all()
    for kind, row, expected in MISTAKES:
        report = desk.load(kind, ALL[kind] + row + "\n")
        assert expected in said(report), (kind, row)
        assert said(report).startswith("ligne 3")


def test_a_dossier_cannot_change_hands(desk):
    desk.load_all()
    desk.load("structures", STRUCTURES + f"{TWO};Autre;commune;63;activee;\n")
    report = desk.load("dossiers", f"siret;numero_ds;etat\n{TWO};12345;accepte\n")
    assert "appartient déjà à une autre structure" in said(report)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "vide"),
        (b"siret;nom\n", "il manque : type"),
        (STRUCTURES.replace("nom;", "nom;couleur;").encode(), "inconnues : couleur"),
        (STRUCTURES.replace("nom;", "nom;nom;").encode(), "en double : nom"),
        (b"PK\x03\x04\x00\x00", "pas un fichier CSV"),
        (STRUCTURES.encode() + b'"1;', "guillemet"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(desk, content, expected):
    with UnitOfWork(desk.engine) as uow, pytest.raises(UnreadableFile, match=expected):
        import_csv(uow, "structures", content, Actor("cli"), desk.clock())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (STRUCTURES, "utf-8-sig"),
        (STRUCTURES.replace("Valombre", "Grand-Pré"), "cp1252"),
        (STRUCTURES.replace(";", ","), "utf-8"),
        (STRUCTURES.replace(";", "\t").replace("\n", "\r\n"), "utf-8"),
        (STRUCTURES.upper().replace("COMMUNE", "Commune").replace("ACTIVEE", "candidature retenue et activée", 1)
         .replace("candidature retenue et activée_LE", "ACTIVEE_LE"), "utf-8"),
    ],
)  # fmt: skip
def test_what_spreadsheets_write_is_read(desk, text, encoding):
    report = desk.load("structures", text, encoding=encoding)
    assert (report.added, said(report)) == (1, "")


def test_statements_do_not_grow_with_the_rows_already_there(desk):
    """One read for the whole file, then one write a new or changed row."""
    rows = "".join(f"{fictitious_siret(n)};S{n};commune;63;activee;\n" for n in range(100, 160))
    desk.load("structures", STRUCTURES + rows)
    statements = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    desk.load("structures", STRUCTURES + rows)
    assert len([s for s in statements if s.startswith(("SELECT", "INSERT", "UPDATE"))]) <= 4


def test_every_import_is_audited_and_progress_is_told(desk, clock):
    told = []
    with UnitOfWork(desk.engine) as uow:
        import_csv(
            uow, "structures", STRUCTURES.encode(), Actor("cli", "x"), clock(), progress=lambda *a: told.append(a)
        )
    assert told == [(1, 1)]
    with UnitOfWork(desk.engine, writes=False) as uow:
        assert [e.action for e in uow.audit.by(Actor("cli", "x"))] == ["import.structures"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda x: (STRUCTURES + x).encode())))
def test_any_bytes_give_a_report_or_a_sentence(desk, content):
    with UnitOfWork(desk.engine) as uow:
        try:
            import_csv(uow, "structures", content, Actor("cli"), desk.clock(), dry_run=True)
        except UnreadableFile as problem:
            assert str(problem)


def test_cells_are_read_or_refused():
    assert read_amount("8000") == 800_000
    assert read_department("2a") == "2A"
    assert read_number(1, 3)("2") == 2
    assert read_date("2026-02-28 00:00:00").day == 28
    assert read_choice({"cdi": "CDI"})("Cdi") == "cdi"
    for reader, cell in (
        (read_amount, "1,234"),
        (read_amount, "NaN"),
        (read_amount, "1e400"),
        (read_number(1, 3), "²"),
    ):
        with pytest.raises(FieldProblem):
            reader(cell)


def test_the_documentation_names_every_column():
    text = (Path(__file__).parents[2] / "docs" / "import-des-structures.md").read_text(encoding="utf-8")
    for kind, columns in FILES.items():
        section = text.split(f"## `{kind}`")[1].split("\n## ")[0]
        documented = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert documented == [column.name for column in columns], kind
