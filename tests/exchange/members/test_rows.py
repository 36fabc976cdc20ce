"""Every problem of a row is named with its file and line, and only the row that has it is left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from esaylov.exchange.members import read_members
from esaylov.exchange.members.checks import GROUNDS
from esaylov.exchange.members.texts import LANGUAGES, columns, problem_texts, value_words
from esaylov.exchange.pinfl import check_digit
from esaylov.law.editions import parse_edition, uz_edition_toml
from tests.exchange.members.cases import csv_file, member, number

WRONG = [
    ("commission", "", "F20", None),
    ("commission", "pek:17", "F21", "19, 21, 23"),
    ("commission", "pec:", "F21", "19, 21, 23"),
    ("commission", "pec:1 7", "F21", "19, 21, 23"),
    ("commission", "рес:17", "F22", "19, 21, 23"),
    ("role", "", "F20", None),
    ("role", "president", "F24", "19, 21, 23"),
    ("pinfl", "", "F20", None),
    ("pinfl", "7030290900001", "F25", None),
    ("pinfl", "7O302909000017", "F25", None),
    ("pinfl", "٧٠٣٠٢٩٠٩٠٠٠٠١٧", "F25", None),
    ("pinfl", "+7030290900001", "F25", None),
    ("pinfl", "7.03029E+13", "F26", None),
    ("pinfl", "7,03029E+13", "F26", None),
    ("pinfl", "80302909000019", "F27", None),
    ("pinfl", "90302909000010", "F28", None),
    ("pinfl", "73002909000010"[:13] + str(check_digit("7300290900001")), "F28", None),
    ("surname", "", "F20", None),
    ("surname", "Go9furova", "F32", None),
    ("surname", "=HYPERLINK(1)", "F32", None),
    ("given_name", "a" * 101, "F32", None),
    ("patronymic", "?", "F32", None),
    ("birth_date", "", "F20", None),
    ("birth_date", "1990-02-30", "F30", "25"),
    ("birth_date", "03.02.90", "F30", "25"),
    ("birth_date", "32875", "F30", "25"),
    ("birth_date", "02/03/1990", "F30", "25"),
    ("birth_date", "1890-02-03", "F30", "25"),
    ("birth_date", "1990-03-02", "F29", None),
    ("education", "PhD", "F34", "25"),
    ("employer", "a" * 1_001, "F35", "25"),
    ("employer", "a\x07b", "F35", "25"),
    ("employer_tin", "12345678", "F39", "25"),
    ("proposed_by", "party", "F34", "23"),
    ("language", "de", "F34", None),
    ("party_member", "perhaps", "F34", "25"),
    ("candidate_relative", "?", "F34", "25"),
    ("grounds", "deputy, wizard", "F34", "25"),
    ("consent_date", "yesterday", "F30", "25"),
]


@pytest.mark.parametrize(("column", "value", "code", "article"), WRONG)
def test_a_wrong_value_is_named_and_keeps_its_row_out(
    column: str, value: str, code: str, article: str | None
) -> None:
    data = csv_file(member(1, role="chair"), member(2, **{column: value}), member(3))
    found = read_members(data, "tec-03.csv")
    assert [p.code for p in found.problems if p.is_error and p.code != "F29"] == [code] or code == "F29"
    problem = next(p for p in found.problems if p.code == code)
    assert (problem.file, problem.line, problem.code) == ("tec-03.csv", 3, code)
    assert problem.column == ("pinfl" if code == "F29" else column)
    assert article is None or problem.article == article
    assert str(problem).startswith(f"tec-03.csv:3: error {code} [{problem.column}]: ")
    assert [row.line for row in found.rows()] == [2, 4]
    assert found.rows_total == 3
    assert found.rejected["line"].to_list() == [3]


@pytest.mark.parametrize(
    ("column", "value", "code"), [("phone", "12-34", "F40"), ("phone", "+0123456789", "F40"), ("email", "a@b", "F41"),
                                  ("email", "a@b.uz\r\nBcc: c", "F41")]
)  # fmt: skip
def test_a_wrong_address_is_a_warning_and_is_dropped(column: str, value: str, code: str) -> None:
    found = read_members(csv_file(member(**{column: value})))
    assert [(p.code, p.severity, p.line) for p in found.problems] == [(code, "warning", 2)]
    (row,) = found.rows()
    assert getattr(row, column) == ""


def test_letters_of_two_alphabets_are_a_warning() -> None:
    found = read_members(csv_file(member(surname="Аliyeva")))
    assert [(p.code, p.severity) for p in found.problems] == [("F33", "warning")]
    assert found.table.height == 1


def test_no_problem_quotes_a_person() -> None:
    secret = member(
        1,
        pinfl="12345678901234",
        surname="Sirli9",
        given_name="Maxfiy7",
        phone="998-sir",
        email="sir",
        birth_date="sana",
    )
    text = " ".join(map(str, read_members(csv_file(secret)).problems))
    assert "F27" in text
    assert not any(word in text for word in ("12345678901234", "Sirli9", "Maxfiy7", "998-sir", "sana"))


def test_a_commission_that_is_not_there() -> None:
    data = csv_file(member(1), member(2, commission="pec:18"), member(3, commission="рec:17"))
    found = read_members(data, commissions={"pec:17"})
    assert [(p.line, p.code) for p in found.problems] == [(3, "F23"), (4, "F22")]
    assert "pec:18" in found.problems[0].reason()


def test_one_person_twice_in_a_commission() -> None:
    same, other = member(1), member(1, position="direktor")
    found = read_members(csv_file(same, member(2), same))
    assert [(p.line, p.code, p.article) for p in found.problems] == [(4, "F36", "25")]
    assert [row.line for row in found.rows()] == [2, 3]
    found = read_members(csv_file(same, member(2), other))
    assert [(p.line, p.code) for p in found.problems] == [(2, "F36"), (4, "F36")]
    assert [row.line for row in found.rows()] == [3]
    assert "2, 4" in found.problems[0].reason()


def test_one_person_in_two_commissions() -> None:
    found = read_members(csv_file(member(1), member(1, commission="pec:18"), member(2)))
    assert [(p.line, p.code, p.column) for p in found.problems] == [(2, "F37", "pinfl"), (3, "F37", "pinfl")]
    assert [row.line for row in found.rows()] == [4]


@pytest.mark.parametrize("role", ["chair", "deputy", "secretary"])
def test_two_persons_in_one_office(role: str) -> None:
    data = csv_file(
        member(1, role=role), member(2, role=role), member(3), member(4, role=role, commission="pec:18")
    )
    found = read_members(data)
    assert [(p.line, p.code, p.column) for p in found.problems] == [(2, "F38", "role"), (3, "F38", "role")]
    assert [row.line for row in found.rows()] == [4, 5]


def test_a_row_that_is_wrong_anyway_does_not_shut_out_the_chair() -> None:
    found = read_members(csv_file(member(1, role="chair"), member(2, role="chair", education="?")))
    assert [p.code for p in found.problems] == ["F34"]
    assert [row.role for row in found.rows()] == ["chair"]


def test_values_are_made_equal() -> None:
    data = csv_file(
        member(1, commission=" pec:17 ", role="Rais", surname=" G'ofurova ", given_name="Ma`rufa", birth_date="03.02.1990",
               education="OʻRTA MAXSUS", proposed_by="Махалля", phone="(00) 123-45-67", party_member="yoʻq",
               candidate_relative="ДА", grounds="proxy; deputy", consent_date="01.09.2024", employer="12 -  maktab"),
        member(2, phone="998 00 123 45 67", role="член", language="UZ_CYRL", patronymic="-"),
    )  # fmt: skip
    found = read_members(data)
    assert not found.problems
    one, two = found.rows()
    assert (one.commission, one.role, one.surname, one.given_name) == (
        "pec:17",
        "chair",
        "Gʻofurova",
        "Maʼrufa",
    )
    assert (one.birth_date, one.consent_date) == (date(1990, 2, 3), date(2024, 9, 1))
    assert (one.education, one.proposed_by, one.phone) == ("secondary", "mahalla", "+998001234567")
    assert (one.party_member, one.candidate_relative, one.grounds) == (False, True, "deputy proxy")
    assert one.employer == "12 - maktab"
    assert (two.phone, two.role, two.language, two.patronymic) == ("+998001234567", "member", "uz-cyrl", "")


def test_only_five_columns_and_the_date_are_needed() -> None:
    head = "commission,role,pinfl,surname,given_name,birth_date"
    found = read_members(f"{head}\ncec,chair,{number(1)},A,B,1990-02-03\n".encode())
    assert not found.problems
    (row,) = found.rows()
    assert (row.patronymic, row.party_member, row.consent_date, row.grounds) == ("", None, None, "")


def test_columns_stand_in_any_order_and_language() -> None:
    for language in LANGUAGES:
        titles = [column.title[language] for column in columns().values()]
        cells = dict(zip(titles, member(1), strict=True))
        text = ",".join(reversed(titles)) + "\n" + ",".join(reversed(cells.values())) + "\n"
        found = read_members(text.encode())
        assert not found.problems
        assert [row.surname for row in found.rows()] == ["Gʻofurova"]


def test_every_word_of_every_language_is_a_value() -> None:
    for kind, column in {
        "role": "role",
        "education": "education",
        "proposed_by": "proposed_by",
        "flag": "party_member",
    }.items():
        for value, words in value_words(kind).items():
            for language in LANGUAGES:
                (row,) = read_members(csv_file(member(1, **{column: words[language]}))).rows()
                assert getattr(row, column) == (
                    {"yes": True, "no": False}[value] if kind == "flag" else value
                )


def test_every_text_is_there_in_every_language() -> None:
    for text in [*problem_texts().values()]:
        assert set(text.text) == set(LANGUAGES)
        places = {
            name for name in ("{value}", "{lines}", "{what}", "{limit}", "{found}") if name in text.text["en"]
        }
        assert all(place in said for place in places for said in text.text.values())
    assert all(set(column.title) == set(column.help) == set(LANGUAGES) for column in columns().values())


def test_grounds_are_those_of_the_edition() -> None:
    commissions = parse_edition(uz_edition_toml()).commissions
    assert commissions is not None
    excluded = next(rule for rule in commissions.rules if rule.rule == "excluded")
    assert set(GROUNDS) == set(excluded.grounds)


def test_a_hundred_thousand_problems_are_kept_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esaylov.exchange.members.problems.KEPT", 5)
    found = read_members(csv_file(*(member(n, education="?", role="?") for n in range(9))))
    assert len(found.problems) == 5
    assert found.counts == {"F24": 9, "F34": 9}
    assert (found.errors, found.table.height, found.rejected.height) == (18, 0, 9)


def test_the_page_names_every_column_and_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "members.md").read_text(encoding="utf-8")
    for column in columns().values():
        assert f"| `{column.name}`{' *' if column.needed else ''} | {column.title['uz']} |" in page
    for code, text in problem_texts().items():
        assert f"| {code} | {text.severity} | " in page


def test_numbers_of_decisions() -> None:
    """One number for each commission; whoever writes it once means it for all its rows."""
    found = read_members(csv_file(member(1, decision="12 / 4"), member(2), member(3, commission="pec:18")))
    assert [row.decision for row in found.rows()] == ["12/4", "12/4", ""]
    wrong = read_members(csv_file(member(1, decision="by word of mouth"), member(2, decision="7" * 60)))
    assert wrong.counts == {"F42": 2}
    several = read_members(
        csv_file(
            member(1, decision="1"), member(2, decision="2"), member(3, commission="pec:18", decision="2")
        )
    )
    assert several.counts == {"F43": 2}
    assert [row.commission for row in several.rows()] == ["pec:18"]
    assert "2, 3" in several.problems[0].reason()
