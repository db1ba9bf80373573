"""`cnfs cra try`, as a judge or a script calls it."""

import json

from typer.testing import CliRunner

from bot.cli import app

RUN = CliRunner()


def call(*arguments: str, entry: str | None = None):
    return RUN.invoke(app, ["cra", "try", *arguments], input=entry)


def test_a_phrase_answers_a_list_on_one_line():
    result = call("hier atelier 2h 8 retraités mails", "--date", "2024-03-20", "--json")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    (report,) = json.loads(line)
    assert report["date"] == "2024-03-19"
    assert report["statuts"] == {"retraite": 8}
    assert set(report) >= {"erreurs", "manquants", "donnees_personnelles"}


def test_lines_of_json_are_answered_one_by_one():
    entry = "\n".join(
        [
            json.dumps(
                {
                    "texte": "hier atelier mails 2h 8 retraités puis un individuel de 30 min sur doctolib",
                    "date": "2024-03-20",
                }
            ),
            "pas du json",
            json.dumps({"date": "2024-03-20"}),
            json.dumps({"texte": "individuel", "date": "hier"}),
            json.dumps({"texte": "le 31 février, atelier"}),
        ]
    )
    answers = [json.loads(line) for line in call("-", "--json", entry=entry).stdout.splitlines()]
    assert [type(answer) for answer in answers] == [list, dict, dict, dict, list]
    assert len(answers[0]) == 2
    assert answers[4][0]["erreurs"][0]["cle"] == "impossible"


def test_a_person_reads_what_was_understood():
    result = call("individuel hier avec Mme Ferrand, 1h", "--date", "2024-03-20")
    assert "duree_minutes : 60" in result.stdout
    assert "il manque" in result.stdout
    assert "Ferrand" not in result.stdout


def test_a_wrong_date_is_a_clear_message():
    result = call("atelier", "--date", "20/03/2024")
    assert result.exit_code == 2
