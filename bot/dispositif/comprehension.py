"""From scored candidates to a decision: answer, offer, ask, or admit not to understand. Pure and explainable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

FAQ_PREFIX = "faq/"
OUT_OF_SCOPE = "out_of_scope"
MAX_ANSWERS = 3
MAX_OFFERS = 3
# How many times likelier another subject must be than a neighbour of the previous question, to change the subject.
LEAD, FAR_LEAD = 2.0, 30.0
# A message without any subject has no other meaning than the one lent by what precedes: less is asked of it.
BARE_EASE = 0.6


class Verdict(str, Enum):
    """What to do with a message; the values are what `cnfs faq try` prints."""

    # One sure candidate.
    ANSWER = "repondre"
    # A best candidate, and close ones worth offering as buttons.
    ANSWER_AND_OFFER = "repondre_et_proposer"
    # Candidates too far apart to choose: « Vouliez-vous dire… ».
    ASK = "demander"
    # Small talk and commands: greeting, thanks, a human please.
    TALK = "conversation"
    # Understood as something we do not deal with.
    OUT_OF_SCOPE = "hors_sujet"
    # Not understood.
    REFUSE = "reformuler"


@dataclass(frozen=True)
class Candidate:
    """An intent (`faq/<key>` or a conversation intent) and its calibrated probability, 0 to 1."""

    name: str
    score: float

    @property
    def is_question(self) -> bool:
        return self.name.startswith(FAQ_PREFIX)

    @property
    def key(self) -> str:
        return self.name.removeprefix(FAQ_PREFIX)


@dataclass(frozen=True)
class Reading:
    """A text and what it may mean, best first. An empty list: nothing readable."""

    text: str
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        return self.candidates[0] if self.candidates else Candidate(OUT_OF_SCOPE, 0.0)


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """JSON-ready: readings travel from the `rasa` process to the `actions` process."""
    return {"text": reading.text, "candidates": [[c.name, c.score] for c in reading.candidates]}


def reading_from_dict(data: Mapping[str, Any]) -> Reading:
    candidates: Sequence[Sequence[Any]] = data.get("candidates", ())
    return Reading(str(data.get("text", "")), tuple(Candidate(name, float(score)) for name, score in candidates))


@dataclass(frozen=True)
class Thresholds:
    """Calibrated on held-out phrases at training; see the model's metadata for date and set."""

    # From here on, the best candidate is answered.
    answer: float = 0.5
    # Below `answer` but from here on, titles are offered instead of an answer.
    ask: float = 0.25
    # A second candidate at least this share of the best is « close ».
    close: float = 0.4
    # What each part of a message needs to be answered as a question of its own.
    part: float = 0.6
    # What an elliptic message needs among the neighbours of the previous question.
    follow_up: float = 0.35


@dataclass(frozen=True)
class Decision:
    """`keys`: questions to answer, in order; `offers`: other questions to show as buttons; `talk`: an intent."""

    verdict: Verdict
    keys: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    talk: str | None = None
    followed: bool = False


Neighbours = Callable[[str], Sequence[str]]
"""Gives the keys that one would naturally ask about after a question: same theme, and those it names."""


def decide(
    whole: Reading,
    parts: Sequence[Reading],
    thresholds: Thresholds,
    neighbours: Neighbours,
    previous: str | None = None,
) -> Decision:
    """Chooses what to do with a message, given what it may mean and the previous question, if any."""
    if previous and is_elliptic(whole.text):
        followed = _follow(whole, thresholds, neighbours, previous)
        if followed:
            return Decision(Verdict.ANSWER, (followed,), followed=True)
    if not previous and _LOST.match(whole.text):
        return Decision(Verdict.REFUSE)
    several = _several_questions(whole, parts, thresholds, neighbours)
    if several:
        return Decision(Verdict.ANSWER, several)
    return _decide_one(_clearest(whole, parts, thresholds), thresholds, neighbours)


_OPENINGS = re.compile(
    r"^(et|mais|ou|puis|sinon|alors|donc|ok|oui|d'accord|du coup|dans ce cas|ah|ha|bon|bien|merci|super|parfait)\b[ ,]*",
    re.IGNORECASE,
)
_PRONOUNS = re.compile(
    r"\b(il|elle|ils|elles|lui|leur|ça|cela|ca|c'est|celui|celle|ceux|celles|y|en|l'|le même|la même|pareil|idem|aussi|"
    r"combien|quand|où|ou|qui|pourquoi|comment|laquelle|lequel|lesquels|lesquelles)\b",
    re.IGNORECASE,
)
# Words that carry a subject by themselves: a message that names one stands on its own.
_SUBJECTS = re.compile(
    r"\b(subvention|aide|formation|conseiller|conseillers|conum|cnfs|structure|dossier|convention|candidat\w*|tenue|cra|"
    r"compte.rendu|prefecture|préfecture|anct|banque|opco|pix|examen|certification|espace|recrut\w*|inscri\w*|mission\w*|"
    r"atelier\w*|materiel|matériel|tranche|versement|salaire|poste|renouvel\w*|rembours\w*|démission\w*|demission\w*)\b",
    re.IGNORECASE,
)


def is_elliptic(text: str) -> bool:
    """True for a message that only makes sense after the previous one: « et pour un CDD ? », « c'est quand ? »."""
    words = re.findall(r"[^\W_]+", text)
    if not words or len(words) > 9:
        return False
    opening = _OPENINGS.match(text.strip())
    rest = text.strip()[opening.end() :] if opening else text.strip()
    rest_words = re.findall(r"[^\W_]+", rest)
    if _SUBJECTS.search(rest):
        # « et la formation ? » names its subject, « et la durée de la formation en heures » is a question.
        return bool(opening) and opening.group(1).lower() == "et" and len(rest_words) <= 3
    return bool(opening) or bool(_PRONOUNS.search(rest) and len(rest_words) <= 6)


# Words that say nothing of the subject: a message made of these alone is about what was said before, whatever it
# looks like taken alone (« et qui paie ? » after the length of the training).
_EMPTY_WORDS = frozenset(
    [
        "a",
        "ai",
        "ait",
        "alors",
        "apres",
        "au",
        "aux",
        "avant",
        "avec",
        "avez",
        "avoir",
        "bien",
        "c",
        "ca",
        "ce",
        "cela",
        "celui",
        "celle",
        "ceux",
        "ces",
        "cette",
        "chez",
        "combien",
        "comment",
        "coute",
        "couter",
        "d",
        "dans",
        "de",
        "delai",
        "des",
        "dois",
        "doit",
        "dois-je",
        "donc",
        "du",
        "duree",
        "dure",
        "durer",
        "elle",
        "elles",
        "en",
        "encore",
        "est",
        "et",
        "etre",
        "eux",
        "exactement",
        "faire",
        "fait",
        "faut",
        "il",
        "ils",
        "j",
        "je",
        "jour",
        "jours",
        "l",
        "la",
        "laquelle",
        "le",
        "lequel",
        "les",
        "lesquels",
        "leur",
        "leurs",
        "lui",
        "lui-meme",
        "m",
        "ma",
        "mais",
        "me",
        "meme",
        "mes",
        "moi",
        "mois",
        "mon",
        "n",
        "ne",
        "non",
        "nous",
        "obligatoire",
        "on",
        "ont",
        "ou",
        "oui",
        "par",
        "paie",
        "paye",
        "paient",
        "payer",
        "pendant",
        "peut",
        "peut-on",
        "plus",
        "pour",
        "pourquoi",
        "prend",
        "prix",
        "puis",
        "qu",
        "quand",
        "que",
        "quel",
        "quelle",
        "quels",
        "quelles",
        "qui",
        "quoi",
        "s",
        "sa",
        "sait",
        "se",
        "semaines",
        "si",
        "sinon",
        "signe",
        "signer",
        "sont",
        "sous",
        "sur",
        "suis",
        "t",
        "temps",
        "tout",
        "tu",
        "un",
        "une",
        "va",
        "verse",
        "versee",
        "verser",
        "vous",
        "y",
    ]
)
_MORE = re.compile(
    r"^(?:et|ou|mais)\s+(?:pour|si|s'|en|avec|sans|dans|chez|quand|la|le|les|l'|un|une|des|du|au|aux)\b", re.I
)


# « c'est quand ? », asked of nothing.
_LOST = re.compile(
    r"^\W*(?:et\s+)?(?:c'est|c est|ça|ca|c)?\s*(?:quand|où|ou|qui|pourquoi|comment|lequel|laquelle)\W*$", re.I
)


def is_bare(text: str) -> bool:
    """True when no word of `text` names a subject."""
    flat = unicodedata.normalize("NFKD", text.lower())
    words = re.findall(r"[a-z]+", "".join(letter for letter in flat if not unicodedata.combining(letter)))
    return bool(words) and all(word in _EMPTY_WORDS for word in words)


def _follow(whole: Reading, thresholds: Thresholds, neighbours: Neighbours, previous: str) -> str | None:
    """The neighbour of the previous question that the message fits best, judged among neighbours only."""
    near = set(neighbours(previous))
    scores = {c.key: c.score for c in whole.candidates if c.is_question and c.key in near}
    talk = max((c.score for c in whole.candidates if not c.is_question and c.name != OUT_OF_SCOPE), default=0.0)
    if not scores or talk > 0.5:
        return None
    key = max(scores, key=scores.__getitem__)
    outside = max((c.score for c in whole.candidates if c.is_question and c.key not in near), default=0.0)
    bare = is_bare(whole.text)
    # « et pour un CDD ? » leans on what precedes more than « le CDD ? » does.
    lead = FAR_LEAD if _MORE.match(whole.text.strip()) else LEAD
    if not bare and outside >= thresholds.answer and outside > lead * scores[key]:
        # The words alone point clearly elsewhere: the person changed the subject.
        return None
    share = scores[key] / sum(scores.values())
    return key if share >= thresholds.follow_up * (BARE_EASE if bare else 1.0) else None


def _several_questions(
    whole: Reading, parts: Sequence[Reading], thresholds: Thresholds, neighbours: Neighbours
) -> tuple[str, ...]:
    keys: list[str] = []
    for part in parts:
        key = None
        if keys and is_elliptic(part.text):
            key = _follow(part, thresholds, neighbours, keys[-1])
        if key is None and part.best.is_question and part.best.score >= thresholds.part:
            key = part.best.key
        if key and key not in keys:
            keys.append(key)
    return tuple(keys[:MAX_ANSWERS]) if len(keys) > 1 else ()


# How much surer than the whole message the part that asks must be, to be read instead of it.
SURER = 0.25


def _clearest(whole: Reading, parts: Sequence[Reading], thresholds: Thresholds) -> Reading:
    """The message itself, or the one part of a long story that asks the question."""
    asking = [part for part in parts if part.best.is_question]
    best = max(asking, key=lambda part: part.best.score, default=whole)
    lead = SURER if whole.best.is_question and whole.best.score >= thresholds.answer else 0.0
    return best if best.best.score > whole.best.score + lead and best.best.score >= thresholds.part else whole


def _decide_one(reading: Reading, thresholds: Thresholds, neighbours: Neighbours) -> Decision:
    best = reading.best
    questions = [c for c in reading.candidates if c.is_question and c.score >= 0.02]
    if best.score >= thresholds.ask and not best.is_question:
        if best.name == OUT_OF_SCOPE:
            return Decision(Verdict.OUT_OF_SCOPE)
        return Decision(Verdict.TALK, talk=best.name)
    if not best.is_question or best.score < thresholds.ask:
        return Decision(Verdict.REFUSE, offers=tuple(c.key for c in questions[:MAX_OFFERS]))
    close = [c for c in questions[1:] if c.score >= thresholds.close * best.score]
    offers = tuple(c.key for c in close[:MAX_OFFERS])
    if best.score >= thresholds.answer:
        verdict = Verdict.ANSWER_AND_OFFER if offers else Verdict.ANSWER
        return Decision(verdict, (best.key,), offers)
    near = set(neighbours(best.key))
    if offers and all(key in near for key in offers):
        return Decision(Verdict.ANSWER_AND_OFFER, (best.key,), offers)
    if all(rival.score < thresholds.close * best.score for rival in reading.candidates[1:]):
        # Nothing else comes near, out of scope included: offering one title alone would only cost a tap.
        return Decision(Verdict.ANSWER, (best.key,))
    titles = tuple(c.key for c in questions[:MAX_OFFERS])
    return Decision(Verdict.ASK, offers=titles)
