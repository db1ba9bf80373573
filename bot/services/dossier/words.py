"""Small French words shared by every answer about a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from bot.dispositif.dossier import Fiche, Poste
from bot.dispositif.francais.dates import spoken
from bot.dispositif.situation import Interlocuteur
from bot.reference.contacts import load_contacts
from bot.services.access.siret import spaced


def euros(cents: int) -> str:
    """« 12 000 € », « 7 733,33 € », with no-break spaces."""
    whole, rest = divmod(cents, 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{grouped}{f',{rest:02}' if rest else ''}\u00a0€"


def on(day: date | None, otherwise: str = "à une date non connue") -> str:
    return f"le {spoken(day)}" if day else otherwise


def since(day: date | None) -> str:
    """« depuis le 1er avril 2026 »."""
    return f"depuis {on(day)}"


def of(name: str) -> str:
    """« de Karim », « d'Awa »."""
    return f"d'{name}" if unaccented(name)[:1] in "aeiouyh" else f"de {name}"


def joined(words: Sequence[str]) -> str:
    """« 1, 2 et 3 »."""
    return " et ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def in_how_long(day: date, today: date) -> str:
    """« demain », « dans 12 jours », « depuis 3 jours »."""
    days = (day - today).days
    if days == 0:
        return "aujourd'hui"
    if days == 1:
        return "demain"
    if days > 1:
        return f"dans {days} jours"
    return f"depuis {-days} jour" + ("s" if days < -1 else "")


def contact_line(whom: Interlocuteur, poste: Poste | None) -> str:
    """Whom to contact, ready to read."""
    contacts = load_contacts()
    if whom is Interlocuteur.DEMARCHES_SIMPLIFIEES:
        number = f", dossier n° {poste.dossier.numero_ds}" if poste and poste.dossier else ""
        return f"Contact : la messagerie de [Démarches simplifiées]({contacts.procedures_url}){number}."
    if whom is Interlocuteur.ORGANISME:
        name = f" ({poste.formations[0].organisme})" if poste and poste.formations else ""
        return f"Contact : l'organisme de formation{name}."
    if whom is Interlocuteur.ESPACE_STRUCTURE:
        return f"Où : votre espace « Structure ». Besoin d'aide : [{contacts.email}](mailto:{contacts.email})."
    return f"Contact : [{contacts.email}](mailto:{contacts.email})."


def heading(fiche: Fiche) -> str:
    structure = fiche.structure
    return f"{structure.nom} (SIRET {spaced(structure.siret)})"


_RANKS = (
    re.compile(r"\b(?:1(?:ere|re|er)?|premiere?|premier)\b"),
    re.compile(r"\b(?:2(?:e|eme|nde?)?|deuxieme|seconde?|deux)\b"),
    re.compile(r"\b(?:3(?:e|eme)?|troisieme|trois|derniere?|solde)\b"),
)
_RANK_CONTEXT = re.compile(r"\b(tranches?|versements?|paiements?|acomptes?|virements?|solde)\b")
_POSTE = re.compile(r"\bpostes?\s*(?:numero|num|n[o°]?)?\s*(\d{1,3})\b")
_ORDINAL_POSTE = re.compile(r"\b(premier|deuxieme|second|troisieme|quatrieme|cinquieme)\s+poste\b")
_ORDINALS = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5}
_ALL_POSTES = re.compile(r"\b(?:tous|ensemble des|chacun des|chaque) (?:les |nos |mes )?postes?\b")


def asked_rank(text: str) -> int | None:
    """The tranche that a message names: « la 2e tranche », « le solde »; None when it names none, or several."""
    plain = unaccented(_POSTE.sub(" ", unaccented(text)))
    context = _RANK_CONTEXT.search(plain)
    if not context:
        return None
    around = plain[max(0, context.start() - 16) : context.end() + 16]
    ranks = [rank for rank, pattern in enumerate(_RANKS, start=1) if pattern.search(around)]
    return ranks[0] if len(ranks) == 1 else None


def asked_poste(text: str) -> int | None:
    """« le poste 2 », « notre deuxième poste »."""
    plain = unaccented(text)
    numbered = _POSTE.search(plain)
    if numbered:
        return int(numbered.group(1))
    ordinal = _ORDINAL_POSTE.search(plain)
    return _ORDINALS[ordinal.group(1)] if ordinal else None


def asks_all_postes(text: str) -> bool:
    return bool(_ALL_POSTES.search(unaccented(text)))


def unaccented(text: str) -> str:
    """Lower case, no accents: what patterns compare."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("\u2019", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
