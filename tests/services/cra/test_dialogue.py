"""Filing a report turn by turn, as a conseiller does it in Telegram."""

from datetime import date

import pytest

from bot.services.cra.writing import GONE, NOT_UNDERSTOOD
from bot.services.dialogue import Button
from bot.services.explain_telegram import NOT_LINKED
from tests.services.cra.talk import Talk
from tests.services.telegram_people import open_telegram

SENTENCE = "hier atelier de 2h à la médiathèque de Riom 63200 avec 8 retraités sur les mails"
COMPLETE = "ce matin au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne"


@pytest.fixture
def talk(sqlite_engine, clock):
    return Talk(sqlite_engine, clock)


def test_one_sentence_then_two_taps_and_a_confirmation(talk):
    said = talk.write(SENTENCE)
    assert "Date : dimanche 1er mars 2026" in said and "Statuts : Retraité : 8" in said
    talk.press("Autre lieu")
    said = talk.press("Tous : plus de 60 ans")
    assert "Tout y est" in said and talk.filed() == []
    assert talk.press("Confirmer").startswith("C'est enregistré : dimanche 1er mars 2026, atelier collectif")
    (cra,) = talk.filed()
    assert (cra.date, cra.nb_participants, cra.duree_minutes, cra.themes) == (date(2026, 3, 1), 8, 120, ("courriel",))
    assert (cra.canal, cra.commune, cra.code_postal) == ("autre lieu", "Riom", "63200")
    assert cra.ages == {"plus60ans": 8} and cra.statuts == {"retraite": 8}
    assert talk.drafts() == [] and talk.context.active is None


def test_a_complete_sentence_takes_one_tap(talk):
    assert "Tout y est" in talk.write(COMPLETE)
    talk.press("Confirmer")
    assert len(talk.filed()) == 1 and (talk.messages, talk.taps) == (1, 1)


def test_a_double_tap_on_confirm_files_once_and_says_so(talk):
    talk.write(COMPLETE)
    confirm = dict(talk.buttons)
    talk.press("Confirmer")
    talk.buttons = confirm
    assert talk.press("Confirmer").startswith("C'est déjà enregistré")
    assert len(talk.filed()) == 1


def test_the_same_message_given_twice_makes_one_draft(talk):
    first = talk.write(SENTENCE)
    assert talk.again() == first and len(talk.drafts()) == 1


def test_the_same_yes_given_twice_files_once(talk):
    talk.write(COMPLETE)
    before = talk.context
    talk.write("oui")
    # The answer was lost before it could be remembered.
    talk.context = before
    assert talk.again().startswith("C'est déjà enregistré")
    assert len(talk.filed()) == 1


def test_an_addition_given_twice_counts_once(talk):
    talk.write(SENTENCE)
    talk.write("ajoute le thème bureautique")
    talk.again()
    assert talk.drafts()[0].cra.themes == ("courriel", "traitement texte")


@pytest.mark.parametrize(
    ("correction", "field", "value"),
    [
        ("non, 6 personnes", "nb_participants", 6),
        ("non 6", "nb_participants", 6),
        ("c'était vendredi", "date", date(2026, 2, 27)),
        ("en fait 1h30", "duree_minutes", 90),
        ("ajoute le thème bureautique", "themes", ("courriel", "traitement texte")),
        ("non, c'était sur les impôts", "themes", ("demarche en ligne",)),
        ("plutôt à Clermont-Ferrand 63000", "commune", "Clermont-Ferrand"),
        ("5 retraités et 3 sans emploi", "statuts", {"retraite": 5, "sansEmploi": 3}),
        ("c'était à distance", "canal", "distance"),
    ],
)
def test_a_correction_in_words_changes_what_it_names(talk, correction, field, value):
    talk.write(SENTENCE)
    before = talk.drafts()[0].cra
    talk.write(correction)
    after = talk.drafts()[0].cra
    assert getattr(after, field) == value
    kept = {"date", "nb_participants", "duree_minutes", "themes", "commune", "activite"} - {field}
    assert all(getattr(after, name) == getattr(before, name) for name in kept)


def test_a_group_of_one_kind_stays_so_when_its_number_changes(talk):
    talk.write(SENTENCE)
    talk.write("non, 6 personnes")
    assert talk.drafts()[0].cra.statuts == {"retraite": 6}


def test_an_organisation_is_added_and_taken_away(talk):
    talk.write(SENTENCE)
    talk.write("ajoute la CAF")
    assert set(talk.drafts()[0].cra.organismes) == {"CAF"}
    talk.write("enlève la CAF")
    assert talk.drafts()[0].cra.organismes == {} and talk.drafts()[0].cra.suite == {}


def test_ages_are_typed_for_a_mixed_group_and_the_rest_is_asked(talk):
    talk.write(SENTENCE)
    talk.press("Autre lieu")
    said = talk.write("5 de plus de 60 ans")
    assert "les 3 autres" in said
    talk.press("Les 3 : 35 à 60 ans")
    assert talk.drafts()[0].cra.ages == {"plus60ans": 5, "de35a60ans": 3}


def test_the_bands_are_understood_without_their_years(talk):
    talk.write(SENTENCE)
    talk.write("5 de plus de 60 et 3 de 35 à 60")
    assert talk.drafts()[0].cra.ages == {"plus60ans": 5, "de35a60ans": 3}


def test_a_theme_is_taken_away_in_passing(talk):
    talk.write(SENTENCE)
    talk.write("ajoute le thème bureautique")
    talk.write("et enlève les mails")
    assert talk.drafts()[0].cra.themes == ("traitement texte",)


def test_as_yesterday_without_a_report_keeps_the_draft_on_screen(talk):
    talk.write(SENTENCE)
    talk.write("comme hier")
    assert len(talk.drafts()) == 1 and talk.context.memory["cra"]["draft"] == talk.drafts()[0].id


def test_all_of_them_are_typed_in_one_go(talk):
    talk.write(SENTENCE)
    talk.press("Autre lieu")
    talk.write("les 8 : plus de 60 ans")
    assert talk.drafts()[0].cra.ages == {"plus60ans": 8}


def test_too_many_ages_are_said_and_the_rest_is_kept(talk):
    talk.write(SENTENCE)
    talk.press("Autre lieu")
    said = talk.write("7 de plus de 60 ans, 3 de 35 à 60")
    assert "Les tranches d'âge comptent 10 personnes pour 8 participants : c'est 2 de trop." in said
    assert talk.drafts()[0].cra.themes == ("courriel",)
    assert "Tout y est" in talk.write("5 de plus de 60 ans, 3 de 35 à 60")


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("atelier mails de 2h demain avec 8 personnes", "n'est pas encore passé"),
        ("atelier mails hier pendant 12 heures avec 8 personnes", "c'est trop long"),
        ("atelier mails de 2h hier avec 150 personnes", "c'est trop pour un CRA"),
        ("atelier mails de 2h hier avec une dizaine de personnes", "« une dizaine » est trop vague"),
    ],
)
def test_each_broken_rule_has_its_sentence_and_keeps_the_draft(talk, sentence, rule):
    assert rule in talk.write(sentence)
    assert talk.drafts()[0].cra.themes == ("courriel",)
    assert "Confirmer" not in talk.buttons


def test_yes_to_an_unfinished_draft_files_nothing(talk):
    talk.write(SENTENCE)
    talk.write("oui")
    assert talk.filed() == [] and len(talk.drafts()) == 1


def test_personal_data_is_removed_and_told(talk, sqlite_engine):
    said = talk.write("ce matin rdv individuel 45 min avec Mme Dupont 06 12 34 56 78 pour ses impôts")
    assert "J'ai effacé un numéro de téléphone" in said and "J'ai effacé le nom d'une personne" in said
    stored = str([(draft.cra, draft.state) for draft in talk.drafts()])
    assert "Dupont" not in stored and "06 12" not in stored


def test_two_accompaniments_are_two_drafts_one_after_the_other(talk):
    said = talk.write(
        "ce matin au bureau (Riom), 45 min en individuel, un retraité de 70 ans, impôts en ligne "
        "puis cet aprem atelier 2h 6 retraités mails à Riom"
    )
    assert "(1 sur 2)" in said and len(talk.drafts()) == 2
    said = talk.press("Confirmer")
    assert "C'est enregistré" in said and "(2 sur 2)" in said
    assert talk.drafts()[0].cra.nb_participants == 6


def test_a_question_in_the_middle_is_left_to_the_faq_and_the_draft_is_recalled(talk):
    talk.write(SENTENCE)
    assert talk.write("combien de temps dure la formation ?", "faq") is None
    assert talk.context.active == "cra"
    talk.restart()
    reminder = talk.resume()
    assert "Votre compte rendu attend" in reminder.text and "dans quel type de lieu" in reminder.text
    assert all(isinstance(button, Button) for button in reminder.buttons)
    talk.press("Autre lieu")
    assert talk.drafts()[0].cra.canal == "autre lieu"


def test_a_restart_and_a_lost_memory_keep_the_draft(talk):
    talk.write(SENTENCE)
    talk.restart()
    talk.context = type(talk.context)()
    assert "Vous avez un compte rendu commencé" in talk.write("/file_cra", "file_cra")
    talk.press("Autre lieu")
    talk.write("tous plus de 60 ans")
    talk.press("Confirmer")
    assert len(talk.filed()) == 1


def test_question_by_question(talk):
    talk.write("/file_cra", "file_cra")
    assert "Quel jour" in talk.press("Question par question")
    talk.press("Hier")
    talk.press("Accompagnement individuel")
    talk.press("1 h")
    talk.press("Démarches administratives")
    talk.press("À distance")
    talk.write("Riom")
    talk.press("Retraité")
    assert "Tout y est" in talk.press("Plus de 60 ans")
    talk.press("Confirmer")
    assert talk.filed()[0].commune == "Riom"


def test_the_usual_place_is_offered_in_one_tap(talk):
    talk.write(COMPLETE)
    talk.press("Confirmer")
    talk.write("hier atelier mails de 2h avec 8 retraités")
    talk.press("Lieu d'activité, Riom")
    cra = talk.drafts()[0].cra
    assert (cra.canal, cra.commune, cra.code_postal) == ("rattachement", "Riom", "63200")


def test_as_last_time_with_another_number(talk):
    talk.write(SENTENCE)
    talk.press("Autre lieu")
    talk.write("tous plus de 60 ans")
    talk.press("Confirmer")
    said = talk.write("comme la dernière fois mais avec 5 personnes aujourd'hui")
    assert "Repris de" in said and "Tout y est" in said
    cra = talk.drafts()[0].cra
    assert cra.nb_participants == 5 and cra.ages == {"plus60ans": 5} and cra.date == date(2026, 3, 2)


def test_duplicate_asks_the_day_only(talk):
    talk.write(COMPLETE)
    talk.press("Confirmer")
    assert "Quel jour" in talk.press("Dupliquer")
    assert "Tout y est" in talk.press("Aujourd'hui")


def test_undo_within_ten_minutes_only(talk, clock):
    talk.write(COMPLETE)
    talk.press("Confirmer")
    buttons = dict(talk.buttons)
    clock.advance(601)
    assert "trop tard" in talk.press("Annuler l'enregistrement")
    assert len(talk.filed()) == 1
    clock.advance(-300)
    talk.buttons = buttons
    assert talk.press("Annuler l'enregistrement").startswith("C'est annulé")
    assert talk.filed() == []


def test_cancel_and_take_it_back(talk):
    talk.write(SENTENCE)
    assert "rien n'est enregistré" in talk.write("annuler", "cancel")
    assert talk.context.active is None
    assert "Courriels" in talk.press("Reprendre")


def test_later_and_resume(talk):
    talk.write(SENTENCE)
    talk.write("plus tard")
    assert talk.context.active is None and len(talk.drafts()) == 1
    assert "Vous avez un compte rendu commencé" in talk.write("/file_cra", "file_cra")


def test_nonsense_asks_again_with_an_example_and_loses_nothing(talk):
    talk.write(SENTENCE)
    said = talk.write("azertyuiop")
    assert NOT_UNDERSTOOD in said and "Écrivez par exemple" in said


def test_a_stale_button_says_so(talk):
    talk.write(SENTENCE)
    old = dict(talk.buttons)
    with talk.activity._open() as uow:
        uow.cra_drafts.remove(talk.drafts()[0].id)
        uow.commit()
    talk.buttons = old
    assert talk.press("Autre lieu") == GONE


@pytest.mark.parametrize(
    "text",
    [
        "comment remplir un CRA ?",
        "comment remplir un cra",
        "combien de participants pour un atelier",
        "je voudrais savoir combien d'heures dure un atelier",
        "nous avons recruté un conseiller de 35 ans en CDI le 4 avril",
        "la formation dure combien de temps ?",
        "est-ce qu'un atelier de 2h avec 8 personnes sur les mails compte pour un CRA",
        "bonjour",
        "et pour un CDD",
        "le même pour un CDI",
    ],
)
def test_what_is_not_surely_a_report_is_left_alone(talk, text):
    assert talk.write(text, "faq") is None
    assert talk.drafts() == []


def test_the_unlinked_get_the_explanation_and_nothing_else(sqlite_engine, clock):
    talk = Talk(sqlite_engine, clock, open_telegram(sqlite_engine, clock(), "700000009"), None)
    assert talk.write(SENTENCE) == NOT_LINKED
    assert talk.write("/file_cra", "file_cra") == NOT_LINKED


def test_the_widget_never_files(sqlite_engine, clock):
    talk = Talk(sqlite_engine, clock, channel="widget")
    assert talk.write(SENTENCE) is None


def test_a_usual_place_settles_a_postal_code_of_several_communes(talk):
    talk.write("hier atelier de 2h à Volvic 63530 (autre lieu), 6 retraités de plus de 60 ans, mails")
    talk.press("Confirmer")
    said = talk.write("atelier mails 2h hier 8 retraités 63530")
    assert "Plusieurs communes" in said
    talk.press("Autre lieu, Volvic")
    assert (talk.drafts()[0].cra.canal, talk.drafts()[0].cra.commune) == ("autre lieu", "Volvic")


def test_people_already_known_are_counted_apart(talk):
    said = talk.write(
        "hier atelier mails 2h à Riom 63200 (autre lieu), 5 retraités de plus de 60 ans dont 2 déjà venus"
    )
    assert "Participants : 5, dont 2 déjà accompagnés" in said
    talk.write("oui")
    assert talk.filed()[0].nb_recurrents == 2


def test_cancel_just_after_filing_offers_to_undo(talk, clock):
    talk.write(COMPLETE)
    talk.write("oui")
    assert "Voulez-vous annuler" in talk.write("annuler", "cancel")
    assert talk.press("Oui, l'annuler").startswith("C'est annulé") and talk.filed() == []
    assert talk.write("annuler", "cancel") is None


def test_resume_in_words(talk):
    assert talk.write("reprendre") is None
    talk.write(SENTENCE)
    talk.write("plus tard")
    assert "Vous avez un compte rendu commencé" in talk.write("reprendre mon cra")
