"""Conversations about a file, on both databases: identify, ask, choose a poste, sign out."""

import pytest
import sqlalchemy as sa

from bot.demo.seed import fictitious_siret
from bot.dispositif.access import HIDDEN_CODE, LOCKS
from bot.services.access.siret import spaced
from bot.storage.unit_of_work import UnitOfWork
from tests.services.dossier.conftest import RULES, Chat


def test_a_question_waits_for_the_siret_then_the_code_and_is_then_answered(chat, rich):
    asked = chat.type("la tranche 2 du poste 2 est versée ?", "dossier_versement")
    assert "Quel est le SIRET" in asked
    assert "code d'accès" in chat.type(f"le {spaced(rich)}", "out_of_scope")
    said = chat.type(chat.code(rich), "nlu_fallback")
    assert "votre structure est reconnue" in said
    assert "Oui. La tranche 2" in said and "a été versée le" in said
    assert "tranche 1" not in said


def test_saying_that_one_has_a_code_keeps_the_question(chat, rich):
    chat.type("ma convention est signée ?", "dossier_convention")
    chat.type("j'ai un code d'accès", "sign_in")
    assert "la convention est signée" in chat.sign_in(rich)


def test_siret_and_code_in_one_message_are_enough(chat, rich):
    said = chat.type(f"mon siret {spaced(rich)} et mon code {chat.code(rich).lower()}")
    assert "4 postes" in said


def test_the_code_may_come_before_the_siret(chat, rich):
    assert "Quel est le SIRET" in chat.type(f"mon code : {chat.code(rich)}", "sign_in")
    assert "4 postes" in chat.type(rich)


def test_the_thread_never_holds_the_code(chat, rich):
    code = chat.code(rich)
    chat.type(f"{rich} {code}")
    with chat.engine.connect() as connection:
        for table in ("messages", "audit_log", "access_attempts", "access_codes", "identities"):
            rows = " ".join(str(tuple(row)) for row in connection.execute(sa.text(f"SELECT * FROM {table}")))
            assert code not in rows and code.replace("-", "") not in rows
        texts = [row.text for row in connection.execute(sa.text("SELECT text FROM messages"))]
    assert texts == [f"{rich} {HIDDEN_CODE}"]
    assert code not in str(chat.context)


def test_a_wrong_siret_is_explained_and_the_question_is_kept(chat, rich):
    chat.type("ma convention est signée ?", "dossier_convention")
    assert "13 chiffres" in chat.type(rich[:-1])
    assert "faute de frappe" in chat.type("73282932000075")
    chat.type(rich)
    assert "convention" in chat.type(chat.code(rich))


def test_an_unknown_siret_and_a_wrong_code_get_the_very_same_words(seeded, clock, rich):
    words = []
    for number, siret in enumerate((rich, fictitious_siret(99_999))):
        chat = Chat(seeded, clock, f"{number:032}")
        first = chat.type(siret, "sign_in").replace(spaced(siret), "…")
        words.append((first, chat.type("K7PM-42QX-9FRT")))
    assert words[0] == words[1]


def test_too_many_wrong_codes_lock_and_say_how_long(chat, rich):
    for _ in range(LOCKS["conversation"].failures):
        assert "ne vont pas ensemble" in chat.type(f"{rich} K7PM-42QX-9FRT")
    said = chat.sign_in(rich)
    assert "attendez 15 minutes" in said and "Castelroc" not in said


def test_a_mistyped_code_is_said_to_be_misspelt(chat, rich):
    chat.type(rich, "sign_in")
    assert "bonne forme" in chat.type("K7PO-42QX-9FRT")
    assert "4 postes" in chat.type(chat.code(rich))


def test_three_failures_offer_a_human(chat):
    chat.type("où en est mon dossier", "dossier_etat")
    for _ in range(3):
        said = chat.type("12345678")
    assert "demander un humain" in said
    assert any(button.payload == "/ask_human" for button in chat.last[0].buttons)


def test_a_question_in_the_middle_is_left_to_others_and_the_siret_is_asked_again(chat, clock):
    chat.type("où en est mon dossier", "dossier_etat")
    assert chat.type("combien de temps dure la formation ?", "faq") is None
    assert "SIRET" in chat.activity.resume(chat.context, clock()).text


def test_annuler_stops(chat):
    chat.type("où en est mon dossier", "dossier_etat")
    assert "aucun dossier" in chat.type("annuler")
    assert chat.context.active is None


@pytest.mark.parametrize("text", ["je n'ai pas de code", "comment avoir un code ?", "j'ai perdu mon code"])
def test_someone_without_code_is_told_how_to_get_one(chat, text):
    chat.type("où en est mon dossier", "dossier_etat")
    assert "code à la personne qui suit le dossier" in chat.type(text)


def test_a_poste_is_chosen_by_button_or_by_words_and_stays_chosen(chat, rich):
    chat.sign_in(rich)
    assert chat.press("Poste 2").count("Poste 2") >= 1
    assert "Poste 2 :" in chat.type("et la convention ?", "dossier_convention")
    said = chat.type("et le poste 3 ?", "faq")
    assert "Poste 3 :" in said and "Poste 2 :" not in said
    assert "Poste 1 :" in chat.type("la formation de tous les postes ?", "dossier_formation")


def test_the_conseiller_s_name_is_enough(chat, rich):
    chat.sign_in(rich)
    with UnitOfWork(chat.engine, writes=False) as uow:
        structure = uow.structures.by_siret(rich)
        person = uow.structures.fiche(structure.id).postes[1].contrats[0].conseiller
    said = chat.type(f"quand part {person.prenom} en formation ?", "dossier_formation")
    assert person.full_name in said and "Poste 1" not in said


def test_a_poste_that_does_not_exist_is_said_so(chat, rich):
    chat.sign_in(rich)
    assert "Vous n'avez pas de poste 9" in chat.type("le poste 9 en est où ?", "dossier_etat")


def test_two_questions_get_two_answers(chat, rich):
    chat.sign_in(rich)
    parts = [("ma convention est signée ?", "dossier_convention"), ("qui est notre conseiller ?", "dossier_conseiller")]
    chat.type("ma convention est signée ? et qui est notre conseiller ?", "dossier_convention", parts)
    assert len(chat.last) == 2
    assert "convention" in chat.last[0].text and "conseiller" in chat.last[1].text


def test_the_session_ends_after_silence_and_says_so(chat, clock, rich):
    chat.sign_in(rich)
    clock.advance(RULES.inactivity.total_seconds() + 1)
    said = chat.type("où en est mon dossier", "dossier_etat")
    assert "session est terminée" in said and "poste" not in said.lower()


def test_any_message_keeps_the_session_alive(chat, clock, rich):
    chat.sign_in(rich)
    for _ in range(5):
        clock.advance(RULES.inactivity.total_seconds() - 60)
        assert chat.type("combien de temps dure la formation ?", "faq") is None
    assert "4 postes" in chat.type("où en est mon dossier", "dossier_etat")


def test_me_deconnecter_closes_the_file(chat, rich):
    chat.sign_in(rich)
    assert "déconnecté" in chat.type("me déconnecter", "sign_out")
    assert "Quel est le SIRET" in chat.type("où en est mon dossier", "dossier_etat")
    assert "n'étiez pas connecté" in chat.type("me déconnecter", "sign_out")


def test_every_access_is_in_the_audit_log(chat, rich):
    chat.sign_in(rich)
    chat.type("nos versements", "dossier_versement")
    chat.press("Poste 1")
    with UnitOfWork(chat.engine, writes=False) as uow:
        structure = uow.structures.by_siret(rich)
        entries = uow.audit.on("structure", structure.id)
    actions = [entry.action for entry in reversed(entries)]
    assert actions == ["acces.emis", "acces.ouvert", "dossier.lu.etat", "dossier.lu.versement", "dossier.lu.versement"]
    assert {entry.conversation_id for entry in entries} == {None, chat.id}


def test_the_same_code_delivered_twice_answers_twice(chat, rich):
    code = chat.code(rich)
    chat.type(f"{rich} {code}")
    assert "4 postes" in chat.type(f"{rich} {code}")


def test_a_plain_rasa_client_identifies_in_the_demonstration_only(seeded, clock, rich):
    plain = Chat(seeded, clock, "testeur", channel="rest", plain=True)
    assert "4 postes" in plain.type(f"{rich} {plain.code(rich)}")
    closed = Chat(seeded, clock, "autre", channel="rest", plain=False)
    assert "vérifier ici" in closed.type(f"{rich} {closed.code(rich)}")
    assert "vérifier ici" in closed.type("où en est mon dossier", "dossier_etat")
