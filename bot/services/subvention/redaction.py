"""What the assistant says of a calculation: questions, result, table, files to download."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.dispositif.calcul_subvention import calculate
from bot.dispositif.francais.dates import spoken
from bot.dispositif.francais.montants import euros
from bot.dispositif.subvention import Bareme, Calcul, Contrat, Tranche
from bot.services.dialogue import Button, Say, choice
from bot.services.subvention.demande import Demande

NAME = "subvention"
HUMAN = Button("Parler à un humain", "/ask_human")
STOP = choice("Arrêter le calcul", NAME, "commande", "arreter")

# Said with the result as part of it, not as warnings below it.
_IN_THE_HEADING = frozenset({"montant_incertain", "montant_probable", "date_comprise", "date_supposee_depart"})

_QUESTIONS = {
    "structure": "Quel type d'employeur êtes-vous ?",
    "territoire": "Dans quel territoire êtes-vous ? Le montant en dépend.",
    "contrat": "Quel contrat proposez-vous ?",
    "duree_mois": "Combien de mois dure le contrat ?",
    "nb_postes": "Pour combien de postes ?",
    "aide": "Quel est le montant total de l'aide du contrat aidé pour ce poste, en euros ?",
    "date_depart_formation": "Quelle est la date de départ en formation ?",
}
_QUESTIONS_AGAIN = {
    "structure": "Je n'ai pas reconnu l'employeur. Par exemple : « association », « mairie », « communauté de communes ».",
    "territoire": "Je n'ai pas reconnu le territoire. Par exemple : « métropole », « La Réunion », « 971 ».",
    "contrat": "Je n'ai pas reconnu le contrat. Par exemple : « CDI », « CDD de 18 mois ».",
    "duree_mois": "Donnez la durée en mois, par exemple « 18 mois ».",
    "nb_postes": "Donnez un nombre de postes, par exemple « 2 ».",
    "aide": "Donnez le total en euros, par exemple « 6 000 € », ou « pas d'aide ».",
    "date_depart_formation": "Je n'ai pas compris la date. Par exemple : « 4 avril 2022 », « 04/04/22 », « lundi prochain ».",
}
_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "structure": (
        ("Association ou entreprise", "privee"),
        ("Commune, collectivité, groupement", "publique"),
        ("Chambre consulaire, EPIC", "consulaire_ou_epic"),
    ),
    "territoire": (
        ("Métropole", "metropole"),
        ("Guadeloupe", "971"),
        ("Martinique", "972"),
        ("Guyane", "973"),
        ("La Réunion", "974"),
        ("Mayotte", "976"),
        ("Autre territoire", "975"),
    ),
    "contrat": (("CDI", "cdi"), ("CDD", "cdd"), ("Je ne sais pas encore", "inconnu")),
    "duree_mois": (("18 mois", "18"), ("12 mois", "12")),
    "nb_postes": (("1 poste", "1"), ("2 postes", "2"), ("3 postes", "3")),
    "aide": (("Pas d'aide", "0"), ("Je ne sais pas", "inconnu")),
    "date_depart_formation": (("Je ne la connais pas encore", "inconnu"),),
}


def ask(field: str, request: Demande, tries: int = 0, lead: str = "") -> Say:
    """The question for `field`, with buttons; the second ask is not the first, the third offers a way out."""
    sentence = _QUESTIONS[field] if tries == 0 else _QUESTIONS_AGAIN[field]
    problems = [problem.phrase for problem in request.problemes if problem.champ == field]
    if problems:
        sentence = problems[0] if tries == 0 and problems[0].endswith("?") else f"{problems[0]} {_QUESTIONS[field]}"
    buttons = tuple(choice(title, NAME, field, value) for title, value in _CHOICES[field])
    if tries >= 2:
        sentence += " Vous pouvez aussi arrêter, ou demander à parler à un humain."
        buttons = (*buttons, STOP, HUMAN)
    return Say(f"{lead}{sentence}" if lead else sentence, buttons)


def result(request: Demande, outcome: Calcul, bareme: Bareme, today: date) -> Say:
    """Total, tranches, how it was computed, source, what is uncertain; table and files for those who draw them."""
    if outcome.refus:
        return _refusal(request, outcome)
    lines = [_heading(request, outcome)]
    lines += _schedule(outcome)
    if outcome.explication and (outcome.variantes or outcome.annees):
        lines.append("Calcul : " + " ".join(outcome.explication))
    lines += _other_contract(request, bareme, today)
    notices = [notice for notice in (*outcome.avertissements, *request.notes) if notice.cle not in _IN_THE_HEADING]
    lines += ["À savoir :", *(f"- {notice.phrase}" for notice in notices)] if notices else []
    answer = "\n".join(lines)
    source = "Source : " + " ; ".join(bareme.sources[key].title for key in outcome.sources) + "."
    extra: dict[str, Any] = {}
    table = table_of(outcome)
    if table:
        extra["table"] = table
    if outcome.variantes or outcome.annees:
        extra["attachments"] = _files(request, outcome, today)
    parts = {"answer": answer, "source": source} if outcome.sources else {}
    return Say(f"{answer}\n{source}" if parts else answer, _next_buttons(request, outcome), parts=parts, extra=extra)


def _refusal(request: Demande, outcome: Calcul) -> Say:
    lines = ["Je ne peux pas calculer de subvention dans ce cas.", *(f"- {notice.phrase}" for notice in outcome.refus)]
    return Say("\n".join(lines), (choice("Changer une réponse", NAME, "commande", "recommencer"), HUMAN))


def _heading(request: Demande, outcome: Calcul) -> str:
    what = describe(request)
    notes = [n.phrase for n in request.notes if n.cle in _IN_THE_HEADING]
    said = " ".join([f"Compris : {what}.", *notes])
    if outcome.annees:
        sure = "" if outcome.certitude and outcome.certitude.value == "certain" else " (probable, une seule source)"
        return f"{said}\nRenouvellement : {euros(sum(outcome.annees))} sur trois ans{sure}."
    if len(outcome.variantes) > 1:
        first, second = outcome.variantes[0], outcome.variantes[1]
        uncertain = next(n.phrase for n in outcome.avertissements if n.cle == "montant_incertain")
        return f"{said}\nTotal incertain : {euros(first.total)} ou {euros(second.total)}. {uncertain}"
    if outcome.variantes:
        probable = [n.phrase for n in outcome.avertissements if n.cle == "montant_probable"]
        return " ".join([f"{said}\nTotal : {euros(outcome.variantes[0].total)}.", *probable])
    if outcome.certitude:
        return f"{said}\nJe ne connais pas le montant pour ce cas, seulement les échéances."
    return f"{said}\nJe ne peux pas donner de montant."


def describe(request: Demande) -> str:
    """« association, CDI, 2 postes, départ le 4 avril 2022 »."""
    from bot.dispositif.subvention import CONTRAT_LABELS, STRUCTURE_LABELS

    words: list[str] = []
    if request.structure:
        words.append(request.nature or STRUCTURE_LABELS[request.structure])
    if request.renouvellement:
        words.append("renouvellement")
    place = {value: title for title, value in _CHOICES["territoire"]}
    if request.territoire:
        words.append(place.get(request.territoire, request.territoire) if request.territoire != "975" else "outre-mer")
    postes = request.situation().postes
    if len(postes) > 1:
        words.append(f"{len(postes)} postes")
    contracts = dict.fromkeys(p.contrat for p in postes if p.contrat)
    for contract in contracts:
        months = next((p.duree_mois for p in postes if p.contrat is contract and p.duree_mois), None)
        words.append(CONTRAT_LABELS[contract] + (f" de {months} mois" if months else ""))
    aids = dict.fromkeys(p.aide for p in postes if p.aide)
    words += [f"aide de {euros(aid)}" for aid in aids]
    days = dict.fromkeys(p.depart for p in postes if p.depart)
    if days and not request.renouvellement:
        words.append("départ en formation le " + ", le ".join(spoken(day) for day in days))
    return ", ".join(words) or "rien encore"


def _schedule(outcome: Calcul) -> list[str]:
    if outcome.annees:
        return [f"- Année {rank} : {euros(amount)}" for rank, amount in enumerate(outcome.annees, 1)]
    if not outcome.variantes:
        return [f"- {_share(tranche)}" for tranche in outcome.sans_montant if tranche.jour]
    lines = []
    others = outcome.variantes[1].tranches if len(outcome.variantes) > 1 else None
    for index, tranche in enumerate(outcome.variantes[0].tranches):
        amount = euros(tranche.montant or 0)
        if others:
            amount += f" ou {euros(others[index].montant or 0)}"
        lines.append(f"- {_share(tranche, amount, _several(outcome.variantes[0].tranches))}")
    return lines


def _several(tranches: Sequence[Tranche]) -> bool:
    return len({tranche.postes for tranche in tranches}) > 1


def _share(tranche: Tranche, amount: str | None = None, apart: bool = False) -> str:
    name = f"Tranche {tranche.rang}" + (f", {_postes(tranche)}" if apart else "")
    what = f"{amount} ({tranche.pour_cent} %)" if amount else f"{tranche.pour_cent} %"
    when = f" le {spoken(tranche.jour)}" if tranche.jour else f", {_delay(tranche)} après le départ en formation"
    return f"{name} : {what}{when}"


def _postes(tranche: Tranche) -> str:
    numbers = [str(number) for number in tranche.postes]
    return f"poste {numbers[0]}" if len(numbers) == 1 else "postes " + ", ".join(numbers[:-1]) + " et " + numbers[-1]


def _delay(tranche: Tranche) -> str:
    return {1: "1 mois", 2: "6 mois", 3: "1 an"}.get(tranche.rang, "")


def table_of(outcome: Calcul) -> dict[str, Any] | None:
    if outcome.annees:
        rows = [[f"Année {rank}", euros(amount)] for rank, amount in enumerate(outcome.annees, 1)]
        return {"caption": "Renouvellement, par année", "headers": ["Année", "Montant"], "rows": rows}
    tranches = outcome.variantes[0].tranches if outcome.variantes else outcome.sans_montant
    if not tranches:
        return None
    apart = _several(tranches)
    headers = ["Tranche", "Part", *(["Poste"] if apart else []), "Date"]
    columns = [variant.tranches for variant in outcome.variantes]
    headers += ["Montant"] if len(columns) == 1 else [f"Si {euros(v.total)}" for v in outcome.variantes]
    rows = []
    for index, tranche in enumerate(tranches):
        row = [str(tranche.rang), f"{tranche.pour_cent} %", *([_postes(tranche)] if apart else [])]
        row.append(spoken(tranche.jour) if tranche.jour else f"départ + {_delay(tranche)}")
        rows.append([*row, *(euros(column[index].montant or 0) for column in columns)])
    return {"caption": "Versements prévus", "headers": headers, "rows": rows}


def _other_contract(request: Demande, bareme: Bareme, today: date) -> list[str]:
    """When the contract is not chosen yet: what the other one would give."""
    if "contrat" not in request.inconnus:
        return []
    from dataclasses import replace

    other = replace(request, commun=replace(request.commun, contrat=Contrat.CDD), postes=())
    totals = [euros(v.total) for v in calculate(other.situation(), bareme, today).variantes]
    return (
        [
            f"Contrat non choisi : calcul pour un CDI. Avec un CDD de 18 mois au plus, ce serait {' ou '.join(totals)}, sans certitude."
        ]
        if totals
        else []
    )


def _files(request: Demande, outcome: Calcul, today: date) -> list[dict[str, Any]]:
    """What is needed to make the files again later, exactly as they are today."""
    data = {"demande": request.to_json(), "jour": today.isoformat()}
    files = [{"title": "Le calcul (PDF)", "filename": "subvention.pdf", "kind": "subvention.pdf", "data": data}]
    if outcome.variantes and any(tranche.jour for tranche in outcome.variantes[0].tranches):
        files.append(
            {"title": "Les dates (agenda)", "filename": "subvention.ics", "kind": "subvention.ics", "data": data}
        )
    return files


def _next_buttons(request: Demande, outcome: Calcul) -> tuple[Button, ...]:
    buttons = []
    if any(notice.cle == "territoire_suppose" for notice in outcome.avertissements):
        buttons.append(choice("Nous sommes en outre-mer", NAME, "demander", "territoire"))
    if not outcome.variantes and not outcome.annees:
        return (*buttons, choice("Nouveau calcul", NAME, "commande", "recommencer"), HUMAN)
    if "date_depart_formation" in request.inconnus:
        buttons.append(choice("Donner la date de départ", NAME, "demander", "date_depart_formation"))
    if not any(poste.aide for poste in request.situation().postes) and not request.renouvellement:
        buttons.append(choice("Avec une aide PEC ou CUI-CIE", NAME, "demander", "aide"))
    if len(request.situation().postes) == 1:
        buttons.append(choice("Pour deux postes", NAME, "nb_postes", "2"))
    return (*buttons, choice("Nouveau calcul", NAME, "commande", "recommencer"))


def stopped() -> Say:
    return Say("Le calcul est arrêté. Dites « calculer la subvention » pour le reprendre, ou posez une autre question.")
