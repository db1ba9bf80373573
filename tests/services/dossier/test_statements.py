"""No action on a file reads a whole table, and none takes more statements for ten postes than for one."""

import sqlalchemy as sa

from benchmarks.plans import recorded, whole_table_reads
from bot.demo.seed import SHOWCASE, fictitious_siret
from bot.services.dossier.answers import TOPICS
from bot.storage import tables as t
from tests.services.dossier.conftest import Chat

ALONE = fictitious_siret(4)


def test_every_query_of_every_action_uses_an_index(seeded, clock):
    chat = Chat(seeded, clock)
    with recorded(seeded) as statements:
        chat.type("où en est mon dossier", "dossier_etat")
        chat.type(f"{fictitious_siret(SHOWCASE)} K7PM-42QX-9FRT")
        chat.sign_in(fictitious_siret(SHOWCASE))
        for topic in TOPICS:
            chat.type("tranche 2", f"dossier_{topic}")
        chat.type("me déconnecter", "sign_out")
    assert len(statements) > 50
    assert whole_table_reads(seeded, statements) == []


def test_the_check_sees_a_query_without_index(seeded):
    with recorded(seeded) as statements, seeded.connect() as connection:
        connection.execute(sa.select(t.structures).where(t.structures.c.nom == "x")).all()
    assert [found.split(":")[0] for found in whole_table_reads(seeded, statements)] == ["structures"]


def test_statements_do_not_grow_with_the_postes(seeded, clock):
    counts = []
    for number, siret in enumerate((ALONE, fictitious_siret(SHOWCASE))):
        chat = Chat(seeded, clock, f"{number:032}")
        chat.sign_in(siret)
        per_topic = []
        for topic in TOPICS:
            with recorded(seeded) as statements:
                chat.type("alors ?", f"dossier_{topic}")
            per_topic.append(len(statements))
        counts.append(per_topic)
    assert counts[0] == counts[1]
