"""What to reply to a message, given what it may mean and what was said before. No Rasa, no HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.dispositif.comprehension import Decision, Reading, Thresholds, Verdict, decide
from bot.reference.faq import THEMES, Catalogue, Question
from bot.services.dialogue import Button, Context, Say, Turn

MAX_TITLE = 80


HUMAN_BUTTON = Button("Parler à un humain", "/ask_human")
THEME_BUTTONS = tuple(
    Button(title, "/show_theme" + json.dumps({"theme": theme}))
    for theme, title in THEMES.items()
    if theme not in ("dispositif", "accueil", "outils")
)


def reply(
    whole: Reading, parts: Sequence[Reading], context: Context, catalogue: Catalogue, thresholds: Thresholds
) -> Turn:
    """Answers, offers, asks or admits not to understand."""
    chosen = _chosen_among(whole.text, context, catalogue)
    if chosen:
        return answer([chosen], context, catalogue)
    theme = _theme_named(whole.text)
    if theme:
        return show_theme(theme, context, catalogue)
    decision = decide(whole, parts, thresholds, catalogue.neighbours, context.previous)
    return _carry_out(decision, context, catalogue)


# A message that is one of these words, and nothing else, asks for a theme.
_THEME_WORDS = {
    "dispositif": "dispositif",
    "candidature": "candidature",
    "candidatures": "candidature",
    "recrutement": "recrutement",
    "recruter": "recrutement",
    "subvention": "subvention",
    "la subvention": "subvention",
    "subventions": "subvention",
    "argent": "subvention",
    "dossier": "dossier",
    "convention": "dossier",
    "contrat": "contrat",
    "le contrat": "contrat",
    "formation": "formation",
    "la formation": "formation",
    "formations": "formation",
    "accueil": "accueil",
    "équipement": "accueil",
    "equipement": "accueil",
    "mission": "missions",
    "missions": "missions",
    "les missions": "missions",
    "suivi": "suivi",
    "cra": "suivi",
    "compte rendu": "suivi",
    "outils": "outils",
    "contact": "outils",
}


def _theme_named(text: str) -> str | None:
    return _THEME_WORDS.get(" ".join(re.findall(r"[^\W_]+", text.lower())))


def answer(keys: Sequence[str], context: Context, catalogue: Catalogue, offers: Sequence[str] = ()) -> Turn:
    """The answers to `keys`, in order; `offers` become buttons under the last one."""
    questions = [catalogue.questions[key] for key in keys if key in catalogue.questions]
    if not questions:
        return rephrase(context, catalogue)
    says = [say_answer(question, with_title=len(questions) > 1) for question in questions]
    others = [key for key in offers if key in catalogue.questions and key not in keys]
    if others:
        last = says[-1]
        says[-1] = replace(
            last, text=last.text + "\nVous vouliez plutôt savoir :", buttons=_question_buttons(others, catalogue)
        )
    return Turn(tuple(says), replace(context, previous=questions[-1].key, offered=tuple(others), failures=0))


def say_answer(question: Question, with_title: bool = False) -> Say:
    """The answer in one text for any client, and in parts for those that draw them apart."""
    source = "Source : " + " ; ".join(source.label for source in question.sources) + "."
    parts = {"answer": question.answer, "source": source}
    lines = [question.answer]
    if question.evolution:
        parts["evolution"] = f"À savoir : {question.evolution}"
        lines.append(parts["evolution"])
    if with_title:
        parts["title"] = question.title
        lines.insert(0, question.title)
    return Say("\n".join([*lines, source]), question=question.key, parts=parts)


def rephrase(context: Context, catalogue: Catalogue, likely: Sequence[str] = ()) -> Turn:
    """First time: asks to say it otherwise, with the least unlikely titles. From the second: themes and a human."""
    failures = context.failures + 1
    if failures == 1:
        keys = [key for key in likely if key in catalogue.questions]
        text = "Je n'ai pas bien compris. Pouvez-vous le dire autrement, en une phrase courte ?"
        if keys:
            text += "\nCes questions s'en approchent peut-être :"
        say = Say(text, buttons=_question_buttons(keys, catalogue))
        return Turn((say,), replace(context, failures=failures, offered=tuple(keys)))
    text = "Je ne comprends toujours pas, et j'en suis désolé. Choisissez un thème, ou demandez à parler à un humain."
    return Turn((Say(text, buttons=(*THEME_BUTTONS, HUMAN_BUTTON)),), replace(context, failures=failures, offered=()))


def show_theme(theme: str, context: Context, catalogue: Catalogue) -> Turn:
    """The questions of a theme as buttons."""
    questions = catalogue.of_theme(theme)
    if not questions:
        say = Say("Quel thème vous intéresse ?", buttons=THEME_BUTTONS)
        return Turn((say,), replace(context, failures=0, offered=()))
    keys = tuple(question.key for question in questions)
    say = Say(
        f"{THEMES[theme]} : quelle est votre question ? Vous pouvez aussi l'écrire.", _question_buttons(keys, catalogue)
    )
    return Turn((say,), replace(context, failures=0, offered=keys))


def choose_offer(context: Context, catalogue: Catalogue) -> Turn:
    """« Oui » after an offer: the only one is answered, several are shown again."""
    if len(context.offered) == 1:
        return answer(context.offered, context, catalogue)
    if context.offered:
        buttons = _question_buttons(context.offered, catalogue)
        return Turn((Say("Laquelle de ces questions ?", buttons),), replace(context, failures=0))
    return Turn((Say("Très bien. Quelle est votre question ?"),), replace(context, failures=0))


def refuse_offer(context: Context) -> Turn:
    """« Non » after an offer, or to nothing in particular."""
    if context.offered:
        say = Say("D'accord. Dites-le-moi avec d'autres mots, ou choisissez un thème.", (*THEME_BUTTONS, HUMAN_BUTTON))
    else:
        say = Say("Très bien. Je reste là si une question vous vient.")
    return Turn((say,), replace(context, offered=()))


def react_to_dissatisfaction(context: Context, catalogue: Catalogue) -> Turn:
    """The last answer did not help: neighbours of the question, another wording, a human."""
    near = [key for key in catalogue.neighbours(context.previous or "") if key != context.previous][:3]
    text = "Je suis désolé que ma réponse ne vous aide pas. "
    text += (
        "Vouliez-vous plutôt :"
        if near
        else "Dites-moi autrement ce que vous cherchez, ou demandez à parler à un humain."
    )
    say = Say(text, (*_question_buttons(near, catalogue), HUMAN_BUTTON))
    return Turn((say,), replace(context, offered=tuple(near), failures=context.failures + 1))


def say_again(context: Context, catalogue: Catalogue) -> Turn:
    """« Pardon ? »: the last answer once more, with what can be asked next to it."""
    if context.previous not in catalogue.questions:
        return Turn((Say("Je n'ai encore rien expliqué. Quelle est votre question ?"),), context)
    question = catalogue.questions[context.previous]
    near = [key for key in catalogue.neighbours(question.key) if key != question.key][:2]
    said = say_answer(question)
    text = "Je reprends.\n" + said.text + "\nSi ce n'est pas clair, dites-moi quel point, ou parlez à un humain."
    parts = {**said.parts, "answer": "Je reprends.\n" + question.answer}
    say = replace(said, text=text, parts=parts, buttons=(*_question_buttons(near, catalogue), HUMAN_BUTTON))
    return Turn((say,), replace(context, offered=tuple(near)))


def _carry_out(decision: Decision, context: Context, catalogue: Catalogue) -> Turn:
    if decision.verdict in (Verdict.ANSWER, Verdict.ANSWER_AND_OFFER):
        return answer(decision.keys, context, catalogue, decision.offers)
    if decision.verdict is Verdict.ASK:
        keys = [key for key in decision.offers if key in catalogue.questions]
        say = Say("Pour être sûr de bien vous répondre, vouliez-vous dire :", _question_buttons(keys, catalogue))
        return Turn((say,), replace(context, failures=0, offered=tuple(keys)))
    if decision.verdict in (Verdict.TALK, Verdict.OUT_OF_SCOPE):
        return Turn((), replace(context, offered=()), talk=decision.talk or "out_of_scope")
    return rephrase(context, catalogue, decision.offers)


_ORDINALS = (
    re.compile(
        r"^\W*(?:la |le |n°|numero |numéro )?(?:1|1er|1ere|1ère|premier|première|premiere|un|une)\W*$", re.IGNORECASE
    ),
    re.compile(
        r"^\W*(?:la |le |n°|numero |numéro )?(?:2|2e|2eme|2ème|deuxième|deuxieme|second|seconde|deux)\W*$",
        re.IGNORECASE,
    ),
    re.compile(r"^\W*(?:la |le |n°|numero |numéro )?(?:3|3e|3eme|3ème|troisième|troisieme|trois)\W*$", re.IGNORECASE),
)
_LAST = re.compile(r"^\W*(?:la |le )?(?:dernier|dernière|derniere)\W*$", re.IGNORECASE)


def _chosen_among(text: str, context: Context, catalogue: Catalogue) -> str | None:
    """« la deuxième », « le 1 » or the very title of a question that was offered."""
    if not context.offered:
        return None
    for index, pattern in enumerate(_ORDINALS):
        if pattern.match(text) and index < len(context.offered):
            return context.offered[index]
    if _LAST.match(text):
        return context.offered[-1]
    wanted = text.strip().casefold()
    for key in context.offered:
        question = catalogue.questions.get(key)
        if question and question.title.casefold() == wanted:
            return key
    return None


def _question_buttons(keys: Sequence[str], catalogue: Catalogue) -> tuple[Button, ...]:
    return tuple(
        Button(_shortened(catalogue.questions[key].title), "/faq" + json.dumps({"cle": key}))
        for key in keys
        if key in catalogue.questions
    )


def _shortened(title: str) -> str:
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"
