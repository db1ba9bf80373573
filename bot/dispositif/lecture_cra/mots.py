"""Words of a text, and the words of the nomenclature found among them: plurals, elisions and misspellings included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.dispositif.francais.texte import fold

# Figures stick to words in haste: « 7ret 2sal ».
_WORD = re.compile(r"[a-zœæ]+|\d+")
_ELIDED = re.compile(r"(?:qu|[ldjscnmt])(?=[aeiouyh])")


@dataclass(frozen=True)
class Word:
    """A word at text[start:end]: folded, and in the form words are compared in."""

    start: int
    end: int
    folded: str
    stem: str


@dataclass(frozen=True)
class Match:
    """A term of a lexicon found at text[start:end]; `field` and `code` say which value, `weak` how sure."""

    start: int
    end: int
    field: str
    code: str
    weak: bool = False


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The word without the mark of the plural."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and word[-2:] != "ss" else word


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """Roughly how a folded word sounds: « bureautique » and « bureautik », « photos » and « fotos » are the same."""
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


_SOUNDS = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"[sxtz]+$", ""),
        (r"ph", "f"),
        (r"(?:qu|q|ck|cc|c(?![eiyh])|ch(?=[rl]))", "k"),
        (r"c(?=[eiy])", "s"),
        (r"eaux?|aux?|eau|au", "o"),
        (r"ai|ei", "e"),
        (r"y", "i"),
        (r"(?<!^)h", ""),
        (r"(.)\1+", r"\1"),
        (r"[en]n?s?$|es?$", ""),
    )
)


def words_of(folded: str) -> list[Word]:
    """The words of a folded text, elided articles apart (« l'atelier » is two words)."""
    return [Word(m.start(), m.end(), m.group(), stem(m.group())) for m in _WORD.finditer(folded)]


class Lexicon:
    """Terms of several fields, looked up together: the longest wins, so « demandeur d'emploi » is no « emploi »."""

    def __init__(self, terms: Iterable[tuple[str, str, str, bool]], real_words: Iterable[str] = ()) -> None:
        """`terms`: field, code, words, weak. `real_words` are never taken for a misspelling of a term."""
        self._terms: dict[tuple[str, ...], tuple[str, str, bool]] = {}
        for name, code, written, weak in terms:
            key = tuple(word.stem for word in words_of(fold(written)))
            self._terms.setdefault(key, (name, code, weak))
        self._longest = max(map(len, self._terms), default=0)
        self.vocabulary = {part for key in self._terms for part in key}
        self._firsts = {key[0] for key in self._terms}
        self._real = {stem(fold(word)) for word in real_words} | self.vocabulary
        # Only words that mean something alone are worth finding in a misspelt one.
        alone = sorted(key[0] for key in self._terms if len(key) == 1)
        self._by_sound: dict[str, str] = {}
        self._by_gap: dict[str, str] = {}
        for part in alone:
            if len(part) >= 5:
                self._by_sound.setdefault(sound(part), part)
            if len(part) >= 6:
                for variant in _gaps(part):
                    self._by_gap.setdefault(variant, part)

    def correct(self, word: str) -> str:
        """The term word meant by a misspelt one (by ear, then by one letter wrong), else the word itself."""
        if word in self._real or len(word) < 4 or not word.isalpha():
            return word
        heard = self._by_sound.get(sound(word))
        if heard and heard[0] in (word[0], "p" if word[0] == "f" else word[0]):
            return heard
        if len(word) >= 6:
            for variant in _gaps(word):
                near = self._by_gap.get(variant)
                if near and near[0] == word[0] and abs(len(near) - len(word)) <= 1:
                    return near
        return word

    def _elided(self, word: str) -> int:
        """How many letters of a stuck article the word begins with."""
        elided = _ELIDED.match(word) if word not in self._real and len(word) > 5 else None
        return elided.end() if elided and word[elided.end() :] in self.vocabulary else 0

    def find(self, folded: str) -> list[Match]:
        """Every term, the longest first at each place, without overlap."""
        words: list[Word] = []
        stems: list[str] = []
        for word in words_of(folded):
            elided = self._elided(word.stem)
            if elided:
                # « linternet », « demploi »: an article stuck to its word.
                words.append(Word(word.start, word.start + elided, word.folded[:elided], word.stem[:elided]))
                words.append(Word(word.start + elided, word.end, word.folded[elided:], word.stem[elided:]))
                stems += [word.stem[:elided], word.stem[elided:]]
            else:
                words.append(word)
                stems.append(self.correct(word.stem))
        matches: list[Match] = []
        index = 0
        while index < len(words):
            step = 1
            if stems[index] in self._firsts:
                for size in range(min(self._longest, len(words) - index), 0, -1):
                    term = self._terms.get(tuple(stems[index : index + size]))
                    if term and _together(folded, words[index : index + size]):
                        matches.append(Match(words[index].start, words[index + size - 1].end, *term))
                        step = size
                        break
            index += step
        return matches


def _gaps(word: str) -> set[str]:
    """The word, and the word without each letter: two words one edit apart share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))}


def _together(folded: str, words: list[Word]) -> bool:
    """Words of one term are separated by a space, a hyphen, an apostrophe or a slash, not by a comma or a full stop."""
    return all(
        re.fullmatch(r"[ \n'/.-]{0,3}", folded[a.end : b.start]) and "\n\n" not in folded[a.end : b.start]
        for a, b in zip(words, words[1:], strict=False)
    )


def terms_of(field: str, values: Mapping[str, object]) -> Iterable[tuple[str, str, str, bool]]:
    """The terms of a field of the nomenclature."""
    for code, value in values.items():
        for written in value.synonyms:
            yield field, code, written, False
        for written in value.weak:
            yield field, code, written, True
