"""`cnfs subvention try`, as the issue specifies it."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from bot.cli import app

runner = CliRunner()


def test_a_phrase_as_json():
    said = "asso, CDI, départ en formation le 4 avril, combien et quand ?"
    result = runner.invoke(app, ["subvention", "try", said, "--date", "2022-03-02", "--json"])
    data = json.loads(result.stdout)
    assert data["total"] == 40000 and data["redemande"] == []
    assert [(t["rang"], t["date"], t["montant"]) for t in data["tranches"]] == [
        (1, "2022-05-04", 8000),
        (2, "2022-10-04", 12000),
        (3, "2023-04-04", 20000),
    ]
    assert data["parametres"]["structure"] == "privee" and data["parametres"]["contrat"] == "cdi"


def test_json_lines_get_one_answer_each():
    lines = [
        json.dumps({"texte": "asso CDI départ demain", "date": "2022-01-10"}),
        "pas du json",
        "",
        json.dumps({"texte": "mairie"}),
        json.dumps({"date": "2022-01-10"}),
        json.dumps({"texte": "asso", "date": "hier"}),
    ]
    result = runner.invoke(app, ["subvention", "try", "-", "--json"], input="\n".join(lines))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [("erreur" in answer) for answer in answers] == [False, True, False, True, True]
    assert answers[0]["parametres"]["date_depart_formation"] == "2022-01-11"


def test_a_wrong_date_is_an_error_for_the_shell():
    result = runner.invoke(app, ["subvention", "try", "asso", "--date", "hier"])
    assert result.exit_code == 2


def test_a_person_can_read_it():
    result = runner.invoke(app, ["subvention", "try", "asso CDI", "--date", "2022-03-02"])
    assert "40000" in result.stdout and "date_depart_formation" in result.stdout
