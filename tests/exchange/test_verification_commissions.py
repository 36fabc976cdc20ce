"""What the entries of commissions say together: both verifiers take the honest log, and refuse each one that was forged."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from tests.exchange.published_case import Row, canonical, csv_bytes
from tests.exchange.published_commissions import FIVE, HASH, NINE, SIX
from tests.exchange.published_compositions import COUNTS, ROWS
from tests.exchange.published_fixture import Entry, build

VOTES = {"abstain": 1, "against": 2, "for": 5}


def test_both_take_what_commissions_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = build(tmp_path / "published", deliberating=True)
    lines: list[str] = []
    verification.verify(str(tmp_path / "published"), lines.append, key=key)
    assert any("quorum and majority of 9 acts of sessions hold" in line for line in lines)
    assert verify.main([str(tmp_path / "published"), "--key", key]) == 0
    assert "commissions: 9 acts of sessions by quorum and majority, 3 decisions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("label", "members", "refused"),
    [
        pytest.param(label, members, refused or label, id=f"{label}: {', '.join(members)} {number}")
        for number, (label, members, refused) in enumerate(
            [
                # votes, quorum, majority
                ("adopt", {"votes": {**VOTES, "for": 90}}, ""),
                ("adopt", {"votes": {"for": 5, "against": 2}}, ""),
                ("adopt", {"votes": {"for": 4, "against": 2, "abstain": 1}}, ""),
                ("adopt", {"votes": {"for": 1, "against": 5, "abstain": 0}}, ""),
                ("reject", {"present": 5, "votes": {"for": 1, "against": 4, "abstain": 0}}, ""),
                ("adopt", {"present": 9}, ""),
                ("adopt", {"members": 7}, ""),
                ("adopt", {"casting": True}, ""),
                ("reject", {"votes": {"for": 5, "against": 3, "abstain": 0}}, ""),
                ("casting", {"casting": False}, ""),
                ("cast against", {"votes": {"for": 3, "against": 0, "abstain": 3}}, ""),
                ("open", {"needed": 1}, ""),
                ("open", {"present": 10}, ""),
                ("attend", {"needed": 6, "present": 5}, ""),
                # numbers
                ("adopt again", {"number": "1"}, ""),
                ("adopt", {"number": None}, ""),
                ("reject", {"number": "3"}, ""),
                # orders
                ("adopt", {"carried": [HASH]}, ""),
                ("adopt", {"carried": []}, ""),
                ("adopt", {"orders": {}}, ""),
                ("adopt", {"orders": {"registry.change_composition": 1}}, ""),
                ("form", {"decision": "9"}, "adopt"),
                ("form", {"body": "tec:r2"}, "adopt"),
                ("form", {"findings": ["A07"]}, "adopt"),
                ("end", {"findings": []}, ""),
                ("end", {"findings": ["R17", "A04"]}, ""),
                ("end", {"findings": ["A04", 4]}, ""),
                ("attend", {"findings": ["A04"]}, ""),
                ("form", {"body": "tec:r2"}, "adopt"),
                # sessions
                ("adopt", {"session": 2}, ""),
                ("adopt", {"at": "2026-10-24T09:00:00+05:00"}, ""),
                ("adopt", {"body": "nobody"}, ""),
                ("adopt", {"item": 4}, ""),
                ("adopt", {"item": 0}, ""),
                ("open next", {"session": 3}, ""),
                ("close", {"session": 2}, ""),
                ("close", {"decisions": 77}, ""),
                ("close", {"rejected": 0}, ""),
                ("dissent 1", {"item": 2}, ""),
                ("dissent 3", {"number": None}, ""),
                # compositions
                ("enrol", {"members": 99}, ""),
                ("enrol", {"members": 9, "added": 8}, ""),
                ("form", {"proposers": {"mahalla": 7}}, ""),
                ("change", {"roles": {**FIVE, "member": 3}}, ""),
                ("change", {"roles": SIX, "members": 6}, ""),
                ("change", {"removed": 0}, ""),
                ("change", {"act": "registry.form_commission"}, ""),
                ("change", {"commission": "tec:r9", "election": None}, ""),
                ("change imported", {"removed": 1}, ""),
                ("change imported", {"members": 9, "roles": {"chair": 1, "member": 8}}, ""),
                ("change imported", {"act": "registry.form_commission"}, ""),
                ("change imported", {"commission": "pec:p12"}, ""),
                ("change imported", {"commission": "pec:p99"}, ""),
                ("change imported", {"roles": {"chair": 1, "usher": 9}}, ""),
                ("import", {"taken": 5}, ""),
                ("import", {"rows": 99}, ""),
                ("import", {"roles": NINE}, ""),
                ("import", {"tiers": {"precinct": 11}}, ""),
                ("import", {"proposers": {"mahalla": 91}}, ""),
                ("end", {"role": "observer"}, ""),
                # applications
                ("submit", {"number": "2026-000002"}, "return_application"),
                ("return_application", {"state": "bananas"}, ""),
                ("return_application", {"kind": "other"}, ""),
                ("return_application", {"body": "tec:r1"}, ""),
                ("check_application", {"body": "cec"}, ""),
                ("check_application", {"state": "granted"}, ""),
                ("decide_application", {"state": "appealed"}, ""),
                ("decide_application", {"number": "2099-000009"}, ""),
                ("note_appeal", {"number": "2026-000009"}, ""),
            ]
        )
    ],
)
def test_both_refuse_what_does_not_follow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], label: str, members: dict[str, Any], refused: str
) -> None:
    seen: list[str] = []

    def change(name: str, entry: Entry) -> Entry:
        seen.append(name)
        return {**entry, **members} if name == label else entry

    key = build(tmp_path / "wrong", deliberating=True, entry=change)
    place = f"entry {seen.index(refused)}: "
    with pytest.raises(verification.VerificationError, match=f"^{place}"):
        verification.verify(str(tmp_path / "wrong"), lambda *_: None, key=key)
    assert verify.main([str(tmp_path / "wrong"), "--key", key]) == 1
    assert f"FAILED: {place}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("left_out", "refused"),
    [
        ("open", "attend"),
        ("close", "open next"),
        ("form", "adopt"),
        ("end", "change"),
        ("submit", "return_application"),
        ("repair_application", "forward_application"),
    ],
)
def test_both_refuse_where_one_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left_out: str, refused: str
) -> None:
    seen: list[str] = []

    def change(name: str, entry: Entry) -> Entry | None:
        if name == left_out:
            return None
        seen.append(name)
        return entry

    key = build(tmp_path / "wrong", deliberating=True, entry=change)
    place = f"entry {seen.index(refused)}: "
    with pytest.raises(verification.VerificationError, match=f"^{place}"):
        verification.verify(str(tmp_path / "wrong"), lambda *_: None, key=key)
    assert verify.main([str(tmp_path / "wrong"), "--key", key]) == 1
    assert f"FAILED: {place}" in capsys.readouterr().out


def test_both_open_every_hash_of_a_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = build(tmp_path / "published", deliberating=True)
    lines: list[str] = []
    verification.verify(str(tmp_path / "published"), lines.append, key=key)
    assert any("3 sessions, 5 questions put to the vote: each with its words" in line for line in lines)
    assert verify.main([str(tmp_path / "published"), "--key", key]) == 0
    said = "sessions: 3, 3 decisions and 2 questions not carried, each in its words"
    assert said in capsys.readouterr().out


FORGED: dict[str, Callable[[list[Any]], object]] = {
    "text of a decision": lambda all_: all_[0]["questions"][0].update(text="Another."),
    "text is no text": lambda all_: all_[0]["questions"][0].update(text=7),
    "title of a question not carried": lambda all_: all_[0]["questions"][2].update(title="On nothing"),
    "decision is missing": lambda all_: all_[0]["questions"].pop(0),
    "decision is added": lambda all_: all_[0]["questions"].append({**all_[0]["questions"][0], "number": "9"}),
    "decision moved to another session": lambda all_: all_[1]["questions"].append(
        all_[0]["questions"].pop(1)
    ),
    "agenda": lambda all_: all_[0]["agenda"].__setitem__(1, "Item two"),
    "place": lambda all_: all_[0].update(place="Navoi street 2"),
    "no place": lambda all_: all_[0].update(place=None),
    "place of a session whose entry hashes none": lambda all_: all_[1].update(place="Navoi street 1"),
    "dissent": lambda all_: all_[0]["dissents"][0].update(text="I would."),
    "dissent that is not public": lambda all_: all_[0]["dissents"][1].update(text="I would not."),
    "session is missing": lambda all_: all_.pop(),
    "no array": lambda all_: all_[0].update(questions=None),
    "no end": lambda all_: all_[0].pop("closing"),
    "no agenda": lambda all_: all_[0].pop("agenda"),
    "place is no text": lambda all_: all_[1].update(place=0),
    "no text": lambda all_: all_[0]["questions"][0].pop("text"),
    "dissent without its text": lambda all_: all_[0]["dissents"][0].update(text=None),
    "no entry": lambda all_: all_[0]["attendance"][0].pop("entry"),
    "no session": lambda all_: all_.append("session"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_both_refuse_a_forged_file_of_sessions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], forged: str
) -> None:
    def change(files: dict[str, bytes]) -> None:
        sittings = json.loads(files["sittings.json"])
        FORGED[forged](sittings)
        files["sittings.json"] = canonical(sittings)

    _both_refuse(tmp_path, capsys, change)


def test_both_refuse_without_the_file_of_sessions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _both_refuse(tmp_path, capsys, lambda files: files.pop("sittings.json"))


def test_both_refuse_another_spelling_of_the_file_of_sessions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _both_refuse(
        tmp_path, capsys, lambda files: files.update({"sittings.json": files["sittings.json"] + b"\n"})
    )


def _both_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Callable[[dict[str, bytes]], object]
) -> None:
    key = build(tmp_path / "wrong", deliberating=True, tables=change)
    with pytest.raises(verification.VerificationError, match=r"sittings[.]json: "):
        verification.verify(str(tmp_path / "wrong"), lambda *_: None, key=key)
    assert verify.main([str(tmp_path / "wrong"), "--key", key]) == 1
    refused = capsys.readouterr().out.split("FAILED: ")[1]
    assert "sittings.json: " in refused
    assert "Error: " not in refused, "Python's words"


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("commissions.csv", ",5,1,1,1,2,cec,1,", ",5,1,1,1,2,cec,9,"),
        ("commissions.csv", "pec:p01,precinct,d1,p01,9,1,0,0,8", "pec:p01,precinct,d1,p01,9,1,1,0,7"),
        (
            "commissions.csv",
            "pec:p02,precinct,d1,p02,10,1,0,0,9,cec,0,",
            "pec:p02,precinct,d1,p02,10,1,0,0,9,tec:r1,0,",
        ),
        ("commissions.csv", "pec:p12,precinct,r2,p12,0", "pec:p12,precinct,r2,p12,1"),
        ("commissions.csv", "dec:c1,okrug", "dec:c1,district"),
        ("commissions.csv", "dec:c2,okrug,c2,,0,0,0,0,0,,,,,0,0,0,0,0,0,0,0,0,0,\n", ""),
        ("entered.csv", "pec:p01,12/4,1,0,0,8,9", "pec:p01,12/4,1,0,0,8,8"),
        ("entered.csv", "pec:p01,12/4", "pec:p01,"),
        ("entered.csv", "pec:p03,,1,0,0,8,9,0,0,0,0,0\n", "pec:p03,,2,0,0,8,9,0,0,0,0,0\n"),
        ("entered.csv", "pec:p10,", "pec:p99,"),
        ("entered.csv", "pec:p10,,1,", "pec:p10,,"),
        ("entered.csv", "pec:p10,,1,", "pec:p10,,one,"),
        ("entered.csv", "entry,commission,", "entry,body,"),
    ],
)
def test_both_refuse_other_numbers_of_a_commission(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, old: str, new: str
) -> None:
    def change(files: dict[str, bytes]) -> None:
        assert old.encode() in files[table], files[table].decode()
        files[table] = files[table].replace(old.encode(), new.encode())

    key = build(tmp_path / "wrong", deliberating=True, tables=change)
    with pytest.raises(verification.VerificationError, match=table):
        verification.verify(str(tmp_path / "wrong"), lambda *_: None, key=key)
    assert verify.main([str(tmp_path / "wrong"), "--key", key]) == 1
    refused = capsys.readouterr().out.split("FAILED: ")[1]
    assert table in refused
    assert "Error: " not in refused, "Python's words"


@pytest.mark.parametrize("changed", [{2: 2}, {6: 8}, {6: 8, 7: 1}])
def test_both_refuse_a_file_of_members_with_other_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[int, int]
) -> None:
    """The entry pins the rows, but says other sums."""
    rows: list[Row] = [[changed.get(at, value) for at, value in enumerate(ROWS[0])], *ROWS[1:]]
    pinned = sha256(csv_bytes(("commission", "decision", *COUNTS), rows)).hexdigest()

    def change(files: dict[str, bytes]) -> None:
        head = ("entry", "commission", "decision", *COUNTS)
        files["entered.csv"] = csv_bytes(head, [(4, *row) for row in rows])

    def pin(name: str, entry: Entry) -> Entry:
        return {**entry, "counts": pinned} if name == "import" else entry

    key = build(tmp_path / "wrong", deliberating=True, tables=change, entry=pin)
    with pytest.raises(verification.VerificationError, match="sums"):
        verification.verify(str(tmp_path / "wrong"), lambda *_: None, key=key)
    assert verify.main([str(tmp_path / "wrong"), "--key", key]) == 1
    assert "other sums than entry 4 says" in capsys.readouterr().out


@pytest.mark.parametrize("table", ["commissions.csv", "entered.csv"])
def test_both_refuse_a_table_of_commissions_that_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    key = build(tmp_path / "wrong", deliberating=True, tables=lambda files: void(files.pop(table)))
    with pytest.raises(verification.VerificationError, match=table):
        verification.verify(str(tmp_path / "wrong"), lambda *_: None, key=key)
    assert verify.main([str(tmp_path / "wrong"), "--key", key]) == 1
    assert f"{table}: the manifest does not name it" in capsys.readouterr().out


def test_both_count_commissions_whose_rows_the_log_does_not_pin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def of_before(name: str, entry: Entry) -> Entry:
        return {key: value for key, value in entry.items() if name != "import" or key != "counts"}

    def change(files: dict[str, bytes]) -> None:
        for table in ("commissions.csv", "entered.csv"):
            assert b"12/4" in files[table]
            files[table] = files[table].replace(b"12/4", b"99/9")

    key = build(tmp_path / "before", deliberating=True, entry=of_before, tables=change)
    lines: list[str] = []
    verification.verify(str(tmp_path / "before"), lines.append, key=key)
    said = "; of 10 the log does not pin the rows in entered.csv"
    assert [line for line in lines if line.endswith(f"that follow from the log{said}")]
    assert verify.main([str(tmp_path / "before"), "--key", key]) == 0
    assert f"are formed, each in numbers{said}" in capsys.readouterr().out
    key = build(tmp_path / "published", deliberating=True)
    lines.clear()
    verification.verify(str(tmp_path / "published"), lines.append, key=key)
    assert verify.main([str(tmp_path / "published"), "--key", key]) == 0
    assert "does not pin" not in "".join(lines) + capsys.readouterr().out


def void(_: object) -> None:
    """Says nothing."""
