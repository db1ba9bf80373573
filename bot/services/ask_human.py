"""Before a human takes over: the subject, and an address to answer to when nobody is there. Both may be skipped."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.dispositif.handover import Availability, Trigger
from bot.dispositif.personnel import clean_email
from bot.reference.faq import Catalogue
from bot.services.contact_human import contact_human
from bot.services.dialogue import Activity, Context, Incoming, Say, Turn, choice
from bot.services.handover.request import MAX_SUBJECT
from bot.services.handover.voice import later

NAME = "humain"
SUBJECT, EMAIL = "sujet", "adresse"
# After two addresses that are none, the request leaves without one.
MAX_WRONG_EMAILS = 2

_SKIP = choice("Passer", NAME, "etape", "passer")
_CANCEL = choice("Annuler", NAME, "etape", "annuler")
_NO_EMAIL = choice("Sans adresse", NAME, "etape", "passer")
_STOP_WORDS = re.compile(r"^\W*(?:annuler?|stop|laisse(?:z)? tomber|non merci|finalement non|abandonner?)\W*$", re.I)
_SKIP_WORDS = re.compile(
    r"^\W*(?:passer?|sauter?|non|oui|ok|rien|aucune?|sans(?: adresse)?|je ne sais pas|jsp|pas d['’ ]?(?:e-?mail|adresse)|"
    r"je n['’ ]?en ai pas|j['’ ]?ai pas d['’ ]?(?:e-?mail|adresse))\W*$",
    re.I,
)
_ADDRESS = re.compile(r"\S+@\S+")


class AskHuman(Activity):
    """`there(now)` says whether someone may answer; it is asked again by whoever stores the request."""

    name = NAME

    def __init__(self, there: Callable[[datetime], Availability]) -> None:
        self._there = there

    def begin(self, message: Incoming, context: Context, catalogue: Catalogue) -> Turn:
        """« Parler à un humain »: asks for the subject; insisting skips the questions."""
        if message.channel == "rest":
            # A plain Rasa client has no gateway behind it: nobody could take over.
            return contact_human(context)
        if context.active == NAME:
            return self._finish(context)
        previous = catalogue.questions.get(context.previous or "")
        memory = {
            "etape": SUBJECT,
            "avant": context.active,
            "raison": _trigger(message, context).value,
            "theme": previous.theme if previous else None,
        }
        there = self._there(message.now)
        if there.is_live:
            text = "Une personne de l'équipe peut vous répondre ici."
        else:
            text = f"{later(there, message.now)} Je peux garder votre demande : l'équipe vous répondra ensuite."
        text += " En une phrase, de quoi s'agit-il ? Vous pouvez passer cette question."
        return Turn((Say(text, (_SKIP, _CANCEL)),), context.remembering(NAME, memory))

    def take(self, message: Incoming, context: Context) -> Turn | None:
        if context.active != NAME:
            return None
        memory = dict(context.memory[NAME])
        chosen = message.chosen(NAME)
        if (chosen and chosen[1] == "annuler") or (not chosen and _STOP_WORDS.match(message.text)):
            say = Say("D'accord, je ne transmets rien. Quelle est votre question ?")
            return Turn((say,), _over(context))
        if message.is_button and not chosen:
            # A button of something else: the person has changed their mind.
            return None
        skipped = bool(chosen) or bool(_SKIP_WORDS.match(message.text))
        if memory["etape"] == SUBJECT:
            if not skipped:
                memory["sujet"] = message.text.strip()[:MAX_SUBJECT]
            return self._after_subject(context, memory, message.now)
        if skipped:
            return self._finish(context.remembering(NAME, memory))
        return self._read_email(message.text, context, memory)

    def resume(self, context: Context, now: datetime) -> Say | None:
        if context.memory[NAME]["etape"] == EMAIL:
            return _ask_email()
        return Say("Pour parler à une personne : en une phrase, de quoi s'agit-il ?", (_SKIP, _CANCEL))

    def _after_subject(self, context: Context, memory: dict, now: datetime) -> Turn:
        if self._there(now).is_live:
            return self._finish(context.remembering(NAME, memory))
        memory["etape"] = EMAIL
        return Turn((_ask_email(),), context.remembering(NAME, memory))

    def _read_email(self, text: str, context: Context, memory: dict) -> Turn:
        found = _ADDRESS.search(text)
        email = clean_email(found.group(0).strip(".,;:!?()<>\"'")) if found else None
        if email is None:
            memory["essais"] = memory.get("essais", 0) + 1
            if memory["essais"] >= MAX_WRONG_EMAILS:
                return self._finish(context.remembering(NAME, memory))
            say = Say(
                "Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr. Réessayez, ou passez.",
                (_NO_EMAIL, _CANCEL),
            )
            return Turn((say,), context.remembering(NAME, memory))
        return self._finish(context.remembering(NAME, {**memory, "email": email}))

    def _finish(self, context: Context) -> Turn:
        memory = context.memory[NAME]
        handover = {
            "trigger": memory["raison"],
            "subject": memory.get("sujet"),
            "email": memory.get("email"),
            "theme": memory.get("theme"),
        }
        say = Say("Merci. Je transmets votre demande, avec notre conversation.", extra={"handover": handover})
        return Turn((say,), replace(_over(context), failures=0, offered=()))


def _ask_email() -> Say:
    return Say(
        "À quelle adresse e-mail l'équipe peut-elle vous répondre ? Elle ne servira qu'à cela, et sera effacée avec "
        "cette conversation. C'est facultatif.",
        (_NO_EMAIL, _CANCEL),
    )


def _over(context: Context) -> Context:
    """What was open before is open again."""
    before = context.memory[NAME].get("avant")
    return replace(context.without(NAME), active=before)


def _trigger(message: Incoming, context: Context) -> Trigger:
    if message.entities.get("value") == Trigger.THUMB.value:
        return Trigger.THUMB
    return Trigger.FAILURES if context.failures >= 2 else Trigger.ASKED
