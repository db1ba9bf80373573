"""`cnfs subvention …`: try what is understood and computed of a phrase."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import typer

app = typer.Typer(help="Le calcul de la subvention.", no_args_is_help=True)


# The callback keeps « try » a sub-command while it is the only one.
@app.callback()
def subvention() -> None:
    """Le calcul de la subvention."""


@app.command("try")
def try_phrase(
    phrase: str = typer.Argument(
        ..., help='La phrase ; « - » lit des lignes JSON {"texte": …, "date": …} sur l\'entrée standard.'
    ),
    day: str = typer.Option(
        None, "--date", help="Le jour où la phrase est écrite, AAAA-MM-JJ ; par défaut aujourd'hui."
    ),
    as_json: bool = typer.Option(False, "--json", help="Une ligne de JSON par phrase."),
) -> None:
    """Dit ce qui est compris d'une phrase et ce qui est calculé."""
    from bot.services.subvention.essai import try_phrase as attempt

    default = _day(day) if day else date.today()
    if default is None:
        typer.echo(f"« {day} » n'est pas une date AAAA-MM-JJ.", err=True)
        raise typer.Exit(2)
    if phrase != "-":
        result = attempt(phrase, default)
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else readable(phrase, result))
        return
    for text, today, error in _lines(default):
        result = {"erreur": error} if error else attempt(text, today)
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json or error else readable(text, result))
        sys.stdout.flush()


def _lines(default: date) -> Iterator[tuple[str, date, str | None]]:
    """(text, day, what is wrong) of each line of the standard input; one answer a line, blank lines excepted."""
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", errors="replace").strip().lstrip("\ufeff")
        if not text:
            continue
        try:
            item = json.loads(text)
        except ValueError:
            yield "", default, 'Ligne illisible : attendu {"texte": …, "date": …}.'
            continue
        if isinstance(item, str):
            item = {"texte": item}
        if not isinstance(item, dict) or not isinstance(item.get("texte"), str):
            yield "", default, "Le champ « texte » manque."
            continue
        day = _day(str(item["date"])) if item.get("date") else default
        if day is None:
            yield "", default, "Le champ « date » attend AAAA-MM-JJ."
            continue
        yield item["texte"], day, None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def readable(phrase: str, result: dict[str, Any]) -> str:
    """The result of a try, for a person."""
    known = ", ".join(f"{name} = {value}" for name, value in result["parametres"].items()) or "rien"
    lines = [f"« {phrase} »", f"  compris     {known}", f"  total       {result['total']} ({result['certitude']})"]
    lines += [f"  tranche {t['rang']}   {t['montant']} le {t['date']}" for t in result["tranches"]]
    lines += [f"  redemande   {', '.join(result['redemande'])}"] if result["redemande"] else []
    lines += [f"  ! {sentence}" for sentence in result["avertissements"]]
    return "\n".join([*lines, *(f"  = {line}" for line in result["explication"])])
