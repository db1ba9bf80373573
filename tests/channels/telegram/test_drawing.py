"""What a message carries besides its text, drawn for a phone."""

from datetime import datetime, timezone

from bot.channels.telegram.drawing import (
    DocumentPart,
    PicturePart,
    TextPart,
    draw,
    keyboard_of,
    read_token,
    token,
)
from bot.channels.telegram.pictures import draw_bars
from bot.demo.telegram.checks import picture_size
from bot.demo.telegram.text_markup import parse_html
from bot.dispositif.conversation import Author, Direction, Message, Status


def message(text: str = "Voici.", author: Author = Author.ASSISTANT, **content) -> Message:
    now = datetime(2026, 3, 2, tzinfo=timezone.utc)
    return Message(1, "c", 7, Direction.OUT, author, text, Status.QUEUED, now, content=content)


def text_of(drawn: Message) -> str:
    return "\n---\n".join(parse_html(part.chunk.html)[0] for part in draw(drawn) if isinstance(part, TextPart))


def test_a_person_is_named_and_marked():
    assert text_of(message("Bonjour", Author.HUMAN, agent="Sophie")) == "Sophie (conseiller) :\nBonjour"


def test_a_narrow_table_is_aligned():
    table = {"caption": "Versements", "headers": ["Tranche", "Montant"], "rows": [["1", "800 €"], ["2", "12 000 €"]]}
    lines = text_of(message(table=table)).split("\n")
    assert lines[2:] == [
        "Versements",
        "Tranche   Montant",
        "─────────────────",
        "      1     800 €",
        "      2  12 000 €",
    ]


def test_a_table_too_wide_for_a_phone_is_told_row_by_row():
    table = {
        "headers": ["Thème", "Un titre bien long", "Un autre"],
        "rows": [["Courriels", "valeur une", "valeur deux"]],
    }
    assert text_of(message(table=table)).endswith(
        "• Courriels\n   Un titre bien long : valeur une\n   Un autre : valeur deux"
    )


def test_progress_says_each_state_with_a_sign():
    steps = [{"title": "Candidature", "state": "done"}, {"title": "Recrutement", "state": "late"}]
    assert text_of(message(progress={"label": "Étapes", "steps": steps})).endswith(
        "Étapes\n✓ 1. Candidature\n! 2. Recrutement (en retard)"
    )


def test_bars_are_a_picture_and_figures():
    bars = {"caption": "Thèmes", "unit": "h", "rows": [{"label": "Courriels", "value": 12}]}
    picture, text = draw(message(bars=bars))
    assert isinstance(picture, PicturePart)
    assert "Courriels : 12 h" in parse_html(text.chunk.html)[0]
    width, height = picture_size(draw_bars(bars))
    assert width > 600
    assert height > 200


def test_bars_of_nothing_are_no_picture():
    assert [type(part) for part in draw(message(bars={"rows": []}))] == [TextPart]


def test_documents_follow_the_text():
    parts = draw(message(attachments=[{"title": "T", "filename": "a.pdf", "kind": "x"}]))
    assert [type(part) for part in parts] == [TextPart, DocumentPart]


def test_the_keyboard_is_under_the_last_text_only():
    buttons = [{"title": "Oui", "payload": "/a"}, {"title": "Non", "payload": "/b"}]
    parts = draw(message("Bonjour.\n\n" + "mot " * 2000, buttons=buttons))
    assert [bool(part.keyboard) for part in parts] == [False, True]


def test_short_titles_share_a_row_and_tokens_are_short():
    buttons = [
        {"title": t, "payload": "/choose" + "x" * 500} for t in ("Oui", "Non", "Peut-être", "Je ne sais pas du tout")
    ]
    rows = keyboard_of(message(buttons=buttons))
    assert [[key.title for key in row] for row in rows] == [["Oui", "Non", "Peut-être"], ["Je ne sais pas du tout"]]
    assert all(len(key.token.encode()) <= 64 for row in rows for key in row)


def test_a_token_names_a_message_and_a_button_and_nothing_else():
    assert read_token(token(123456, 42)) == (123456, 42)
    for wrong in ("", "b:1", "b:1:x", "b:-1:0", "c:1:2", "/choose{}", "b:" + "9" * 60 + ":1", "b:1:2:3"):
        assert read_token(wrong) is None
