"""What is said of a file, one function a topic. Pure: a file and a day in, a message out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.dispositif.dossier import (
    EtatCandidature,
    EtatPoste,
    EtatStructure,
    EtatVersement,
    Fiche,
    Poste,
    Versement,
)
from bot.dispositif.francais.dates import spoken
from bot.dispositif.situation import (
    ETAPES,
    Delais,
    Interlocuteur,
    Situation,
    contrat_courant,
    formation_courante,
    is_active,
    situation,
)
from bot.services.dialogue import Say
from bot.services.dossier.words import contact_line, euros, heading, in_how_long, joined, of, on, since


@dataclass(frozen=True)
class Asked:
    """A question about a file: the postes it is about (all, or the one chosen), and the tranche, if any."""

    fiche: Fiche
    postes: Sequence[Poste]
    delais: Delais
    today: date
    rang: int | None = None

    @property
    def one(self) -> Poste | None:
        return self.postes[0] if len(self.postes) == 1 else None

    def situation(self, poste: Poste) -> Situation:
        return situation(self.fiche.structure, poste, self.delais, self.today)

    def name(self, poste: Poste) -> str:
        """« Poste 2 », or « Votre poste » when there is only one."""
        return f"Poste {poste.numero}" if len(self.fiche.postes) > 1 else "Votre poste"


def tell_status(asked: Asked) -> Say:
    structure = asked.fiche.structure
    if structure.etat is not EtatStructure.ACTIVEE or not asked.fiche.postes:
        return tell_application(asked)
    if asked.one:
        poste = asked.one
        where = asked.situation(poste)
        stage = _stage(where) if is_active(poste) else poste.etat.label
        lines = [heading(asked.fiche), f"{asked.name(poste)} : {stage}."]
        lines += [f"- {line}" for line in _facts(poste, asked.today)]
        lines += _next_lines(where, poste)
        return Say(
            "\n".join(lines), extra={"progress": _progress(asked.name(poste), where)} if is_active(poste) else {}
        )
    rows = []
    lines = [f"{heading(asked.fiche)} : {len(asked.fiche.postes)} postes."]
    for poste in asked.postes:
        where = asked.situation(poste)
        lines.append(
            f"- Poste {poste.numero} : {_stage(where) if is_active(poste) else poste.etat.label}"
            f"{' ; en retard' if where.retards else ''}. Ensuite : {where.prochaine}."
        )
        stage = f"{where.etape}. {ETAPES[where.etape - 1]}" if is_active(poste) else poste.etat.label
        rows.append([f"Poste {poste.numero}", stage, where.prochaine])
    lines.append("Choisissez un poste pour le détail, ou écrivez par exemple « poste 2 ».")
    table = {"caption": "Vos postes", "headers": ["Poste", "Étape", "Ensuite"], "rows": rows}
    return Say("\n".join(lines), extra={"table": table})


def tell_application(asked: Asked) -> Say:
    structure = asked.fiche.structure
    lines = [heading(asked.fiche), f"Candidature de la structure : {structure.etat.label}."]
    for label, day in (
        ("déposée", structure.inscrite_le),
        ("avis de la préfecture", structure.avis_prefecture_le),
        ("comité de sélection", structure.comite_le),
        ("activée", structure.activee_le),
    ):
        if day:
            lines.append(f"- {label} {on(day)}")
    for poste in asked.postes:
        if poste.candidatures and is_active(poste):
            people = ", ".join(f"{c.candidat} ({c.etat.label})" for c in poste.candidatures)
            lines.append(f"{asked.name(poste)}, candidats : {people}.")
    if structure.etat is EtatStructure.ACTIVEE:
        if asked.one and is_active(asked.one):
            lines += _next_lines(asked.situation(asked.one), asked.one)
    else:
        blank = Poste(0, 1, EtatPoste.ACTIF)
        lines += _next_lines(asked.situation(blank), None)
    return Say("\n".join(lines))


def tell_payments(asked: Asked) -> Say:
    says: list[str] = []
    rows: list[list[str]] = []
    for poste in asked.postes:
        payments = [v for v in poste.versements if asked.rang in (None, v.rang)]
        if not payments:
            says.append(f"{asked.name(poste)} : {_no_payment(poste, asked)}")
            continue
        if asked.one and len(payments) == 1:
            says.append(f"{_yes_or_no(payments[0])} {_payment(payments[0], asked)}")
        else:
            says.append(f"{asked.name(poste)} :")
            says += [f"- {_payment(payment, asked)}" for payment in payments]
        paid = sum(v.montant_centimes for v in poste.versements if v.etat is EtatVersement.VERSE)
        total = sum(v.montant_centimes for v in poste.versements)
        says.append(f"Déjà versé{_of(asked, poste)} : {euros(paid)} sur {euros(total)}.")
        rows += [
            [f"Poste {poste.numero}", f"Tranche {v.rang}", euros(v.montant_centimes), v.etat.label, _when(v)]
            for v in payments
        ]
    first = asked.postes[0] if asked.postes else None
    says.append(contact_line(Interlocuteur.DEMARCHES_SIMPLIFIEES, first if asked.one else None))
    table = {
        "caption": "Versements de la subvention",
        "headers": ["Poste", "Tranche", "Montant", "État", "Date"],
        "rows": rows,
    }
    return Say("\n".join(says), extra={"table": table} if len(rows) > 1 else {})


def tell_convention(asked: Asked) -> Say:
    lines = [_convention(asked, poste) for poste in asked.postes]
    return Say("\n".join([*_unique(lines), _contact(asked, Interlocuteur.DEMARCHES_SIMPLIFIEES)]))


def tell_contract(asked: Asked) -> Say:
    lines = [_contract(asked, poste) for poste in asked.postes]
    return Say("\n".join([*lines, _contact(asked, Interlocuteur.DEMARCHES_SIMPLIFIEES)]))


def tell_training(asked: Asked) -> Say:
    lines = [_training(asked, poste) for poste in asked.postes]
    return Say("\n".join([*lines, _contact(asked, Interlocuteur.ORGANISME)]))


def tell_postes(asked: Asked) -> Say:
    """Always about the whole structure, whatever poste was chosen before."""
    postes = asked.fiche.postes
    if not postes:
        return Say(f"Aucun poste n'est encore attribué à {asked.fiche.structure.nom}.")
    active = [poste for poste in postes if is_active(poste)]
    held = [poste for poste in active if contrat_courant(poste, asked.today)]
    open_ = [poste for poste in active if not contrat_courant(poste, asked.today)]
    back = len(postes) - len(active)
    words = [f"{len(held)} {_plural(len(held), 'pourvu')}", f"{len(open_)} à pourvoir"]
    if back:
        words.append(f"{back} {_plural(back, 'rendu')} ou {_plural(back, 'retiré')}")
    lines = [
        f"Il vous reste {_count(len(open_), 'poste')} à pourvoir."
        if open_
        else "Il ne vous reste aucun poste à pourvoir."
    ]
    lines.append(f"Sur {_count(len(postes), 'poste attribué')} : {', '.join(words)}.")
    for poste in postes:
        contrat = contrat_courant(poste, asked.today)
        chosen = next((c for c in poste.candidatures if c.etat is EtatCandidature.VALIDEE), None)
        waiting = f"à pourvoir, candidat validé : {chosen.candidat}" if chosen else "à pourvoir"
        who = f"occupé par {contrat.conseiller.full_name}" if contrat else waiting
        lines.append(f"- Poste {poste.numero} : {who if is_active(poste) else poste.etat.label}")
    return Say("\n".join(lines))


def tell_adviser(asked: Asked) -> Say:
    lines = []
    for poste in asked.postes:
        contrat = contrat_courant(poste, asked.today)
        if contrat:
            person = contrat.conseiller
            mail = f", [{person.email}](mailto:{person.email})" if person.email else ""
            kind = f", {contrat.type.label} {_from(contrat.debut, asked.today)}" if contrat.debut else ""
            lines.append(f"{asked.name(poste)} : {person.full_name}{kind}{mail}.")
        elif is_active(poste):
            lines.append(
                f"{asked.name(poste)} : personne pour le moment. Ensuite : {asked.situation(poste).prochaine}."
            )
        else:
            lines.append(f"{asked.name(poste)} : {poste.etat.label}.")
    return Say("\n".join(lines) or "Aucun poste n'est encore attribué à votre structure.")


# What can be asked, and who answers it.
TOPICS: dict[str, Callable[[Asked], Say]] = {
    "etat": tell_status,
    "candidature": tell_application,
    "versement": tell_payments,
    "convention": tell_convention,
    "contrat": tell_contract,
    "formation": tell_training,
    "postes": tell_postes,
    "conseiller": tell_adviser,
}


def _from(day: date, today: date) -> str:
    return since(day) if day <= today else f"à partir du {spoken(day)}"


def _stage(where: Situation) -> str:
    return f"étape {where.etape} sur 8, {ETAPES[where.etape - 1].lower()}"


def _facts(poste: Poste, today: date) -> list[str]:
    """The dates worth knowing, the latest stage last."""
    facts = []
    contrat, formation = contrat_courant(poste, today), formation_courante(poste, today)
    if poste.dossier:
        facts.append(
            f"Dossier n° {poste.dossier.numero_ds} : {poste.dossier.etat.label}, déposé {on(poste.dossier.depose_le)}"
        )
    if poste.convention and poste.convention.signee_le:
        facts.append(f"Convention signée {on(poste.convention.signee_le)}")
    if contrat:
        facts.append(
            f"Conseiller : {contrat.conseiller.full_name}, {contrat.type.label} à partir du {on(contrat.debut).removeprefix('le ')}"
        )
    if formation and formation.debut:
        facts.append(f"Formation : départ {on(formation.debut)}, {formation.organisme}")
    paid = [str(v.rang) for v in poste.versements if v.etat is EtatVersement.VERSE]
    if paid:
        facts.append(f"Versé : tranche{'s' if len(paid) > 1 else ''} {joined(paid)}")
    return facts


def _next_lines(where: Situation, poste: Poste | None) -> list[str]:
    lines = [f"En retard : {' ; '.join(where.retards)}."] if where.retards else []
    return [*lines, f"Ensuite : {where.prochaine}.", contact_line(where.interlocuteur, poste)]


def _progress(label: str, where: Situation) -> dict:
    steps = [{"title": title, "state": state} for title, state in zip(ETAPES, where.etats, strict=True)]
    return {"label": label, "steps": steps}


def _payment(v: Versement, asked: Asked) -> str:
    amount = euros(v.montant_centimes)
    if v.etat is EtatVersement.VERSE:
        return f"La tranche {v.rang} ({amount}) a été versée {on(v.verse_le)}."
    if v.etat is EtatVersement.SUSPENDU:
        return f"La tranche {v.rang} ({amount}) est suspendue : demandez pourquoi par la messagerie de votre dossier."
    being = " et en cours de traitement" if v.etat is EtatVersement.DEMANDE else ""
    if v.prevu_le is None:
        return f"La tranche {v.rang} ({amount}) n'a pas encore de date{being}."
    if v.prevu_le < asked.today:
        return f"La tranche {v.rang} ({amount}) était prévue {on(v.prevu_le)}, elle est en retard{being}."
    return (
        f"La tranche {v.rang} ({amount}) est prévue {on(v.prevu_le)} ({in_how_long(v.prevu_le, asked.today)}){being}."
    )


def _yes_or_no(v: Versement) -> str:
    return "Oui." if v.etat is EtatVersement.VERSE else "Non, pas encore."


def _when(v: Versement) -> str:
    day = v.verse_le if v.etat is EtatVersement.VERSE else v.prevu_le
    return on(day, "–").removeprefix("le ")


def _no_payment(poste: Poste, asked: Asked) -> str:
    if not is_active(poste):
        return f"aucun versement, ce poste est {poste.etat.label}."
    rank = f"la tranche {asked.rang} n'est pas encore programmée" if asked.rang else "aucun versement n'est programmé"
    return (
        f"{rank}. Les dates se comptent à partir du départ en formation. Ensuite : {asked.situation(poste).prochaine}."
    )


def _convention(asked: Asked, poste: Poste) -> str:
    name, convention = asked.name(poste), poste.convention
    if not is_active(poste):
        return f"{name} : {poste.etat.label}."
    if convention is None or not convention.envoyee_le:
        return f"{name} : non, la convention n'est pas encore arrivée. Ensuite : {asked.situation(poste).prochaine}."
    if convention.signee_le:
        end = f" Elle court jusqu'au {on(convention.fin).removeprefix('le ')}." if convention.fin else ""
        return f"{name} : oui, la convention est signée par les deux parties {since(convention.signee_le)}.{end}"
    if convention.signee_structure_le:
        return (
            f"{name} : vous l'avez signée {on(convention.signee_structure_le)} ; "
            "la signature de la Banque des Territoires manque encore."
        )
    return f"{name} : non. Elle vous a été envoyée {on(convention.envoyee_le)}, elle attend votre signature."


def _contract(asked: Asked, poste: Poste) -> str:
    name, contrat = asked.name(poste), contrat_courant(poste, asked.today)
    if not is_active(poste):
        return f"{name} : {poste.etat.label}."
    if contrat is None:
        if poste.contrats:
            last = poste.contrats[0]
            return f"{name} : le contrat {of(last.conseiller.full_name)} a pris fin {on(last.rompu_le or last.fin)} ; le poste est vacant."
        return f"{name} : aucun contrat pour le moment. Ensuite : {asked.situation(poste).prochaine}."
    end = f" au {on(contrat.fin).removeprefix('le ')}" if contrat.fin else ", sans date de fin"
    start = on(contrat.debut).removeprefix("le ")
    signed = f"signé {on(contrat.signe_le)}" if contrat.signe_le else "pas encore signé"
    sent = (
        f"transmis {on(contrat.transmis_le)}"
        if contrat.transmis_le
        else "pas encore transmis à la Banque des Territoires"
    )
    return f"{name} : {contrat.type.label} {of(contrat.conseiller.full_name)}, du {start}{end} ; {signed}, {sent}."


def _training(asked: Asked, poste: Poste) -> str:
    name, formation = asked.name(poste), formation_courante(poste, asked.today)
    contrat = contrat_courant(poste, asked.today)
    who = contrat.conseiller.full_name if contrat else "le conseiller"
    if not is_active(poste):
        return f"{name} : {poste.etat.label}."
    if formation is None or not formation.inscrit_le:
        return f"{name} : {who} n'est pas encore inscrit en formation. Ensuite : {asked.situation(poste).prochaine}."
    hours = f", {formation.heures} heures" if formation.heures else ""
    course = f"{formation.organisme}{hours}"
    if formation.debut is None:
        return f"{name} : inscription {of(who)} faite {on(formation.inscrit_le)} ({course}), date de départ pas encore fixée."
    if formation.debut > asked.today:
        when = in_how_long(formation.debut, asked.today)
        return f"{name} : {who} part en formation {on(formation.debut)} ({when}), {course}."
    if formation.fin is None or formation.fin >= asked.today:
        until = f", jusqu'au {on(formation.fin).removeprefix('le ')}" if formation.fin else ""
        return f"{name} : {who} est en formation {since(formation.debut)}{until} ({course})."
    exam = f" Certification {on(formation.certification_le)}." if formation.certification_le else ""
    return f"{name} : la formation {of(who)} s'est terminée {on(formation.fin)} ; départ {on(formation.debut)} ({course}).{exam}"


def _contact(asked: Asked, whom: Interlocuteur) -> str:
    return contact_line(whom, asked.one)


def _of(asked: Asked, poste: Poste) -> str:
    return "" if asked.one else f" pour le poste {poste.numero}"


def _unique(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _plural(count: int, word: str) -> str:
    return word + ("s" if count > 1 else "")


def _count(count: int, words: str) -> str:
    return f"{count} " + " ".join(_plural(count, word) for word in words.split())
