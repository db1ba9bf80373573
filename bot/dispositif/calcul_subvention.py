"""The rules of the subvention: what is refused, what is missing, what is computed, what must be said with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.dispositif.avis_subvention import on_amounts, on_time, refuse
from bot.dispositif.francais.montants import euros
from bot.dispositif.subvention import (
    CERTITUDE_LABELS,
    OUTRE_MER,
    Avis,
    Bareme,
    Calcul,
    Certitude,
    Montant,
    Situation,
    Structure,
    Variante,
    amount_key,
    net_of_aid,
    renewal_key,
    tranches_of,
)

ASK_ELSEWHERE = (
    "Votre montant est écrit dans votre convention ; sinon, demandez-le par la messagerie de Démarches simplifiées."
)
# What may be asked, in the order in which to ask it.
FIELDS = ("structure", "territoire", "contrat", "duree_mois", "nb_postes", "aide", "date_depart_formation")
_WEAKEST = (Certitude.INCONNU, Certitude.ILLISIBLE, Certitude.SUPPOSE, Certitude.PROBABLE, Certitude.CERTAIN)


def calculate(situation: Situation, bareme: Bareme, today: date) -> Calcul:
    """Everything that can be said of `situation` on day `today`. Never raises on what a person may say."""
    refusals = refuse(situation, bareme, today)
    if refusals:
        return Calcul(refus=tuple(refusals), avertissements=tuple(on_time(situation, bareme, today, refused=True)))
    if situation.renouvellement:
        return _renewal(situation, bareme, today)
    missing = missing_fields(situation)
    warnings = [*on_amounts(situation, bareme), *on_time(situation, bareme, today)]
    keys = [amount_key(situation, poste, bareme) for poste in situation.postes]
    if any(key is None for key in keys) or _waits(missing):
        dates_only = tranches_of(situation.postes, None, bareme) if _some_departure(situation) else ()
        if "aide" in missing and all(keys) and not _waits([name for name in missing if name != "aide"]):
            warnings.insert(0, _before_aid(situation, [bareme.montants[key] for key in keys]))
        return Calcul(sans_montant=dates_only, avertissements=tuple(warnings), manquants=missing)
    amounts = [bareme.montants[key] for key in keys]
    unknown = [amount for amount in amounts if not amount.hypotheses]
    if unknown:
        return Calcul(
            sans_montant=tranches_of(situation.postes, None, bareme),
            certitude=unknown[0].certitude,
            avertissements=(_no_amount(unknown[0]), *warnings),
            manquants=missing,
            explication=tuple(_schedule_line(bareme)),
            sources=(*unknown[0].sources, bareme.parts_source),
        )
    return _first_convention(situation, amounts, bareme, warnings, missing)


def missing_fields(situation: Situation) -> tuple[str, ...]:
    """What must still be asked, in the order in which to ask it: structure, contrat, aide, date, territoire."""
    missing = []
    if situation.structure is None:
        missing.append("structure")
    needs_contract = situation.structure not in (Structure.PUBLIQUE, Structure.CONSULAIRE)
    for poste in () if situation.renouvellement else situation.postes:
        if needs_contract and poste.contrat is None:
            missing.append("contrat")
        if poste.contrat_aide is not None and poste.aide is None:
            missing.append("aide")
        if poste.depart is None:
            missing.append("date_depart_formation")
    if situation.structure is Structure.PUBLIQUE and situation.territoire == OUTRE_MER:
        missing.append("territoire")
    missing += situation.a_preciser
    return tuple(name for name in FIELDS if name in missing)


def _waits(missing: Sequence[str]) -> bool:
    """True when no honest amount can be given before an answer."""
    return bool(set(missing) - {"date_depart_formation"})


def _some_departure(situation: Situation) -> bool:
    return any(poste.depart for poste in situation.postes)


def _first_convention(
    situation: Situation, amounts: Sequence[Montant], bareme: Bareme, warnings: list[Avis], missing: tuple[str, ...]
) -> Calcul:
    variants = [
        _variant(situation, amounts, index, bareme)
        for index in range(max(len(amount.hypotheses) for amount in amounts))
    ]
    certainty = min((variant.certitude for variant in variants[:1]), key=_WEAKEST.index)
    if len(variants) > 1:
        warnings = [_rival_amounts(variants), *warnings]
    elif certainty is not Certitude.CERTAIN:
        warnings = [_not_certain(certainty, bareme, variants[0]), *warnings]
    return Calcul(
        variantes=tuple(variants),
        certitude=certainty,
        avertissements=tuple(warnings),
        manquants=missing,
        explication=(*_working(situation, amounts, variants[0]), *_schedule_line(bareme)),
        sources=tuple(dict.fromkeys([*variants[0].sources, bareme.parts_source])),
    )


def _variant(situation: Situation, amounts: Sequence[Montant], index: int, bareme: Bareme) -> Variante:
    chosen = [amount.hypotheses[min(index, len(amount.hypotheses) - 1)] for amount in amounts]
    gross = [hypothesis.cents for hypothesis in chosen]
    net = [net_of_aid(cents, poste.aide or 0) for cents, poste in zip(gross, situation.postes)]
    return Variante(
        certitude=min((hypothesis.certitude for hypothesis in chosen), key=_WEAKEST.index),
        bruts=tuple(gross),
        nets=tuple(net),
        total=sum(net),
        tranches=tranches_of(situation.postes, net, bareme),
        sources=tuple(dict.fromkeys(source for hypothesis in chosen for source in hypothesis.sources)),
    )


def _renewal(situation: Situation, bareme: Bareme, today: date) -> Calcul:
    key = renewal_key(situation)
    warnings = on_time(situation, bareme, today)
    if key is None:
        return Calcul(avertissements=tuple(warnings), manquants=("structure",))
    renewal = bareme.renouvellements[key]
    rhythm = Avis(
        "renouvellement_sans_20_30_50",
        "Un renouvellement ne suit pas le rythme 20/30/50 % : ses dates de versement sont dans votre convention.",
    )
    if not renewal.annees:
        unknown = Avis("montant_inconnu", f"Montant non trouvé pour : {renewal.libelle}. {ASK_ELSEWHERE}")
        return Calcul(certitude=renewal.certitude, avertissements=(unknown, rhythm, *warnings), sources=renewal.sources)
    count = len(situation.postes)
    notes = [rhythm, *warnings]
    if renewal.certitude is not Certitude.CERTAIN:
        notes.insert(
            0,
            Avis(
                "montant_probable", f"Montant {CERTITUDE_LABELS[renewal.certitude]} : à vérifier dans votre convention."
            ),
        )
    if any(poste.aide for poste in situation.postes):
        notes.append(
            Avis(
                "aide_non_deduite",
                "L'aide PEC ou CUI-CIE n'est pas déduite ici : nos sources ne disent pas comment, pour un renouvellement.",
            )
        )
    if situation.zone_prioritaire is None and situation.structure is Structure.PUBLIQUE:
        prime = bareme.renouvellements["public_prioritaire"]
        notes.append(
            Avis(
                "zone_non_precisee",
                f"Calcul hors zone prioritaire. En QPV ou en ZRR : {euros(sum(prime.annees) * count)} en tout.",
            )
        )
    years = tuple(amount * count for amount in renewal.annees)
    lines = [
        f"{renewal.libelle[0].upper()}{renewal.libelle[1:]}, 36 mois : "
        + " + ".join(euros(a) for a in renewal.annees)
        + f" = {euros(sum(renewal.annees))} par poste."
    ]
    if count > 1:
        lines.append(f"{count} postes : {count} × {euros(sum(renewal.annees))} = {euros(sum(years))}.")
    return Calcul(
        annees=years,
        certitude=renewal.certitude,
        avertissements=tuple(notes),
        explication=tuple(lines),
        sources=renewal.sources,
    )


def _working(situation: Situation, amounts: Sequence[Montant], variant: Variante) -> list[str]:
    """How the total was reached, one line a kind of poste, then the sum."""
    groups: dict[tuple[str, int, int, int], int] = {}
    for amount, poste, gross, net in zip(amounts, situation.postes, variant.bruts, variant.nets):
        line = (amount.libelle, gross, poste.aide or 0, net)
        groups[line] = groups.get(line, 0) + 1
    lines = []
    for (label, gross, aid, net), count in groups.items():
        line = f"{label[0].upper()}{label[1:]} : {euros(gross)} par poste"
        if aid:
            line += f", moins {euros(aid)} d'aide, reste {euros(net)}"
        if count > 1:
            line += f" ; {count} postes : {count} × {euros(net)} = {euros(net * count)}"
        lines.append(line + ".")
    if len(groups) > 1:
        lines.append(f"Total des {len(situation.postes)} postes : {euros(variant.total)}.")
    return lines


def _schedule_line(bareme: Bareme) -> list[str]:
    shares = ", ".join(f"{part.pour_cent} % à {part.mois} mois" for part in bareme.parts)
    return [f"Versements comptés du départ en formation : {shares}."]


def _no_amount(amount: Montant) -> Avis:
    return Avis("montant_inconnu", f"Montant non trouvé pour : {amount.libelle}. {ASK_ELSEWHERE}")


def _before_aid(situation: Situation, amounts: Sequence[Montant]) -> Avis:
    sums = [
        sum(a.hypotheses[min(i, len(a.hypotheses) - 1)].cents for a in amounts)
        for i in range(2)
        if all(a.hypotheses for a in amounts)
    ]
    known = " ou ".join(euros(cents) for cents in dict.fromkeys(sums))
    before = f"Avant déduction : {known}. " if known else ""
    return Avis(
        "aide_a_preciser",
        f"{before}L'aide du contrat aidé se déduit : il me faut son montant total en euros, pour ce poste.",
    )


def _rival_amounts(variants: Sequence[Variante]) -> Avis:
    return Avis(
        "montant_incertain",
        "Le montant d'un CDD dans une association ou une entreprise est illisible dans notre source. Deux hypothèses : "
        f"{euros(variants[0].total)} (probable, une seule source) ou {euros(variants[1].total)} (supposé, au prorata du "
        f"CDI). Ne retenez aucun des deux comme acquis. {ASK_ELSEWHERE}",
    )


def _not_certain(certainty: Certitude, bareme: Bareme, variant: Variante) -> Avis:
    source = bareme.sources[variant.sources[0]].title
    return Avis("montant_probable", f"Montant {CERTITUDE_LABELS[certainty]} ({source}) : faites-le confirmer.")
