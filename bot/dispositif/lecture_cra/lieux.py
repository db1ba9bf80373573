"""The commune and postal code a report speaks of: checked against the official list, homonyms asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dispositif.communes import Commune, Communes, name_key
from bot.dispositif.cra import BrokenRule
from bot.dispositif.francais.texte import fold

_CODE = re.compile(r"(?<![\w.,/+-])(?:f-?)?(?P<code>\d{2}[ ]?\d{3})(?![\w/]|[.,]\d|\s*(?:€|euros?|personnes|pers\b))")
_WORD = re.compile(r"[a-zœ0-9]+")
_CONTRACTED = {"au": ("a", "le"), "aux": ("a", "les"), "du": ("de", "le"), "des": ("de", "les")}
_PLACES = frozenset(
    [
        "mediatheque",
        "mediateque",
        "bibliotheque",
        "mairie",
        "ehpad",
        "msap",
        "salle",
        "ecole",
        "college",
        "lycee",
        "centre",
        "ccas",
        "cias",
        "commune",
        "village",
        "ville",
        "marche",
        "maison",
        "espace",
        "efs",
        "foyer",
        "residence",
        "club",
        "local",
        "tiers",
        "lieu",
        "mjc",
        "universite",
        "antenne",
        "bureau",
        "permanence",
        "locaux",
        "services",
        "service",
        "polyvalente",
        "fetes",
        "epn",
        "cyberbase",
        "cyberespace",
        "mission",
        "locale",
        "prefecture",
        "annexe",
        "hopital",
        "polyvalent",
        "social",
        "socioculturel",
        "culturel",
        "intercommunal",
        "municipale",
        "communale",
        "municipal",
        "communal",
        "emploi",
        "structure",
        "secteur",
        "cafe",
        "bibli",
        "biblio",
        "medi",
        "communaute",
        "communes",
        "pays",
        "agglo",
        "departement",
        "canton",
        "bourg",
        "fablab",
        "gymnase",
    ]
)
_LIVES = re.compile(
    r"(?:habit\w*|domicili\w*|originaire|ven(?:ue?s?|ant)|vien\w*|resid\w*|rue|avenue|av|bd|boulevard|place|impasse|allee|chemin|quai|square|"
    r"route|demenag\w*|nee?|sortie?|parti\w*|photos?|voyage|vacances|billets?|train|prefecture|sous prefecture|tribunal|cafe?|cpam|caf|"
    r"carsat|tour|mutuelle|orange|groupe|eau|sel|vin|pain|jus|fin|jour|prix|trip|vol|hotel|fille|fils|petits?[- ]enfants?)\s+(?:(?:d|de|du|a|vers|pour|sur|l|la)[\s']+)*$"
)
# Names of communes that are ordinary words: they count only beside a postal code, or with a capital after « à ».
_ORDINARY = frozenset(
    [
        "a",
        "y",
        "aide",
        "aides",
        "aigle",
        "albums",
        "ally",
        "ame",
        "amis",
        "ans",
        "arc",
        "arcs",
        "arts",
        "as",
        "aux",
        "avance",
        "avant",
        "bar",
        "bas",
        "bassin",
        "beau",
        "belle",
        "bien",
        "billet",
        "blanc",
        "bois",
        "bon",
        "bonne",
        "bordes",
        "bouc",
        "bourg",
        "bourgs",
        "braye",
        "bureau",
        "bus",
        "but",
        "cable",
        "camp",
        "cap",
        "carte",
        "cave",
        "cent",
        "centres",
        "chance",
        "charge",
        "chemin",
        "chien",
        "ciel",
        "cinq",
        "clos",
        "code",
        "coin",
        "col",
        "compte",
        "contes",
        "contre",
        "coupe",
        "cours",
        "court",
        "courts",
        "croix",
        "cuisine",
        "cure",
        "dame",
        "dames",
        "die",
        "diou",
        "don",
        "donnes",
        "dos",
        "droit",
        "due",
        "eau",
        "ecole",
        "ecoles",
        "eau",
        "en",
        "ens",
        "entre",
        "ere",
        "essai",
        "essais",
        "etre",
        "fa",
        "famille",
        "fait",
        "faux",
        "fay",
        "fere",
        "fin",
        "fixe",
        "fleurs",
        "foi",
        "fontaine",
        "force",
        "forges",
        "fort",
        "fosse",
        "four",
        "gare",
        "gens",
        "glos",
        "grand",
        "grands",
        "grandes",
        "gras",
        "grille",
        "groupe",
        "gy",
        "haut",
        "hautes",
        "heures",
        "hier",
        "hommes",
        "image",
        "ici",
        "il",
        "isle",
        "jours",
        "joux",
        "juif",
        "la",
        "lait",
        "laval",
        "le",
        "les",
        "leur",
        "lieu",
        "lieux",
        "ligne",
        "lire",
        "lit",
        "livre",
        "loi",
        "long",
        "longues",
        "lot",
        "lui",
        "lune",
        "ma",
        "main",
        "mains",
        "mairie",
        "mai",
        "maison",
        "mal",
        "marche",
        "mars",
        "marie",
        "maux",
        "mer",
        "mere",
        "mes",
        "messe",
        "mesure",
        "midi",
        "mieux",
        "mode",
        "mois",
        "moins",
        "monde",
        "mont",
        "montre",
        "mont",
        "mot",
        "mouche",
        "moulin",
        "mur",
        "nant",
        "neuf",
        "nez",
        "noir",
        "nom",
        "non",
        "nos",
        "note",
        "nous",
        "numero",
        "nuit",
        "o",
        "on",
        "or",
        "orange",
        "ordre",
        "ors",
        "os",
        "oui",
        "ouvert",
        "page",
        "pages",
        "pain",
        "par",
        "parent",
        "parents",
        "parc",
        "part",
        "pas",
        "passage",
        "passe",
        "pays",
        "peur",
        "pierre",
        "place",
        "plan",
        "plus",
        "point",
        "pont",
        "port",
        "porte",
        "poste",
        "pour",
        "pre",
        "presse",
        "pret",
        "prix",
        "pres",
        "puis",
        "quart",
        "quatre",
        "quatre",
        "que",
        "qui",
        "rang",
        "ras",
        "riche",
        "rien",
        "roche",
        "rose",
        "rouge",
        "route",
        "rue",
        "sa",
        "sable",
        "sac",
        "sage",
        "sains",
        "sale",
        "salle",
        "sang",
        "sans",
        "sante",
        "sur",
        "scan",
        "sens",
        "sept",
        "serres",
        "service",
        "sol",
        "sort",
        "sous",
        "sus",
        "table",
        "tel",
        "telle",
        "temple",
        "temps",
        "terre",
        "texte",
        "tort",
        "tour",
        "tours",
        "tous",
        "toutes",
        "tout",
        "trois",
        "un",
        "uni",
        "us",
        "val",
        "venue",
        "vert",
        "vente",
        "ver",
        "vers",
        "vie",
        "ville",
        "villes",
        "vin",
        "visite",
        "voie",
        "voir",
        "volet",
        "vue",
        "web",
        "y",
        "cartes",
        "dit",
        "etat",
        "films",
        "fil",
        "fils",
        "fille",
        "garde",
        "gaz",
        "lens",
        "luc",
        "lus",
        "mas",
        "mars",
        "martin",
        "marin",
        "marine",
        "maurice",
        "paul",
        "pascal",
        "louise",
        "luc",
        "lucie",
        "albert",
        "agnes",
        "anne",
        "alice",
        "carole",
        "claude",
        "claire",
        "clement",
        "colombe",
        "constance",
        "denis",
        "emile",
        "felix",
        "florent",
        "francois",
        "gilles",
        "guy",
        "jean",
        "jeanne",
        "julien",
        "laurent",
        "leon",
        "louis",
        "marie",
        "michel",
        "nicolas",
        "paulin",
        "pierre",
        "remy",
        "rene",
        "robert",
        "roland",
        "simon",
        "suzanne",
        "thomas",
        "victor",
        "vincent",
        "yves",
        "sauvegarde",
        "sauvage",
        "seniors",
        "adresse",
        "attestation",
        "bons",
        "bureaux",
        "cas",
        "cadre",
        "caves",
        "cer",
        "chat",
        "chats",
        "chaque",
        "chute",
        "cite",
        "classe",
        "cles",
        "co",
        "creation",
        "ce",
        "demi",
        "doux",
        "drap",
        "droits",
        "duree",
        "echange",
        "ecran",
        "ecrans",
        "email",
        "employeur",
        "enfants",
        "mails",
        "mailles",
        "mens",
        "montre",
        "murs",
        "ob",
        "ons",
        "ordi",
        "oz",
        "osse",
        "parents",
        "pin",
        "pins",
        "poids",
        "poil",
        "prise",
        "prises",
        "puits",
        "reseau",
        "rivieres",
        "ris",
        "rom",
        "rots",
        "saint",
        "sainte",
        "saul",
        "saisie",
        "sel",
        "sen",
        "sem",
        "si",
        "sites",
        "soin",
        "son",
        "sorbier",
        "sou",
        "soi",
        "source",
        "stage",
        "suite",
        "tablier",
        "thil",
        "tilly",
        "toile",
        "toux",
        "traces",
        "trans",
        "traits",
        "treize",
        "trop",
        "vaux",
        "veille",
        "velo",
        "vis",
        "vit",
        "vol",
        "wy",
        "zuda",
        "photos",
        "banque",
        "facture",
        "impots",
        "aime",
        "aimes",
        "autres",
        "bonjour",
        "conseils",
        "cher",
        "chers",
        "corps",
        "dans",
        "demande",
        "dire",
        "donne",
        "donner",
        "essentiel",
        "est",
        "eu",
        "eux",
        "femmes",
        "faire",
        "fais",
        "foi",
        "france",
        "gros",
        "jeune",
        "jeunes",
        "juste",
        "lors",
        "mon",
        "ne",
        "ni",
        "ou",
        "ouvre",
        "peu",
        "prendre",
        "pris",
        "ps",
        "quel",
        "re",
        "rire",
        "se",
        "ses",
        "soir",
        "soit",
        "te",
        "ton",
        "usage",
        "veux",
        "voici",
        "voila",
    ]
)


@dataclass(frozen=True)
class Place:
    """What is known of the place, and what has to be asked about it."""

    commune: str | None = None
    code_postal: str | None = None
    code_commune: str | None = None
    problems: tuple[BrokenRule, ...] = ()
    start: int = -1


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    folded: str
    key: str


def find_place(text: str, communes: Communes, masked: str | None = None) -> Place:
    """The one place of `text`. `masked`: the same text (same length) where what is not a place has been blanked."""
    folded = fold(masked if masked is not None else text)
    codes = [(m.start(), m["code"].replace(" ", "")) for m in _CODE.finditer(folded) if _is_code(m, folded, communes)]
    distinct = list(dict.fromkeys(code for _, code in codes))
    if len(distinct) > 1:
        return Place(
            problems=(
                BrokenRule(
                    "code_postal",
                    "plusieurs_codes",
                    f"Vous citez plusieurs codes postaux ({', '.join(distinct)}) : lequel est le bon ?",
                ),
            )
        )
    code = distinct[0] if distinct else None
    names = _names(text, folded, communes, code)
    start = min([start for start, _ in codes] + [start for start, _, _ in names], default=-1)
    if code:
        return _with_code(code, names, communes, start)
    named = list(dict.fromkeys(key for _, key, _ in names))
    if not named:
        return Place()
    if len(named) > 1:
        spoken = ", ".join(dict.fromkeys(written for _, _, written in names))
        return Place(
            problems=(
                BrokenRule(
                    "commune",
                    "plusieurs_communes",
                    f"Vous citez plusieurs communes ({spoken}) : laquelle est la bonne ?",
                ),
            ),
            start=start,
        )
    found = communes.with_key(named[0])
    if len(found) > 1:
        departments = ", ".join(sorted({commune.department for commune in found})[:12])
        phrase = f"Plusieurs communes s'appellent {found[0].name} (départements {departments}) : donnez le code postal."
        return Place(problems=(BrokenRule("commune", "homonymes", phrase),), start=start)
    commune = found[0]
    only = commune.postal_codes[0] if len(commune.postal_codes) == 1 else None
    district = _district(commune, names, folded)
    return Place(commune.name, district or only, commune.insee, start=start)


def _with_code(code: str, names: list[tuple[int, tuple[str, ...], str]], communes: Communes, start: int) -> Place:
    here = communes.at(code)
    for _, key, _ in names:
        fitting = [c for c in here if name_key(c.name) == key] or [c for c in here if _holds(name_key(c.name), key)]
        if len(fitting) == 1:
            return Place(fitting[0].name, code, fitting[0].insee, start=start)
    if names:
        found = communes.with_key(names[0][1])
        return Place(found[0].name if found else None, code, start=start)
    if len(here) == 1:
        return Place(here[0].name, code, here[0].insee, start=start)
    return Place(None, code, start=start)


def _is_code(match: re.Match[str], folded: str, communes: Communes) -> bool:
    code = match["code"]
    if " " in code:
        # « 63 200 » is a code only if it exists and nothing counts it.
        return bool(communes.at(code.replace(" ", ""))) and not re.match(
            r"\s*[a-z]?(?:ersonnes|ouvertures)", folded[match.end() :]
        )
    return not re.search(r"(?:n°|numero|dossier|ref\w*|code d'acces)\s*:?\s*$", folded[: match.start()])


def _tokens(folded: str) -> list[_Token]:
    tokens = []
    for match in _WORD.finditer(folded):
        word = match.group().replace("œ", "oe")
        for part in _CONTRACTED.get(word, (word,)):
            key = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}.get(part, part)
            tokens.append(_Token(match.start(), match.end(), part, key))
    return tokens


def _names(text: str, folded: str, communes: Communes, code: str | None) -> list[tuple[int, tuple[str, ...], str]]:
    """Names of communes that are surely places of the report: start, key, as written."""
    tokens = _tokens(folded)
    here = communes.at(code) if code else []
    shouting = sum(c.isupper() for c in text) > 0.6 * max(1, sum(c.isalpha() for c in text))
    found: list[tuple[int, tuple[str, ...], str]] = []
    index = 0
    while index < len(tokens):
        step = 1
        for size in range(min(communes.longest_name, len(tokens) - index), 0, -1):
            span = tokens[index : index + size]
            key = tuple(token.key for token in span)
            start, end = span[0].start, span[-1].end
            if not re.fullmatch(r"[\w\s'’œ-]+", folded[start:end]) or "\n" in folded[start:end]:
                continue
            candidates = communes.with_key(key)
            if not candidates and not (
                here and size and any(_holds(name_key(c.name), key) for c in here) and _weighty(key)
            ):
                continue
            if _is_place(text, folded, tokens, index, size, candidates, here, shouting):
                name = candidates[0].name if candidates else text[start:end]
                found.append((start, key, name))
                step = size
                break
            if candidates and size > 1:
                step = size
                break
        index += step
    return found


def _weighty(key: tuple[str, ...]) -> bool:
    return any(
        len(word) >= 5
        and word not in _ORDINARY
        and word not in ("saint", "sainte", "mails", "atelier", "individuel", "retraite")
        for word in key
    )


def _is_place(
    text: str,
    folded: str,
    tokens: list[_Token],
    index: int,
    size: int,
    candidates: list[Commune],
    here: list[Commune],
    shouting: bool,
) -> bool:
    span = tokens[index : index + size]
    start, end = span[0].start, span[-1].end
    before, after = folded[:start], folded[end:]
    previous = tokens[index - 1] if index else None
    if _LIVES.search(before):
        return False
    ordinary = size == 1 and (span[0].key in _ORDINARY or len(span[0].key) < 3)
    capital = text[start].isupper() and not shouting
    if here and not ordinary:
        keys = [name_key(commune.name) for commune in here]
        key = tuple(token.key for token in span)
        if key in keys or any(_holds(k, key) for k in keys):
            return True
    # Right beside a postal code, even a wrong one, a name is a place.
    beside = re.match(r"\s*[(,-]?\s*\d{5}(?!\d)", after) or re.search(r"(?<!\d)\d{5}\s*[,-]?\s*$", before)
    if beside and candidates and (not ordinary or capital):
        return True
    if not candidates:
        return False
    # Part of a person's or a building's name: « Jean Moulin », « Victor Hugo ».
    if capital and re.search(r"[A-ZÀ-Ý][\w'-]+ $", text[:start]) and not (previous and previous.folded in _PLACES):
        return False
    if (
        capital
        and re.match(r" [A-ZÀ-Ý][a-zà-ÿ]+", text[end:])
        and not re.match(r"\s+(?:hier|lundi|mardi|atelier)", after)
        and size == 1
    ):
        return False
    preposition = previous.folded if previous else ""
    direct = bool(re.search(r"(?<![\w'])(?:a|au|aux|sur|vers|en|d'|de|du|des|l'|le|la|les)\s*$", before)) or span[
        0
    ].start == (previous.start if previous else -1)
    if preposition in ("a", "sur") and direct:
        if preposition == "sur" and not (capital and not ordinary):
            return False
        return capital or (not ordinary and _known(candidates, 300))
    nearby = {token.folded for token in tokens[max(0, index - 5) : index]}
    if preposition in ("de", "d") and (nearby & _PLACES) and re.search(r"(?:de|d'|d|du|des)\s*$|\w$", before):
        return capital or (not ordinary and _known(candidates, 300))
    if ordinary and not capital:
        return False
    if previous and previous.folded in _PLACES and not re.search(r"[.;:\n]\s*$", before):
        return capital or _known(candidates, 300)
    # Alone between separators: « hier, Riom, 2h », « Lieu : Cournon ».
    alone = re.search(r"(?:^|[,;:|\n/(.]|\s-)\s*$", before) and re.match(r"\s*(?:$|[,;|\n/).]|-\s)", after)
    if alone:
        return not ordinary and (capital or _known(candidates, 1500))
    return capital and not ordinary and not re.search(r"(?:^|[.!?\n])\s*$", before) and _known(candidates, 2000)


def _known(candidates: list[Commune], people: int) -> bool:
    return any(commune.population >= people for commune in candidates)


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))


_DISTRICTS = {"75056": ("750", 20), "69123": ("6900", 9), "13055": ("130", 16)}


def _district(commune: Commune, names: list[tuple[int, tuple[str, ...], str]], folded: str) -> str | None:
    """« Paris 12e », « Lyon 3 » give their postal code."""
    if commune.insee not in _DISTRICTS or not names:
        return None
    match = re.match(r"[a-z]+\s+(?P<n>\d{1,2})\s?(?:e|eme|er|ieme)(?![a-z])", folded[names[0][0] :])
    prefix, last = _DISTRICTS[commune.insee]
    if not match or not 1 <= int(match["n"]) <= last:
        return None
    return prefix + match["n"].zfill(5 - len(prefix))
