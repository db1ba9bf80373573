"""Checks the coherence of the FAQ's content, with messages a maintainer understands."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.reference.faq import Question

MIN_EXAMPLES = 30
MIN_REGISTERS = 5
MAX_ANSWER_CHARACTERS = 900
MAX_TITLE_CHARACTERS = 90
MAX_EXAMPLE_CHARACTERS = 600
# Above this share of examples that open with the same two words, phrases come from a template.
MAX_SAME_OPENING = 0.2
# Two examples of one question this close (0-100) teach the classifier nothing.
NEAR_DUPLICATE = 93

_SMS = re.compile(
    r"\b(pr|pk|pq|pkoi|koi|ke|kel|kelle|kels|kan|qd|qui ki|ki|cb|cmb|cmt|svp|stp|slt|bjr|bsr|mrc|jsp|jsuis|chui|ns|vs|"
    r"tt|tjs|tjrs|bcp|ds|dc|ms|mtn|auj|rdv|tel|g|c|ya|jai|jvoudrais|jveux|ct|sest|kon|kom|"
    r"qqn|qqch|dacc|ok|fo|fodr\w*|px|peu on|info|infos|num|conum|subv|max|min|nb|nbre|dept|asso|reco|formul)\b",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"\b(pourriez|pouvez|souhait\w+|madame|monsieur|veuillez|serait-il|conviendrait|auriez|saurai\w*)\b", re.IGNORECASE
)
_ACCENT = re.compile(r"[àâçéèêëîïôöùûüœ]", re.IGNORECASE)
_ALLOWED_MARKUP = re.compile(r"\[[^\]\n]+\]\((https?://[^\s)]+|mailto:[^\s)]+|tel:[^\s)]+)\)")
_FORBIDDEN_MARKUP = re.compile(r"<[a-zA-Z/!]|\*\*|__|^#|\|.*\|", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """One thing to correct: where, and what to do about it."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where} : {self.problem}"


def check_questions(questions: Iterable[Question], known_facts: Iterable[str] = ()) -> list[Finding]:
    """Every problem found in `questions`; an empty list when all is well."""
    questions = list(questions)
    findings = [finding for question in questions for finding in check_question(question)]
    findings += _shared_values(questions)
    findings += _unknown_references(questions, set(known_facts))
    return findings


def check_question(question: Question) -> list[Finding]:
    """The problems that one entry has by itself."""
    problems = _answer_problems(question) + _example_problems(question.examples)
    if len(question.title) > MAX_TITLE_CHARACTERS:
        problems.append(f"le titre dépasse {MAX_TITLE_CHARACTERS} caractères.")
    if question.checked_on < question.valid_on:
        problems.append("la date de vérification précède la date de validité.")
    return [Finding(f"{question.theme}/{question.key}", problem) for problem in problems]


def registers(examples: Sequence[str]) -> set[str]:
    """Which ways of writing are present: formel, court, long, sms, sans_accents, sans_ponctuation."""
    found = set()
    for text in examples:
        words = text.split()
        if _FORMAL.search(text) and len(words) >= 7:
            found.add("formel")
        if len(words) <= 4:
            found.add("court")
        if len(words) >= 22:
            found.add("long")
        if _SMS.search(text):
            found.add("sms")
        if len(words) >= 5 and not _ACCENT.search(text):
            found.add("sans_accents")
        if len(words) >= 6 and not re.search(r"[?.!,;]", text):
            found.add("sans_ponctuation")
    return found


def normalise(text: str) -> str:
    """Lower case, no accent, no punctuation: two phrases that differ only by these are the same."""
    flat = unicodedata.normalize("NFKD", text.lower())
    flat = "".join(character for character in flat if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", flat))


def _answer_problems(question: Question) -> list[str]:
    problems = []
    length = len(question.answer) + len(question.evolution or "")
    if length > MAX_ANSWER_CHARACTERS:
        problems.append(f"la réponse fait {length} caractères, le maximum est {MAX_ANSWER_CHARACTERS}.")
    for text in filter(None, (question.answer, question.evolution)):
        if _FORBIDDEN_MARKUP.search(text):
            problems.append("la réponse n'admet que des phrases, des listes « - » et des liens [texte](adresse).")
        bare = _ALLOWED_MARKUP.sub("", text)
        if re.search(r"https?://", bare):
            problems.append("une adresse web doit s'écrire [texte](adresse).")
        if "…" in "".join(re.findall(r"\((https?://[^\s)]+)\)", text)) or "..." in text:
            problems.append("une adresse ou une phrase est tronquée (« ... »).")
        for url in re.findall(r"\]\(([^)]*)\)", text):
            if not re.match(r"(https://|http://|mailto:|tel:)", url):
                problems.append(f"le lien « {url} » doit commencer par https://, mailto: ou tel:.")
    for source in question.sources:
        if source.url and ("..." in source.url or "…" in source.url):
            problems.append("l'adresse d'une source est tronquée.")
        if any(page < 1 or page > 17 for page in source.pages):
            problems.append("le guide va de la page 1 à la page 17.")
    return problems


def _example_problems(examples: Sequence[str]) -> list[str]:
    problems = []
    if len(examples) < MIN_EXAMPLES:
        problems.append(f"{len(examples)} exemples, il en faut au moins {MIN_EXAMPLES}.")
    present = registers(examples)
    if len(present) < MIN_REGISTERS:
        missing = {"formel", "court", "long", "sms", "sans_accents", "sans_ponctuation"} - present
        problems.append(f"les exemples se ressemblent : il manque {', '.join(sorted(missing))}.")
    openings = Counter(" ".join(normalise(text).split()[:2]) for text in examples)
    opening, count = openings.most_common(1)[0] if openings else ("", 0)
    if count > max(3, MAX_SAME_OPENING * len(examples)):
        problems.append(f"{count} exemples commencent par « {opening} » : variez.")
    problems += [
        f"exemple trop long ({len(text)} caractères)." for text in examples if len(text) > MAX_EXAMPLE_CHARACTERS
    ]
    forms = [normalise(text) for text in examples]
    for form, count in Counter(forms).items():
        if count > 1:
            problems.append(f"exemple en double : « {form} ».")
    for index, form in enumerate(forms):
        match = process.extractOne(form, forms[:index], scorer=fuzz.ratio, score_cutoff=NEAR_DUPLICATE)
        if match and match[0] != form:
            problems.append(f"exemples presque identiques : « {examples[index]} » et « {examples[match[2]]} ».")
    return problems


def _shared_values(questions: Sequence[Question]) -> list[Finding]:
    findings = []
    titles, owners = defaultdict(list), defaultdict(set)
    for question in questions:
        titles[normalise(question.title)].append(question.key)
        for text in question.examples:
            owners[normalise(text)].add(question.key)
    for keys in titles.values():
        if len(keys) > 1:
            findings.append(Finding(", ".join(keys), "ces questions ont le même titre."))
    for form, keys in owners.items():
        if len(keys) > 1:
            findings.append(Finding(", ".join(sorted(keys)), f"l'exemple « {form} » est dans plusieurs questions."))
    return findings


def _unknown_references(questions: Sequence[Question], known_facts: set[str]) -> list[Finding]:
    keys = {question.key for question in questions}
    findings = []
    for question in questions:
        where = f"{question.theme}/{question.key}"
        for key in question.related:
            if key not in keys:
                findings.append(Finding(where, f"« voir_aussi » cite une question inconnue : {key}."))
        for fact in question.facts:
            if known_facts and fact not in known_facts:
                findings.append(Finding(where, f"le fait {fact} n'existe pas dans le guide."))
    return findings
