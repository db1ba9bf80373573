"""`cnfs faq export | import`: entries as a spreadsheet."""

from __future__ import annotations

import json
from pathlib import Path

import typer


def export_file(
    path: Path = typer.Argument(
        ..., help="Fichier à écrire : .csv ou .xlsx ; « - » écrit le CSV sur la sortie standard."
    ),
) -> None:
    """Exporte toutes les entrées (textes, sources, exemples) dans un tableur."""
    from bot.cli.faq_desk import place
    from bot.services.faq_desk.exchange import to_csv, to_xlsx

    content = place().content()
    if str(path) == "-":
        typer.echo(to_csv(content).decode("utf-8-sig"), nl=False)
        return
    if path.suffix.lower() not in (".csv", ".xlsx"):
        typer.echo("Le fichier doit finir par .csv ou .xlsx.", err=True)
        raise typer.Exit(2)
    path.write_bytes(to_xlsx(content) if path.suffix.lower() == ".xlsx" else to_csv(content))
    typer.echo(f"{len(content.entries())} entrées écrites dans {path}.")


def import_file(
    path: Path = typer.Argument(..., help="Fichier .csv ou .xlsx, avec les colonnes d'un export."),
    dry_run: bool = typer.Option(False, "--essai", "--dry-run", help="Dit ce qui changerait, sans rien écrire."),
    as_json: bool = typer.Option(False, "--json", help="Une ligne de JSON par ligne du fichier."),
) -> None:
    """Importe des entrées d'un tableur dans les fichiers. Code 1 si des lignes sont à corriger : rien n'est écrit."""
    from bot.cli.faq_desk import place
    from bot.services.faq_desk.content import write_content
    from bot.services.faq_desk.exchange import applied, plan, read_rows
    from bot.services.faq_desk.place import FaqDeskError

    here = place()
    try:
        content = here.content()
        lines = plan(content, read_rows(path.name, path.read_bytes()))
    except (FaqDeskError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    wrong = [line for line in lines if line.outcome == "erreur"]
    for line in lines:
        if as_json:
            data = {"ligne": line.number, "cle": line.key, "resultat": line.outcome, "detail": line.problem}
            typer.echo(json.dumps(data, ensure_ascii=False))
        elif line.outcome != "inchangée":
            typer.echo(
                f"ligne {line.number} : {line.key} – {line.outcome}" + (f" ({line.problem})" if line.problem else "")
            )
    changed = [line for line in lines if line.outcome in ("nouvelle", "modifiée")]
    if not wrong and not dry_run:
        write_content(applied(content, lines), here.faq)
    if not as_json:
        done = "rien n'est écrit" if wrong or dry_run else "c'est écrit"
        typer.echo(f"{len(changed)} entrée(s) à écrire, {len(wrong)} ligne(s) à corriger : {done}.")
    raise typer.Exit(1 if wrong else 0)
