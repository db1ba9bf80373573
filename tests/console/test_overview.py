"""Figures that add up, and a log that tells who did what."""

from datetime import timedelta

import pytest

from bot.dispositif.conversation import Owner
from bot.dispositif.handover import CloseReason
from bot.dispositif.personnel import Role
from bot.services.rate_answer import rate_answer
from bot.storage.figures import figures
from tests.services.handover_team import Team


@pytest.fixture
def team(engine, clock):
    return Team(engine, clock)


def test_figures_count_what_happened(desk_of, team, clock):
    start = clock()
    agent = team.agent("Nadia")
    alone = team.conversation("a")
    team.says(alone, "combien ?")
    [answer] = team.assistant_says("50 000 €", {"question": "montant"})
    team.does(rate_answer, alone, answer.seq, 1, None, clock())
    helped = team.conversation("b")
    team.asks_for_human(helped, theme="dossier")
    clock.advance(120)
    team.at_desk(agent)
    team.claim(helped, agent)
    team.writes(helped, agent, "voilà")
    clock.advance(300)
    team.at_desk(agent)
    team.close(helped, agent, CloseReason.ANSWERED)
    team.presses(helped, "5 – Très satisfait")
    team.conversation("c")
    with team.uow(writes=False) as uow:
        found = figures(uow.connection, start, clock() + timedelta(seconds=1))
    # Nobody wrote in the third conversation: it is not counted.
    assert (found.conversations, found.solved_alone, found.alone_share) == (2, 1, 0.5)
    assert (found.requests, found.answered) == (1, 1)
    assert found.waits == (timedelta(seconds=120), timedelta(seconds=120))
    assert found.handling == (timedelta(seconds=300), timedelta(seconds=300))
    assert (found.ratings, found.rating, found.thumbs_up) == ({5: 1}, 5, 1)
    assert found.by_theme == [("dossier", 1)]
    assert found.by_agent == [("Nadia Martin", 1)]
    assert sum(opened for _, opened, _ in found.by_day) == 2
    page = desk_of(Role.MAINTAINER, "Sacha").get("/chiffres?periode=30").text
    assert "50 %" in page and "5,0 sur 5" in page and "Dossier et convention" in page


def test_without_anything_the_page_still_stands(desk_of):
    assert desk_of().get("/chiffres").status_code == 200


def test_the_audit_log_says_who_took_what(desk_of, team):
    team.agent("Accueil")
    conversation = team.conversation()
    team.asks_for_human(conversation)
    agent, admin = desk_of(name="Camille"), desk_of(Role.ADMIN, "Alix")
    agent.post(f"/demandes/{team.request(conversation).id}/prendre")
    page = admin.get("/journal").text
    assert "demande.prise" in page and "Camille Martin" in page


def test_a_thumb_down_offers_a_human_once_and_only_with_the_assistant(team, clock):
    conversation = team.conversation()
    team.says(conversation, "combien ?")
    [answer] = team.assistant_says("50 000 €", {"question": "montant"})
    for _ in range(2):
        team.does(rate_answer, conversation, answer.seq, -1, None, clock())
    offers = [message for message in team.thread(conversation) if message.content.get("kind") == "offer_human"]
    assert len(offers) == 1
    pressed = team.presses(conversation, "Parler à une personne")
    assert pressed.payload.startswith("/ask_human")
    assert team.takes_message().message.id == pressed.id
    assert team.owner(conversation) is Owner.ASSISTANT
