"""Personal data of beneficiaries: found and wiped out before anything is read or kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dispositif.francais.texte import fold
from bot.dispositif.nomenclature_cra import ReadingWords

_SENTENCES = {
    "courriel": "J'ai effacé une adresse électronique : un CRA reste anonyme.",
    "telephone": "J'ai effacé un numéro de téléphone : un CRA reste anonyme.",
    "numero_securite_sociale": "J'ai effacé un numéro de sécurité sociale : un CRA reste anonyme.",
    "compte_bancaire": "J'ai effacé un numéro de compte bancaire : un CRA reste anonyme.",
    "date_naissance": "J'ai effacé une date de naissance : un CRA reste anonyme.",
    "identifiant": "J'ai effacé un numéro de dossier : un CRA reste anonyme.",
    "mot_de_passe": "J'ai effacé un mot de passe : ne l'écrivez nulle part.",
    "nom": "J'ai effacé le nom d'une personne : un CRA reste anonyme.",
}

_EMAIL = re.compile(
    r"[\w.+-]+(?:@|\s@\s)[\w-]+(?:\.[\w-]+)+|[\w.+-]+\s+(?:arobase|at)\s+[\w-]+\s+(?:point|dot)\s+(?:fr|com|net|org)\b",
    re.I,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){4,7}[ ]?[A-Z0-9]{0,4}\b")
_SOCIAL = re.compile(
    r"(?<![\d])[1278][ .-]?\d{2}[ .-]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .-]?(?:\d{2}|2[ABab])[ .-]?\d{3}[ .-]?\d{3}(?:[ .-]?/?[ ]?\d{2})?(?!\d)"
)
_PHONE = re.compile(
    r"(?<![\d])(?:\+\s?33|0033|\(\+33\))[ .-]?(?:\(0\))?[ .-]?[1-9](?:[ ./-]?\d{2}){4}(?!\d)|(?<![\d])0[1-9](?:[ ./-]{0,2}\d{2}){4}(?!\d)"
)
_BORN = re.compile(
    r"(?<!\w)née?s?\s+(?:le\s+\d{1,2}[ /.-]\s?(?:\d{1,2}|[^\W\d]{3,9})[ /.-]\s?\d{2,4}|en\s+(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_FILE_NUMBER = re.compile(
    r"(?:allocataire|num[ée]ro\s+fiscal|n°\s*fiscal|identifiant|dossier|titre\s+de\s+s[ée]jour|passeport)\W{1,3}(?:caf\W+|fiscal\W+)?(?:n°\s*|num[ée]ro\s*:?\s*)?(?P<number>\d{6,}\w*)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?:mot de passe|mdp|code pin|code secret)\s*(?:est|:|=|c'est)\s*(?!oubli|perdu|a\b|\bet\b)(?P<secret>(?=\S*\d)\S{4,})"
)
_TITLE = re.compile(
    r"(?<![\w'])(?:(?P<dotted>m\.\s?)(?=[^\W\d])|(?P<title>mr\.?|mme\.?|mmes|mlle\.?|monsieur|madame|mademoiselle|docteur|dr\.?|messieurs|(?-i:M(?=\s[A-ZÀ-Ý][a-zà-ÿ])))\s+)"
    r"(?P<name>(?!et\s)(?:(?:de|du|des|le|la|d'|ben|el|van|von|da|dos|di)\s+)?[^\W\d_][\w'-]*\.?(?:\s+(?:(?:de|du|d'|el|ben|van|da)\s+)?[^\W\d_][\w'-]+){0,2})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_PARTICLES = frozenset(("de", "du", "des", "le", "la", "ben", "el", "van", "von", "da", "dos", "di"))
# Stands for a first name that was wiped: one person was there.
PERSON = "\ue000"
# A place may bear a person's name.
_PLACES = (
    "mediatheque|bibliotheque|salle|rue|ecole|college|lycee|centre|espace|maison|place|avenue|av|residence|square|ehpad|foyer|"
    "gymnase|boulevard|bd|bld|allee|impasse|quai|hopital|theatre|cinema|auditorium|mairie|annexe|quartier|cite|resto|pole|"
    "universite|iut|campus|stade|complexe|local|club|association|asso|amphi|mjc|creche|parc|pont|chemin|cours|passage|hotel|"
    "foyer logement|groupe scolaire|site|batiment|tour|immeuble|mas|villa|domaine|fondation|institut|clinique|commune|ville"
)
_PLACE_BEFORE = re.compile(
    rf"(?:^|[^a-z])(?:{_PLACES})s?\s+(?:(?:communale?|municipale?|intercommunale?|sociale?|culturel(?:le)?)\s+)?(?:(?:de|du|d'|des|la|le)\s*){{0,2}}$"
)
_SAINT_BEFORE = re.compile(r"(?:^|[^a-z])(?:saint|sainte|st|ste)[\s-]+$")


@dataclass(frozen=True)
class PersonalData:
    """Something personal was written: its kind, and what to tell the conseiller. The text itself is never kept."""

    type: str
    phrase: str


def wipe(text: str, words: ReadingWords) -> tuple[str, list[PersonalData]]:
    """`text` with personal data replaced by spaces (same length), and what was found, one entry a kind.

    Names of places (« médiathèque Jean Moulin », « rue Pasteur ») stay.
    """
    found: dict[str, PersonalData] = {}
    text = text.replace(PERSON, " ")

    def hide(current: str, start: int, end: int, kind: str) -> str:
        found[kind] = PersonalData(kind, _SENTENCES[kind])
        return current[:start] + re.sub(r"[^\n]", " ", current[start:end]) + current[end:]

    for pattern, kind in (
        (_EMAIL, "courriel"),
        (_IBAN, "compte_bancaire"),
        (_SOCIAL, "numero_securite_sociale"),
        (_PHONE, "telephone"),
    ):
        for match in pattern.finditer(text):
            text = hide(text, *match.span(), kind)
    for match in [*_BORN.finditer(text)]:
        text = hide(text, *match.span(), "date_naissance")
    for match in [*_FILE_NUMBER.finditer(text)]:
        text = hide(text, *match.span("number"), "identifiant")
    for match in _PASSWORD.finditer(fold(text)):
        text = hide(text, *match.span("secret"), "mot_de_passe")
    for start, end, titled in _names(text, words):
        text = hide(text, start, end, "nom")
        if not titled:
            text = text[:start] + PERSON + text[start + 1 :]
    return text, list(found.values())


def _names(text: str, words: ReadingWords) -> list[tuple[int, int, bool]]:
    """Start and end of each name, and whether a title (« Mme ») comes before it."""
    spans: list[tuple[int, int, bool]] = []
    folded = fold(text)
    shouting = sum(c.isupper() for c in text) > 0.6 * max(1, sum(c.isalpha() for c in text))
    for match in _TITLE.finditer(text):
        end = _name_end(text, match.start("name"), match.end("name"), shouting, words)
        if end > match.start("name") and not _PLACE_BEFORE.search(folded[: match.start()]):
            spans.append((match.start("name"), end, True))
    for match in _WORD.finditer(text):
        if re.split(r"[-'’]", fold(match.group()))[0] not in words.first_names or any(
            s <= match.start() < e for s, e, _ in spans
        ):
            continue
        if not match.group()[0].isupper() and not re.search(
            r"(?:avec|pour|chez|appele[e]?|prenom|aide|recu|nomme[e]?)\s+$", folded[: match.start()]
        ):
            continue
        before = folded[: match.start()]
        if (
            _PLACE_BEFORE.search(before)
            or _SAINT_BEFORE.search(before)
            or re.match(r"[\s-]+(?:sur|sous|en|les|le|la)[\s-]", folded[match.end() :])
        ):
            continue
        last = re.match(r"(?:\s+|-)(?:(?:de|le|la|ben|el|da|van)\s+)?([^\W\d_][\w'-]+)", text[match.end() :])
        surname = last and last.group(1)[0].isupper() and not (shouting and fold(last.group(1)) in words.not_names)
        if match.group()[0].isupper() and not surname and shouting:
            continue
        # A commune may begin like a first name; only a surname or a person's preposition settles it.
        if not surname and not re.search(
            r"(?:avec|pour|chez|appele[e]?|prenom\s*:?|aide|recu|accompagne[e]?|vu|et|de la part de|accompagnement de|suivi de|aide a|dossier de|rdv de|visite de|nomme[e]?|d'|,|:|-|^)\s*$",
            before,
        ):
            continue
        spans.append((match.start(), match.end() + (last.end() if last and surname else 0), False))
    return spans


def _name_end(text: str, start: int, end: int, shouting: bool, words: ReadingWords) -> int:
    """Where a name after a title stops: at the first word that cannot be one."""
    stop = start
    for index, match in enumerate(_WORD.finditer(text, start, end)):
        word, capital = fold(match.group()), match.group()[0].isupper()
        if word in _PARTICLES and text[match.end() :].lstrip()[:1].isupper() and not shouting:
            continue
        if word.startswith(("d'", "l'", "qu'", "j'", "s'", "n'")) or (index > 0 and not capital):
            break
        # « Mme Petit » is a name, « mme petite » is not.
        surname = capital and not shouting and index == 0 and len(word) > 3 and word not in _PARTICLES
        if word in words.not_names and not surname:
            break
        stop = match.end()
    return stop
