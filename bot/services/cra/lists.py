"""A conseiller's filed reports: listed by page, filtered, opened, deleted, handed over as a spreadsheet."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from datetime import date

from bot.dispositif.dossier import Conseiller
from bot.dispositif.francais.dates import spoken
from bot.dispositif.francais.periodes import find_period, month_of, previous_month
from bot.dispositif.francais.texte import fold, normalise
from bot.dispositif.lecture_cra import Reader
from bot.services.cra.card import card_of, summary_of
from bot.services.cra.filing import delete_report
from bot.services.cra.screen import NAME, Tools, read_value
from bot.services.dialogue import Button, Context, Incoming, Say, Turn, choice
from bot.storage.cra import FiledCra, Filter
from bot.storage.unit_of_work import UnitOfWork

PAGE = 5
_LISTS = re.compile(
    r"^\W*(?:(?:montre[rz]?|affiche[rz]?|liste[rz]?|donne[rz]?|voir|revoir|retrouve[rz]?|je\s+(?:veux|voudrais)\s+(?:re)?voir)(?:[- ]moi)?\s+)?"
    r"(?:la\s+liste\s+de\s+|tous\s+)?mes\s+(?:\w+\s+)?(?:cra|cras|comptes?[- ]rendus?)(?!\w)"
)
_EXPORTS = re.compile(
    r"^\W*(?:export\w*|telecharge\w*|envoie[- ]moi|recevoir|recuperer)\s+(?:tous\s+)?(?:mes|les|mon)\s+(?:\w+\s+)?(?:cra|cras|comptes?[- ]rendus?|activites?)(?!\w)"
)
NOTHING_YET = "Vous n'avez encore aucun compte rendu. Une phrase suffit pour le premier."
NOT_FOUND = "Ce compte rendu n'existe pas, ou n'est plus dans votre liste."


def asks_for_a_list(text: str) -> bool:
    return bool(_LISTS.match(fold(normalise(text))))


def asks_for_an_export(text: str) -> bool:
    return bool(_EXPORTS.match(fold(normalise(text))))


def filter_of(text: str, reader: Reader, today: date) -> Filter:
    """What « mes CRA de mars sur les mails » asks for."""
    named = {match.field: match.code for match in reader.named(text)}
    period = find_period(text, today)
    return Filter(
        since=period.since if period else None,
        until=period.until if period else None,
        activite=named.get("activites"),
        canal=named.get("canaux"),
        theme=named.get("themes"),
    )


@dataclass(frozen=True)
class Reports:
    """One message of a linked conseiller about what they filed."""

    uow: UnitOfWork
    conseiller: Conseiller
    message: Incoming
    context: Context
    tools: Tools

    def page(self, wanted: Filter, offset: int = 0) -> Turn:
        count = self.uow.cras.count(self.conseiller.id, wanted)
        what = self._described(wanted)
        if not count:
            text = f"Aucun compte rendu{what}." if what else NOTHING_YET
            everything = (self._listing("Tous mes CRA", Filter()),) if what else (Button("Faire un CRA", "/file_cra"),)
            return self._say(Say(text, everything, extra={"card": "cra:liste"}))
        offset = min(max(0, offset), (count - 1) // PAGE * PAGE)
        shown = self.uow.cras.page(self.conseiller.id, wanted, PAGE, offset)
        head = f"Vos comptes rendus{what} : {offset + 1} à {offset + len(shown)} sur {count}."
        lines = [f"- n° {filed.id} : {summary_of(filed.cra, self.tools.nomenclature)}" for filed in shown]
        buttons = [choice(f"n° {filed.id}", NAME, "open", f"{filed.id}:") for filed in shown]
        if offset:
            buttons.append(self._listing("Précédents", wanted, offset - PAGE))
        if offset + PAGE < count:
            buttons.append(self._listing("Suivants", wanted, offset + PAGE))
        buttons.append(choice("Filtrer", NAME, "filter", "0:" + _pack(wanted)))
        if what:
            buttons.append(self._listing("Tous", Filter()))
        buttons.append(export_button(wanted))
        return self._say(Say("\n".join([head, *lines]), tuple(buttons), extra={"card": "cra:liste"}))

    def choose(self, name: str, value: str) -> Turn | None:
        """A button of a list or of an open report; None when it is not one of these."""
        number, rest = read_value(value)
        if name in ("page", "filter", "export"):
            wanted, offset = _unpack(rest)
            if name == "page":
                return self.page(wanted, offset)
            return self._filters(wanted) if name == "filter" else self.export(wanted)
        if name not in ("open", "delete", "delete_sure") or number is None:
            return None
        filed = self.uow.cras.get(number, self.conseiller.id)
        if filed is None:
            return self._say(Say(NOT_FOUND))
        if filed.archived_at:
            undo = choice("Rétablir", NAME, "undo", f"{filed.id}:")
            return self._say(Say("Ce compte rendu est supprimé.", (undo,), extra={"card": f"cra:n{filed.id}"}))
        if name == "open":
            return self._open(filed)
        return self._delete(filed, sure=name == "delete_sure")

    def export(self, wanted: Filter) -> Turn:
        """Two documents, made when they are sent; filters other than the period do not apply to them."""
        since = wanted.since or self.tools.nomenclature.bounds.first_date
        until = wanted.until or self.tools.today
        period = Filter(since, until)
        count = self.uow.cras.count(self.conseiller.id, period)
        if not count:
            return self._say(
                Say(f"Aucun compte rendu du {spoken(since)} au {spoken(until)} : il n'y a rien à exporter.")
            )
        data = {"since": since.isoformat(), "until": until.isoformat()}
        name = f"cra-{since:%Y-%m-%d}-{until:%Y-%m-%d}"
        attachments = [
            {"title": "Excel", "filename": f"{name}.xlsx", "kind": "cra.export", "data": {**data, "format": "xlsx"}},
            {"title": "CSV", "filename": f"{name}.csv", "kind": "cra.export", "data": {**data, "format": "csv"}},
        ]
        text = f"Voici vos comptes rendus du {spoken(since)} au {spoken(until)} ({count}), pour Excel et en CSV."
        return self._say(Say(text, extra={"attachments": attachments}))

    def _open(self, filed: FiledCra) -> Turn:
        said = card_of(filed.cra, self.tools.nomenclature, f"Compte rendu n° {filed.id}")
        buttons = (
            choice("Corriger", NAME, "fix", f"{filed.id}:"),
            choice("Dupliquer", NAME, "again", f"{filed.id}:"),
            choice("Supprimer", NAME, "delete", f"{filed.id}:"),
            self._listing("Mes CRA", Filter()),
        )
        return self._say(Say(said, buttons, extra={"card": "cra:liste"}))

    def _delete(self, filed: FiledCra, sure: bool) -> Turn:
        what = summary_of(filed.cra, self.tools.nomenclature)
        if not sure:
            buttons = (
                choice("Oui, supprimer", NAME, "delete_sure", f"{filed.id}:"),
                choice("Non, garder", NAME, "open", f"{filed.id}:"),
            )
            return self._say(Say(f"Supprimer ce compte rendu ?\n{what}", buttons, extra={"card": "cra:liste"}))
        delete_report(self.uow, self.conseiller.id, filed.id, self.message.now)
        buttons = (choice("Annuler la suppression", NAME, "undo", f"{filed.id}:"), self._listing("Mes CRA", Filter()))
        text = f"C'est supprimé : {what}. Vous pouvez annuler pendant dix minutes."
        return self._say(Say(text, buttons, extra={"card": "cra:liste"}))

    def _filters(self, wanted: Filter) -> Turn:
        names, today = self.tools.nomenclature, self.tools.today
        this, last = month_of(today), previous_month(today)
        buttons = [
            self._listing("Ce mois-ci", replace(wanted, since=this.since, until=this.until)),
            self._listing("Mois dernier", replace(wanted, since=last.since, until=last.until)),
            *(self._listing(value.label, replace(wanted, activite=code)) for code, value in names.activites.items()),
            *(self._listing(value.label, replace(wanted, canal=code)) for code, value in names.canaux.items()),
            *(
                self._listing(names.themes[code].button, replace(wanted, theme=code))
                for code in self.tools.habits.themes[:6]
                if code in names.themes
            ),
            self._listing("Tous", Filter()),
        ]
        text = "Quel filtre ? Vous pouvez aussi écrire, par exemple, « mes CRA de mars sur les mails »."
        return self._say(Say(text, tuple(buttons), extra={"card": "cra:liste"}))

    def _listing(self, title: str, wanted: Filter, offset: int = 0) -> Button:
        return choice(title, NAME, "page", "0:" + _pack(wanted, offset))

    def _described(self, wanted: Filter) -> str:
        """« , atelier collectif, Courriels, du 1er au 31 mars 2026 »."""
        names = self.tools.nomenclature
        parts = [
            names.activites[wanted.activite].label.lower() if wanted.activite else "",
            names.canaux[wanted.canal].label.lower() if wanted.canal else "",
            names.themes[wanted.theme].button if wanted.theme else "",
            f"du {spoken(wanted.since)}" + (f" au {spoken(wanted.until)}" if wanted.until else "")
            if wanted.since
            else "",
        ]
        return "".join(f", {part}" for part in parts if part)

    def _say(self, say: Say) -> Turn:
        return Turn((say,), replace(self.context, failures=0, offered=()))


def export_button(wanted: Filter) -> Button:
    return choice("Exporter", NAME, "export", "0:" + _pack(wanted))


def _pack(wanted: Filter, offset: int = 0) -> str:
    said = {item.name: getattr(wanted, item.name) for item in fields(Filter)}
    kept = {name: str(value) for name, value in said.items() if value is not None}
    return json.dumps({**kept, "offset": offset}, ensure_ascii=False)


def _unpack(packed: str) -> tuple[Filter, int]:
    data = json.loads(packed or "{}")
    offset = int(data.pop("offset", 0))
    for name in ("since", "until"):
        if name in data:
            data[name] = date.fromisoformat(data[name])
    return Filter(**data), offset
