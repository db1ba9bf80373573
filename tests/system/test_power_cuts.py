"""kill -9 of each process in the middle of conversations: nothing lost, nothing doubled, order kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.system.conftest import Demo, Visitor

QUESTIONS = [
    ("combien de temps dure la formation ?", "420 heures"),
    ("quel montant pour un cdi ?", "40 000 €"),
    ("où trouver des candidats ?", "andidat"),
    ("quand la subvention est-elle versée ?", "20 %"),
]


@pytest.mark.parametrize("victim", ["web", "actions", "rasa"])
def test_nothing_is_lost_or_doubled_when_a_process_dies(demo: Demo, new_visitor, victim: str):
    visitors = [new_visitor() for _ in range(4)]

    def converse(visitor: Visitor) -> list[str]:
        return [visitor.write(text) for text, _ in QUESTIONS]

    with ThreadPoolExecutor(len(visitors)) as pool:
        sending = [pool.submit(converse, visitor) for visitor in visitors]
        visitors[0].wait_for_replies(1)
        demo.kill(victim)
        ids = [future.result() for future in sending]
    # One more message once the process is down, or on its way up again.
    late = [visitor.write("merci beaucoup") for visitor in visitors]
    demo.wait_until(lambda: demo.pid_of(victim) is not None, f"« {victim} » n'a pas été relancé")
    for visitor, sent, last in zip(visitors, ids, late, strict=True):
        visitor.wait_for_replies(len(QUESTIONS) + 1)
        thread = visitor.thread()
        mine = [message["id"] for message in thread if message["author"] == "user"]
        assert mine == [*sent, last], "a message was lost, doubled or moved"
        replies = [message["text"] for message in thread if message["author"] == "assistant"]
        assert len(replies) == len(QUESTIONS) + 1, replies
        for (_, expected), reply in zip(QUESTIONS, replies, strict=False):
            assert expected in reply
        assert "plaisir" in replies[-1]


def test_a_message_posted_twice_is_answered_once(visitor: Visitor):
    first = visitor.write("quel montant pour un cdi ?")
    visitor.write("quel montant pour un cdi ?", client_id=first)
    visitor.wait_for_replies(1)
    visitor.write("merci")
    replies = visitor.wait_for_replies(2)
    assert len(replies) == 2
