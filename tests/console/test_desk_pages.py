"""The queue and the conversation page, over HTTP: who sees what, who may do what, what the loser is told."""

import re

import pytest

from bot.dispositif.conversation import Status
from bot.dispositif.handover import State
from bot.dispositif.personnel import Role
from tests.services.handover_team import Team

JSON = {"Accept": "application/json"}


@pytest.fixture
def team(engine, clock):
    return Team(engine, clock)


@pytest.fixture
def waiting(team):
    """A conversation whose person waits for a human."""
    team.agent("Accueil")
    conversation = team.conversation("a")
    team.asks_for_human(conversation, subject="Ma convention n'est pas signée", theme="dossier")
    return conversation


def act(desk, conversation, team, action, **fields):
    request = team.request(conversation)
    form = {"action": action, "demande": str(request.id), **fields}
    return desk.post(f"/conversations/{conversation}/actions", form, headers=JSON)


def test_the_queue_shows_who_waits(desk_of, waiting):
    page = desk_of().get("/demandes").text
    assert "Ma convention n&#39;est pas signée" in page
    assert "Dossier et convention" in page
    assert "1 non lu" in page
    assert "Prendre" in page


def test_an_empty_queue_says_so(desk_of):
    assert "Personne n'attend." in desk_of().get("/demandes").text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", True),
        ("vue=free", True),
        ("vue=mine", False),
        ("vue=closed", False),
        ("canal=widget", True),
        ("canal=telegram", False),
        ("theme=dossier", True),
        ("theme=contrat", False),
        ("priorite=1", True),
        ("priorite=2", False),
        ("q=humain", True),
        ("q=HUMAINS", True),
        ("q=introuvable", False),
        ("q=%22%20OR%20*", False),
        ("vue=nimporte&canal=x&theme=y&priorite=z", True),
    ],
)
def test_filters_and_search(desk_of, waiting, query, seen):
    page = desk_of().get(f"/demandes/liste?{query}").text
    assert ("Ma convention" in page) is seen


def test_one_of_two_agents_gets_the_conversation_and_the_other_is_told_who(desk_of, team, waiting):
    first, second = desk_of(name="Camille"), desk_of(name="Nadia")
    request = team.request(waiting)
    assert first.post(f"/demandes/{request.id}/prendre", headers=JSON).json() == {"conversation": waiting}
    refused = second.post(f"/demandes/{request.id}/prendre", headers=JSON)
    assert (refused.status_code, refused.json()["sentence"]) == (409, "Camille Martin vient de prendre cette demande.")
    assert "Répondu dans la conversation" not in second.get(f"/conversations/{waiting}").text


def test_without_javascript_the_same_form_leads_to_the_conversation(desk_of, team, waiting):
    desk = desk_of()
    answer = desk.post(f"/demandes/{team.request(waiting).id}/prendre")
    assert answer.headers["location"] == f"/console/conversations/{waiting}"


def test_an_agent_answers_and_the_person_reads_a_human(desk_of, team, waiting):
    desk = desk_of()
    act(desk, waiting, team, "prendre")
    answer = desk.post(f"/conversations/{waiting}/messages", {"texte": "Bonjour !", "id": "un"}, headers=JSON)
    assert answer.status_code == 200
    message = team.thread(waiting)[-1]
    assert (message.text, message.author.value, message.content["agent"]) == ("Bonjour !", "human", "Camille")
    again = desk.post(f"/conversations/{waiting}/messages", {"texte": "Bonjour !", "id": "un"}, headers=JSON)
    assert again.json() == answer.json()
    assert "Camille (équipe)" in desk.get(f"/conversations/{waiting}").text


def test_one_does_not_write_where_a_colleague_answers(desk_of, team, waiting):
    holder, other = desk_of(name="Camille"), desk_of(name="Nadia")
    act(holder, waiting, team, "prendre")
    refused = other.post(f"/conversations/{waiting}/messages", {"texte": "coucou"}, headers=JSON)
    assert (refused.status_code, "Camille Martin répond" in refused.json()["sentence"]) == (409, True)
    assert "coucou" not in team.texts(waiting)
    for action in ("assistant", "rendre", "clore", "de_cote", "transmettre"):
        fields = {"raison": "answered", "jusqu_a": "2026-03-03T10:00", "collegue": str(other.staff.id)}
        assert act(other, waiting, team, action, **fields).status_code == 409, action


def test_a_note_has_its_own_address_and_never_reaches_the_person(desk_of, team, waiting):
    desk = desk_of()
    act(desk, waiting, team, "prendre")
    before = team.texts(waiting)
    assert desk.post(f"/conversations/{waiting}/notes", {"note": "client difficile"}, headers=JSON).status_code == 200
    assert team.texts(waiting) == before
    page = desk.get(f"/conversations/{waiting}").text
    assert "client difficile" in page
    # Sent to the wrong address, a note is no message and a message no note.
    assert (
        desk.post(f"/conversations/{waiting}/messages", {"note": "client difficile"}, headers=JSON).status_code == 409
    )
    assert desk.post(f"/conversations/{waiting}/notes", {"texte": "bonjour"}, headers=JSON).status_code == 409
    assert team.texts(waiting) == before


def test_a_conversation_nobody_asked_to_be_read_is_closed_to_agents(desk_of, team):
    conversation = team.conversation("b")
    team.says(conversation, "une confidence")
    agent, admin = desk_of(), desk_of(Role.ADMIN, "Alix")
    for path in ("", "/fil", "/flux", "/propositions", "/proposer/1"):
        answer = agent.get(f"/conversations/{conversation}{path}", headers=JSON)
        assert answer.status_code in (200, 404), path
        assert "confidence" not in answer.text, path
    assert agent.get(f"/conversations/{conversation}").status_code == 404
    assert "une confidence" in admin.get(f"/conversations/{conversation}").text


def test_reading_a_conversation_is_written_in_the_audit_log(desk_of, team, waiting):
    desk = desk_of()
    desk.get(f"/conversations/{waiting}")
    with team.uow(writes=False) as uow:
        [entry] = uow.audit.on("conversation", waiting)
    assert (entry.action, entry.actor.id) == ("conversation.lue", str(desk.staff.id))


def test_reading_takes_the_unread_badge_away(desk_of, waiting):
    desk = desk_of()
    desk.get(f"/conversations/{waiting}")
    assert "non lu" not in desk.get("/demandes").text


def test_everything_an_agent_does_with_a_request(desk_of, team, waiting):
    desk, colleague = desk_of(name="Camille"), desk_of(name="Nadia")
    colleague.get("/demandes")
    assert act(desk, waiting, team, "prendre").status_code == 200
    assert (
        act(
            desk, waiting, team, "classer", priorite="2", theme="contrat", etiquettes="Urgent, urgent, mairie"
        ).status_code
        == 200
    )
    assert team.request(waiting).priority == 2
    assert act(desk, waiting, team, "de_cote", jusqu_a="2026-03-02T18:00").status_code == 200
    assert act(desk, waiting, team, "reprendre").status_code == 200
    assert act(desk, waiting, team, "transmettre", collegue=str(colleague.staff.id)).status_code == 200
    assert team.request(waiting).claimed_by == colleague.staff.id
    assert act(colleague, waiting, team, "rendre").status_code == 200
    assert team.request(waiting).state is State.WAITING
    assert act(desk, waiting, team, "prendre").status_code == 200
    assert act(desk, waiting, team, "clore", raison="answered").status_code == 200
    assert act(desk, waiting, team, "rouvrir").status_code == 200
    assert act(desk, waiting, team, "assistant").status_code == 200
    assert team.request(waiting).state is State.CLOSED
    page = desk.get("/demandes?vue=closed").text
    assert "Rendue à l&#39;assistant" in page and "mairie" in page
    team.check()


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("inconnue", {}, 400),
        ("clore", {"raison": "silence"}, 409),
        ("clore", {"raison": "x"}, 400),
        ("de_cote", {"jusqu_a": "demain"}, 400),
        ("de_cote", {"jusqu_a": "2020-01-01T10:00"}, 409),
        ("classer", {"priorite": "9"}, 400),
        ("classer", {"priorite": "1", "theme": "piratage"}, 400),
        ("transmettre", {"collegue": "999"}, 409),
        ("transmettre", {"collegue": "x" * 50}, 409),
    ],
)
def test_nonsense_is_refused_with_a_sentence(desk_of, team, waiting, action, fields, status):
    desk = desk_of()
    act(desk, waiting, team, "prendre")
    answer = act(desk, waiting, team, action, **fields)
    assert answer.status_code == status
    assert answer.json()["sentence"].endswith(".")


def test_a_message_that_failed_is_sent_again_by_its_agent_only(desk_of, team, waiting):
    desk, other = desk_of(name="Camille"), desk_of(name="Nadia")
    act(desk, waiting, team, "prendre")
    desk.post(f"/conversations/{waiting}/messages", {"texte": "Bonjour !"}, headers=JSON)
    message = team.thread(waiting)[-1]
    team.does(lambda uow: uow.messages.set_status(message.id, Status.FAILED))
    assert "Non remis" in desk.get(f"/conversations/{waiting}").text
    retry = f"/conversations/{waiting}/renvoyer/{message.id}"
    assert other.post(retry, headers=JSON).status_code == 409
    assert desk.post(retry, headers=JSON).status_code == 200
    assert team.thread(waiting)[-1].status is Status.QUEUED
    assert desk.post(retry, headers=JSON).status_code == 409


def test_what_people_write_is_text_and_never_markup(desk_of, team):
    team.agent("Accueil")
    conversation = team.conversation("c")
    team.says(conversation, "<script>alert(1)</script><img src=x onerror=alert(1)>")
    team.assistant_says("<b>réponse</b>")
    team.asks_for_human(conversation, subject="<script>alert(2)</script>")
    desk = desk_of()
    for page in ("/demandes", f"/conversations/{conversation}", f"/conversations/{conversation}/fil"):
        text = desk.get(page).text
        assert "<script>alert" not in text and "<img src=x" not in text and "<b>réponse" not in text


def test_every_verdict_of_the_assistant_is_said_in_words():
    from bot.console.thread_data import VERDICTS
    from bot.dispositif.comprehension import Verdict

    assert {verdict.value for verdict in Verdict} <= set(VERDICTS)


def test_the_desk_sees_what_was_understood_and_why_it_hesitated(desk_of, team):
    team.agent("Accueil")
    conversation = team.conversation("d")
    team.says(conversation, "ma convention")
    understood = {"verdict": "demander", "question": None, "candidates": [["faq/inconnue", 0.55], ["greet", 0.5]]}
    team.assistant_says("Vouliez-vous dire…", {"understanding": understood})
    team.asks_for_human(conversation)
    page = desk_of().get(f"/conversations/{conversation}").text
    assert "a demandé de choisir" in page and "55 %" in page and "Deux pistes se valent" in page


def test_only_administrators_erase_and_only_on_purpose(desk_of, team, waiting):
    agent, admin = desk_of(), desk_of(Role.ADMIN, "Alix")
    assert agent.post(f"/conversations/{waiting}/effacer", {"confirmation": "EFFACER"}).status_code == 403
    assert admin.post(f"/conversations/{waiting}/effacer", {"confirmation": "oui"}).status_code == 400
    assert admin.post(f"/conversations/{waiting}/effacer", {"confirmation": "EFFACER"}).status_code == 303
    assert admin.get(f"/conversations/{waiting}").status_code == 404


def test_canned_answers_are_written_found_and_filled(desk_of, team, waiting):
    desk = desk_of()
    form = {
        "raccourci": "/convention",
        "titre": "Convention en attente",
        "texte": "Bonjour, {prenom} ici, pour « {sujet} ».",
    }
    assert desk.post("/reponses", form).status_code == 303
    assert "Convention en attente" in desk.get("/reponses").text
    act(desk, waiting, team, "prendre")
    found = desk.get(f"/conversations/{waiting}/propositions?q=conv", headers=JSON).json()["propositions"]
    assert found[0]["text"] == "Bonjour, Camille ici, pour « Ma convention n'est pas signée »."
    wrong = desk.post("/reponses", {**form, "texte": "Bonjour {nom_du_chien}"})
    assert (wrong.status_code, "n&#39;existe pas" in wrong.text) == (409, True)


def test_answers_of_the_faq_are_found_too(desk_of, waiting):
    found = desk_of().get(f"/conversations/{waiting}/propositions?q=formation", headers=JSON).json()["propositions"]
    assert any(one["name"].startswith("FAQ") and "Source :" in one["text"] for one in found)


def test_a_message_is_proposed_to_the_faq(desk_of, team, waiting):
    desk = desk_of()
    message = next(m for m in team.thread(waiting) if m.author.value == "user")
    path = f"/conversations/{waiting}/proposer/{message.id}"
    assert "Une nouvelle question" in desk.get(path).text
    assert desk.post(path, {"texte": "parler à un humain", "commentaire": "souvent demandé"}).status_code == 303
    assert desk.post(path, {"texte": "x", "question": "cle_inconnue"}).status_code == 400
    with team.uow(writes=False) as uow:
        [proposal] = uow.desk.proposals()
    assert (proposal.text, proposal.kind, proposal.author) == ("parler à un humain", "question", "Camille Martin")


def test_logging_out_and_pausing_end_what_is_promised(desk_of, team):
    desk = desk_of()
    desk.get("/demandes")
    first, second = team.conversation("d"), team.conversation("e")
    team.asks_for_human(first)
    assert team.request(first).state is State.WAITING
    assert desk.post("/presence", {"disponible": "non"}).status_code == 303
    team.asks_for_human(second)
    assert team.request(second).state is State.KEPT
    assert re.search("Vous êtes en pause", desk.get("/demandes").text)
