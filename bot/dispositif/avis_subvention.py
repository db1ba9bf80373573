"""What must be said beside a calculation of the subvention: reasons to refuse, warnings on amounts and on time."""

from __future__ import annotations

from datetime import date

from bot.dispositif.francais.dates import MONTHS
from bot.dispositif.francais.montants import euros
from bot.dispositif.subvention import (
    CONTRAT_AIDE_LABELS,
    CONTRAT_LABELS,
    METROPOLE,
    PUBLIC_CONTRACTS,
    Avis,
    Bareme,
    Contrat,
    ContratAide,
    Poste,
    Situation,
    Structure,
    amount_key,
    is_overseas,
)


def refuse(situation: Situation, bareme: Bareme, today: date) -> list[Avis]:
    """Every reason why no subvention is due, each in a sentence that says what is possible instead."""
    limits = bareme.limites
    refusals = [_EXCLUSIONS[name] for name in situation.exclusions]
    if situation.structure is Structure.ETAT:
        refusals.append(
            Avis(
                "service_de_l_etat", "Un service de l'État (préfecture, direction départementale…) n'est pas éligible."
            )
        )
    contracts = {poste.contrat for poste in situation.postes}
    if Contrat.SERVICE_CIVIQUE in contracts:
        refusals.append(
            Avis(
                "service_civique", "Le service civique n'est pas éligible. Il faut un contrat de travail : CDI ou CDD."
            )
        )
    if situation.temps_partiel and not situation.temps_partiel_admis:
        refusals.append(
            Avis(
                "temps_partiel",
                f"Le temps partiel n'est pas admis : le poste est à temps plein, {limits.heures_semaine} h. Seules "
                "exceptions : reprise à 80 % après un congé parental, temps partiel thérapeutique, mandat électoral.",
            )
        )
    if situation.age is not None and not limits.age_min <= situation.age <= limits.age_max:
        refusals.append(
            Avis(
                "age",
                f"Le conseiller doit avoir entre {limits.age_min} et {limits.age_max} ans (vous dites {situation.age} ans).",
            )
        )
    too_long = [p.duree_mois for p in situation.postes if _is_private_fixed_term(situation, p) and p.duree_mois]
    too_long = [months for months in too_long if months > limits.cdd_prive_mois_max]
    if too_long:
        refusals.append(
            Avis(
                "cdd_trop_long",
                f"Un CDD de {max(too_long)} mois sort du cadre : {limits.cdd_prive_mois_max} mois au plus pour une "
                "association ou une entreprise. Choisissez un CDD plus court ou un CDI.",
            )
        )
    if situation.nouvelle_convention and today >= bareme.fin_nouvelles_conventions:
        refusals.append(
            Avis(
                "plus_de_nouvelle_convention",
                f"Depuis {_since(bareme)}, aucune nouvelle convention n'est signée et aucun poste n'est attribué. Pour une "
                "convention en cours, écrivez à la Banque des Territoires par la messagerie de Démarches simplifiées.",
            )
        )
    return refusals


_EXCLUSIONS = {
    "retraite": Avis("retraite", "Une personne retraitée ne peut pas être recrutée sur ce poste."),
    "cdi_converti": Avis(
        "cdi_converti",
        "Un CDI existant ne peut pas devenir un CDD. Vous pouvez garder le CDI et signer un avenant avec la fiche de poste.",
    ),
    "agent_france_services": Avis(
        "agent_france_services",
        "Le conseiller ne peut pas être l'un des deux agents d'une France Services : son poste vient en plus.",
    ),
}


def _is_private_fixed_term(situation: Situation, poste: Poste) -> bool:
    return situation.structure is Structure.PRIVEE and poste.contrat is Contrat.CDD


def on_amounts(situation: Situation, bareme: Bareme) -> list[Avis]:
    """What must be said of the amounts, whatever they are."""
    warnings: list[Avis] = []
    postes, structure = situation.postes, situation.structure
    if structure is Structure.PUBLIQUE:
        warnings.append(
            Avis(
                "guide_du_prive",
                "Ce montant vient de la FAQ officielle : le guide de l'employeur ne traite que du privé.",
            )
        )
        if situation.territoire is None:
            others = ", ".join(
                f"{euros(amount.hypotheses[0].cents)} ({amount.libelle.removeprefix('employeur public ')})"
                for amount in (bareme.montants[key] for key in bareme.territoires)
                if amount.hypotheses
            )
            warnings.append(
                Avis(
                    "territoire_suppose",
                    f"Territoire non précisé : calcul pour la métropole. Ailleurs, par poste, probablement : {others}.",
                )
            )
    if structure is Structure.PRIVEE and is_overseas(situation.territoire):
        warnings.append(Avis("prive_outre_mer", "Aucune majoration d'outre-mer trouvée pour le privé (probable)."))
    for poste in postes:
        warnings += _on_poste(situation, poste, bareme)
    if situation.temps_partiel and situation.temps_partiel_admis:
        warnings.append(
            Avis(
                "temps_partiel_admis",
                "Ce temps partiel fait partie des exceptions admises. Nos sources ne disent pas s'il change le montant.",
            )
        )
    return list(dict.fromkeys(warnings))


def _on_poste(situation: Situation, poste: Poste, bareme: Bareme) -> list[Avis]:
    warnings = []
    limit = bareme.limites.cdd_prive_mois_max
    if poste.contrat is Contrat.AUTRE:
        warnings.append(
            Avis(
                "contrat_inconnu",
                "Nos sources ne disent rien de ce contrat (apprentissage, stage, intérim, prestation…) : elles ne citent que le CDI, le CDD et les contrats publics.",
            )
        )
    if situation.structure is Structure.PRIVEE and poste.contrat in PUBLIC_CONTRACTS:
        warnings.append(
            Avis(
                "contrat_public_prive",
                f"Un « {CONTRAT_LABELS[poste.contrat]} » n'existe que chez un employeur public : précisez votre structure ou le contrat.",
            )
        )
    if situation.structure is None and poste.contrat is Contrat.CDD and (poste.duree_mois or 0) > limit:
        warnings.append(
            Avis("cdd_trop_long_si_prive", f"Pour une association ou une entreprise, un CDD dure {limit} mois au plus.")
        )
    if _is_private_fixed_term(situation, poste) and poste.duree_mois and poste.duree_mois < limit:
        warnings.append(
            Avis("cdd_court", f"Nos sources ne disent pas si un CDD de moins de {limit} mois réduit la somme.")
        )
    if poste.contrat_aide is ContratAide.CUI_CIE and situation.territoire in (None, METROPOLE):
        warnings.append(
            Avis(
                "cui_cie_outre_mer",
                "Le CUI-CIE semble réservé aux entreprises et à l'outre-mer (ligne du guide en partie illisible) : à vérifier.",
            )
        )
    if poste.aide:
        name = CONTRAT_AIDE_LABELS[poste.contrat_aide] if poste.contrat_aide else "PEC ou CUI-CIE"
        warnings.append(Avis("aide_deduite", f"L'aide {name} reçue pour le poste est déduite (arbitrage de la DGEFP)."))
        key = amount_key(situation, poste, bareme)
        hypotheses = bareme.montants[key].hypotheses if key else ()
        if hypotheses and poste.aide > hypotheses[0].cents:
            warnings.append(
                Avis(
                    "plancher",
                    "L'aide dépasse le montant : le reste est ramené à 0 € (nous le supposons, aucune source ne l'écrit).",
                )
            )
    return warnings


def _since(bareme: Bareme) -> str:
    """« mai 2025 »."""
    return f"{MONTHS[bareme.fin_nouvelles_conventions.month - 1]} {bareme.fin_nouvelles_conventions.year}"


def on_time(situation: Situation, bareme: Bareme, today: date, refused: bool = False) -> list[Avis]:
    """What the dates call for: the end of new conventions, dates that are only theoretical."""
    warnings = []
    departures = [poste.depart for poste in situation.postes if poste.depart]
    ended = bareme.fin_nouvelles_conventions
    if not refused and any(departure >= ended for departure in departures):
        warnings.append(
            Avis(
                "conventions_arretees",
                f"Depuis {_since(bareme)}, plus aucune nouvelle convention n'est signée : si la vôtre ne l'est pas déjà, aucune somme n'est due. "
                "Vérifiez auprès de la Banque des Territoires, par la messagerie de Démarches simplifiées.",
            )
        )
    elif not refused and today >= ended:
        warnings.append(
            Avis(
                "conventions_arretees",
                f"Depuis {_since(bareme)}, plus aucune nouvelle convention n'est signée : ce calcul ne vaut que pour une convention déjà signée.",
            )
        )
    if departures and not refused and not situation.renouvellement:
        warnings.append(
            Avis(
                "dates_theoriques",
                "Dates théoriques : il faut aussi la convention signée, le contrat transmis et un dossier conforme.",
            )
        )
    return warnings
