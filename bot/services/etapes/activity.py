"""The guided walk through the eight steps: commands in, one step or one date out, and the place is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.dispositif.etapes import (
    ETAPE_DU_JALON,
    FIRST,
    LAST,
    Avancement,
    Jalon,
    contradictions,
    from_json,
    problem_of_date,
    to_json,
)
from bot.dispositif.francais.dates import spoken
from bot.reference.etapes import Parcours, load_etapes
from bot.services.dialogue import Activity, Context, Incoming, Say, Turn
from bot.services.etapes import sentences
from bot.services.etapes.commands import Verb
from bot.services.etapes.journey import Files, Journey, NoFiles, PosteRef, Proven
from bot.services.etapes.sentences import NAME, SECTIONS, verb_button
from bot.services.etapes.wishes import Answer, Asked, Situation, Wish, read_wish, wish_of_intent

PARIS = ZoneInfo("Europe/Paris")
# After a longer silence, an answer of the FAQ is no longer an interruption of the walk.
REMINDED = timedelta(minutes=45)


# What is said, what is declared after it, and the question left open.
Said = tuple[tuple[Say, ...], Avancement, Asked | None]


@dataclass(frozen=True)
class Walk:
    """What the conversation remembers of the walk.

    `declared`: a visitor's own progress; a proven structure's is in the database. `question`: the FAQ key left as the
    previous question, by which an answer of the FAQ given meanwhile is noticed.
    """

    declared: Avancement = Avancement()
    poste: int | None = None
    current: int | None = None
    asked: str | None = None
    question: str | None = None
    pending: Mapping[str, Any] | None = None
    at: str | None = None


class EtapesActivity(Activity):
    """`files` says who is proven, and keeps the progress of their postes."""

    name = NAME

    def __init__(self, files: Files | None = None, parcours: Parcours | None = None) -> None:
        self._files = files or NoFiles()
        self._parcours = parcours or load_etapes()

    def take(self, message: Incoming, context: Context) -> Turn | None:
        walk = _recall(context)
        situation = Situation(
            is_open=context.active == NAME and walk is not None,
            has_walk=walk is not None,
            is_fresh=walk is not None and context.previous == walk.question,
            asked=Asked.of(walk.asked) if walk else None,
            has_offers=bool(context.offered),
            today=today_of(message.now),
        )
        wish = read_wish(message, situation)
        return self._turn(wish, message, context, walk or Walk()) if wish else None

    def begin(self, message: Incoming, context: Context) -> Turn:
        """What an intent of the walk (« je commence », « c'est fait ») leads to when nothing is open."""
        walk = _recall(context)
        wish = wish_of_intent(message)
        if walk is None and wish.verb not in _STARTS and self._files.proven(message) is None:
            return Turn((_NOT_BEGUN,), replace(context, offered=(), failures=0))
        return self._turn(wish, message, context, walk or Walk())

    def resume(self, context: Context, now: datetime) -> Say | None:
        walk = _recall(context)
        if walk is None or context.offered or context.failures > 1:
            return None
        if walk.at is None or now - datetime.fromisoformat(walk.at) > REMINDED:
            return None
        number = walk.current or walk.declared.current
        etape = self._parcours[number]
        asked = Asked.of(walk.asked)
        if asked and asked.answer is Answer.DATE:
            return sentences.ask_date(asked.jalon, f"Pour revenir à l'étape {asked.etape} :")
        text = f"Vous en étiez à l'étape {number} sur {LAST} ({etape.court})."
        buttons = (
            verb_button(f"Reprendre l'étape {number}", Verb.GO_TO, number),
            verb_button("Où j'en suis", Verb.POSITION),
            verb_button("Quitter les étapes", Verb.STOP),
        )
        return Say(text, buttons)

    def _turn(self, wish: Wish, message: Incoming, context: Context, walk: Walk) -> Turn:
        proven = self._files.proven(message)
        postes = proven.postes if proven else ()
        poste = _chosen_poste(wish, walk, postes)
        if proven and poste is None:
            asking = replace(walk, asked=Asked(Answer.POSTE).text, pending=wish.to_json(), at=message.now.isoformat())
            return Turn((sentences.which_poste(postes),), context.remembering(NAME, _to_json(asking)))
        if wish.answer is Answer.POSTE:
            wish = Wish.from_json(walk.pending) if walk.pending else Wish(Verb.POSITION)
        journey = self._journey(today_of(message.now), walk, proven, poste)
        says, after, asked = _Step(self._parcours, journey, walk).carry_out(wish)
        if proven and poste and after != journey.declared:
            proven.write(poste.id, journey.declared, after)
        number = after.current
        kept = Walk(
            declared=walk.declared if poste else after,
            poste=poste.id if poste else None,
            current=number if poste else None,
            asked=asked.text if asked else None,
            question=self._parcours[number].question,
            at=message.now.isoformat(),
        )
        following = replace(context.remembering(NAME, _to_json(kept)), previous=kept.question)
        return Turn(says, following.leaving(NAME) if wish.verb in (Verb.STOP, Verb.BYE) else following)

    def _journey(self, today: date, walk: Walk, proven: Proven | None, poste: PosteRef | None) -> Journey:
        if proven is None or poste is None:
            return Journey(walk.declared, today, self._parcours.delais)
        declared, constat = proven.read(poste.id, today)
        if walk.poste == poste.id and walk.current:
            declared = declared.go_to(walk.current)
        return Journey(declared, today, self._parcours.delais, constat, poste)


class _Step:
    """One turn of the walk: what is said, what is declared after it, and the question left open."""

    def __init__(self, parcours: Parcours, journey: Journey, walk: Walk) -> None:
        self._parcours, self._journey, self._walk = parcours, journey, walk

    def carry_out(self, wish: Wish) -> Said:
        unknown = next((number for number in wish.numbers if not FIRST <= number <= LAST), None)
        if unknown is not None:
            return (sentences.unknown_step(unknown),), self._declared, None
        if wish.answer is not None:
            return self._answered(wish)
        return self._HANDLERS[wish.verb](self, wish)

    @property
    def _declared(self) -> Avancement:
        return self._journey.declared

    def _number(self, wish: Wish) -> int:
        return wish.numbers[-1] if wish.numbers else self._declared.current

    def _show(self, declared: Avancement, intro: str = "") -> Said:
        journey = self._journey.declaring(declared)
        asked = None if declared.current in journey.together.done else Asked(Answer.DONE)
        return (sentences.step(self._parcours, journey, intro),), declared, asked

    def _same(self, say: Say) -> Said:
        return (say,), self._declared, None

    def _start(self, wish: Wish) -> Said:
        if self._walk.at is None and not wish.numbers:
            return self._show(self._declared, _WELCOME if self._journey.poste is None else "")
        return self._go_to(wish)

    def _go_to(self, wish: Wish) -> Said:
        return self._show(self._declared.go_to(self._number(wish)))

    def _next(self, wish: Wish) -> Said:
        if self._declared.current == LAST:
            return self._same(replace(sentences.position(self._parcours, self._journey), text=self._last_text()))
        return self._show(self._declared.next())

    def _last_text(self) -> str:
        return "C'était la dernière étape.\n" + sentences.position(self._parcours, self._journey).text

    def _previous(self, wish: Wish) -> Said:
        if self._declared.current == FIRST:
            return self._show(self._declared, "Vous êtes à la première étape.")
        return self._show(self._declared.previous())

    def _done(self, wish: Wish) -> Said:
        declared = self._declared
        finished = wish.numbers or (declared.current,)
        for number in finished:
            declared = declared.finish(number)
        said = f"C'est noté : {sentences.numbers(finished)} faite{'s' if len(finished) > 1 else ''}."
        jalon = self._missing_date(declared, finished[-1])
        if jalon and wish.day:
            return self._dated(jalon, wish.day, declared, said)
        if jalon:
            return (sentences.ask_date(jalon, said, wish.trouble or ""),), declared, Asked(Answer.DATE, jalon)
        return self._go_on(declared, said)

    def _go_on(self, declared: Avancement, said: str) -> Said:
        """After a declaration: the next step to do, or the end."""
        journey = self._journey.declaring(declared)
        if journey.together.is_complete:
            say = sentences.position(self._parcours, journey)
            return (replace(say, text=f"{said}\n{say.text}"),), declared, None
        return self._show(declared, said)

    def _not_done(self, wish: Wish) -> Said:
        number = self._number(wish)
        said = "D'accord, elle reste à faire."
        if number in self._journey.proven:
            said = (
                "Votre dossier indique pourtant qu'elle est faite. Si c'est une erreur, demandez à parler à un humain."
            )
        return self._show(self._declared.reopen(number), said)

    def _skip(self, wish: Wish) -> Said:
        number = self._number(wish)
        declared = self._declared.skip(number)
        return self._go_on(declared, f"L'étape {number} est mise de côté ; dites « étape {number} » pour y revenir.")

    def _at(self, wish: Wish) -> Said:
        number = self._number(wish)
        before = [n for n in range(FIRST, number) if n not in self._journey.together.settled]
        (say,), declared, asked = self._show(self._declared.go_to(number))
        if not before:
            return (say,), declared, asked
        question = (
            f"Vous êtes donc à l'étape {number}. Dois-je noter {sentences.numbers(before)} comme "
            f"faite{'s' if len(before) > 1 else ''} ?"
        )
        buttons = (verb_button("Oui, c'est fait", Verb.AT, number), verb_button("Non", Verb.GO_TO, number))
        return (Say(question, buttons),), declared, Asked(Answer.BEFORE, number=number)

    def _position(self, wish: Wish) -> Said:
        return self._same(sentences.position(self._parcours, self._journey))

    def _overview(self, wish: Wish) -> Said:
        return self._same(sentences.overview(self._parcours, self._journey))

    def _section(self, wish: Wish) -> Said:
        return self._read(wish, lambda journey, number: sentences.section(self._parcours, journey, wish.verb, number))

    def _details(self, wish: Wish) -> Said:
        return self._read(wish, lambda journey, number: sentences.details(self._parcours, journey, number))

    def _links(self, wish: Wish) -> Said:
        return self._read(wish, lambda journey, number: sentences.links(self._parcours, journey, number))

    def _delays(self, wish: Wish) -> Said:
        number = self._number(wish)
        declared = self._declared.go_to(number)
        missing = self._missing_date(declared, number)
        say = sentences.delays(self._parcours, self._journey.declaring(declared), number, missing)
        return (say,), declared, Asked(Answer.DATE, missing) if missing else None

    def _read(self, wish: Wish, say: Callable[[Journey, int], Say]) -> Said:
        """One side of a step, which becomes the step being read."""
        number = self._number(wish)
        declared = self._declared.go_to(number)
        return (say(self._journey.declaring(declared), number),), declared, None

    def _stop(self, wish: Wish) -> Said:
        number = self._declared.current
        text = f"Nous quittons les étapes. Je garde votre place à l'étape {number} : dites « où j'en suis ? » pour y revenir."
        return self._same(Say(text, (verb_button(f"Reprendre l'étape {number}", Verb.GO_TO, number),)))

    def _bye(self, wish: Wish) -> Said:
        number = self._declared.current
        text = f"Au revoir. Je garde votre place à l'étape {number} : dites « où j'en suis ? » quand vous reviendrez."
        return self._same(Say(text))

    def _restart(self, wish: Wish) -> Said:
        buttons = (verb_button("Oui, tout reprendre", Verb.CONFIRM_RESTART), verb_button("Non", Verb.POSITION))
        text = "Dois-je oublier ce que vous avez déclaré, et reprendre à l'étape 1 ?"
        return (Say(text, buttons),), self._declared, Asked(Answer.RESTART)

    def _confirm_restart(self, wish: Wish) -> Said:
        return self._show(Avancement(), "Nous repartons de l'étape 1.")

    def _help(self, wish: Wish) -> Said:
        text = (
            "Pendant les étapes, vous pouvez dire : « étape suivante », « revenir », « étape 5 », « c'est fait », « passer », "
            "« quels documents ? », « combien de temps ? », « où j'en suis ? », « résume les 8 étapes », ou « stop ». "
            "Toute autre question reçoit sa réponse, et nous reprenons où nous en étions."
        )
        return self._same(Say(text, (verb_button("Où j'en suis", Verb.POSITION), verb_button("Quitter", Verb.STOP))))

    def _answered(self, wish: Wish) -> Said:
        """The answer to the question that was open."""
        if wish.answer is Answer.BEFORE:
            number = wish.numbers[-1]
            declared = self._declared.finish_before(number)
            before = declared.done - self._declared.done
            said = f"C'est noté : {sentences.numbers(before)} faite{'s' if len(before) > 1 else ''}." if before else ""
            return self._show(declared, said)
        jalon = wish.jalon
        if wish.trouble:
            say = sentences.ask_date(jalon, again=wish.trouble)
            return (say,), self._declared, Asked(Answer.DATE, jalon)
        if wish.day is None:
            return self._go_on(self._declared, "Très bien, nous ferons sans cette date.")
        return self._dated(jalon, wish.day, self._declared, "")

    def _dated(self, jalon: Jalon, day: date, declared: Avancement, said: str) -> Said:
        problem = problem_of_date(jalon, day, self._journey.today)
        if problem:
            say = sentences.ask_date(jalon, said, sentences.date_refused(problem))
            return (say,), declared, Asked(Answer.DATE, jalon)
        declared = declared.dated(jalon, day)
        lines = [said, f"{sentences.DATE_NAMES[jalon].capitalize()} : {spoken(day)}."]
        journey = self._journey.declaring(declared)
        lines += [sentences.wrong_order(*pair) for pair in contradictions(journey.together.dates) if jalon in pair]
        followed = [s for e in journey.echeances if e.base is jalon and (s := sentences.deadline(e, journey))]
        if followed:
            lines += ["J'en déduis :", *(f"- {sentence}" for sentence in followed)]
        return self._go_on(declared, "\n".join(filter(None, lines)) + "\n")

    def _missing_date(self, declared: Avancement, number: int) -> Jalon | None:
        """The date that this step makes known, when neither the file nor the person has given it."""
        known = self._journey.declaring(declared).together.dates
        return next((jalon for jalon, step in ETAPE_DU_JALON.items() if step == number and jalon not in known), None)

    _HANDLERS: Mapping[Verb, Callable[..., Said]] = {
        Verb.START: _start,
        Verb.NEXT: _next,
        Verb.PREVIOUS: _previous,
        Verb.GO_TO: _go_to,
        Verb.TODO: _go_to,
        Verb.DONE: _done,
        Verb.NOT_DONE: _not_done,
        Verb.SKIP: _skip,
        Verb.AT: _at,
        Verb.POSITION: _position,
        Verb.OVERVIEW: _overview,
        Verb.DETAILS: _details,
        Verb.DELAYS: _delays,
        Verb.LINKS: _links,
        **dict.fromkeys(SECTIONS, _section),
        Verb.STOP: _stop,
        Verb.BYE: _bye,
        Verb.RESTART: _restart,
        Verb.CONFIRM_RESTART: _confirm_restart,
        Verb.HELP: _help,
    }


_STARTS = frozenset({Verb.START, Verb.GO_TO, Verb.AT, Verb.OVERVIEW})
_WELCOME = (
    "Je vous guide pas à pas. Dites « étape suivante », « c'est fait », « étape 5 » ou « où j'en suis ? » ; posez vos "
    "questions quand vous voulez.\n"
)
_NOT_BEGUN = Say(
    "Nous n'avons pas commencé les étapes ensemble. Voulez-vous que je vous guide pas à pas, ou voir les huit étapes ?",
    (verb_button("Commencer", Verb.START), verb_button("Voir les 8 étapes", Verb.OVERVIEW)),
)


def today_of(now: datetime) -> date:
    """The day in France."""
    return now.astimezone(PARIS).date()


def _chosen_poste(wish: Wish, walk: Walk, postes: Sequence[PosteRef]) -> PosteRef | None:
    if len(postes) == 1:
        return postes[0]
    if wish.answer is Answer.POSTE:
        return next((p for p in postes if p.id == wish.poste_id or p.numero == wish.poste_numero), None)
    return next((poste for poste in postes if poste.id == walk.poste), None)


def _recall(context: Context) -> Walk | None:
    data = context.memory.get(NAME)
    if data is None:
        return None
    return Walk(**{**data, "declared": from_json(data["declared"])})


def _to_json(walk: Walk) -> dict[str, Any]:
    return {**vars(walk), "declared": to_json(walk.declared)}
