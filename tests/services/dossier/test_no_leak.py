"""Nothing of a file is ever shown to someone unproven, whatever they say or press, in whatever state."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demo.seed import SHOWCASE, fictitious_siret
from bot.services.access.siret import spaced
from bot.services.dialogue import Context, Incoming
from bot.services.dossier.activity import NAME
from bot.services.dossier.answers import TOPICS
from bot.storage import tables as t
from bot.storage.unit_of_work import UnitOfWork
from tests.services.dossier.conftest import Chat

INTENTS = [f"dossier_{topic}" for topic in TOPICS] + ["sign_in", "sign_out", "faq", "deny", "affirm", "nlu_fallback"]
MINE = fictitious_siret(SHOWCASE)


def secrets_of(engine) -> set[str]:
    """Every name, number and address that only files hold."""
    found: set[str] = set()
    with engine.connect() as connection:
        for table, columns in (
            (t.structures, ("nom",)),
            (t.contacts, ("email",)),
            (t.conseillers, ("email", "nom")),
            (t.candidatures, ("candidat",)),
            (t.dossiers_subvention, ("numero_ds",)),
            (t.formations, ("organisme",)),
        ):
            for row in connection.execute(table.select()):
                found |= {str(row._mapping[name]) for name in columns}
    return {item for item in found if len(item) >= 4}


@pytest.fixture
def secrets(seeded) -> set[str]:
    return secrets_of(seeded)


def everything(chat) -> str:
    """All that a channel could draw."""
    says = chat.last
    drawn = [say.text for say in says] + [json.dumps([dict(say.extra), dict(say.parts)], default=str) for say in says]
    return "\n".join(drawn + [b.title + b.payload for say in says for b in say.buttons])


def assert_nothing_leaks(chat, secrets) -> None:
    shown = everything(chat) + json.dumps(dict(chat.context.memory))
    leaked = {secret for secret in secrets if secret in shown}
    assert not leaked


TEXTS = ["où en est mon dossier", f"le dossier du {MINE}", "la tranche 2 du poste 1", "poste 2", "oui", "admin"]
FIELDS = ["poste", "sujet", "code", "deconnexion", "aide", "annuler", "inconnu", ""]
VALUES = ["1", "tous", "versement", "etat", f"{MINE}|", f"{MINE}|{'0' * 64}", "|x", "", "é|é"]


def test_no_intent_and_no_forged_button_shows_a_file_to_someone_unproven(seeded, clock):
    secrets = secrets_of(seeded)
    for number, intent in enumerate(INTENTS):
        chat = Chat(seeded, clock, f"{number:032}")
        for text in TEXTS:
            chat.last = ()
            chat.type(text, intent)
            assert_nothing_leaks(chat, secrets)
    for number, field in enumerate(FIELDS, start=100):
        chat = Chat(seeded, clock, f"{number:032}")
        for value in VALUES:
            chat.last = ()
            carried = json.dumps({"activity": NAME, "field": field, "value": value})
            chat._take("x", "", "/choose" + carried)
            assert_nothing_leaks(chat, secrets)


FORGED = st.fixed_dictionaries(
    {},
    optional={
        "proven": st.booleans(),
        "siret": st.sampled_from([MINE, None, "x"]),
        "topics": st.lists(st.sampled_from([*TOPICS, "autre"]), max_size=3),
        "poste": st.sampled_from([1, 2, None, 99]),
        "rang": st.sampled_from([1, 2, 3, None]),
        "proof": st.sampled_from(["", "0" * 64, None]),
        "tries": st.integers(0, 5),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    memory=FORGED,
    active=st.sampled_from([NAME, None, "autre"]),
    intent=st.sampled_from(INTENTS),
    text=st.one_of(
        st.sampled_from([MINE, "poste 2", "K7PM-42QX-9FRT", f"{MINE} K7PM-42QX-9FRT", "tranche 3", "Léa"]),
        st.text(max_size=80),
    ),
)
def test_no_state_of_the_conversation_opens_a_file(chat, secrets, memory, active, intent, text):
    """Even a memory that claims to be proven: only the database says who someone is."""
    chat.context, chat.last = Context(active=active, memory={NAME: memory}), ()
    message = Incoming(chat.id, "widget", text, intent, "1", None, (), {}, chat.clock())
    turn = chat.activity.take(message, chat.context)
    if turn is not None:
        chat.context, chat.last = turn.context, turn.says
        assert_nothing_leaks(chat, secrets - {text})


def test_someone_of_a_structure_sees_that_structure_only(chat):
    chat.sign_in(MINE)
    with UnitOfWork(chat.engine, writes=False) as uow:
        others = [uow.structures.by_siret(fictitious_siret(n)) for n in range(16) if n != SHOWCASE]
        foreign = {s.siret for s in others} | {spaced(s.siret) for s in others}
        foreign |= {str(p.dossier.numero_ds) for s in others for p in uow.structures.fiche(s.id).postes if p.dossier}
    for topic in TOPICS:
        for text in (f"et pour {others[0].siret} ?", "poste 1", others[3].nom, "tout"):
            chat.type(text, f"dossier_{topic}")
            assert_nothing_leaks(chat, foreign)


def test_another_conversation_of_the_same_browser_knows_nothing(seeded, clock):
    one, two = Chat(seeded, clock, "1" * 32), Chat(seeded, clock, "2" * 32)
    one.sign_in(MINE)
    two.context = one.context
    two.type("où en est mon dossier", "dossier_etat")
    assert_nothing_leaks(two, secrets_of(seeded))


def test_a_conseiller_s_chat_does_not_open_the_structure_s_file(seeded, clock):
    from bot.dispositif.access import Kind, Method

    chat = Chat(seeded, clock)
    with UnitOfWork(seeded) as uow:
        structure = uow.structures.by_siret(MINE)
        conseiller = uow.conseillers.of_structure(structure.id)[0]
        uow.identities.link(
            "widget",
            chat.id,
            Kind.CONSEILLER,
            Method.INVITATION,
            clock(),
            structure_id=structure.id,
            conseiller_id=conseiller.id,
        )
        uow.commit()
    chat.type("où en est mon dossier", "dossier_etat")
    assert_nothing_leaks(chat, secrets_of(seeded))
