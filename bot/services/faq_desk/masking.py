"""Masks personal data in what people write, before a maintainer reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# Gives the (start, end) of each person named in a text.
FindPeople = Callable[[str], Sequence[tuple[int, int]]]

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE), "[e-mail]"),
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE), "[adresse web]"),
    (re.compile(r"\bFR\s?\d{2}(?:[\s.-]?[0-9A-Z]){23}\b", re.IGNORECASE), "[IBAN]"),
    # A person's social security number: sex, year, month, department, 6 figures, key.
    (
        re.compile(
            r"\b[12][\s.-]?\d{2}[\s.-]?(?:0[1-9]|1[0-2]|[2-9]\d)[\s.-]?(?:\d{2}|2[AB])[\s.-]?\d{3}[\s.-]?\d{3}(?:[\s.-]?\d{2})?\b"
        ),
        "[numéro de sécurité sociale]",
    ),
    (re.compile(r"(?<!\d)(?:\+33|0033)[\s.-]?\(?0?\)?[\s.-]?[1-9](?:[\s.-]?\d{2}){4}(?!\d)"), "[téléphone]"),
    (re.compile(r"(?<!\d)0[1-9](?:[\s.-]?\d{2}){4}(?!\d)"), "[téléphone]"),
    (re.compile(r"(?<!\d)\d{3}[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{5}(?!\d)"), "[SIRET]"),
    (re.compile(r"(?<!\d)\d{3}[\s.]\d{3}[\s.]\d{3}(?!\d)|(?<!\d)\d{9}(?!\d)"), "[SIREN]"),
    (
        re.compile(
            r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|av\.?|boulevard|bd|place|chemin|impasse|all[ée]e|route|quai|cours)"
            r"\s+[^,.;!?\n]{2,50}",
            re.IGNORECASE,
        ),
        "[adresse]",
    ),
    (re.compile(r"(?<!\d)\d{6,}(?!\d)"), "[numéro]"),
)
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]+(?:[ -](?:de |d['’]|du |des |le |la )?[A-ZÀ-ÖØ-Þ][\w'’-]+){0,2}"
# What may follow a first name without being the family name.
_AFTER = r"(?!(?:et|je|j['’]|de|du|des|suis|la|le|les|pour|en|à|a|mon|ma|mes|nous|on|est|dans|que|qui|ai|travaille|donc|car)\b)"
_ANY_NAME = rf"[\w'’-]{{2,}}(?:\s+{_AFTER}[\w'’-]{{2,}})?"
_INTRODUCED = re.compile(
    rf"(?P<before>\b(?:je m['’ ]?appelle|je me nomme|mon nom est|mon pr[ée]nom est|nom\s*:|pr[ée]nom\s*:)\s+)(?P<name>{_ANY_NAME})",
    re.IGNORECASE,
)
_TITLED = re.compile(
    rf"(?P<before>\b(?:M\.|Mr\.?|Mme\.?|Mlle|Madame|Monsieur|Mademoiselle|je suis|ici|c['’]est|sign[ée]\s*:?)\s+)(?P<name>{_NAME})"
)
# Capitalised words after « je suis » that are no one's name.
_NOT_NAMES = re.compile(
    r"^(?:Le|La|Les|Un|Une|Maire|Directeur|Directrice|Président|Présidente|DGS|DRH|Conseiller|Conseillère|France|Pôle|"
    r"Madame|Monsieur|Responsable|Secrétaire|Employeur|Élu|Élue|À|En|Au|Chargé|Chargée)\b"
)


def mask(text: str, find_people: FindPeople | None = None) -> str:
    """The text where e-mails, phones, numbers that name someone, addresses and names are replaced by their kind.

    Rules know the names that a title or « je m'appelle » announces; `find_people` adds those that nothing announces.
    """
    for start, end in reversed(find_people(text) if find_people else ()):
        text = f"{text[:start]}[nom]{text[end:]}"
    for pattern, label in _PATTERNS:
        text = pattern.sub(label, text)
    text = _INTRODUCED.sub(lambda match: match["before"] + "[nom]", text)
    return _TITLED.sub(_masked_name, text)


def _masked_name(match: re.Match[str]) -> str:
    return match.group() if _NOT_NAMES.match(match["name"]) else match["before"] + "[nom]"
