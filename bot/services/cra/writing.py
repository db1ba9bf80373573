"""Writing a report: one sentence, the few questions that remain, a confirmation. Every step is kept in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.dispositif.cra import BrokenRule, Cra, complete
from bot.dispositif.dossier import Conseiller
from bot.dispositif.francais.texte import fold, normalise
from bot.dispositif.lecture_cra import ReadReport
from bot.services.cra.card import summary_of
from bot.services.cra.filing import UNDO, file_draft, start_correction, undo
from bot.services.cra.habits import READ, habits_of
from bot.services.cra.hearing import Heard, Listener, has_content
from bot.services.cra.questions import CHANGEABLE, apply_choice
from bot.services.cra.screen import NAME, SEVERAL, State, Tools, draw, read_value, settled, state_of, state_to_dict
from bot.services.cra.words import REPEATED
from bot.services.dialogue import Button, Context, Incoming, Say, Turn, choice
from bot.storage.cra import FiledCra
from bot.storage.cra_drafts import Draft
from bot.storage.unit_of_work import UnitOfWork

PROMPT = (
    "Racontez l'accompagnement en une phrase, par exemple « hier atelier de 2 h à la médiathèque de Riom avec 8 retraités "
    "sur les mails ». Je note tout, et je ne demande que ce qui manque. N'écrivez aucun nom."
)
NOT_UNDERSTOOD = "Je n'ai pas compris cette réponse. Rien n'est perdu."
NOTHING_TOLD = (
    "Je n'ai pas reconnu d'accompagnement dans cette phrase. Dites par exemple le jour, la durée, le nombre de personnes et "
    "le sujet : « ce matin, 45 min avec une personne pour ses impôts »."
)
GONE = "Ce brouillon n'existe plus : il a été enregistré ou supprimé. /cra en commence un autre, /mes_cra montre les vôtres."
TOO_LATE = "Il est trop tard pour annuler d'un geste. Vous pouvez toujours le corriger ou le supprimer dans /mes_cra."
NO_PREVIOUS = "Je n'ai pas de compte rendu à reprendre. " + PROMPT
_UNDONE = {
    "depose": "C'est annulé : ce compte rendu n'est plus enregistré.",
    "corrige": "La correction est annulée : le compte rendu est comme avant.",
    "archive": "Le compte rendu est rétabli.",
}


@dataclass(frozen=True)
class Writing:
    """One message of a linked conseiller, in one transaction; methods return what to say."""

    uow: UnitOfWork
    conseiller: Conseiller
    message: Incoming
    context: Context
    listener: Listener
    tools: Tools

    @property
    def today(self) -> date:
        return self.tools.today

    def on_screen(self) -> Draft | None:
        """The draft whose question is open."""
        number = (self.context.memory.get(NAME) or {}).get("draft")
        return self._draft(number) if number else None

    def over(self) -> Turn | None:
        """What became of the draft on screen, when it is no more: the same « oui » given twice."""
        number = (self.context.memory.get(NAME) or {}).get("draft")
        return self._gone(number) if number else None

    def waiting(self) -> list[Draft]:
        return [draft for draft in self.uow.cra_drafts.of(self.conseiller.id) if not state_of(draft).dropped]

    def begin(self) -> Turn:
        """/cra without a word: what is unfinished first, else a sentence is awaited."""
        waiting = self.waiting()
        if waiting:
            more = (choice("Un autre compte rendu", NAME, "fresh", "0:"),)
            return self.show(waiting[0], ("Vous avez un compte rendu commencé.",), more)
        return self.await_sentence()

    def offer_undo(self) -> Turn | None:
        """« Annuler » just after a report was filed, when nothing else is open."""
        latest = self.uow.cras.latest(self.conseiller.id)
        if latest is None or self.message.now - latest.updated_at > UNDO:
            return None
        text = f"Rien n'est en cours. Voulez-vous annuler l'enregistrement de {summary_of(latest.cra, self.tools.nomenclature)} ?"
        return Turn((Say(text, (choice("Oui, l'annuler", NAME, "undo", f"{latest.id}:"),)),), self.context)

    def await_sentence(self) -> Turn:
        buttons = [choice("Question par question", NAME, "guided", "0:")]
        latest = self.uow.cras.latest(self.conseiller.id)
        if latest:
            buttons.insert(0, choice("Comme la dernière fois", NAME, "again", f"{latest.id}:"))
        return Turn((Say(PROMPT, tuple(buttons)),), self.context.remembering(NAME, {"listening": True}))

    def tell(self, reports: Sequence[ReadReport]) -> Turn:
        """New drafts, the first one on screen."""
        again = self._drafts_of_message()
        if again:
            return self.show(again[0])
        told = [report for report in reports if has_content(report)]
        personal = list(dict.fromkeys(item.phrase for report in told for item in report.donnees_personnelles))
        drafts = [
            self._new(complete(report.cra), _doubts(report), (rank, len(told))) for rank, report in enumerate(told, 1)
        ]
        if len(drafts) > 1:
            personal.append(f"J'ai compris {len(drafts)} accompagnements : voici le premier.")
        return self.show(drafts[0], personal)

    def guided(self) -> Turn:
        again = self._drafts_of_message()
        return self.show(again[0] if again else self._new(Cra(), (), (1, 1)))

    def repeat(self, text: str) -> Turn | None:
        """« Comme hier, avec 5 personnes »; None when the message repeats nothing."""
        folded = fold(normalise(text))
        same = REPEATED.search(folded)
        if same is None:
            return None
        again = self._drafts_of_message()
        if again:
            return self.show(again[0])
        source = self._source(same["when"] if same["day"] else None)
        if source is None and (draft := self.on_screen()):
            return self.show(draft, ("Je n'ai pas de compte rendu à reprendre.",))
        if source is None:
            return Turn((Say(NO_PREVIOUS),), self.context.remembering(NAME, {"listening": True}))
        rest = normalise(text)[: same.start()] + " " + normalise(text)[same.end() :]
        base = _repeatable(source.cra)
        heard = self.listener.hear(rest, base, None, self.today) if rest.strip(" ,.;:") else Heard(base)
        if heard.more:
            heard = Heard(base)
        draft = self._new(heard.cra, heard.doubts, (1, 1))
        return self.show(draft, (*heard.personal, f"Repris de : {summary_of(source.cra, self.tools.nomenclature)}."))

    def hear(self, draft: Draft, text: str) -> Turn | None:
        """An answer or a correction in words; None when nothing in it is about the draft."""
        state = state_of(draft)
        if state.message and state.message == self.message.message_id:
            return self.show(draft)
        heard = self.listener.hear(text, draft.cra, state.asked, self.today)
        if heard.more:
            return self._more(draft, state, heard)
        if not heard.changed:
            return None
        kept = tuple(
            r for r in state.doubts if getattr(heard.cra, r.champ, None) in (None, (), {}) and r.champ != state.asked
        )
        # A vague answer to a known field is asked again with its sentence; the known value stays.
        doubts = (*(rule for rule in kept if rule not in heard.doubts), *heard.doubts)
        state = replace(state, doubts=doubts, changing=False, menu=False, message=self.message.message_id)
        return self.save(draft, heard.cra, state, heard.personal)

    def misunderstood(self, draft: Draft) -> Turn:
        state = state_of(draft)
        state = replace(state, again=state.again + 1)
        self.uow.cra_drafts.save(draft, draft.cra, state_to_dict(state), self.message.now)
        return self.show(replace(draft, state=state_to_dict(state)), (NOT_UNDERSTOOD,))

    def confirm(self, draft: Draft) -> Turn:
        """Files the draft; what is missing or wrong is said instead, and nothing is lost."""
        state = state_of(draft)
        if state.message and state.message == self.message.message_id:
            return self.show(draft)
        if state.doubts:
            return self.show(draft, ("Il reste une chose à préciser.",))
        filing = file_draft(
            self.uow,
            draft,
            self.conseiller.structure_id,
            self.tools.nomenclature,
            self.tools.communes,
            self.today,
            self.message.now,
        )
        if filing.filed is None:
            return self.save(
                draft, draft.cra, replace(state, changing=False, menu=False), ("Il manque encore quelque chose.",)
            )
        return self._filed(draft, state, filing.filed)

    def choose(self, name: str, value: str) -> Turn | None:
        """A button of a draft or of a filed report; None when it is not one of these."""
        number, rest = read_value(value)
        if name == "fresh":
            return self.await_sentence()
        if name == "guided":
            return self.guided()
        if name == "leave":
            return Turn((Say("Très bien. Je reste là : une phrase suffira."),), self.context.without(NAME))
        if name in ("again", "undo", "fix") and number is not None:
            return self._after_filing(name, number)
        known = (*_DRAFT_BUTTONS, *CHANGEABLE)
        if name not in known or number is None:
            return None
        draft = self._draft(number)
        if draft is None:
            return self._gone(number)
        state = state_of(draft)
        if name == "ok":
            return self.confirm(draft)
        if name == "drop":
            return self.drop(draft)
        if name in ("restore", "resume"):
            return self.save(draft, draft.cra, replace(state, dropped=False))
        if name == "menu":
            return self.save(draft, draft.cra, replace(state, menu=True, changing=False))
        if name == "back":
            return self.save(draft, draft.cra, replace(state, menu=False, changing=False))
        if name == "change":
            asked = rest if rest in CHANGEABLE else None
            return self.save(draft, draft.cra, replace(state, menu=False, changing=asked is not None, asked=asked))
        if state.message and state.message == self.message.message_id:
            return self.show(draft)
        return self._answered(draft, state, name, rest)

    def drop(self, draft: Draft) -> Turn:
        """Cancelled, but one tap brings it back until the daily purge."""
        self.uow.cra_drafts.save(
            draft, draft.cra, state_to_dict(replace(state_of(draft), dropped=True)), self.message.now
        )
        text = (
            "La correction est abandonnée : rien n'a changé."
            if draft.cra_id
            else "C'est annulé : rien n'est enregistré."
        )
        back = choice("Reprendre", NAME, "restore", f"{draft.id}:")
        says = [Say(text, (back, _new_button()), extra={"card": f"cra:{draft.id}"})]
        return self._next(draft, says)

    def pause(self, draft: Draft) -> Turn:
        text = "D'accord, votre brouillon est gardé. Écrivez /cra pour le reprendre."
        button = choice("Reprendre", NAME, "resume", f"{draft.id}:")
        return Turn((Say(text, (button,)),), self.context.without(NAME))

    def show(self, draft: Draft, notes: Sequence[str] = (), more: tuple[Button, ...] = ()) -> Turn:
        say = draw(draft, settled(draft.cra, state_of(draft), self.tools), self._tools(draft.cra), notes)
        memory = {"draft": draft.id, "conseiller": self.conseiller.id}
        return Turn((replace(say, buttons=(*say.buttons, *more)),), self.context.remembering(NAME, memory))

    def save(self, draft: Draft, cra: Cra, state: State, notes: Sequence[str] = ()) -> Turn:
        state = settled(cra, state, self.tools)
        self.uow.cra_drafts.save(draft, cra, state_to_dict(state), self.message.now)
        return self.show(replace(draft, cra=cra, state=state_to_dict(state)), notes)

    def _answered(self, draft: Draft, state: State, step: str, value: str) -> Turn | None:
        cra = apply_choice(draft.cra, step, value, self.tools.nomenclature)
        if cra is None:
            return None
        stays = state.changing and step in SEVERAL
        state = replace(state.without_doubt(step), changing=stays, menu=False, message=self.message.message_id)
        return self.save(draft, complete(cra), state)

    def _after_filing(self, name: str, cra_id: int) -> Turn | None:
        filed = self.uow.cras.get(cra_id, self.conseiller.id)
        if filed is None:
            return Turn((Say(GONE),), self.context)
        again = self._drafts_of_message()
        if name == "undo":
            return self._undo(filed)
        if again:
            return self.show(again[0])
        if name == "fix":
            if filed.archived_at:
                return Turn((Say("Ce compte rendu est supprimé : il ne se corrige plus."),), self.context)
            draft = start_correction(self.uow, filed, self.message.now)
            return self.save(draft, filed.cra, State(message=self.message.message_id, lot=self.message.message_id))
        return self.show(self._new(_repeatable(filed.cra), (), (1, 1)))

    def _undo(self, filed: FiledCra) -> Turn:
        undone = undo(self.uow, self.conseiller.id, filed.id, self.message.now)
        if undone is None:
            return Turn((Say(TOO_LATE),), self.context)
        buttons = [_new_button()]
        if undone == "depose":
            buttons.insert(0, choice("Rétablir", NAME, "undo", f"{filed.id}:"))
            buttons.insert(0, choice("Reprendre en brouillon", NAME, "again", f"{filed.id}:"))
        return Turn((Say(_UNDONE[undone], tuple(buttons)),), self.context)

    def _more(self, draft: Draft, state: State, heard: Heard) -> Turn:
        """Other accompaniments told while a draft is open wait behind it."""
        if self._drafts_of_message():
            return self.show(draft)
        total = len(heard.more) + 1
        lot = state.lot or self.message.message_id
        for rank, report in enumerate(heard.more, 2):
            self._new(complete(report.cra), _doubts(report), (rank, total), lot)
        state = replace(state, lot=lot, place=(1, total), message=self.message.message_id)
        noted = "J'ai noté un autre accompagnement : finissons d'abord celui-ci."
        return self.save(draft, draft.cra, state, (*heard.personal, noted))

    def _filed(self, draft: Draft, state: State, cra_id: int) -> Turn:
        done = "C'est corrigé" if draft.cra_id else "C'est enregistré"
        buttons = (
            choice(
                "Annuler l'enregistrement" if not draft.cra_id else "Annuler la correction", NAME, "undo", f"{cra_id}:"
            ),
            choice("Dupliquer", NAME, "again", f"{cra_id}:"),
            _new_button(),
        )
        text = f"{done} : {summary_of(draft.cra, self.tools.nomenclature)}. Vous pouvez annuler pendant dix minutes."
        return self._next(draft, [Say(text, buttons, extra={"card": f"cra:{draft.id}"})])

    def _next(self, done: Draft, says: list[Say]) -> Turn:
        """What comes after a draft: the others of the same message at once; older ones are only mentioned."""
        lot = state_of(done).lot
        waiting = [draft for draft in self.waiting() if draft.id != done.id]
        following = next((draft for draft in waiting if lot and state_of(draft).lot == lot), None)
        if following:
            state = replace(state_of(following), message=self.message.message_id)
            turn = self.save(following, following.cra, state)
            return replace(turn, says=(*says, *turn.says))
        if waiting:
            button = choice("Reprendre l'autre", NAME, "resume", f"{waiting[0].id}:")
            says[-1] = replace(says[-1], buttons=(*says[-1].buttons, button))
        return Turn(tuple(says), self.context.without(NAME))

    def _gone(self, number: int) -> Turn:
        """A button of a draft that is over: a second tap on « Confirmer » finds the report filed by the first."""
        filed = self.uow.cras.of_draft(number)
        if filed is None or filed.conseiller_id != self.conseiller.id or filed.archived_at:
            return Turn((Say(GONE),), self.context)
        text = f"C'est déjà enregistré : {summary_of(filed.cra, self.tools.nomenclature)}."
        buttons = (choice("Corriger", NAME, "fix", f"{filed.id}:"), choice("Dupliquer", NAME, "again", f"{filed.id}:"))
        return Turn((Say(text, buttons),), self.context)

    def _source(self, when: str | None) -> FiledCra | None:
        """The report that « comme hier » or « comme la dernière fois » means."""
        if when is None:
            return self.uow.cras.latest(self.conseiller.id)
        read = self.listener.read(when, self.today)[0].cra.date
        recent = self.uow.cras.recent(self.conseiller.id, READ)
        return next((filed for filed in recent if filed.cra.date == read), None)

    def _new(self, cra: Cra, doubts: tuple[BrokenRule, ...], place: tuple[int, int], lot: str | None = None) -> Draft:
        message_id = self.message.message_id
        state = State(doubts=doubts, message=message_id, lot=lot or message_id, place=place)
        state = settled(cra, state, self.tools)
        return self.uow.cra_drafts.add(self.conseiller.id, cra, self.message.now, state_to_dict(state))

    def _drafts_of_message(self) -> list[Draft]:
        """The drafts that this very message made, when it is given twice."""
        mine = self.message.message_id
        return [draft for draft in self.waiting() if mine and state_of(draft).lot == mine]

    def _draft(self, number: int) -> Draft | None:
        return self.uow.cra_drafts.get(number, self.conseiller.id)

    def _tools(self, cra: Cra) -> Tools:
        recent = [filed.cra for filed in self.uow.cras.recent(self.conseiller.id, READ)]
        return replace(self.tools, habits=habits_of(recent, cra.activite))


_DRAFT_BUTTONS = ("ok", "drop", "restore", "resume", "menu", "back", "change")
# A draft is worth a reminder after an interruption of at most this long.
REMINDED = timedelta(hours=12)


def _doubts(report: ReadReport) -> tuple[BrokenRule, ...]:
    """What was said and could not be kept; rules broken by what was kept are checked at each turn."""
    return tuple(rule for rule in report.erreurs if getattr(report.cra, rule.champ, None) in (None, (), {}))


def _repeatable(cra: Cra) -> Cra:
    """What a repetition keeps: not the day, nor what became of those people."""
    return replace(cra, date=None, suite={}, organismes={}, nb_recurrents=None)


def _new_button() -> Button:
    return choice("Nouveau", NAME, "fresh", "0:")
