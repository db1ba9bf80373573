"""What the desk needs of the models, loaded on first use and shared: the live reader, a candidate's, neighbours."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from bot.dispositif.comprehension import FAQ_PREFIX
from bot.nlu.phrases import training_phrases
from bot.reference.faq import Catalogue
from bot.reference.thresholds import load_thresholds
from bot.services.faq_desk.content import Content
from bot.services.faq_desk.place import Place
from bot.services.published_faq import PublishedFaq
from bot.services.try_phrase import try_phrase


class Workbench:
    """One per process. Methods block: call them in a thread."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._lock = threading.RLock()
        self._encoders: dict | None = None
        self._readers: OrderedDict[str, Any] = OrderedDict()
        self._neighbours: tuple[str, Any] | None = None

    def encoders(self) -> dict:
        from bot.nlu.encoders import load_encoders

        with self._lock:
            if self._encoders is None:
                self._encoders = load_encoders()
            return self._encoders

    def reader(self, model: str) -> Any:
        """The reader of an archive; the two last used are kept."""
        from bot.nlu.archive import load_reader

        with self._lock:
            if model not in self._readers:
                self._readers[model] = load_reader(self.place.models / model, self.encoders())
                while len(self._readers) > 2:
                    self._readers.popitem(last=False)
            self._readers.move_to_end(model)
            return self._readers[model]

    def neighbours(self, content: Content | None = None) -> Any:
        """The neighbours among the phrases of the working content."""
        from bot.nlu.neighbours import Neighbours

        content = content or self.place.content()
        with self._lock:
            if self._neighbours is None or self._neighbours[0] != content.version:
                texts, intents = training_phrases(content.catalogue().questions.values(), self.place.root / "data/nlu")
                built = Neighbours(texts, intents, self.encoders(), self.place.root / "var/cache")
                self._neighbours = (content.version, built)
            return self._neighbours[1]

    def try_phrase(
        self, phrase: str, model: str, faq: str, previous: str | None = None, explain: bool = True
    ) -> dict[str, Any]:
        """What `cnfs faq try` says, with the nearest examples."""
        catalogue = PublishedFaq(self.place.models).read(faq)
        with self._lock:
            result = try_phrase(phrase, self.reader(model).read, catalogue, load_thresholds(), previous)
            if explain and any(character.isalnum() for character in phrase):
                result["exemples_proches"] = self.examples_near(phrase, catalogue)
        return result

    def examples_near(self, phrase: str, catalogue: Catalogue, count: int = 5) -> list[dict[str, Any]]:
        found = self.neighbours().nearest(phrase, count)
        return [describe(neighbour, catalogue) for neighbour in found]

    def suggestions(self, phrase: str, catalogue: Catalogue, count: int = 3) -> list[dict[str, Any]]:
        """The entries a phrase most likely belongs to, each with its example nearest to the phrase."""
        with self._lock:
            live = self.place.live()
            whole, _parts = self.reader(live.model).read(phrase)
            near = self.neighbours()
            best = [c for c in whole.candidates if c.is_question and c.key in catalogue.questions][:count]
            found = []
            for candidate in best:
                closest = near.nearest(phrase, 1, among=candidate.name)
                found.append(
                    {
                        "cle": candidate.key,
                        "titre": catalogue.questions[candidate.key].title,
                        "score": candidate.score,
                        "exemple": closest[0].text if closest else "",
                        "proximite": closest[0].closeness if closest else 0.0,
                    }
                )
            return found


def describe(neighbour: Any, catalogue: Catalogue) -> dict[str, Any]:
    key = neighbour.intent.removeprefix(FAQ_PREFIX)
    question = catalogue.questions.get(key) if neighbour.intent.startswith(FAQ_PREFIX) else None
    return {
        "cle": key,
        "titre": question.title if question else key,
        "exemple": neighbour.text,
        "proximite": neighbour.closeness,
    }
