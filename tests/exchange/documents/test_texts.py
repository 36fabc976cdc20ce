"""What people type: letters that no font has, marks of Typst, words without an end. And what cannot be printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from esaylov.exchange.documents import (
    Attachment,
    Attendance,
    CodeCard,
    CodeCards,
    Receipt,
    Record,
    Sheet,
    Vote,
    pdf,
)
from esaylov.exchange.documents.letters import clean, paragraphs, repertoire
from esaylov.exchange.documents.press import LONGEST
from esaylov.exchange.documents.words import Words
from tests.exchange.documents import reading
from tests.exchange.documents.samples import AT, LETTERS, SECRET, cards, decision, sheet

EVIL = (
    '#read("/etc/passwd") *bold* $x^2$ _it_ `raw` <a> @ref [x] \\u{41} #import "@preview/x:0.1.0": * {0} %s'
)


def test_the_font_has_every_letter_that_documents_promise() -> None:
    """Typst refuses PDF/A with a letter that no font has: upright, bold and italic are asked in the document."""
    import typst

    from esaylov.exchange.documents.press import _fonts

    source = (
        '#set text(font: "Libertinus Serif", fallback: false)\n#set document(title: "T")\n'
        "#for one in sys.inputs.all.clusters() [#one #strong(one) #emph(one) #text(weight: 600, one)\\ ]"
    )
    letters = repertoire()
    typst.compile(
        source.encode(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["a-2a"],
        timestamp=int(AT.timestamp()),
        sys_inputs={"all": letters},
    )
    assert set("".join(LETTERS.values())) <= set(letters)
    with pytest.raises(typst.TypstError):
        typst.compile(
            source.encode(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards=["a-2a"],
            timestamp=int(AT.timestamp()),
            sys_inputs={"all": "漢"},
        )


def test_typst_in_a_text_is_letters() -> None:
    made = pdf(decision(subject=EVIL, text=EVIL, number="1*#", presiding=EVIL))
    text = reading.text_of(made)
    assert text.count(EVIL) >= 2
    assert "root:" not in text
    assert reading.metadata_of(made)["title"].endswith(EVIL)


@pytest.mark.parametrize(
    "text", ["= Heading", "- point", "+ point", "/ term: text", "// gone", "\\", "#", "~", "--"]
)
def test_marks_at_the_beginning_of_a_line_stay(text: str) -> None:
    made = pdf(decision(text=text))
    assert text in reading.text_of(made)
    assert reading.tags_of(made).count("H1") == 1


@settings(max_examples=40)
@given(st.text(max_size=300), st.text(max_size=80))
@example("\u202e\u200b\ufeff\x00", "\U0010ffff")
@example("e\u0301\u0301\u0301", "\n\n\r\t")
@example("1. \n2. x\n0. y\n999. z\n1000. w", "")
def test_any_text_can_be_printed(text: str, name: str) -> None:
    made = pdf(decision(text=text, subject=name, presiding=name, place=text[:40]))
    assert made.startswith(b"%PDF-1.7")


def test_judges_do_not_mind_hard_texts(tmp_path: Path) -> None:
    made = pdf(decision(text=f"{EVIL}\n\n😀 漢 \u202eabc {'W' * 300} {'a' * 90}"))
    assert reading.objections(made, tmp_path) == []


def test_a_long_word_stays_whole_on_the_page() -> None:
    text = reading.text_of(pdf(decision(text="W" * 300, number="9" * 90, presiding="P" * 60)))
    assert text.replace(" ", "").count("W") == 300
    assert text.count("9") >= 2 * 90
    assert text.count("P") >= 60


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("o\u02bbz", "oʻz"),
        ("у\u0306", "ў"),
        ("a\u00adb\u200bc\u202ed\ufeffe\ufe0f", "abcde"),
        ("a\tb\u00a0c\u3000d", "a b\u00a0c d"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("x\x00\x1by", "xy"),
        ("😀漢", "[U+1F600][U+6F22]"),
    ],
)
def test_letters_are_brought_to_what_can_be_shown(typed: str, shown: str) -> None:
    assert clean(typed) == shown
    assert clean(shown) == shown


def test_paragraphs_and_points() -> None:
    assert paragraphs("\n a\nb\n\n\n1. x\n2.  y \nc\n\n3) z\n") == [
        {"lines": ["a", "b"]},
        {"points": [{"number": 1, "text": "x"}, {"number": 2, "text": "y"}]},
        {"lines": ["c"]},
        {"lines": ["3) z"]},
    ]
    assert paragraphs("") == []


def test_times_say_their_zone() -> None:
    words = Words("uz-cyrl")
    assert words.time(AT) == "2026\u00a0йил\u00a014\u00a0сентябрь,\u00a016:20 (Тошкент вақти)"
    assert words.span(AT, AT + timedelta(hours=1)) == "16:20–17:20 (Тошкент вақти)"
    abroad = AT.astimezone(timezone(-timedelta(hours=3, minutes=30)))
    assert Words("en").time(abroad).endswith("07:50 (UTC\u221203:30)")
    assert Words("en").count(11028) == "11,028"
    assert Words("ru").count(11028) == "11\u202f028"


@pytest.mark.parametrize(
    "page", ["javascript:alert(1)", "file:///etc/passwd", "https://x y", "//x", "", "https://ў.uz"]
)
def test_addresses_are_those_of_pages(page: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Record(page)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="leaf"):
        Record("https://x.uz/", "abc")
    with pytest.raises(ValueError, match="negative"):
        Record("https://x.uz/", "", -1)
    with pytest.raises(ValueError, match="negative"):
        Vote(-1, 0, 0, 1, adopted=False)
    with pytest.raises(ValueError, match="more members"):
        Attendance(5, 6, 4)
    with pytest.raises(ValueError, match="language"):
        Sheet("de", "official", "", AT)
    with pytest.raises(ValueError, match="mode"):
        Sheet("uz", "real", "", AT)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="zone"):
        Sheet("uz", "official", "", datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="secret"):
        Receipt(sheet(), "1", AT, "", SECRET, f"https://x.uz/{SECRET}/")
    with pytest.raises(ValueError, match="SHA"):
        Attachment("x", 1, "00")
    with pytest.raises(ValueError, match="codes"):
        CodeCard("1", "2", ("12 *",))
    with pytest.raises(ValueError, match="card"):
        CodeCards(sheet(), (), AT.date())
    with pytest.raises(ValueError, match="letters"):
        pdf(decision(text="a" * (LONGEST + 1)))


def test_a_quorum_needs_somebody() -> None:
    assert Attendance(9, 6, 6).quorate
    assert not Attendance(9, 5, 6).quorate
    assert not Attendance(0, 0, 0).quorate


def test_codes_go_along_the_rows_with_their_numbers() -> None:
    text = reading.text_of(pdf(cards()))
    first = cards().cards[0].codes
    places = [text.index(f"{at} {code}") for at, code in enumerate(first, 1)]
    assert places == sorted(places)


def test_a_utc_time_is_dated_alike() -> None:
    same = Sheet("uz", "official", sheet().issuer, AT.astimezone(UTC), "Saylov 2026")
    assert pdf(decision(sheet=same)) == pdf(decision())
