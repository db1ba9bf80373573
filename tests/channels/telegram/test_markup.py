"""Texts become Telegram HTML in pieces that Telegram accepts, whatever people and answers contain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.markup import MAX_UNITS, Piece, chunks, pieces, units
from bot.demo.telegram.text_markup import parse_html


def html(text: str) -> str:
    return "".join(chunk.html for chunk in chunks(pieces(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("- un\n- deux", "• un\n• deux"),
        ("[le guide](https://exemple.fr/a?b=1&c=2)", '<a href="https://exemple.fr/a?b=1&amp;c=2">le guide</a>'),
        ("[a@b.fr](mailto:a@b.fr)", "a@b.fr"),
        ("[le support](mailto:a@b.fr)", "le support (a@b.fr)"),
        ("[01 58 50](tel:015850)", "01 58 50"),
        ("[piège](javascript:alert(1))", "[piège](javascript:alert(1))"),
        ('[x](https://e.fr/"onclick=1)', '<a href="https://e.fr/&quot;onclick=1">x</a>'),
    ],
)
def test_light_markup_becomes_html(text, expected):
    assert html(text) == expected


def test_units_are_those_of_telegram():
    # An emoji is two UTF-16 units.
    assert units("a🙂é") == 4


def test_a_long_text_is_cut_between_paragraphs():
    paragraph = "Une phrase assez longue pour compter. " * 50
    drawn = chunks(pieces("\n\n".join([paragraph.strip()] * 4)))
    assert len(drawn) == 2
    assert all(units(chunk.plain) <= MAX_UNITS for chunk in drawn)
    assert all(chunk.plain.startswith("Une phrase") and chunk.plain.endswith("compter.") for chunk in drawn)


def test_one_endless_line_is_cut_between_sentences():
    drawn = chunks(pieces("Voici une phrase. " * 400))
    assert all(chunk.plain.endswith("phrase.") for chunk in drawn)


def test_one_endless_word_of_emojis_is_cut_between_emojis():
    drawn = chunks(pieces("🙂" * 3000))
    assert [units(chunk.plain) for chunk in drawn] == [4096, 1904]


def test_a_link_is_never_cut():
    text = "x " * 2040 + "[un lien assez long](https://exemple.fr)"
    drawn = chunks(pieces(text))
    assert sum("<a href" in chunk.html for chunk in drawn) == 1
    assert "un lien assez long</a>" in drawn[-1].html


def test_lines_of_a_table_are_one_block():
    drawn = chunks([Piece("a", tag="pre"), Piece("\n"), Piece("b", tag="pre")])
    assert drawn[0].html == "<pre>a\nb</pre>"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=9000))
def test_whatever_the_text_telegram_accepts_every_piece(text):
    for chunk in chunks(pieces(text)):
        parsed, _ = parse_html(chunk.html)
        assert units(parsed) <= MAX_UNITS


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["mot", "[lien](https://e.fr)", "\n", "\n\n", "- ", "é🙂", "<b>", "&amp;"]), max_size=900)
)
def test_no_word_is_lost_when_a_text_is_cut(words):
    text = " ".join(words)
    drawn = chunks(pieces(text), limit=200)
    together = "".join("".join(chunk.plain.split()) for chunk in drawn)
    whole = "".join("".join(p.split()) for p in ["".join(chunk.plain for chunk in chunks(pieces(text), limit=10**6))])
    assert together == whole
