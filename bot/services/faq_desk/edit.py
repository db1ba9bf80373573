"""Changes one entry, and warns at once about what would go wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.dispositif.comprehension import FAQ_PREFIX
from bot.reference.faq import THEMES, Question
from bot.reference.yaml_files import ReferenceError
from bot.services.check_faq import MIN_EXAMPLES, check_question, normalise
from bot.services.faq_desk.candidates import Golden, phrases_of
from bot.services.faq_desk.content import Content, Entry, question_of_entry
from bot.services.faq_desk.place import FaqDeskError, Place

# Fewer teach nothing that holds; between this and MIN_EXAMPLES it is advice.
FEWEST_EXAMPLES = 5
# An example this much nearer to another entry's phrase than to its own entry's deserves a look.
NEARER_BY = 0.12
NEAR = 0.5
# The most striking ones first; a long list is not read.
NEARER_SHOWN = 6
_KEY = re.compile(r"^[a-z][a-z0-9_]{2,59}$")
_VAGUE_LINK = re.compile(
    r"\[(ici|cliquez ici|lien|ce lien|en savoir plus|lire la suite|https?://[^\]]*)\]", re.IGNORECASE
)


_PLACEHOLDERS = {
    "titre": "?",
    "reponse": "?",
    "sources": [{"guide": [1]}],
    "valide_au": "2022-03-01",
    "verifie_le": "2026-01-01",
}


@dataclass(frozen=True)
class Warning:
    """Something to look at; a blocking one makes the entry unusable."""

    text: str
    blocking: bool = False
    # title, answer, source, examples, tests, key or dates: where to show it.
    field: str = "examples"


@dataclass(frozen=True)
class EntryChange:
    """What the command line changes."""

    examples: Sequence[str] = ()
    theme: str | None = None
    title: str | None = None
    answer: str | None = None
    source: str | None = None


def apply_change(content: Content, key: str, change: EntryChange, today: date) -> tuple[Content, dict[str, Any]]:
    """The content and the entry after the change.

    Raises:
        FaqDeskError: the entry does not exist and not everything to create it is given.
    """
    entry = dict(content.entries().get(key) or {})
    if not entry:
        if not all((change.theme, change.title, change.answer, change.source)):
            raise FaqDeskError(
                f"L'entrée « {key} » n'existe pas. Pour la créer, donnez --theme, --titre, --reponse et --source."
            )
        entry = {"exemples": [], "valide_au": today.isoformat()}
    entry["theme"] = change.theme or entry["theme"]
    if change.title:
        entry["titre"] = change.title
    if change.answer:
        entry["reponse"] = change.answer
    if change.source:
        entry["sources"] = [parse_source(change.source, today)]
    if change.title or change.answer or change.source:
        entry["verifie_le"] = today.isoformat()
    known = {normalise(text) for text in entry["exemples"]}
    fresh = [text for text in change.examples if normalise(text) not in known]
    entry["exemples"] = [*entry["exemples"], *dict.fromkeys(fresh)]
    return content.with_entry(key, entry), entry


def parse_source(text: str, today: date) -> dict[str, Any]:
    """« guide:5,7 » or « guide:5,7|Section », or « Titre|https://… ».

    Raises:
        FaqDeskError: neither.
    """
    name, _, rest = text.partition("|")
    if name.strip().lower().startswith("guide:"):
        pages = [int(page) for page in re.findall(r"\d+", name)]
        if pages:
            return {"guide": pages, **({"section": rest.strip()} if rest.strip() else {})}
    elif name.strip() and re.match(r"https?://\S+$", rest.strip()):
        return {"article": name.strip(), "url": rest.strip(), "date": today.strftime("%d/%m/%Y")}
    raise FaqDeskError("La source s'écrit « guide:5,7|Section » ou « Titre de l'article|https://… ».")


def warnings_of(
    key: str,
    entry: Entry,
    content: Content,
    place: Place,
    near: Any = None,
    golden: Sequence[Golden] = (),
    tests: Sequence[str] = (),
    is_new: bool = False,
) -> list[Warning]:
    """Everything to say of an entry being written; with `near` (a `Neighbours`) its closeness to others is judged.

    `tests`: the test phrases that come with it.
    """
    found: list[Warning] = []
    entries = content.entries()
    if is_new and not _KEY.match(key):
        found.append(Warning("La clé s'écrit en minuscules, chiffres et « _ », 3 à 60 caractères.", True, "key"))
    if is_new and key in entries:
        found.append(Warning(f"L'entrée « {key} » existe déjà.", True, "key"))
    if entry.get("theme") not in THEMES:
        found.append(Warning("Choisissez un thème.", True, "theme"))
        return found
    found += _missing(entry)
    try:
        # What is missing is said already; the rest is judged all the same.
        given = {name: value for name, value in entry.items() if value}
        found += _of_question(question_of_entry(key, {**_PLACEHOLDERS, **given}))
    except (ReferenceError, ValueError) as error:
        found.append(Warning(str(error), True, "source"))
    found += _duplicates(key, entry, entries, place, golden, tests)
    if near is not None:
        found += nearer_elsewhere(key, entry.get("exemples") or (), near, entries)
    return found


def nearer_elsewhere(
    key: str, examples: Sequence[str], near: Any, entries: Mapping[str, Mapping[str, Any]]
) -> list[Warning]:
    """Examples that are nearer to another entry's phrases than to the other phrases of their own entry."""
    found: list[tuple[float, Warning]] = []
    vectors = near.vectors(list(examples)) if examples else ()
    for index, text in enumerate(examples):
        others = near.nearest(text, 1, other_than=FAQ_PREFIX + key)
        if not others or others[0].closeness < NEAR:
            continue
        own = [float(vectors[index] @ vectors[other]) for other in range(len(examples)) if other != index]
        lead = others[0].closeness - max(own, default=0.0)
        if lead > NEARER_BY:
            other = others[0].intent.removeprefix(FAQ_PREFIX)
            title = entries.get(other, {}).get("titre", other)
            sentence = f"« {text} » ressemble plus à « {title} » (son exemple : « {others[0].text} »)."
            found.append((lead, Warning(sentence)))
    return [warning for _, warning in sorted(found, key=lambda pair: -pair[0])[:NEARER_SHOWN]]


def _missing(entry: Entry) -> list[Warning]:
    found = []
    for name, field, sentence in (
        ("titre", "title", "Le titre manque."),
        ("reponse", "answer", "La réponse manque."),
        ("sources", "source", "La source manque : d'où vient cette réponse ?"),
        ("valide_au", "dates", "La date de validité manque."),
        ("verifie_le", "dates", "La date de vérification manque."),
    ):
        if not entry.get(name):
            found.append(Warning(sentence, True, field))
    return found


def _of_question(question: Question) -> list[Warning]:
    found = []
    count = len(question.examples)
    if count < FEWEST_EXAMPLES:
        found.append(Warning(f"{count} exemple(s) : il en faut au moins {FEWEST_EXAMPLES} pour apprendre.", True))
    for finding in check_question(question):
        problem = finding.problem[:1].upper() + finding.problem[1:]
        if "exemples, il en faut au moins" in finding.problem:
            if count >= FEWEST_EXAMPLES:
                found.append(Warning(f"{count} exemples : {MIN_EXAMPLES} variés donneraient de meilleures réponses."))
        elif any(word in finding.problem for word in ("se ressemblent", "commencent par", "presque identiques")):
            found.append(Warning(problem))
        elif "exemple" in finding.problem:
            found.append(Warning(problem, True))
        elif "titre" in finding.problem:
            found.append(Warning(problem, True, "title"))
        elif "source" in finding.problem or "guide" in finding.problem:
            found.append(Warning(problem, True, "source"))
        elif "date" in finding.problem:
            found.append(Warning(problem, True, "dates"))
        else:
            found.append(Warning(problem, True, "answer"))
    for text in filter(None, (question.answer, question.evolution)):
        for label in _VAGUE_LINK.findall(text):
            found.append(
                Warning(
                    f"Le lien « {label} » ne dit pas où il mène (RGAA 6.1) : nommez la page ou le document.",
                    False,
                    "answer",
                )
            )
    return found


def _duplicates(
    key: str,
    entry: Entry,
    entries: Mapping[str, Mapping[str, Any]],
    place: Place,
    golden: Sequence[Golden],
    tests: Sequence[str],
) -> list[Warning]:
    found = []
    title = normalise(str(entry.get("titre") or ""))
    owners: dict[str, str] = {}
    for other, content in entries.items():
        if other == key:
            continue
        if title and normalise(str(content.get("titre") or "")) == title:
            found.append(Warning(f"L'entrée « {other} » a le même titre.", True, "title"))
        owners.update({normalise(text): other for text in content.get("exemples") or ()})
    measured = {normalise(p.text) for p in phrases_of(place)} | {normalise(g.text) for g in golden}
    own = {normalise(text) for text in entry.get("exemples") or ()}
    for text in entry.get("exemples") or ():
        form = normalise(text)
        if form in owners:
            other = entries[owners[form]]
            found.append(Warning(f"« {text} » est déjà un exemple de « {other.get('titre', owners[form])} ».", True))
        if form in measured:
            found.append(
                Warning(f"« {text} » est une phrase de test : elle mesure, elle ne peut pas être un exemple.", True)
            )
    for text in tests:
        form = normalise(text)
        if form in own or form in owners:
            found.append(Warning(f"La phrase de test « {text} » est aussi un exemple.", True, "tests"))
    return found
