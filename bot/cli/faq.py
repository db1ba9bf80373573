"""`cnfs faq …`: check and try the questions and answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from bot.reference.faq import FAQ_DIRECTORY, load_catalogue, load_theme_file
from bot.reference.yaml_files import ReferenceError

app = typer.Typer(help="Les questions et réponses de la FAQ.", no_args_is_help=True)


@app.command()
def check(
    files: list[Path] = typer.Argument(None, help="Fichiers de thème ; tous par défaut."),
    as_json: bool = typer.Option(False, "--json", help="Une ligne de JSON par correction."),
) -> None:
    """Vérifie la cohérence du contenu ; code de sortie 1 s'il y a des corrections à faire."""
    from bot.services.check_faq import check_questions

    try:
        if files:
            questions = [question for path in files for question in load_theme_file(path)]
        else:
            questions = list(load_catalogue(FAQ_DIRECTORY).questions.values())
    except ReferenceError as error:
        typer.echo(str(error))
        raise typer.Exit(1) from None
    findings = check_questions(questions)
    for finding in findings:
        data = {"ou": finding.where, "probleme": finding.problem}
        typer.echo(json.dumps(data, ensure_ascii=False) if as_json else str(finding))
    if as_json:
        raise typer.Exit(1 if findings else 0)
    examples = sum(len(question.examples) for question in questions)
    typer.echo(f"{len(questions)} questions, {examples} exemples, {len(findings)} correction(s) à faire.")
    raise typer.Exit(1 if findings else 0)


@app.command("try")
def try_phrase(
    phrase: str = typer.Argument(
        ..., help="La phrase à essayer ; « - » lit une phrase par ligne sur l'entrée standard."
    ),
    as_json: bool = typer.Option(False, "--json", help="Une ligne de JSON par phrase."),
    after: str = typer.Option(None, help="Clé de la question précédente, pour essayer une relance."),
    model: Path = typer.Option(None, help="Modèle à essayer ; par défaut celui en ligne."),
    quick: bool = typer.Option(False, "--sans-exemples", help="Ne cherche pas les exemples les plus proches."),
) -> None:
    """Dit ce que l'assistant comprend d'une phrase : candidats, scores, décision, réponse."""
    from bot.cli.faq_desk import place
    from bot.services.faq_desk.workbench import Workbench
    from bot.services.published_faq import live
    from bot.training import live_model

    model = model or live_model()
    if model is None:
        typer.echo("Aucun modèle : lancez d'abord « make train ».", err=True)
        raise typer.Exit(2)
    bench, published = Workbench(place()), live()
    faq = published.faq if published else None
    lines = (line.strip() for line in sys.stdin) if phrase == "-" else iter([phrase])
    for line in lines:
        if not line:
            continue
        result = bench.try_phrase(line, str(model.resolve()), faq, after, explain=not quick)
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else readable(result))
        sys.stdout.flush()


def readable(result: dict) -> str:
    """The result of a try, for a person."""
    lines = [f"« {result['phrase']} » → {result['decision']}"]
    lines += [f"  {item['score']:.2f}  {item['cle']}  {item.get('titre', '')}" for item in result["candidats"][:5]]
    for item in result.get("exemples_proches", ())[:3]:
        lines.append(f"  exemple proche ({item['proximite']:.2f}) : « {item['exemple']} » – {item['titre']}")
    if result["reponse"]:
        lines += ["", result["reponse"]]
    lines += [f"  [{item['titre']}]" for item in result["propositions"]]
    return "\n".join(lines)
