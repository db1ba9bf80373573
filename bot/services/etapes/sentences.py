"""What the walk says: one step, where one stands, dates, and the pictures that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.dispositif.etapes import LAST, DateProblem, Echeance, Etat, Jalon, Statut, late, states, upcoming
from bot.dispositif.francais.dates import spoken
from bot.reference.contacts import load_contacts
from bot.reference.etapes import Etape, Ligne, Parcours
from bot.services.dialogue import Button, Say, choice
from bot.services.etapes.commands import Verb
from bot.services.etapes.journey import Journey, PosteRef

NAME = "etapes"
DATE_QUESTIONS: Mapping[Jalon, str] = {
    Jalon.VALIDATION: "À quelle date votre candidature a-t-elle été validée en comité de sélection ?",
    Jalon.DEPOT: "À quelle date avez-vous déposé la demande de subvention ?",
    Jalon.DEBUT_CONTRAT: "À quelle date le contrat de travail a-t-il commencé, ou commencera-t-il ?",
    Jalon.DEPART_FORMATION: "À quelle date le conseiller est-il parti en formation, ou partira-t-il ?",
}
DATE_NAMES: Mapping[Jalon, str] = {
    Jalon.VALIDATION: "validation en comité de sélection",
    Jalon.DEPOT: "dépôt de la demande de subvention",
    Jalon.DEBUT_CONTRAT: "début du contrat",
    Jalon.DEPART_FORMATION: "départ en formation",
}
SECTIONS: Mapping[Verb, tuple[str, str]] = {
    Verb.DOCUMENTS: ("documents", "Documents"),
    Verb.TOOLS: ("outils", "Outils"),
    Verb.ADVICE: ("conseils", "Conseils"),
    Verb.ACTORS: ("acteurs", "Qui agit"),
}


def verb_button(title: str, verb: Verb, number: int | None = None) -> Button:
    return choice(title, NAME, verb.value, str(number or ""))


def step(parcours: Parcours, journey: Journey, intro: str = "") -> Say:
    """The step being read: goal, what to do, computed dates, what starts the next one."""
    etape = parcours[journey.current]
    lines = [intro] if intro else []
    lines += [f"{_heading(etape)} ({etape.phase.lower()})", *_standing(journey, etape.numero), f"But : {etape.but}"]
    lines += ["À faire :", *_bullets(etape.a_faire)]
    lines += [f"- {sentence}" for sentence in _dates_of_step(journey, etape.numero)]
    lines.append(f"Ce qui lance la suite : {_lower(etape.ensuite.texte)}")
    is_done = etape.numero in journey.together.done
    question = "" if is_done else "Est-ce fait ?"
    return _sourced(etape, lines, question, _step_buttons(etape, journey), progress(parcours, journey))


def section(parcours: Parcours, journey: Journey, verb: Verb, number: int) -> Say:
    """One side of a step: documents, tools, advice, who acts."""
    etape = parcours[number]
    name, title = SECTIONS[verb]
    lines = [f"{title}, étape {number} sur {LAST} ({etape.court}) :", *_bullets(getattr(etape, name))]
    return _sourced(etape, lines, "", _after_section(etape, journey, verb), changes=False)


def links(parcours: Parcours, journey: Journey, number: int) -> Say:
    etape = parcours[number]
    lines = [f"Liens, étape {number} sur {LAST} ({etape.court}) :"]
    lines += [f"- [{link.titre}]({link.url})" for link in etape.liens]
    return _sourced(etape, lines, "", _after_section(etape, journey, Verb.LINKS), changes=False)


def details(parcours: Parcours, journey: Journey, number: int) -> Say:
    """Everything else the guide says of a step."""
    etape = parcours[number]
    lines = [f"Étape {number} sur {LAST} ({etape.court}), en détail :", *_bullets(etape.a_savoir)]
    lines += ["Qui agit :", *_bullets(etape.acteurs)]
    lines += ["Outils :", *_bullets(etape.outils)]
    lines += ["Conseils :", *_bullets(etape.conseils)]
    lines += ["Liens : " + ", ".join(f"[{link.titre}]({link.url})" for link in etape.liens)]
    return _sourced(etape, lines, "", _after_section(etape, journey, Verb.DETAILS))


def delays(parcours: Parcours, journey: Journey, number: int, missing: Jalon | None) -> Say:
    """The delays of a step, then every date computed so far; `missing` is the date asked for here."""
    etape = parcours[number]
    lines = [f"Délais, étape {number} sur {LAST} ({etape.court}) :", *_bullets(etape.delais)]
    computed = [sentence for echeance in journey.echeances if (sentence := deadline(echeance, journey))]
    if computed:
        lines += ["Avec vos dates :", *(f"- {sentence}" for sentence in computed)]
    question = f"Pour des dates exactes : {_lower(DATE_QUESTIONS[missing])}" if missing else ""
    return _sourced(etape, lines, question, _after_section(etape, journey, Verb.DELAYS))


def position(parcours: Parcours, journey: Journey) -> Say:
    """Where one stands: proven and declared apart, what is late, what comes next."""
    etape, together = parcours[journey.current], journey.together
    if together.is_complete:
        lines = [f"Les {LAST} étapes sont derrière vous{_of_poste(journey)}."]
    else:
        lines = [f"Vous en êtes à l'étape {etape.numero} sur {LAST}{_of_poste(journey)} : {etape.titre}."]
    if journey.constat is not None:
        lines.append(f"Dans votre dossier : {_done(journey.proven)}.")
    declared = journey.declared.done
    if declared or journey.constat is None:
        lines.append(f"Ce que vous avez déclaré : {_done(declared)}.")
    if together.skipped:
        lines.append(f"Mises de côté : {numbers(together.skipped)}.")
    if together.remaining:
        lines.append(f"Reste à faire : {numbers(together.remaining)}.")
    lines += _late_and_next(journey)
    buttons = [verb_button(f"Voir l'étape {etape.numero}", Verb.GO_TO, etape.numero)]
    buttons += [verb_button("Délais", Verb.DELAYS, etape.numero), verb_button("Les 8 étapes", Verb.OVERVIEW)]
    return Say("\n".join(lines), tuple(buttons), extra={"progress": progress(parcours, journey)})


def overview(parcours: Parcours, journey: Journey) -> Say:
    """The eight steps in eight lines, with what is settled."""
    marks = {Etat.DONE: " (faite)", Etat.SKIPPED: " (mise de côté)", Etat.LATE: " (en retard)"}
    drawn = states(journey.together, journey.late_steps)
    lines = [f"Les {LAST} étapes{_of_poste(journey)} :"]
    for etape, state in zip(parcours.etapes, drawn):
        mark = " (vous êtes ici)" if state is Etat.CURRENT else marks.get(state, "")
        lines.append(f"{etape.numero}. {etape.titre}{mark}")
    pages = sorted({page for etape in parcours.etapes for page in etape.pages if page >= 7})
    source = f"Source : Guide de l'employeur (2022), p. {pages[0]} à {pages[-1]}."
    parts = {"answer": "\n".join(lines), "source": source, "evolution": CLOSED}
    buttons = tuple(
        verb_button(f"{etape.numero}. {etape.court}", Verb.GO_TO, etape.numero) for etape in parcours.etapes
    )
    extra = {"progress": progress(parcours, journey)}
    return Say("\n".join([*lines, CLOSED, source]), buttons, parts=parts, extra=extra)


CLOSED = "À savoir : depuis mai 2025, plus de nouveau poste ni de nouvelle convention ; ce parcours est celui de 2022."


def progress(parcours: Parcours, journey: Journey) -> dict[str, Any]:
    """The picture of the eight steps, as channels draw it."""
    drawn = states(journey.together, journey.late_steps)
    label = f"Étape {journey.current} sur {LAST} : {parcours[journey.current].court}"
    if journey.together.is_complete:
        label = f"Parcours terminé : {LAST} étapes sur {LAST}"
    steps = [{"title": etape.court, "state": state.value} for etape, state in zip(parcours.etapes, drawn)]
    return {"label": label, "steps": steps}


def unknown_step(number: int) -> Say:
    """« étape 12 », « étape zéro »."""
    text = f"Il n'y a pas d'étape {number} : le parcours en compte {LAST}, de 1 à {LAST}. Laquelle voulez-vous voir ?"
    ends = (1, LAST)
    return Say(
        text, (*(verb_button(f"Étape {n}", Verb.GO_TO, n) for n in ends), verb_button("Les 8 étapes", Verb.OVERVIEW))
    )


def ask_date(jalon: Jalon, intro: str = "", again: str = "") -> Say:
    """Asks for a date; `again` says what was wrong with the last answer."""
    text = " ".join(filter(None, [intro, again, DATE_QUESTIONS[jalon], "Par exemple « 4 avril 2022 »."]))
    today = choice("Aujourd'hui", NAME, "date", f"{jalon.value}:today")
    return Say(text, (today, choice("Je ne la connais pas", NAME, "date", f"{jalon.value}:unknown")))


def date_refused(problem: DateProblem) -> str:
    return {
        DateProblem.TOO_OLD: "Cette date est antérieure au dispositif.",
        DateProblem.FUTURE: "Cette date est à venir, alors que l'étape est faite.",
        DateProblem.TOO_FAR: "Cette date est dans plus d'un an : je ne la garde pas.",
    }[problem]


def wrong_order(first: Jalon, second: Jalon) -> str:
    return (
        f"Attention : la date de « {DATE_NAMES[second]} » précède celle de « {DATE_NAMES[first]} ». "
        "Vérifiez les deux ; je garde celles que vous m'avez données."
    )


def which_poste(postes: Sequence[PosteRef]) -> Say:
    buttons = tuple(choice(poste.label.capitalize(), NAME, "poste", str(poste.id)) for poste in postes)
    return Say(f"Votre structure a {len(postes)} postes. Pour lequel suivons-nous les étapes ?", buttons)


def deadline(echeance: Echeance, journey: Journey) -> str:
    """One computed date, in a sentence."""
    day, days = spoken(echeance.le), echeance.days_from(journey.today)
    if echeance.nom.startswith("tranche_"):
        return _tranche(echeance, journey, day, days)
    did = f" (fait le {spoken(echeance.fait_le)})" if echeance.fait_le else ""
    sentences = {
        ("recrutement", Statut.A_VENIR): f"recruter au plus tard le {day}, {_in(days)}",
        (
            "recrutement",
            Statut.EN_RETARD,
        ): f"le mois pour recruter s'est terminé le {day}, {_in(days)} : recrutez au plus "
        f"vite, le poste peut vous être retiré, ou écrivez à {_email()}",
        ("recrutement", Statut.TENUE): f"recrutement dans le délai, qui allait jusqu'au {day}{did}",
        ("recrutement", Statut.TENUE_TARD): f"recrutement après le délai, qui allait jusqu'au {day}{did}",
        ("instruction", Statut.A_VENIR): f"projet de convention : pas avant le {day}, {_in(days)}",
        (
            "instruction",
            Statut.A_VERIFIER,
        ): f"les trois semaines d'instruction, un minimum, sont passées depuis le {day} : "
        "regardez la messagerie de Démarches simplifiées",
        ("instruction", Statut.TENUE): "",
        ("formation", Statut.A_VENIR): f"départ en formation au plus tard le {day}, {_in(days)}",
        (
            "formation",
            Statut.EN_RETARD,
        ): f"le départ en formation devait avoir lieu le {day} au plus tard, {_in(days)} : "
        "appelez l'organisme de formation",
        ("formation", Statut.TENUE): f"départ en formation dans le délai, qui allait jusqu'au {day}{did}",
        ("formation", Statut.TENUE_TARD): f"départ en formation après le délai, qui allait jusqu'au {day}{did}",
    }
    return sentences[echeance.nom, echeance.statut]


def _tranche(echeance: Echeance, journey: Journey, day: str, days: int) -> str:
    rang = int(echeance.nom.removeprefix("tranche_"))
    part = next(tranche.part for tranche in journey.delais.tranches if tranche.rang == rang)
    name = f"tranche {rang} ({part} %)"
    if echeance.statut is Statut.TENUE:
        return f"{name} : versée le {spoken(echeance.fait_le)}" if echeance.fait_le else f"{name} : versée"
    if echeance.statut is Statut.A_VENIR:
        return f"{name} : prévue le {day}, {_in(days)}"
    return (
        f"{name} : elle était prévue le {day}, {_in(days)}. Si vous ne l'avez pas reçue, écrivez par la messagerie de "
        "Démarches simplifiées"
    )


def numbers(steps: Iterable[int]) -> str:
    """« étape 3 », « étapes 1, 2 et 4 »."""
    found = [str(number) for number in sorted(steps)]
    if len(found) == 1:
        return f"étape {found[0]}"
    return f"étapes {', '.join(found[:-1])} et {found[-1]}"


def _late_and_next(journey: Journey) -> list[str]:
    found = journey.echeances
    lines = [f"En retard : {deadline(echeance, journey)}." for echeance in late(found)]
    to_check = [echeance for echeance in found if echeance.statut is Statut.A_VERIFIER]
    lines += [f"À vérifier : {deadline(echeance, journey)}." for echeance in to_check]
    lines += [f"Prochaine échéance : {deadline(echeance, journey)}." for echeance in upcoming(found)[:1]]
    return lines


def _dates_of_step(journey: Journey, number: int) -> list[str]:
    # The month to recruit is met by signing (step 6), and matters from the choice of candidates on.
    own = [e for e in journey.echeances if e.etape == number or (e.nom == "recrutement" and number in (2, 3))]
    alive = [e for e in own if e.statut in (Statut.A_VENIR, Statut.EN_RETARD, Statut.A_VERIFIER)]
    return [f"Échéance : {deadline(echeance, journey)}." for echeance in alive]


def _standing(journey: Journey, number: int) -> list[str]:
    if number in journey.proven:
        return ["D'après votre dossier, cette étape est faite."]
    if number in journey.declared.done:
        return ["Vous l'avez déclarée faite."]
    return ["Vous l'avez mise de côté."] if number in journey.declared.skipped else []


def _step_buttons(etape: Etape, journey: Journey) -> list[Button]:
    number, buttons = etape.numero, []
    if number not in journey.together.done:
        buttons.append(verb_button("C'est fait", Verb.DONE, number))
    if number < LAST:
        buttons.append(verb_button("Étape suivante", Verb.GO_TO, number + 1))
    buttons += [verb_button("Documents", Verb.DOCUMENTS, number), verb_button("Délais", Verb.DELAYS, number)]
    buttons += [verb_button("Plus de détails", Verb.DETAILS, number), verb_button("Où j'en suis", Verb.POSITION)]
    return buttons


def _after_section(etape: Etape, journey: Journey, verb: Verb) -> list[Button]:
    number = etape.numero
    others = {Verb.DOCUMENTS: "Documents", Verb.DELAYS: "Délais", Verb.DETAILS: "Plus de détails"}
    buttons = [verb_button(title, other, number) for other, title in others.items() if other is not verb]
    back = [verb_button(f"Voir l'étape {number}", Verb.GO_TO, number)]
    return [*back, *buttons]


def _sourced(
    etape: Etape,
    lines: Sequence[str],
    question: str,
    buttons: Sequence[Button],
    picture: Mapping | None = None,
    changes: bool = True,
) -> Say:
    """One message with its source, in parts for channels that draw them apart."""
    answer = "\n".join(lines)
    parts = {"answer": answer, "source": etape.source}
    texts = [answer]
    if changes and etape.evolutions:
        evolved = " ".join(f"{item.texte.rstrip('.')} (centre d'aide, {item.date})." for item in etape.evolutions)
        parts["evolution"] = f"À savoir : {evolved}"
        texts.append(parts["evolution"])
    texts += [etape.source, question]
    extra = {"progress": dict(picture)} if picture else {}
    return Say("\n".join(filter(None, texts)), tuple(buttons), parts=parts, extra=extra)


def _heading(etape: Etape) -> str:
    return f"Étape {etape.numero} sur {LAST} : {etape.titre}"


def _bullets(lines: Iterable[Ligne]) -> list[str]:
    return [f"- {line.texte}" for line in lines]


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _done(steps: Iterable[int]) -> str:
    found = list(steps)
    return f"{numbers(found)} faite{'s' if len(found) > 1 else ''}" if found else "aucune étape faite pour l'instant"


def _of_poste(journey: Journey) -> str:
    return f" pour le {journey.poste.label}" if journey.poste else ""


def _in(days: int) -> str:
    if days == 0:
        return "aujourd'hui"
    count = abs(days)
    unit = "jour" if count == 1 else "jours"
    return f"dans {count} {unit}" if days > 0 else f"il y a {count} {unit}"


def _email() -> str:
    email = load_contacts().email
    return f"[{email}](mailto:{email})"
