import csv
import io
from dataclasses import replace
from datetime import date, datetime, timezone

import pytest
from openpyxl import load_workbook

from bot.services.cra.export import columns, export_attachment, to_csv, to_xlsx
from bot.storage.cra import FiledCra
from bot.storage.unit_of_work import UnitOfWork
from tests.services.cra.conftest import WORKSHOP

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


def filed(cra=WORKSHOP):
    return FiledCra(7, 1, 1, cra, NOW, NOW)


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_csv_opens_in_a_french_spreadsheet(nomenclature):
    content = to_csv([filed()], nomenclature)
    assert content.startswith(b"\xef\xbb\xbf")
    row = read_csv(content)[0]
    assert row["Date"] == "27/02/2026"
    assert row["Thèmes"] == "Courriels ; Naviguer sur internet"
    assert row["Plus de 60 ans"] == "8"
    assert row["Réorientations"] == "CAF (2) ; le café des aînés"


def test_the_v2_columns_follow_the_correspondence(nomenclature):
    row = read_csv(to_csv([filed()], nomenclature))[0]
    assert (row["V2 type"], row["V2 lieu"]) == ("Collectif", "Autre")
    assert row["V2 thématiques"] == "Email ; NavigationSurInternet"
    assert row["V2 structures de redirection"] == "operateur"


def test_the_workbook_keeps_dates_and_numbers(nomenclature):
    sheet = load_workbook(io.BytesIO(to_xlsx([filed()], nomenclature))).active
    headers, values = list(sheet.iter_rows(values_only=True))
    row = dict(zip(headers, values))
    assert list(headers) == columns(nomenclature)
    assert row["Date"].date() == date(2026, 2, 27)
    assert row["Durée (minutes)"] == 120


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)"])
def test_no_cell_can_run_as_a_formula(nomenclature, text):
    report = filed(replace(WORKSHOP, commune=text))
    assert read_csv(to_csv([report], nomenclature))[0]["Commune"] == f"'{text}"
    sheet = load_workbook(io.BytesIO(to_xlsx([report], nomenclature))).active
    assert sheet.cell(2, columns(nomenclature).index("Commune") + 1).value == f"'{text}"


def test_an_export_is_refused_to_a_conversation_that_nobody_is_linked_to(engine, clock):
    with UnitOfWork(engine) as uow:
        uow.conversations.add("c1", "telegram", "42", clock())
        with pytest.raises(PermissionError):
            export_attachment(uow, {"format": "csv", "since": "2026-01-01", "until": "2026-12-31"}, "c1")
