"""`esaylov seats`: what is read, what is refused by name, what is printed, with which status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from esaylov.law.cases import CaseError, load_case, parse_case
from esaylov.law.seats_cli import run_seats

EXAMPLE: dict[str, Any] = {
    "seats": 10,
    "method": "hare-largest-remainder",
    "threshold": "0.07",
    "threshold_base": "participants",
    "votes": {"A": 41000, "B": 33000, "C": 18000, "D": 6000},
    "participants": 99000,
    "invalid": 1000,
    "rules": {"minimum_parties": 2},
}
TIED = {"seats": 3, "method": "dhondt", "votes": {"A": 10, "B": 10}}
SILENT = {"seats": 3, "method": "dhondt", "threshold": 1, "votes": {"A": 10, "B": 10}}


def run(folder: Path, case: object, as_json: bool = False) -> int:
    path = folder / "case.json"
    path.write_text(case if isinstance(case, str) else json.dumps(case), encoding="utf-8")
    return run_seats(path, as_json)


def test_the_example_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, EXAMPLE) == 0
    out = capsys.readouterr().out
    assert "Threshold: 0.07 of 99000 (participants), at least 6930 votes" in out
    assert "Quota: 92000 votes, 10 seats: 9200" in out
    assert "C: one seat, largest remainder (8800)" in out
    assert out.rstrip().endswith("     4  A\n     4  B\n     2  C")


def test_the_example_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, EXAMPLE, as_json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"seats", "quota", "passing", "steps", "lots", "undetermined"}
    assert answer["seats"] == {"A": 4, "B": 4, "C": 2}
    assert answer["quota"] == "9200/1"
    assert answer["passing"] == ["A", "B", "C"]
    assert answer["lots"] is None
    assert answer["undetermined"] is False
    assert not _floats(answer)


def _floats(value: object) -> bool:
    if isinstance(value, dict | list):
        return any(map(_floats, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float)


def test_a_pending_lot_and_its_outcome(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, TIED, as_json=True) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["lots"] == {"between": ["A", "B"], "for": 1}
    assert answer["seats"] == {"A": 1, "B": 1}
    assert run(tmp_path, TIED) == 3
    assert "A LOT MUST BE DRAWN between A, B, for 1" in capsys.readouterr().out
    assert run(tmp_path, TIED | {"drawn": ["B"]}, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["seats"] == {"A": 1, "B": 2}


def test_where_the_rules_are_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, SILENT, as_json=True) == 4
    assert json.loads(capsys.readouterr().out)["undetermined"] is True
    assert run(tmp_path, SILENT) == 4
    assert "no list reaches the threshold" in capsys.readouterr().out


def test_every_step_can_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Next list by lot, remainder by lot, rounded quota, a lot that decides nothing."""
    one = {
        "seats": 2,
        "method": "hare-largest-remainder",
        "threshold": 0.5,
        "votes": {"A": 3, "B": 1, "C": 1},
        "rules": {"minimum_parties": 2, "ties": "more-votes"},
    }
    assert run(tmp_path, one | {"drawn": ["C", "B"]}) == 0
    out = capsys.readouterr().out
    assert "C shares too" in out
    assert "by the lot that was drawn" in out
    assert "A: one seat, equal, but more votes (1)" in out
    assert "recorded lots that decided nothing: B" in out
    assert run(tmp_path, one) == 3
    assert "a lot decides who receives a share in the seats" in capsys.readouterr().out
    floored = {"seats": 5, "method": "hare-largest-remainder", "votes": {"A": 2, "B": 1}}
    assert run(tmp_path, floored | {"rules": {"quota_rounding": "floor"}}) == 4
    assert "the rounded quota is zero" in capsys.readouterr().out


def test_a_member_that_means_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, EXAMPLE | {"treshold": "0.05"}) == 0
    assert "treshold: is not known and was not used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seats": 0}, "seats"),
        ({"seats": 10.5}, "seats"),
        ({"seats": True}, "seats"),
        ({"seats": "10"}, "seats"),
        ({"seats": 10**9}, "seats"),
        ({"method": "hare"}, "method"),
        ({"method": None}, "method"),
        ({"threshold": "7 %"}, "threshold"),
        ({"threshold": 7}, "threshold"),
        ({"threshold": "-0.1"}, "threshold"),
        ({"threshold": "1e-99999"}, "threshold"),
        ({"threshold_base": "everybody"}, "threshold_base"),
        ({"threshold_base": [1]}, "threshold_base"),
        ({"votes": {}}, "votes"),
        ({"votes": [1, 2]}, "votes"),
        ({"votes": {"A": -1}}, "votes.A"),
        ({"votes": {"A": "1_000"}}, "votes.A"),
        ({"votes": {"A": "١٠"}}, "votes.A"),
        ({"votes": {"A": None}}, "votes.A"),
        ({"participants": None}, "participants"),
        ({"participants": 97999}, "participants"),
        ({"invalid": None, "threshold_base": "cast"}, "invalid"),
        ({"rules": {"minimum_parties": 0}}, "rules.minimum_parties"),
        ({"rules": {"minimum": 2}}, "rules.minimum"),
        ({"rules": {"ties": "coin"}}, "rules.ties"),
        ({"rules": []}, "rules"),
        ({"drawn": ["Z"]}, "drawn[0]"),
        ({"drawn": "A"}, "drawn"),
    ],
)
def test_bad_input_names_the_field(
    change: dict[str, Any], field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, EXAMPLE | change) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"case.json: {field}: " in captured.err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"seats": 1, "seats": 2}', "seats: occurs twice"),
        ('{"seats": NaN}', "not JSON: NaN"),
        ("[" * 100_000, "not JSON"),
        ('{"seats": 1, "method": "dhondt"}', "votes: is missing"),
    ],
)
def test_what_is_no_case(text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, text) == 1
    assert reason in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_seats(tmp_path / "none.json", False) == 1
    assert "none.json: " in capsys.readouterr().err


def test_broken_utf8() -> None:
    with pytest.raises(CaseError, match="not UTF-8 at byte 0"):
        load_case(b"\xff{}")


def test_decimals_are_read_exactly_however_written() -> None:
    one = parse_case(load_case(b'{"seats": 1, "method": "dhondt", "threshold": 0.07, "votes": {"A": 34.75}}'))
    two = parse_case({"seats": 1, "method": "dhondt", "threshold": "0.07", "votes": {"A": "34.75"}})
    assert one == two
