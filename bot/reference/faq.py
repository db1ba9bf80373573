"""Reads the questions and answers of data/nlu/faq into frozen dataclasses."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.dispositif.comprehension import FAQ_PREFIX
from bot.reference.yaml_files import ReferenceError, read_yaml

# Where the published content lives; a deployment may keep it in a git clone of its own.
FAQ_DIRECTORY = Path(os.environ.get("CNFS_FAQ_DIRECTORY", "data/nlu/faq"))
THEMES: Mapping[str, str] = {
    "dispositif": "Le dispositif",
    "candidature": "Candidature et étapes",
    "recrutement": "Recrutement",
    "subvention": "Subvention",
    "dossier": "Dossier et convention",
    "contrat": "Contrat de travail",
    "formation": "Formation",
    "accueil": "Accueil et équipement",
    "missions": "Missions",
    "suivi": "Suivi et CRA",
    "outils": "Outils et contacts",
}


HELP_CENTRE = "https://aide.conseiller-numerique.gouv.fr"


@dataclass(frozen=True)
class Source:
    """Where an answer comes from: pages of the employer guide, or a dated official article."""

    title: str
    pages: tuple[int, ...] = ()
    url: str | None = None
    dated: str | None = None

    @property
    def label(self) -> str:
        if self.pages:
            numbers = ", ".join(str(page) for page in self.pages)
            return f"Guide de l'employeur (2022), p. {numbers}" + (f", « {self.title} »" if self.title else "")
        official = "Centre d'aide officiel, " if (self.url or HELP_CENTRE).startswith(HELP_CENTRE) else ""
        return f"{official}« {self.title} »" + (f" ({self.dated})" if self.dated else "")


@dataclass(frozen=True)
class Question:
    """One entry of the FAQ: what people ask, what we answer, and on what authority."""

    key: str
    theme: str
    title: str
    answer: str
    sources: tuple[Source, ...]
    valid_on: date
    checked_on: date
    evolution: str | None = None
    facts: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def intent(self) -> str:
        return FAQ_PREFIX + self.key


@dataclass(frozen=True)
class Catalogue:
    """All the questions, in the order of the files, with the fingerprint of their content."""

    questions: Mapping[str, Question]

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change with any title, answer, source or date."""
        content = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def of_theme(self, theme: str) -> list[Question]:
        return [question for question in self.questions.values() if question.theme == theme]

    def to_json(self) -> dict[str, Any]:
        """Everything but the examples; the inverse of `from_json`."""
        return {"questions": [question_to_dict(question) for question in self.questions.values()]}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Catalogue:
        return cls.of(question_from_dict(item) for item in content["questions"])

    def neighbours(self, key: str) -> list[str]:
        """What one would naturally ask about next: the questions it names, then those of its theme, itself last."""
        question = self.questions.get(key)
        if question is None:
            return []
        theme = [other.key for other in self.of_theme(question.theme) if other.key != key]
        return list(dict.fromkeys([*question.related, *theme, key]))

    @classmethod
    def of(cls, questions: Iterable[Question]) -> Catalogue:
        return cls({question.key: question for question in questions})


def load_catalogue(directory: Path = FAQ_DIRECTORY) -> Catalogue:
    """Reads every theme file of `directory`.

    Raises:
        ReferenceError: a file is unreadable, a field is missing, or two questions share a key.
    """
    questions: dict[str, Question] = {}
    for path in sorted(directory.glob("*.yml")):
        for question in load_theme_file(path):
            if question.key in questions:
                raise ReferenceError(f"{path} : la clé « {question.key} » existe déjà dans un autre thème.")
            questions[question.key] = question
    return Catalogue(questions)


def load_theme_file(path: Path) -> list[Question]:
    """The questions of one theme file, in order; the theme is the file's name."""
    if path.stem not in THEMES:
        known = ", ".join(THEMES)
        raise ReferenceError(f"{path} : thème inconnu. Les fichiers se nomment d'après les thèmes : {known}.")
    content = read_yaml(path)
    blocks = content.get("nlu") if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        raise ReferenceError(f"{path} : il manque la liste « nlu: » en tête du fichier.")
    return [question_of_block(block, path.stem, str(path)) for block in blocks]


def question_of_block(block: Mapping[str, Any], theme: str, where: str) -> Question:
    """Builds a question from one `- intent: faq/<key>` block of Rasa's NLU format."""
    intent = str(block.get("intent", ""))
    if not intent.startswith(FAQ_PREFIX):
        raise ReferenceError(f"{where} : « {intent} » doit s'écrire « faq/<clé> ».")
    key = intent[len(FAQ_PREFIX) :]
    examples = tuple(example_lines(block.get("examples", "")))
    return question_of_metadata(key, theme, block.get("metadata") or {}, examples, f"{where}, « {key} »")


def question_of_metadata(
    key: str, theme: str, metadata: Mapping[str, Any], examples: tuple[str, ...], where: str
) -> Question:
    for field in ("titre", "reponse", "sources", "valide_au", "verifie_le"):
        if not metadata.get(field):
            raise ReferenceError(f"{where} : le champ « {field} » manque.")
    return Question(
        key=key,
        theme=theme,
        title=str(metadata["titre"]).strip(),
        answer=str(metadata["reponse"]).strip(),
        evolution=str(metadata["evolution"]).strip() if metadata.get("evolution") else None,
        sources=tuple(_source(item, where) for item in metadata["sources"]),
        valid_on=_date(metadata["valide_au"], where),
        checked_on=_date(metadata["verifie_le"], where),
        facts=tuple(metadata.get("faits") or ()),
        related=tuple(metadata.get("voir_aussi") or ()),
        examples=examples,
    )


def example_lines(block: str) -> list[str]:
    """The phrases of Rasa's `examples: |` text, without their dash."""
    lines = (line.strip() for line in str(block).splitlines())
    return [line[1:].strip() for line in lines if line.startswith("-")]


def question_to_dict(question: Question) -> dict[str, Any]:
    """A JSON-ready dictionary without the examples; the inverse of `question_from_dict`."""
    data = asdict(question)
    del data["examples"]
    data["valid_on"], data["checked_on"] = question.valid_on.isoformat(), question.checked_on.isoformat()
    return data


def question_from_dict(data: Mapping[str, Any]) -> Question:
    fields = dict(data)
    fields["sources"] = tuple(
        Source(item["title"], tuple(item["pages"]), item["url"], item["dated"]) for item in data["sources"]
    )
    fields["facts"], fields["related"] = tuple(data["facts"]), tuple(data["related"])
    fields["valid_on"] = date.fromisoformat(data["valid_on"])
    fields["checked_on"] = date.fromisoformat(data["checked_on"])
    return Question(**fields)


def _source(item: Mapping[str, Any], where: str) -> Source:
    if "guide" in item:
        pages = item["guide"] if isinstance(item["guide"], list) else [item["guide"]]
        return Source(title=str(item.get("section", "")), pages=tuple(int(page) for page in pages))
    if "article" in item and item.get("url"):
        dated = str(item["date"]) if item.get("date") else None
        return Source(title=str(item["article"]), url=str(item["url"]), dated=dated)
    raise ReferenceError(f"{where} : une source est soit « guide: [page] », soit « article: titre » avec « url: ».")


def _date(value: Any, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ReferenceError(f"{where} : « {value} » n'est pas une date AAAA-MM-JJ.") from None
