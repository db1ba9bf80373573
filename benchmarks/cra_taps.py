"""How much a report costs in Telegram: messages and taps for ten scenarios, beside the clicks of the official form.

    python -m benchmarks.cra_taps            # options: --no-save

Each scenario is played for real against the activity, on a new database after two reports of the same conseiller (the
habits one has after a week). The clicks of the official form are not measured: they are counted from its code. An individual
report in the usual place takes 8; a workshop of today 8 too, plus one a participant beyond the 5 it starts with and one a quarter of an hour beyond one
hour, plus 10 when ages and statuses are mixed; a past date 2, a second theme 1, a follow-up 1; a corrected duration its own clicks again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from benchmarks.report import save, table
from bot.dispositif.comprehension import Reading
from bot.services.access.codes import issue_conseiller_code
from bot.services.access.keys import AccessKeys
from bot.services.cra.dialogue import ComptesRendus
from bot.services.dialogue import Button, Context, Incoming
from bot.services.link_conseiller import link_conseiller
from bot.services.telegram_chats import open_chat
from bot.storage.audit import Actor
from bot.storage.cra import Filter
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade
from bot.storage.tables import structures
from bot.storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=timezone.utc)
KEYS = AccessKeys("mesure-mesure-mesure-mesure-mesure")
# What the conseiller filed before: their usual places and durations.
BEFORE = (
    "hier au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne",
    "hier atelier de 2h à la médiathèque (autre lieu) de Volvic 63530, 6 retraités de plus de 60 ans, mails",
)


@dataclass(frozen=True)
class Scenario:
    """`steps`: what is typed, or pressed when in brackets; `clicks`: the official form's; `filed`: reports expected."""

    name: str
    steps: tuple[str, ...]
    clicks: int
    filed: int = 1


SCENARIOS = (
    Scenario(
        "Individuel, aujourd'hui, tout dit",
        ("ce matin au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne", "[Confirmer]"),
        8,
    ),
    Scenario(
        "Individuel sans le lieu",
        ("ce matin indiv 45 min avec un retraité de 70 ans pour les impôts", "[Lieu d'activité, Riom]", "[Confirmer]"),
        8,
    ),
    Scenario(
        "Individuel, date passée, deux thèmes, une suite",
        (
            "hier au bureau (Riom), 1h en individuel, une retraitée de 68 ans, mails et impôts, réorientée vers la CAF",
            "[Confirmer]",
        ),
        12,
    ),
    Scenario(
        "Demande ponctuelle dictée",
        (
            "tout à l'heure une demande ponctuelle de vingt minutes au bureau à Riom pour un demandeur d'emploi de 40 ans pour son cv",
            "[Confirmer]",
        ),
        8,
    ),
    Scenario(
        "Atelier, 8 retraités",
        (
            "hier atelier de 2h à la médiathèque de Riom 63200 avec 8 retraités sur les mails",
            "[Autre lieu]",
            "[Tous : plus de 60 ans]",
            "[Confirmer]",
        ),
        17,
    ),
    Scenario(
        "Atelier mêlé, 8 personnes (5/3 et 5/3)",
        (
            "hier atelier de 2h au bureau (Riom), 8 personnes : 5 retraités et 3 sans emploi, sur les mails",
            "5 de plus de 60 ans, 3 de 35 à 60",
            "[Confirmer]",
        ),
        27,
    ),
    Scenario(
        "SMS",
        (
            "at. 2h 8p seniors mails 63530 hier",
            "[Autre lieu, Volvic]",
            "[Tous : retraité]",
            "[Tous : plus de 60 ans]",
            "[Confirmer]",
        ),
        17,
    ),
    Scenario("Comme la dernière fois", ("comme la dernière fois, aujourd'hui", "[Confirmer]"), 13),
    Scenario(
        "Avec une correction",
        (
            "ce matin au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne",
            "non, 1h30",
            "[Confirmer]",
        ),
        11,
    ),
    Scenario(
        "Deux accompagnements en un message",
        (
            "ce matin au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne puis cet aprem atelier de "
            "2h au bureau (Riom), 6 retraités de plus de 60 ans, mails",
            "[Confirmer]",
            "[Confirmer]",
        ),
        21,
        2,
    ),
)


class Player:
    """A linked conseiller on a new database."""

    def __init__(self, directory: Path) -> None:
        self.engine = create_engine(f"sqlite:///{directory / 'mesure.db'}")
        upgrade(self.engine)
        self.context, self.buttons, self.said = Context(), {}, ""
        self.ids = itertools.count(1)
        self.activity = ComptesRendus(lambda writes=True: UnitOfWork(self.engine, writes))
        with UnitOfWork(self.engine) as uow:
            values = {
                "siret": "0" * 14,
                "nom": "Structure",
                "type": "commune",
                "departement": "63",
                "etat": "activee",
                "updated_at": NOW,
            }
            key = uow.connection.execute(structures.insert().values(**values)).inserted_primary_key[0]
            self.conseiller = uow.conseillers.add(key, "Camille", "Moreau", "camille@exemple.fr", NOW)
            uow.commit()
        with UnitOfWork(self.engine) as uow:
            self.chat = open_chat(uow, "1", NOW).conversation.id
            uow.commit()
        with UnitOfWork(self.engine) as uow:
            code = issue_conseiller_code(uow, KEYS, self.conseiller.id, Actor("cli"), timedelta(days=1), NOW).code
        with UnitOfWork(self.engine) as uow:
            link_conseiller(uow, KEYS, self.chat, code, NOW)
            uow.commit()

    def step(self, step: str) -> None:
        entities: dict[str, str] = {}
        text, intent = step, "nlu_fallback"
        if step.startswith("["):
            button = self._button(step[1:-1])
            text, intent = button.payload, "choose"
            entities = json.loads(button.payload.removeprefix("/choose"))
        message = Incoming(
            self.chat, "telegram", text, intent, str(next(self.ids)), Reading(text, ()), (), entities, NOW
        )
        turn = self.activity.take(message, self.context)
        if turn is None:
            raise SystemExit(f"« {step} » n'a pas été compris.\n{self.said}")
        self.context = turn.context
        self.buttons = {button.title: button for say in turn.says for button in say.buttons}
        self.said = "\n".join(say.text for say in turn.says)

    def filed(self) -> int:
        with UnitOfWork(self.engine, writes=False) as uow:
            return uow.cras.count(self.conseiller.id, Filter())

    def _button(self, title: str) -> Button:
        if title not in self.buttons:
            raise SystemExit(f"Pas de bouton « {title} ».\n{self.said}\n{list(self.buttons)}")
        return self.buttons[title]


def play(scenario: Scenario) -> dict:
    with tempfile.TemporaryDirectory() as directory:
        player = Player(Path(directory))
        for told in BEFORE:
            player.step(told)
            player.step("[Confirmer]")
        before = player.filed()
        for step in scenario.steps:
            player.step(step)
        filed = player.filed() - before
        player.engine.dispose()
    if filed != scenario.filed:
        raise SystemExit(f"{scenario.name} : {filed} compte(s) rendu(s) au lieu de {scenario.filed}.\n{player.said}")
    taps = sum(step.startswith("[") for step in scenario.steps)
    return {
        "scenario": scenario.name,
        "messages": len(scenario.steps) - taps,
        "appuis": taps,
        "tours": len(scenario.steps),
        "clics_du_formulaire": scenario.clicks,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-save", action="store_true")
    options = parser.parse_args()
    figures = [play(scenario) for scenario in SCENARIOS]
    print(table(list(figures[0]), [[str(value) for value in row.values()] for row in figures]))
    total = {name: sum(row[name] for row in figures) for name in ("messages", "appuis", "tours", "clics_du_formulaire")}
    print(f"\nEn tout : {total}")
    if not options.no_save:
        save("cra_taps", {"scenarios": figures, "total": total})


if __name__ == "__main__":
    main()
