"""Where the FAQ lives: its YAML files, the models folder, the rules of publication."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.dispositif.comparaison import GateRules
from bot.reference.yaml_files import ReferenceError
from bot.services.faq_desk.content import Content, load_snapshot, read_content, save_snapshot
from bot.services.published_faq import MODELS, Publication, live, set_live


class FaqDeskError(ValueError):
    """Something cannot be done; the text is a French sentence that says what to do instead."""


@dataclass(frozen=True)
class Place:
    """Absolute paths of one installation, and how publications are judged and committed."""

    root: Path
    rules: GateRules = field(default_factory=GateRules)
    # The branch that receives a commit per publication; none: publications are kept as patches only.
    branch: str | None = None
    # The person who accepts a loss may be its author only when there is nobody else.
    four_eyes: bool = True

    @property
    def models(self) -> Path:
        return self.root / MODELS

    @property
    def faq(self) -> Path:
        from bot.reference.faq import FAQ_DIRECTORY

        return self.root / FAQ_DIRECTORY

    def content(self) -> Content:
        """The working content: what maintainers published last, and what was edited in the files since."""
        return read_content(self.faq)

    def live(self) -> Publication:
        """What is live, with its content kept.

        Raises:
            FaqDeskError: nothing was ever trained here.
        """
        publication = live(self.models)
        if publication is None or not (self.models / publication.model).exists():
            raise FaqDeskError("Aucun modèle n'est en ligne : lancez d'abord « cnfs faq train ».")
        if publication.content is None:
            # Trained before contents were kept: the files are the best witness of what it holds.
            publication = Publication(publication.model, publication.faq, save_snapshot(self.content(), self.models))
            set_live(publication, self.models)
        return publication

    def live_content(self) -> Content | None:
        """The content that is live; None when it is no longer kept."""
        try:
            return load_snapshot(self.live().content or "", self.models)
        except ReferenceError:
            return None
