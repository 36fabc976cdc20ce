"""Frozen lists, supplements, marks: both verifiers take the honest log, and refuse each one that was forged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from tests.exchange.published_fixture import Entry, build
from tests.exchange.published_lists import proof, root

FREEZE = 4
"""Index of the entry that freezes."""


def test_both_take_frozen_lists_and_the_proof_of_a_voter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = build(tmp_path / "published", freezing=True)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof(FREEZE)))
    lines: list[str] = []
    verification.verify(str(tmp_path / "published"), lines.append, key=key, voter=file)
    assert any("2 lists of voters are frozen, 3 voters; 2 came into supplements" in line for line in lines)
    assert any(
        "voter: number 2 of 3 in the frozen list of 'p01', with the data shown" in line for line in lines
    )
    assert verify.main([str(tmp_path / "published"), "--key", key, "--voter-proof", str(file)]) == 0
    said = capsys.readouterr().out
    assert "lists of voters: 2 frozen, 3 voters; supplements have 2; 5 marks" in said
    assert "voter: number 2 of 3 in the frozen list of 'p01', with the data shown" in said


def both_refuse(folder: Path, key: str, capsys: pytest.CaptureFixture[str], match: str = "entry") -> None:
    with pytest.raises(verification.VerificationError, match=match):
        verification.verify(str(folder), lambda *_: None, key=key)
    assert verify.main([str(folder), "--key", key]) == 1
    refused = capsys.readouterr().out.split("FAILED: ")[1]
    assert match in refused
    assert "Error: " not in refused, "Python's words"


@pytest.mark.parametrize(
    ("label", "members"),
    [
        ("supplement 1", {"number": 2}),
        ("supplement 2", {"number": 1}),
        ("supplement 2", {"number": 3}),
        ("supplement 1", {"precinct": "p03", "body": "pec:p03"}),
        ("supplement 1", {"precinct": "p99", "body": "pec:p99"}),
        ("supplement 1", {"body": "pec:p02"}),
        ("supplement 1", {"reason": 5}),
        ("mark home", {"number": 7}),
        ("mark home again", {"kind": "early"}),
        ("mark home again", {"body": "cec"}),
        ("mark early", {"voter": 5}),
        ("mark early", {"mark": "88" * 32}),
        ("mark hidden", {"kind": "home"}),
        ("mark hidden", {"body": "pec:p01"}),
        ("mark hidden", {"at": "2026-10-25T09:30:00+05:00"}),
        ("mark hidden again", {"mark": "55" * 32}),
        ("mark hidden", {"mark": "early"}),
        ("visit 2", {"number": 3}),
        ("visit 1", {"body": "pec:p02"}),
        ("visit 1", {"precinct": "p99", "body": "pec:p99"}),
        ("visit 1", {"noted": "died"}),
        ("visit 1", {"died": 1}),
        ("round 2", {"number": 3}),
        ("round 1", {"number": 3}),
        ("round 1", {"body": "pec:p01"}),
        ("round 1", {"precinct": "p99"}),
        ("round 1", {"visits": 0}),
        ("round 1", {"visits": -1}),
        ("round 1", {"noted": "died"}),
        ("round 1", {"house": 5}),
        ("freeze", {"lists": 3}),
        ("freeze", {"voters": 2}),
        ("freeze", {"table": "0" * 64}),
    ],
)
def test_both_refuse_a_forged_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], label: str, members: dict[str, Any]
) -> None:
    def change(name: str, entry: Entry) -> Entry:
        return {**entry, **members} if name == label else entry

    key = build(tmp_path / "wrong", freezing=True, entry=change)
    both_refuse(tmp_path / "wrong", key, capsys)


def test_both_refuse_a_supplement_that_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = build(
        tmp_path / "wrong", freezing=True, entry=lambda name, entry: None if name == "supplement 1" else entry
    )
    both_refuse(tmp_path / "wrong", key, capsys, "number 2, due is 1")


def replaced(old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old.encode() in files["frozen.csv"]
        files["frozen.csv"] = files["frozen.csv"].replace(old.encode(), new.encode())

    return change


@pytest.mark.parametrize(
    "change",
    [
        replaced(",p01,3,", ",p01,4,"),
        replaced(",p01,3,", ",p09,3,"),
        replaced(",p01,3,", ",p99,3,"),
        replaced(",p01,3,", ",p01,three,"),
        replaced(",p01,3,", ",p02,3,"),
        replaced(root(), "0" * 64),
        replaced(root(), root().upper()),
        replaced("4,p02,", "5,p02,"),
        replaced("entry,", "index,"),
        lambda files: void(files.pop("frozen.csv")),
        lambda files: files.update({"frozen.csv": files["frozen.csv"].split(b"4,p02")[0]}),
    ],
)
def test_both_refuse_another_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Callable[[dict[str, bytes]], None]
) -> None:
    key = build(tmp_path / "wrong", freezing=True, tables=change)
    both_refuse(tmp_path / "wrong", key, capsys, "frozen.csv")


def test_both_refuse_a_table_without_an_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["frozen.csv"] = b"entry,precinct,voters,root\n"

    key = build(tmp_path / "wrong", tables=change)
    both_refuse(tmp_path / "wrong", key, capsys, "frozen.csv")


def void(_: object) -> None:
    """For changes that are written as expressions."""
