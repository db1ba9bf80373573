"""The guided dialogue about a structure's file: who is it, then the answer to what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dispositif.access import Identity, find_codes, hide_codes
from bot.dispositif.dossier import Fiche, Poste
from bot.dispositif.situation import Delais, contrat_courant
from bot.services.access.keys import AccessKeys
from bot.services.access.sessions import (
    Access,
    Outcome,
    Place,
    SessionRules,
    actor_of,
    close_session,
    current_identity,
    place_of,
    verify_code,
)
from bot.services.access.siret import find_siret, read_siret, spaced
from bot.services.dialogue import Activity, Button, Context, Incoming, Say, Turn, choice
from bot.services.dossier import identification as ask
from bot.services.dossier.answers import TOPICS, Asked
from bot.services.dossier.words import asked_poste, asked_rank, asks_all_postes, unaccented
from bot.storage.unit_of_work import UnitOfWork

NAME = "dossier"
PREFIX = "dossier_"
SIGN_IN, SIGN_OUT = "sign_in", "sign_out"
PARIS = ZoneInfo("Europe/Paris")
# What a part of a message needs to be taken for a question of its own.
_SURE = 0.6
_UNREAD = ("nlu_fallback", "out_of_scope", "")
_MAX_POSTE_BUTTONS = 6

_TOPIC_BUTTONS = (("Versements", "versement"), ("Convention", "convention"), ("Formation", "formation"))


@dataclass(frozen=True)
class DossierActivity(Activity):
    """`access` is asked for when a file is, so that nothing else needs the settings."""

    open_uow: Callable[[], UnitOfWork]
    access: Callable[[], Access]
    delais: Delais

    name = NAME

    @property
    def keys(self) -> AccessKeys:
        return self.access().keys

    @property
    def rules(self) -> SessionRules:
        return self.access().rules

    def take(self, message: Incoming, context: Context) -> Turn | None:
        memory = dict(context.memory.get(NAME) or {})
        if memory.get("proven"):
            self._stay_alive(message)
        pressed = message.chosen(NAME)
        if pressed:
            return self._press(*pressed, message, context, memory)
        code = self._typed_code(message)
        if code is not None:
            return self._code(code, message, context, memory)
        topics = _topics(message)
        if topics:
            siret = find_siret(message.text)
            known = {"siret": siret} if siret else {}
            return self._answer(message, context, {**_selection(memory, message.text), **known, "topics": topics})
        if message.intent == SIGN_OUT:
            return self._sign_out(message, context, memory)
        if message.intent == SIGN_IN:
            pending = memory.get("topics") if context.active == NAME else None
            return self._answer(message, context, {**memory, **_siret_in(message), "topics": pending or ["etat"]})
        if context.active == NAME:
            return self._continue(message, context, memory)
        if find_siret(message.text) and message.intent in _UNREAD:
            return self._answer(message, context, {**memory, **_siret_in(message), "topics": ["etat"]})
        if memory.get("proven") and memory.get("topics") and _is_follow_up(message):
            return self._answer(message, context, _selection(memory, message.text))
        return None

    def resume(self, context: Context, now: datetime) -> Say | None:
        memory = context.memory.get(NAME) or {}
        return ask.reminder(memory.get("siret"))

    # -- identification

    def _continue(self, message: Incoming, context: Context, memory: dict[str, Any]) -> Turn | None:
        """A SIRET, a refusal, or something else that is answered first."""
        if message.intent == "deny" or ask.is_cancel(message.text):
            return Turn((ask.CANCELLED,), context.without(NAME))
        if ask.wants_help(message.text):
            return Turn((ask.how_to_get_a_code(),), context)
        digits = sum(c.isdigit() for c in message.text)
        if digits < 6 and message.intent not in _UNREAD:
            return None
        if memory.get("siret") and digits < 9:
            return self._failed(ask.code_expected(), context, memory)
        read = read_siret(message.text)
        if read.value is None:
            return self._failed(ask.siret_again(read.problem or ""), context, memory)
        return self._with_siret(read.value, message, context, memory)

    def _with_siret(self, siret: str, message: Incoming, context: Context, memory: dict[str, Any]) -> Turn:
        memory = {**memory, "siret": siret, "tries": 0}
        if memory.get("proof"):
            return self._verify(memory, message, context)
        return Turn((ask.ask_code(spaced(siret)),), context.remembering(NAME, memory))

    def _code(self, value: str, message: Incoming, context: Context, memory: dict[str, Any]) -> Turn:
        siret, _, proof = value.partition("|")
        memory = {"topics": ["etat"], **memory, "siret": siret or memory.get("siret"), "proof": proof}
        if not proof:
            return self._failed(ask.code_misspelt(), context, {**memory, "proof": None})
        if not memory["siret"]:
            return Turn((ask.ASK_SIRET_FOR_CODE,), context.remembering(NAME, memory))
        return self._verify(memory, message, context)

    def _verify(self, memory: dict[str, Any], message: Incoming, context: Context) -> Turn:
        if not self._may_identify(message):
            return Turn((ask.NOT_HERE,), context.without(NAME))
        siret, proof = memory["siret"], memory.pop("proof")
        with self.open_uow() as uow:
            place = place_of(uow, message.conversation_id, message.channel)
            if not self._is_already_in(uow, place, siret, message.now):
                result = verify_code(uow, self.keys, self.rules, place, siret, proof, message.now)
                if result.outcome is Outcome.LOCKED:
                    minutes = max(1, round((result.until - message.now).total_seconds() / 60))
                    return Turn((ask.locked(minutes),), context.without(NAME))
                if result.outcome is Outcome.REFUSED:
                    return self._failed(ask.refused(), context, {**memory, "siret": None})
        return self._answer(message, context, {**memory, "tries": 0}, opening=ask.WELCOME)

    def _is_already_in(self, uow: UnitOfWork, place: Place, siret: str, now: datetime) -> bool:
        """The same code given again (a message delivered twice) finds the door open."""
        identity = uow.identities.get(place.channel, place.external_id)
        if identity is None or not identity.is_live(now, self.rules.inactivity):
            return False
        structure = uow.structures.by_siret(siret)
        return structure is not None and structure.id == identity.structure_id

    def _failed(self, say: Say, context: Context, memory: dict[str, Any]) -> Turn:
        """The third failure in a row also offers to stop or a human."""
        tries = memory.get("tries", 0) + 1
        if tries >= 3:
            say = replace(say, text=f"{say.text}\n{ask.STUCK}", buttons=(*say.buttons, ask.HUMAN))
        return Turn((say,), context.remembering(NAME, {**memory, "tries": tries}))

    def _sign_out(self, message: Incoming, context: Context, memory: dict[str, Any]) -> Turn:
        with self.open_uow() as uow:
            place = place_of(uow, message.conversation_id, message.channel)
            was_in = close_session(uow, place, message.now)
        return Turn((ask.SIGNED_OUT if was_in else ask.WAS_NOT_IN,), context.without(NAME))

    def _stay_alive(self, message: Incoming) -> None:
        """Any message is activity."""
        with self.open_uow() as uow:
            place = place_of(uow, message.conversation_id, message.channel)
            current_identity(uow, self.rules, place, message.now)
            uow.commit()

    def _may_identify(self, message: Incoming) -> bool:
        return message.channel != "rest" or self.access().allows_plain_clients

    def _typed_code(self, message: Incoming) -> str | None:
        """A code that the gateway did not see: only a plain Rasa client sends one."""
        if message.channel != "rest" or message.is_button:
            return None
        codes = find_codes(message.text)
        if not codes:
            return None
        code = next((found.code for found in codes if found.code), None)
        proof = self.keys.proof(message.conversation_id, self.keys.hash_code(code)) if code else ""
        return f"{find_siret(hide_codes(message.text)) or ''}|{proof}"

    # -- answers

    def _press(self, field: str, value: str, message: Incoming, context: Context, memory: dict[str, Any]) -> Turn:
        if field == "code":
            return self._code(value, message, context, memory)
        if field == "poste":
            poste = int(value) if value.isdigit() else None
            return self._answer(message, context, {"topics": ["etat"], **memory, "poste": poste, "rang": None})
        if field == "sujet" and value in TOPICS:
            return self._answer(message, context, {**memory, "topics": [value], "rang": None})
        if field == "deconnexion":
            return self._sign_out(message, context, memory)
        if field == "aide":
            return Turn((ask.how_to_get_a_code(),), context.remembering(NAME, {"topics": ["etat"], **memory}))
        return Turn((ask.CANCELLED,), context.without(NAME))

    def _answer(self, message: Incoming, context: Context, memory: dict[str, Any], opening: Say | None = None) -> Turn:
        """The answers to the open questions, for someone proven; else the request to identify."""
        was_in = memory.pop("proven", False)
        topics = [topic for topic in memory.get("topics", ()) if topic in TOPICS] or ["etat"]
        with self.open_uow() as uow:
            place = place_of(uow, message.conversation_id, message.channel)
            identity = current_identity(uow, self.rules, place, message.now)
            fiche = uow.structures.fiche(identity.structure_id) if identity else None
            if identity and fiche:
                self._audit(uow, identity, topics, message)
            uow.commit()
        if fiche is None:
            return self._ask_identity(context, {**memory, "topics": topics}, message, has_expired=was_in)
        memory = {k: memory.get(k) for k in ("topics", "poste", "rang")} | {"topics": topics, "proven": True}
        says = tuple(self._tell(topic, fiche, memory, message) for topic in topics)
        context = context.remembering(NAME, memory).leaving(NAME)
        return Turn((opening, *says) if opening else says, context)

    def _ask_identity(self, context: Context, memory: dict[str, Any], message: Incoming, has_expired: bool) -> Turn:
        if not self._may_identify(message):
            return Turn((ask.NOT_HERE,), context.without(NAME))
        siret = memory.get("siret")
        say = ask.ask_code(spaced(siret)) if siret else ask.ask_identity(has_expired)
        return Turn((say,), context.remembering(NAME, memory))

    def _audit(self, uow: UnitOfWork, identity: Identity, topics: list[str], message: Incoming) -> None:
        for topic in topics:
            uow.audit.write(
                actor_of(identity),
                f"dossier.lu.{topic}",
                "structure",
                identity.structure_id,
                message.now,
                message.conversation_id[:32],
            )

    def _tell(self, topic: str, fiche: Fiche, memory: dict[str, Any], message: Incoming) -> Say:
        today = message.now.astimezone(PARIS).date()
        postes, missing = _chosen_postes(fiche, memory, message.text, today)
        say = TOPICS[topic](Asked(fiche, postes, self.delais, today, memory.get("rang")))
        if missing:
            numbers = ", ".join(str(poste.numero) for poste in fiche.postes) or "aucun"
            say = replace(say, text=f"Vous n'avez pas de poste {missing} (postes : {numbers}).\n{say.text}")
        return replace(say, buttons=_buttons(topic, fiche, postes))


def _topics(message: Incoming) -> list[str]:
    """The questions about a file in this message, in order: the whole of it, or its parts."""
    if message.is_button:
        return []
    named = [message.intent] if message.intent.startswith(PREFIX) else []
    for part in message.parts:
        if part.best.score >= _SURE and part.best.name.startswith(PREFIX):
            named.append(part.best.name)
    if not named:
        return []
    parts = [p.best.name for p in message.parts if p.best.name in named]
    ordered = [*parts, *named] if len(set(parts)) > 1 else named[:1]
    topics = dict.fromkeys(name.removeprefix(PREFIX) for name in ordered)
    return [topic for topic in topics if topic in TOPICS][:3]


def _selection(memory: dict[str, Any], text: str) -> dict[str, Any]:
    """The memory with the poste and the tranche that the text names; the poste chosen before stays."""
    poste = None if asks_all_postes(text) else asked_poste(text) or memory.get("poste")
    return {**memory, "poste": poste, "rang": asked_rank(text)}


def _siret_in(message: Incoming) -> dict[str, str]:
    siret = find_siret(message.text)
    return {"siret": siret} if siret else {}


def _is_follow_up(message: Incoming) -> bool:
    """« et le poste 2 ? », « et la tranche 3 ? »: short, and names a poste or a tranche."""
    if message.is_button or len(message.text.split()) > 7:
        return False
    names_one = asked_poste(message.text) or asked_rank(message.text) or asks_all_postes(message.text)
    return bool(names_one)


def _chosen_postes(fiche: Fiche, memory: dict[str, Any], text: str, today: Any) -> tuple[tuple[Poste, ...], int | None]:
    """The postes an answer is about, and the number asked for when there is no such poste."""
    by_name = _named_in(fiche, text, today)
    if by_name:
        return by_name, None
    wanted = memory.get("poste")
    found = tuple(poste for poste in fiche.postes if poste.numero == wanted)
    return (found or fiche.postes), (wanted if wanted and not found else None)


def _named_in(fiche: Fiche, text: str, today: Any) -> tuple[Poste, ...]:
    """The poste of the conseiller whom the text names: « quand part Léa ? »."""
    words = set(unaccented(text).replace("'", " ").replace("?", " ").split())
    found = []
    for poste in fiche.postes:
        contrat = contrat_courant(poste, today)
        person = contrat.conseiller if contrat else None
        if person and words & {unaccented(person.prenom), unaccented(person.nom)}:
            found.append(poste)
    return tuple(found) if len(found) == 1 else ()


def _buttons(topic: str, fiche: Fiche, postes: tuple[Poste, ...]) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if len(fiche.postes) > 1 and topic != "postes":
        if len(postes) > 1:
            shown = fiche.postes[:_MAX_POSTE_BUTTONS]
            buttons += [choice(f"Poste {p.numero}", NAME, "poste", str(p.numero)) for p in shown]
        else:
            buttons.append(choice("Tous les postes", NAME, "poste", "tous"))
    if len(postes) <= 1 or topic == "postes":
        buttons += [choice(title, NAME, "sujet", other) for title, other in _TOPIC_BUTTONS if other != topic]
    buttons.append(choice("Me déconnecter", NAME, "deconnexion", "oui"))
    return tuple(buttons)
