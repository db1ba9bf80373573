"""`cnfs cra …`: try what is understood of an activity report."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import typer

app = typer.Typer(help="Les comptes-rendus d'activité (CRA).", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Les comptes-rendus d'activité (CRA)."""


@app.command("try")
def try_phrase(
    phrase: str = typer.Argument(
        ...,
        help="La phrase à essayer ; « - » lit sur l'entrée standard une ligne de JSON par phrase, "
        '{"texte": …, "date": "AAAA-MM-JJ"} (date facultative).',
    ),
    day: str = typer.Option(None, "--date", help="Jour où la phrase est écrite, AAAA-MM-JJ ; aujourd'hui par défaut."),
    as_json: bool = typer.Option(False, "--json", help="Du JSON sur une seule ligne."),
) -> None:
    """Dit ce qui est compris d'un ou de plusieurs accompagnements racontés en français.

    Avec --json ou « - », la réponse tient sur une ligne : toujours une liste, un objet par accompagnement. Champs : date,
    canal, activite, nb_participants, duree_minutes, themes, ages, statuts, code_postal, commune, suite, organismes (absents
    s'ils ne sont pas compris), puis erreurs, manquants, donnees_personnelles. Une ligne d'entrée illisible reçoit
    {"erreur": …}, et les suivantes sont lues.
    """
    from bot.reference.yaml_files import ReferenceError
    from bot.services.read_cra import load_reader, read_cra, report_to_dict

    try:
        today = date.fromisoformat(day) if day else date.today()
    except ValueError:
        typer.echo("--date : écrivez une date comme 2024-03-20.", err=True)
        raise typer.Exit(2) from None
    try:
        load_reader()
    except ReferenceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if phrase != "-":
        reports = [report_to_dict(report) for report in read_cra(phrase, today)]
        typer.echo(json.dumps(reports, ensure_ascii=False) if as_json else readable(reports))
        return
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            text, written = read_line(line, today)
        except ValueError as error:
            answer: Any = {"erreur": str(error)}
        else:
            answer = [report_to_dict(report) for report in read_cra(text, written)]
        typer.echo(json.dumps(answer, ensure_ascii=False))
        sys.stdout.flush()


def read_line(line: str, today: date) -> tuple[str, date]:
    """The text and date of one line of JSON.

    Raises:
        ValueError: the line cannot be used; the message, in French, says why.
    """
    try:
        content = json.loads(line)
    except ValueError:
        raise ValueError("Cette ligne n'est pas du JSON.") from None
    if isinstance(content, str):
        return content, today
    if not isinstance(content, dict) or not isinstance(content.get("texte"), str):
        raise ValueError('Il manque « texte » : écrivez {"texte": …, "date": …}.')
    written = content.get("date")
    if written is None:
        return content["texte"], today
    try:
        return content["texte"], date.fromisoformat(written)
    except (TypeError, ValueError):
        raise ValueError("« date » : écrivez une date comme 2024-03-20.") from None


def readable(reports: list[dict[str, Any]]) -> str:
    """The result of a try, for a person."""
    lines: list[str] = []
    for rank, report in enumerate(reports, 1):
        if len(reports) > 1:
            lines.append(f"Accompagnement {rank}")
        for name, value in report.items():
            if name in ("erreurs", "manquants", "donnees_personnelles"):
                continue
            if isinstance(value, dict):
                value = ", ".join(f"{code} : {'?' if count is None else count}" for code, count in value.items())
            elif isinstance(value, list):
                value = ", ".join(value)
            lines.append(f"  {name} : {value}")
        lines += [f"  ! {error['phrase']}" for error in report["erreurs"]]
        if report["manquants"]:
            lines.append(f"  il manque : {', '.join(report['manquants'])}")
    lines += [f"  ! {item['phrase']}" for item in (reports[0]["donnees_personnelles"] if reports else ())]
    return "\n".join(lines)
