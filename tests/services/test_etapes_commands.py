"""What people type to move through the steps, and what must be left to the FAQ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone

import pytest

from bot.dispositif.comprehension import Reading
from bot.reference.faq import load_catalogue
from bot.services.dialogue import Incoming
from bot.services.etapes.commands import Command, Verb, read_command
from bot.services.etapes.wishes import Situation, read_wish
from bot.services.evaluate import load_phrases

# As typed while the walk is open → what is understood (verb, steps named).
OPEN = {
    # Going on.
    "étape suivante": (Verb.NEXT,),
    "et après ?": (Verb.NEXT,),
    "Et ensuite ?": (Verb.NEXT,),
    "la suite svp": (Verb.NEXT,),
    "ok, on continue": (Verb.NEXT,),
    "suivant": (Verb.NEXT,),
    "etap suivente": (Verb.NEXT,),
    "eta­pe suivante".replace("­", ""): (Verb.NEXT,),
    "passons à la suite": (Verb.NEXT,),
    "je voudrais passer à l'étape suivante, s'il vous plaît": (Verb.NEXT,),
    "c koi apres": (Verb.NEXT,),
    "la prochaine": (Verb.NEXT,),
    "next": (Verb.NEXT,),
    # Going back.
    "revenir": (Verb.PREVIOUS,),
    "retour": (Verb.PREVIOUS,),
    "étape précédente": (Verb.PREVIOUS,),
    "celle d'avant": (Verb.PREVIOUS,),
    "on revient en arrière".replace("revient", "reviens"): (Verb.PREVIOUS,),
    "Pouvez-vous revenir à l'étape précédente ?": (Verb.PREVIOUS,),
    "precedante": (Verb.PREVIOUS,),
    # Setting aside.
    "passer": (Verb.SKIP,),
    "on passe": (Verb.SKIP,),
    "saute cette étape": (Verb.SKIP,),
    "je veux passer cette étape": (Verb.SKIP,),
    "ignorer": (Verb.SKIP,),
    "passe l'étape 3": (Verb.SKIP, 3),
    "plus tard": (Verb.SKIP,),
    # Done, or not.
    "c'est fait": (Verb.DONE,),
    "C fait !": (Verb.DONE,),
    "fait": (Verb.DONE,),
    "on a fini": (Verb.DONE,),
    "j'ai terminé cette étape": (Verb.DONE,),
    "ok c'est bon": (Verb.DONE,),
    "étape 3 terminée": (Verb.DONE, 3),
    "on a déjà fait l'étape 2": (Verb.DONE, 2),
    "les étapes 1 à 3 sont faites": (Verb.DONE, 1, 2, 3),
    "étapes 1 et 2 faites": (Verb.DONE, 1, 2),
    "pas encore": (Verb.NOT_DONE,),
    "ce n'est pas fait": (Verb.NOT_DONE,),
    "l'étape 4 n'est pas terminée": (Verb.NOT_DONE, 4),
    # Going to one.
    "étape 5": (Verb.GO_TO, 5),
    "etape5": (Verb.GO_TO, 5),
    "l'étape n°5": (Verb.GO_TO, 5),
    "letape 7 stp": (Verb.GO_TO, 7),
    "éatpe 2": (Verb.GO_TO, 2),
    "étape cinq": (Verb.GO_TO, 5),
    "la cinquième étape": (Verb.GO_TO, 5),
    "la 5e étape": (Verb.GO_TO, 5),
    "5": (Verb.GO_TO, 5),
    "la 5": (Verb.GO_TO, 5),
    "la 5ème": (Verb.GO_TO, 5),
    "cinq": (Verb.GO_TO, 5),
    "la dernière étape": (Verb.GO_TO, 8),
    "la dernière": (Verb.GO_TO, 8),
    "l'avant-dernière étape": (Verb.GO_TO, 7),
    "la première": (Verb.GO_TO, 1),
    "va à l'étape 6": (Verb.GO_TO, 6),
    "passer à l'étape 5": (Verb.GO_TO, 5),
    "revenir à l'étape 2": (Verb.GO_TO, 2),
    "c'est quoi l'étape 4 ?": (Verb.GO_TO, 4),
    "montrez-moi l'étape 7 svp": (Verb.GO_TO, 7),
    "que faut-il faire à l'étape 6 ?": (Verb.GO_TO, 6),
    "résume l'étape 5": (Verb.GO_TO, 5),
    "l'étape des entretiens": (Verb.GO_TO, 3),
    "étape convention": (Verb.GO_TO, 6),
    "étape zéro": (Verb.GO_TO, 0),
    "étape 9": (Verb.GO_TO, 9),
    "étape 12": (Verb.GO_TO, 12),
    "étape 99999999999": (Verb.GO_TO, 99999999999),
    "on en est à l'étape 4": (Verb.AT, 4),
    "j'en suis à la 4".replace("la 4", "l'étape 4"): (Verb.AT, 4),
    "nous sommes rendus à la troisième étape": (Verb.AT, 3),
    # Where one stands.
    "où j'en suis ?": (Verb.POSITION,),
    "ou en est-on": (Verb.POSITION,),
    "j'en suis où": (Verb.POSITION,),
    "à quelle étape sommes-nous ?": (Verb.POSITION,),
    "que reste-t-il à faire ?": (Verb.POSITION,),
    "fais le point": (Verb.POSITION,),
    "qu'est-ce qui me reste ?": (Verb.POSITION,),
    "mon avancement": (Verb.POSITION,),
    "ou jen sui": (Verb.POSITION,),
    # All of them.
    "résume les 8 étapes": (Verb.OVERVIEW,),
    "récapitulatif": (Verb.OVERVIEW,),
    "liste des étapes": (Verb.OVERVIEW,),
    "toutes les étapes": (Verb.OVERVIEW,),
    "resum les huit etape".replace("etape", "etapes"): (Verb.OVERVIEW,),
    "rappelez-moi les étapes du parcours": (Verb.OVERVIEW,),
    # About the step being read.
    "quels documents pour cette étape ?": (Verb.DOCUMENTS,),
    "quels papiers": (Verb.DOCUMENTS,),
    "kel doc fo til fournir".replace("fo til", "fo"): (Verb.DOCUMENTS,),
    "les pièces de l'étape 4 ?": (Verb.DOCUMENTS, 4),
    "combien de temps ?": (Verb.DELAYS,),
    "cb de tps": (Verb.DELAYS,),
    "c'est long ?": (Verb.DELAYS,),
    "quels sont les délais": (Verb.DELAYS,),
    "ça prend combien de temps ?": (Verb.DELAYS,),
    "on est en retard ?": (Verb.DELAYS,),
    "combien de temps pour l'étape 4": (Verb.DELAYS, 4),
    "quels outils ?": (Verb.TOOLS,),
    "des conseils ?": (Verb.ADVICE,),
    "qui fait quoi ?": (Verb.ACTORS,),
    "qui s'en occupe ?": (Verb.ACTORS,),
    "les liens": (Verb.LINKS,),
    "on fait quoi ?": (Verb.TODO,),
    "que dois-je faire ?": (Verb.TODO,),
    "répète": (Verb.TODO,),
    "plus de détails": (Verb.DETAILS,),
    "en savoir plus": (Verb.DETAILS,),
    "arrêter": (Verb.STOP,),
    "on arrête là": (Verb.STOP,),
    "quitter le parcours": (Verb.STOP,),
    "je commence": (Verb.START,),
    "c'est parti": (Verb.START,),
    "guidez-moi pas à pas": (Verb.START,),
    "recommencer le parcours depuis le début": (Verb.RESTART,),
}


@pytest.mark.parametrize("text", OPEN)
def test_a_command_is_understood_while_the_walk_is_open(text):
    verb, *numbers = OPEN[text]
    command = read_command(text, is_open=True)
    assert command is not None, "pas compris"
    assert (command.verb, command.numbers) == (verb, tuple(numbers))


# Questions and answers meant for others, even while the walk is open.
OTHERS = [
    "combien de temps dure la formation ?",
    "quels documents pour la demande de subvention ?",
    "qui paie la formation ?",
    "et qui paie ?",
    "quand la subvention est-elle versée ?",
    "faut-il passer par la plateforme ?",
    "où en est mon dossier ?",
    "quand part mon conseiller en formation ?",
    "combien pour un CDI ?",
    "mon conseiller démissionne",
    "puis-je contacter les candidats avant l'entretien ?",
    "c'est quoi Démarches simplifiées ?",
    "le contrat doit-il être signé avant ?",
    "où trouver les candidats ?",
    "bonjour",
    "merci",
    "oui",
    "non",
    "je voudrais parler à quelqu'un",
    "il faut un permis ?",
    "on a deux conseillers",
    "6 000 €",
    "le 4 avril 2022",
    "laisser mon conseiller",
    "c'est quoi le guide pas à pas ?",
    "guide pas-à-pas",
    "combien de temps dure le parcours ?",
    "je tape ma question où",
    "63000",
    "",
    "?!",
    "🙂",
]


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_meant_for_others_is_left_to_them(text):
    assert read_command(text, is_open=True) is None


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_meant_for_others_is_left_to_them_before_the_walk_too(text):
    assert read_command(text, is_open=False) is None


@pytest.mark.parametrize("text", ["5", "la dernière", "cinq", "la 3"])
def test_a_bare_number_is_a_step_only_while_the_walk_is_open(text):
    assert read_command(text, is_open=False) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("étape 5", Command(Verb.GO_TO, (5,), explicit=True)),
        ("étape suivante", Command(Verb.NEXT, (), explicit=True)),
        ("et après ?", Command(Verb.NEXT, (), explicit=False)),
    ],
)
def test_a_command_says_whether_it_names_the_walk(text, expected):
    assert read_command(text, is_open=False) == expected


@pytest.mark.parametrize(
    "text", ["étape " + "9" * 400, "a" * 10_000, "étape\n" * 300, "\u202eépate 5", "étape 5 " * 50]
)
def test_any_text_is_read_without_harm(text):
    read_command(text, is_open=True)


@pytest.fixture(scope="module")
def foreign() -> list[str]:
    """Everything the assistant is taught or tested with that is not about the walk."""
    taught = [example for question in load_catalogue().questions.values() for example in question.examples]
    return taught + [phrase.text for phrase in load_phrases() if not phrase.expected.startswith("etape_")]


def taken(texts: list[str], is_open: bool) -> list[str]:
    situation = Situation(is_open, is_open, True, None, False, date(2022, 4, 4))
    empty = Incoming("c", "widget", "", "faq", "m", Reading("", ()), [], {}, datetime(2022, 4, 4, tzinfo=timezone.utc))
    return [text for text in texts if read_wish(replace(empty, text=text), situation)]


def test_nothing_said_about_other_subjects_begins_the_walk(foreign):
    assert taken(foreign, is_open=False) == []


def test_almost_nothing_said_about_other_subjects_is_a_command_within_the_walk(foreign):
    # « qui fait quoi », « les étapes »: within a step, they are about it.
    found = taken(foreign, is_open=True)
    assert len(found) <= 0.002 * len(foreign), found
