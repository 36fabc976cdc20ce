"""The one-file verifier on small published folders: what is right is accepted, every change is refused and named.

Two builders that share no code make the folders: tests/exchange/published_fixture.py and tests/standalone/book.py.
Where it says "both", the platform's own verifier must come to the same answer.
"""

from __future__ import annotations

import ast
import gzip
import json
import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from tests.exchange.published_fixture import build
from tests.standalone.book import Book, Signer, canonical

Run = Callable[..., tuple[int, str]]
Entry = dict[str, Any]
DATA = "data/test-2026"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit status and last line of the verifier."""

    def call(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        status = verify.main([str(argument) for argument in arguments])
        return status, capsys.readouterr().out

    return call


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    path = tmp_path_factory.mktemp("small") / "published"
    return path, build(path)


@pytest.fixture
def copy(small: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(small[0], tmp_path / "copy"))


def both_refuse(run: Run, path: Path, key: str, *words: str) -> None:
    """Both verifiers refuse the folder; this one says why in these words."""
    status, out = run(path, "--key", key)
    last = out.splitlines()[-1]
    assert status == 1, out
    assert last.startswith("FAILED: ")
    for word in words:
        assert word in last
    with pytest.raises(verification.VerificationError):
        verification.verify(str(path), lambda *_: None, key=key)


# --- what is right ---


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"simulated": False, "origin": "log.example.org"},
        {"replay": True, "simulated": False},
        {"more_turnout": 300},
        {"tie": True},
        {"tie": True, "lot": "dan"},
        {"until_release": True},
    ],
)
def test_accepts(run: Run, tmp_path: Path, more: dict[str, Any]) -> None:
    key = build(tmp_path / "published", **more)
    status, out = run(tmp_path / "published", "--key", key)
    assert status == 0, out
    assert all(line.startswith("ok   ") for line in out.splitlines()[:9])
    assert ("SIMULATED" in out) == more.get("simulated", True)
    assert ("REPLAY" in out) == more.get("replay", False)
    assert "ORIGIN NOT PROVEN" not in out
    assert (
        run(tmp_path / "published")[1].count("ORIGIN NOT PROVEN: the key was read from the folder itself")
        == 1
    )


def odd_election(**call: Any) -> tuple[Book, list[Entry]]:
    """A real election with odd ids: a list contest with a drawn lot, a run-off, a question, a silent law."""
    lines = ["listed", "boxes", "invalid"]
    toml = "\n".join(
        [
            'id = "odd.law"',
            'title = {en = "Odd"}',
            "[protocol]",
            f"lines = {json.dumps(lines)}",
            "[protocol.common]",
            'voters_on_list = ["listed"]',
            'ballots_in_boxes = ["boxes"]',
            'invalid = ["invalid"]',
            "[[protocol.relations]]",
            'code = "A1"',
            'left = ["boxes"]',
            'op = "="',
            'right = ["votes", "invalid"]',
            'severity = "error"',
            'text = {en = "Ballots"}',
            "[contests.list]",
            'method = "hare-largest-remainder"',
            "threshold = 0.05",
            "[contests.president]",
            'method = "majority"',
            "majority = 0.5",
            "run_off = {candidates = 2}",
            "[contests.referendum]",
            'method = "question"',
            "majority = 0.5",
            "[contests.council]",
            'method = "plurality"',
        ]
    ).encode()
    tables = {
        "territories": [
            ("id", "parent", "kind", "name_uz"),
            ("ö", "", "country", "Ö, land"),
            ("d", "ö", "x", '"d"'),
        ],
        "contests": [
            ("id", "kind", "territory", "seats", "edition", "title_uz"),
            *[
                (id, kind, "ö", seats, "odd.law", "")
                for id, kind, seats in (("l", "list", 2), ("p", "president", 1))
            ],
            ("q", "referendum", "ö", 0, "odd.law", "?"),
            ("c", "council", "d", 2, "odd.law", ""),
        ],
        "options": [
            ("id", "contest", "kind", "name_uz", "ballot_order"),
            *[
                (id, "l", "party-list", "", order)
                for order, id in enumerate(("é", "～", "a,b", '"'), start=1)
            ],
            *[(id, "p", "candidate", "", order) for order, id in enumerate("xyz", start=1)],
            ("no", "q", "no", "", 1),
            ("yes", "q", "yes", "", 2),
            *[(id, "c", "candidate", "", 1) for id in "mn"],
        ],
        "precincts": [("id", "territory", "number", "voters"), ("1,5", "ö", "", 100), ("2", "d", 2, 100)],
    }
    book = Book("odd", "odd.law", tables, toml)
    book.open_election(**call)
    # 40 : 25 : 25 : 10 for two seats: one and a lot between the second and the third
    book.protocol(("1,5", "l"), [100, 50, 0], [20, 10, 15, 5])
    book.protocol(("2", "l"), [100, 52, 2], [20, 15, 10, 5])
    book.protocol(("1,5", "p"), [100, 50, 0], [20, 16, 14])
    book.protocol(("2", "p"), [100, 0, 0], [0, 0, 0])
    first = book.protocol(("2", "q"), [100, 9, 0], [3, 5], "inconsistent", ["A1"])
    book.protocol(("2", "q"), [100, 8, 0], [3, 5], version=2, replaces=book.leaf(first))
    book.protocol(("2", "c"), [100, 0, 0], [0, 0])
    book.add("results.record_lot", contest="l", decision="№ 1/б", drawn=["～"])
    book.decisions.append(("lot", "№ 1/б", book.at, "", "l", "～"))
    book.add("results.supply_determination", contest="c", decision="2", outcome=["n"])
    book.decisions.append(("determination", "2", book.at, "", "c", "n"))
    sums = {"counted": 2, "lines": [200, 102, 2], "votes": [40, 25, 25, 10], "seats": {"é": 1, "～": 1}}
    book.add("results.certify", contest="l", decision="3", **sums)
    book.decisions.append(("certification", "3", book.at, "", "l", ""))
    empty = {
        "steps": [],
        "lots": None,
        "quota": None,
        "passing": None,
        "final": False,
        "status": "determined",
    }

    def turnout(participants: int, voters: int) -> Entry:
        return {
            "turnout": {"participants": participants, "voters": voters, "required": None, "reached": True}
        }

    lists = {
        "passing": ["é", "～", "a,b", '"'],
        "quota": "50/1",
        "seats": sums["seats"],
        "elected": ["é", "～"],
    }
    return book, [
        {"contest": "l", "kind": "list", **empty, **lists, "final": True, **turnout(102, 200)},
        {
            **{"contest": "p", "kind": "president", **empty, "status": "run-off", "passing": ["x", "y"]},
            **{"seats": {}, "elected": [], **turnout(50, 200)},
        },
        {"contest": "q", "kind": "referendum", **empty, "seats": {}, "elected": ["yes"], **turnout(8, 100)},
        {"contest": "c", "kind": "council", **empty, "seats": {"n": 1}, "elected": ["n"], **turnout(0, 100)},
    ]


def test_names_places_without_a_protocol(run: Run, tmp_path: Path) -> None:
    status, text = run(tmp_path / "published", "--key", build(tmp_path / "published"))
    assert status == 0
    assert "3 have none: 'p08/sm-2', 'p10/list', 'p12/list'" in text


def test_both_accept_the_other_builder(run: Run, tmp_path: Path) -> None:
    signer = Signer("log.example.org/odd", b"s" * 32)
    book, determinations = odd_election()
    book.publish(tmp_path / "odd", signer, book.files(False, determinations))
    status, out = run(tmp_path / "odd", "--key", signer.vkey)
    assert status == 0, out
    assert "1 run-off" in out
    assert "A1 1" in out
    verification.verify(str(tmp_path / "odd"), lambda *_: None, key=signer.vkey)
    determinations[1]["passing"] = ["x", "z"]
    book, _ = odd_election()
    book.publish(tmp_path / "wrong", signer, book.files(False, determinations))
    both_refuse(run, tmp_path / "wrong", signer.vkey, "contest 'p'", "passing")


def test_members_are_ordered_by_utf16() -> None:
    """RFC 8785, section 3.2.3: a character beyond the basic plane stands before one at its end."""
    assert verify.parse('{"\U0001f600":1,"\uff5e":2}'.encode()) == {"\U0001f600": 1, "\uff5e": 2}
    with pytest.raises(verify.Refused):
        verify.parse('{"\uff5e":2,"\U0001f600":1}'.encode())


def test_before_the_roster(run: Run, tmp_path: Path) -> None:
    """A publication between the calling entry and the roster's: the roster follows from the tables."""
    signer = Signer("log.example.org", b"s" * 32)
    book, determinations = odd_election()
    del book.entries[1:]
    book.standing.clear()
    book.decisions.clear()
    silent = {"status": "undetermined", "seats": {}, "elected": [], "quota": None, "final": False}
    for one in determinations:
        one |= {**silent, "passing": [] if one["kind"] == "list" else None}
        one["turnout"] |= {"participants": 0, "voters": 0}
    book.publish(tmp_path / "early", signer, book.files(False, determinations))
    status, out = run(tmp_path / "early", "--key", signer.vkey)
    assert status == 0, out


def test_since_and_receipt(run: Run, tmp_path: Path) -> None:
    signer = Signer("log.example.org", b"s" * 32)
    book, determinations = odd_election()
    earlier, stranger = signer.checkpoint(book.entries[:5]), Signer("log.example.org", b"t" * 32)
    forged = signer.checkpoint([*book.entries[:4], b"{}"])
    receipt, false = signer.receipt(book.entries[3]), signer.receipt(b"{}")
    book.publish(tmp_path / "odd", signer, book.files(False, determinations))
    later = signer.checkpoint([*book.entries, b"{}"])
    notes = {
        "earlier": (earlier, "--since", 0, "the log of 5 entries is the beginning"),
        "empty": (signer.checkpoint([]), "--since", 0, "the log of 0 entries"),
        "forged": (forged, "--since", 1, "not the beginning"),
        "later": (later, "--since", 1, "newer"),
        "stranger": (stranger.checkpoint(book.entries[:5]), "--since", 1, "not signed by the key"),
        "receipt": (receipt, "--receipt", 0, "entry 3"),
        "wrapped": (json.dumps({"id": 7, "receipt": receipt.decode()}).encode(), "--receipt", 0, "entry 3"),
        "false": (false, "--receipt", 1, "not in the log"),
        "changed": (receipt.replace(b"within 60", b"within 61"), "--receipt", 1, "does not hold"),
        "checkpoint": (earlier, "--receipt", 1, "not a receipt"),
        "nothing": (b"", "--receipt", 1, "FAILED"),
    }
    for name, (note, option, expected, words) in notes.items():
        (tmp_path / name).write_bytes(note)
        status, out = run(tmp_path / "odd", "--key", signer.vkey, option, tmp_path / name)
        assert (status, words in out) == (expected, True), (name, out)


def test_the_command() -> None:
    for wrong in (["x", "--witness", "w"], ["x", "--quorum", "1"], [], ["x", "y"]):
        with pytest.raises(SystemExit) as stop:
            verify.main(wrong)
        assert stop.value.code == 2


def test_one_file_of_the_standard_library() -> None:
    source = Path(verify.__file__).read_text()
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(str(node.module).split(".")[0])
    assert names <= set(sys.stdlib_module_names)


# --- changed files ---


def test_a_flipped_bit_anywhere(run: Run, small: tuple[Path, str], copy: Path) -> None:
    """In every file, at its first and last bytes and some between."""
    dice = random.Random(16)
    for path in sorted(copy.rglob("*")):
        if path.is_dir():
            continue
        data = path.read_bytes()
        places = {0, len(data) - 1, *(dice.randrange(len(data)) for _ in range(3))}
        for place in sorted(places):
            changed = bytearray(data)
            changed[place] ^= 1 << dice.randrange(8)
            path.write_bytes(changed)
            status, out = run(copy, "--key", small[1])
            assert status == 1, (path, place, out)
        path.write_bytes(data)
    assert run(copy, "--key", small[1])[0] == 0


def test_a_changed_length_of_any_file(run: Run, small: tuple[Path, str], copy: Path) -> None:
    for path in sorted(p for p in copy.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for changed in (data[:-1], data + b"\n"):
            path.write_bytes(changed)
            assert run(copy, "--key", small[1])[0] == 1, path
        path.unlink()
        status, out = run(copy, "--key", small[1])
        assert status == 1
        assert "missing" in out
        path.write_bytes(data)


@pytest.mark.parametrize(
    "name",
    [
        "extra.html",
        "Manifest.json",
        "log/tile/0/001",
        "log/tile/0/000",
        "log/tile/0/000.p/54",
        "log/tile/1/000.p/1",
        "log/tile/entries/000.p/1",
        "log/checkpoint.old",
        "log/witness/x",
        f"{DATA}/.hidden",
        f"{DATA}/notes\nok   files: 1",
        "data/other/datapackage.json",
        "a\udcff",
    ],
)
def test_files_that_nobody_names(run: Run, small: tuple[Path, str], copy: Path, name: str) -> None:
    target = os.path.join(copy, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(b"x")
    status, out = run(copy, "--key", small[1])
    assert status == 1
    assert out.splitlines()[-1].startswith("FAILED: ")
    assert not any(line.startswith("ok   files") for line in out.splitlines())


def test_no_name_can_disguise_a_line(run: Run, small: tuple[Path, str], copy: Path) -> None:
    (copy / "\u202e\x1b[2Jverified\nok   files").write_bytes(b"")
    status, out = run(copy, "--key", small[1])
    assert status == 1
    assert all(c.isprintable() or c == "\n" for c in out)
    assert "FAILED" in out.splitlines()[-1]


def test_links_are_not_followed(run: Run, small: tuple[Path, str], copy: Path, tmp_path: Path) -> None:
    for name in ("verify.py", f"{DATA}/votes.parquet", "log/checkpoint"):
        outside = tmp_path / "outside"
        shutil.move(copy / name, outside)
        (copy / name).symlink_to(outside)
        assert (
            run(copy, "--key", small[1])[1].splitlines()[-1]
            == f"FAILED: '{name}': neither a file nor a folder"
        )
        (copy / name).unlink()
        shutil.move(outside, copy / name)
    (tmp_path / "empty").mkdir()
    (copy / "more").symlink_to(tmp_path / "empty")
    assert run(copy, "--key", small[1])[0] == 1
    (copy / "more").unlink()
    os.mkfifo(copy / "pipe")
    assert run(copy, "--key", small[1])[0] == 1
    (copy / "pipe").unlink()
    assert run(copy, "--key", small[1])[0] == 0


def test_signed_again_by_another(run: Run, small: tuple[Path, str], tmp_path: Path) -> None:
    build(tmp_path / "again", seed=b"x" * 32)
    both_refuse(run, tmp_path / "again", small[1], "log/checkpoint", "not signed by the key")
    assert run(tmp_path / "again")[0] == 0
    (tmp_path / "again" / "log" / "key").write_text(small[1] + "\n")
    assert run(tmp_path / "again")[0] == 1


def test_a_leaf_left_out(run: Run, small: tuple[Path, str], copy: Path) -> None:
    """Of the bundle: the tiles do not fit."""
    path = next((copy / "log" / "tile" / "entries").rglob("*.p/*"))
    data = path.read_bytes()
    second = 2 + int.from_bytes(data[:2], "big")
    path.write_bytes(data[second:])
    both_refuse(run, copy, small[1], "log/tile/entries")


def test_huge_sizes_end_at_once(run: Run, small: tuple[Path, str], copy: Path) -> None:
    signer = Signer("log.test.invalid", b"e" * 32)
    (copy / "log" / "checkpoint").write_bytes(signer.note(f"log.test.invalid\n{10**15 - 1}\n{'A' * 43}=\n"))
    (copy / "log" / "key").write_text(signer.vkey + "\n")
    status, out = run(copy)
    assert status == 1
    assert "log/tile/" in out


# --- a log that was signed, and is wrong ---


def changed(label: str, **members: Any) -> Callable[[str, Entry], Entry | None]:
    """The entry with this label gets these members; `...` takes one away."""

    def change(name: str, entry: Entry) -> Entry | None:
        if name != label:
            return entry
        return {name: value for name, value in {**entry, **members}.items() if value is not ...}

    return change


def chain(*changes: Callable[[str, Entry], Entry | None]) -> Callable[[str, Entry], Entry | None]:
    def change(name: str, entry: Entry) -> Entry | None:
        for one in changes:
            if (changed := one(name, entry)) is None:
                return None
            entry = changed
        return entry

    return change


def raw(label: str, rewrite: Callable[[bytes], bytes]) -> Callable[[str, Entry], Entry | None]:
    return lambda name, entry: {"raw": rewrite(canonical(entry)), **entry} if name == label else entry


def without(*labels: str) -> Callable[[str, Entry], Entry | None]:
    return lambda name, entry: None if name in labels else entry


SUBMIT = "submit p04 sm-1"
WRONG_ENTRIES: list[tuple[str, Callable[[str, Entry], Entry | None], str]] = [
    ("findings left out", changed(SUBMIT, findings=[]), "recomputed ['R02']"),
    ("findings too many", changed("submit p04 list", findings=["R05"]), "findings ['R05']"),
    ("P01 without conflict", changed("submit p04 list", findings=["P01"]), "findings ['P01']"),
    ("inconsistent without error", changed("submit p04 list", state="inconsistent"), "inconsistent"),
    ("received in spite of an error", changed("submit p05 list", state="received"), "received"),
    (
        "conflicting, nothing stands",
        chain(without("seal p08 sm-2"), changed("submit p04 list", state="conflicting", findings=["P01"])),
        "conflicts",
    ),
    ("state accepted", changed("submit p04 list", state="accepted"), "member state"),
    ("unknown member", changed("submit p04 list", note="x"), "unknown members"),
    ("missing member", changed("submit p04 list", findings=...), "member findings"),
    ("unknown act", changed("turnout p01 10", act="polling.open"), "unknown act"),
    (
        "no act",
        raw("turnout p01 10", lambda data: data.replace(b'"polling.report_turnout"', b"[]")),
        "unknown act",
    ),
    ("version 0", changed("submit p04 list", version=0), "member version"),
    ("version true", changed("submit p04 list", version=True), "member version"),
    ("v 2", changed("turnout p01 10", v=2), "member v"),
    ("v true", changed("turnout p01 10", v=True), "member v"),
    ("negative votes", changed("submit p04 list", votes=[97, -1, 1]), "member votes"),
    ("too large", changed("turnout p01 10", voters=2**53), "member voters"),
    ("votes too few", changed("submit p04 list", votes=[1, 2]), "votes"),
    ("lines too many", changed("submit p04 list", lines=[1] * 9), "lines"),
    ("true as a count", changed("submit p04 list", votes=[True, 1, 1]), "member votes"),
    ("not simulated", changed("turnout p01 10", simulated=...), "member simulated"),
    ("simulated false", changed("turnout p01 10", simulated=False), "member simulated"),
    ("replay in one entry", changed("turnout p01 10", replay=True), "unknown members"),
    ("another edition", changed("turnout p01 10", edition="other"), "one edition"),
    ("another election", changed("turnout p01 10", election="other"), "before the election was called"),
    ("time without zone", changed("turnout p01 10", at="2026-10-25T10:01:00Z"), "not a time"),
    ("no such day", changed("turnout p01 10", at="2026-02-30T10:01:00+05:00"), "day is out of range"),
    ("local time of the log", changed("head 1", at="2026-10-25T18:00:00+05:00"), "UTC"),
    ("turnout elsewhere", changed("turnout p01 10", precinct="p99"), "unknown precinct"),
    ("protocol elsewhere", changed("submit p12 list", contest="sm-1"), "not on the roster"),
    ("protocol of nobody", changed("submit p12 list", precinct="p99"), "not on the roster"),
    ("correction of another", changed("correct p02 sm-1", replaces="0" * 64), "does not name the protocol"),
    ("correction of an old version", changed("correct p02 sm-1", version=1), "may not replace version 1"),
    ("correction of a right one", without("return p02 sm-1"), "may not replace version 1, received"),
    ("acceptance of another", changed("accept p07 list", protocol="0" * 64), "does not name the protocol"),
    ("other salt", changed("open p01 list", salt="0" * 64), "not what entry"),
    ("other value", changed("open p01 list", value={"act": "x"}), "not what entry"),
    ("opens what is not sealed", changed("open p01 list", index=0), "not sealed"),
    ("opens twice", changed("open p02 list", index=7), ""),
    (
        "opens before the release",
        changed("open p01 list", at="2026-10-25T19:59:59+05:00"),
        "before the release",
    ),
    ("called twice", changed("roster", act="elections.call_election"), "missing or wrong"),
    ("not called", without("call"), "before the election was called"),
    ("no roster", without("roster"), "before the roster"),
    ("roster of fewer rows", changed("roster", rows=22), "roster"),
    ("roster of another hash", changed("roster", sha256="0" * 64), "roster"),
    ("no such pin", changed("call", tables={}), "member tables"),
    ("clock stopped", changed("call", clock="stopped"), "member clock"),
    ("no zone", changed("call", timezone=...), "member timezone"),
    ("journal too short", changed("head 2", rows=20), "journal rows are too few"),
    ("manifest of the future", changed("publish", size=10**6), "come after it"),
    ("another size", changed("publish", size=3), "no entry of this log names it"),
    ("never published", without("publish"), "no entry of this log names it"),
    ("certified with more", changed("certify sm-1", counted=9), "certified counted 9"),
    ("certified sums", changed("certify sm-1", votes=[1, 2]), "certified votes [1, 2]"),
    ("certified seats", changed("certify sm-1", seats={"bob": 1}), "certified seats"),
    ("certified nobody", changed("certify sm-1", contest="sm-9"), "not on the roster"),
    ("spaces", raw("roster", lambda data: data.replace(b":", b": ", 1)), "canonical"),
    ("order", raw("roster", lambda data: b'{"v":1,' + data[1:].replace(b',"v":1', b"")), "canonical"),
    ("twice", raw("roster", lambda data: b'{"act":"x",' + data[1:]), "stands twice"),
    ("escapes", raw("roster", lambda data: data.replace(b"roster", b"r\\u006fster", 1)), "canonical"),
    ("exponent", raw("roster", lambda data: data.replace(b'"v":1', b'"v":1e0')), "not an integer"),
    ("minus nothing", raw("head 1", lambda data: data.replace(b'"v":1', b'"v":-0')), "canonical"),
    ("NaN", raw("roster", lambda data: data.replace(b'"v":1', b'"v":NaN')), "not an integer"),
    ("a long number", raw("roster", lambda data: data.replace(b'"v":1', b'"v":1' + b"0" * 5000)), "FAILED"),
    ("a deep value", raw("roster", lambda data: b"[" * 30000 + b"]" * 30000), "RecursionError"),
    ("half a character", raw("roster", lambda data: data.replace(b"cec", b"\\ud800")), "FAILED"),
    ("not UTF-8", raw("roster", lambda data: data.replace(b"cec", b"\xff\xfe\xfd")), "UnicodeDecodeError"),
    ("a byte order mark", raw("roster", lambda data: b"\xef\xbb\xbf" + data), "FAILED"),
    ("a list", raw("roster", lambda data: b"[]"), "canonical"),
    ("nothing", raw("roster", lambda data: b""), "FAILED"),
]


@pytest.mark.parametrize(
    ("change", "words"), [row[1:] for row in WRONG_ENTRIES], ids=[row[0] for row in WRONG_ENTRIES]
)
def test_wrong_entries(
    run: Run, tmp_path: Path, change: Callable[[str, Entry], Entry | None], words: str
) -> None:
    key = build(tmp_path / "wrong", entry=change)
    both_refuse(run, tmp_path / "wrong", key, words)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"step": "holidays"}, "no step of the calendar: 'holidays'"),
        ({"step": "a b"}, "member step"),
        ({"opens": "2026-11-07T00:00:00+05:00"}, "end before it begins"),
        ({"opens": "2026-11-09T00:00:00+05:00"}, "end before it begins"),
        ({"closes": "2026-11-07"}, "not a time"),
        ({"closes": ...}, "member closes"),
        ({"decision": ""}, "member decision"),
        ({"note": "x"}, "unknown members"),
    ],
)
def test_wrong_decisions_on_the_calendar(
    run: Run, tmp_path: Path, members: dict[str, Any], words: str
) -> None:
    key = build(tmp_path / "wrong", entry=changed("move appeals", **members), moved=True)
    both_refuse(run, tmp_path / "wrong", key, words)


def test_both_know_decisions_on_the_calendar(run: Run, tmp_path: Path) -> None:
    key = build(tmp_path / "moved", moved=True)
    status, out = run(tmp_path / "moved", "--key", key)
    assert status == 0, out
    assert "elections.move_step 1" in out
    verification.verify(str(tmp_path / "moved"), lambda *_: None, key=key)


# --- figures that do not follow ---


def rewritten(name: str, rewrite: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        before = files[name]
        files[name] = rewrite(before)
        assert files[name] != before

    return change


def packed(name: str, rewrite: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    return rewritten(name, lambda data: gzip.compress(rewrite(gzip.decompress(data)), mtime=0))


def decided(**members: Any) -> Callable[[dict[str, bytes]], None]:
    """Another determination of the list contest."""

    def rewrite(data: bytes) -> bytes:
        first, *others = json.loads(data)
        return canonical([{**first, **members}, *others])

    return rewritten("determinations.json", rewrite)


def described(change: Callable[[Entry], object]) -> Callable[[dict[str, bytes]], None]:
    def rewrite(data: bytes) -> bytes:
        package = json.loads(data)
        change(package)
        return json.dumps(package).encode()

    return rewritten("datapackage.json", rewrite)


def swap(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[:-2], lines[-1], lines[-2]])


def last_digit(data: bytes) -> bytes:
    return data[:-2] + (b"1\n" if data[-2:] != b"1\n" else b"2\n")


BOMB = gzip.compress(bytes(200 * verify.MEGABYTE), 9, mtime=0)
WRONG_FIGURES: list[tuple[str, Callable[[dict[str, bytes]], None], str]] = [
    ("a sum", rewritten("totals.csv", last_digit), "totals.csv: line 22"),
    ("a sum of votes", rewritten("totals_votes.csv", last_digit), "totals_votes.csv: line"),
    ("votes", packed("votes.csv.gz", last_digit), "votes.csv.gz: line"),
    (
        "a protocol left out",
        packed("protocols.csv.gz", lambda d: b"".join(d.splitlines(True)[:-1])),
        "recomputed",
    ),
    ("protocols in another order", packed("protocols.csv.gz", swap), "protocols.csv.gz: line 20"),
    (
        "another state",
        packed("protocols.csv.gz", lambda d: d.replace(b"inconsistent", b"accepted", 1)),
        "line 10",
    ),
    ("roster row left out", rewritten("roster.csv", lambda d: b"".join(d.splitlines(True)[:-1])), "roster"),
    ("turnout", rewritten("turnout.csv", lambda d: d.replace(b",22\n", b",23\n", 1)), "turnout.csv: line 2"),
    (
        "a decision left out",
        rewritten("decisions.csv", lambda d: b"".join(d.splitlines(True)[:-1])),
        "decisions",
    ),
    (
        "needless quotes",
        rewritten("decisions.csv", lambda d: d.replace(b",7,", b',"7",', 1)),
        "decisions.csv: line",
    ),
    ("carriage returns", rewritten("totals.csv", lambda d: d.replace(b"\n", b"\r\n")), "totals.csv: line 1"),
    (
        "a column more",
        rewritten("totals.csv", lambda d: d.replace(b"contest,", b"contest,x,", 1)),
        "totals.csv: line 1",
    ),
    ("another table", rewritten("precincts.csv", lambda d: d.replace(b"110", b"111", 1)), "pins"),
    ("another law", rewritten("edition.toml", lambda d: d.replace(b"0.07", b"0.08")), "pins"),
    ("a missing table", lambda files: files.pop("votes.csv.gz", None) and None, "votes.csv.gz"),
    (
        "gzip with a time",
        rewritten("votes.csv.gz", lambda d: gzip.compress(gzip.decompress(d), mtime=1)),
        "gzip",
    ),
    ("two gzip members", rewritten("votes.csv.gz", lambda d: d + gzip.compress(b"", mtime=0)), "gzip"),
    ("bytes after gzip", rewritten("votes.csv.gz", lambda d: d + b"\0"), "gzip"),
    ("gzip cut off", rewritten("votes.csv.gz", lambda d: d[:-4]), "gzip"),
    ("not gzip", rewritten("votes.csv.gz", lambda d: b"x" + d), "votes.csv.gz"),
    ("a bomb", rewritten("votes.csv.gz", lambda d: BOMB), "line 1"),
    ("a seat more", decided(seats={"alpha": 3, "beta": 1, "gamma": 1, "delta": 1}), "seats"),
    ("a seat true", decided(elected=[True]), "elected"),
    ("another status", decided(status="undetermined"), "status"),
    ("another quota", decided(quota="1/1"), "quota"),
    ("final too early", decided(final=True), "final"),
    ("a member more", decided(comment="x"), "members"),
    (
        "a fraction",
        rewritten("determinations.json", lambda d: d.replace(b'"final":false', b'"final":0.5', 1)),
        "integer",
    ),
    (
        "members twice",
        rewritten("determinations.json", lambda d: d.replace(b'{"c', b'{"final":true,"c', 1)),
        "twice",
    ),
    (
        "one too few",
        rewritten("determinations.json", lambda d: canonical(json.loads(d)[:2])),
        "determinations.json",
    ),
    ("not said to be simulated", described(lambda p: p["election"].pop("simulated")), "not this election"),
    ("another name", described(lambda p: p.update(name="other")), "not this election"),
    ("another day", described(lambda p: p["election"].update(date="2026-10-26")), "not this election"),
]


@pytest.mark.parametrize(
    ("change", "words"), [row[1:] for row in WRONG_FIGURES], ids=[row[0] for row in WRONG_FIGURES]
)
def test_wrong_figures(
    run: Run, tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    key = build(tmp_path / "wrong", tables=change)
    both_refuse(run, tmp_path / "wrong", key, words)


def pins(**files: Any) -> Callable[[Entry], object]:
    return lambda manifest: manifest["files"].update(files)


HASH = "0" * 64
WRONG_MANIFESTS: list[tuple[str, Callable[[Entry], object]]] = [
    ("way out", lambda m: m["files"].update({"data/test-2026/../../../x": {"bytes": 1, "sha256": HASH}})),
    ("absolute", lambda m: m["files"].update({"/etc/passwd": {"bytes": 1, "sha256": HASH}})),
    ("the log", lambda m: m["files"].update({"log/key": {"bytes": 1, "sha256": HASH}})),
    ("back slashes", lambda m: m["files"].update({"data/test-2026/..\\x": {"bytes": 1, "sha256": HASH}})),
    ("not there", lambda m: m["files"].update({f"{DATA}/x.parquet": {"bytes": 1, "sha256": HASH}})),
    ("not named", lambda m: m["files"].pop(f"{DATA}/votes.parquet")),
    ("no verifier", lambda m: m["files"].pop("verify.py")),
    ("longer", lambda m: m["files"]["verify.py"].update(bytes=2**30)),
    ("shorter", lambda m: m["files"]["verify.py"].update(bytes=1)),
    ("another hash", lambda m: m["files"]["verify.py"].update(sha256=HASH)),
    (
        "capital hash",
        lambda m: m["files"]["verify.py"].update(sha256=m["files"]["verify.py"]["sha256"].upper()),
    ),
    ("more about a file", lambda m: m["files"]["verify.py"].update(type="x")),
    ("bytes true", lambda m: m["files"]["verify.py"].update(bytes=True)),
    ("another origin", lambda m: m.update(origin="log.other.invalid")),
    ("another format", lambda m: m.update(format="esaylov publication 2")),
    ("a member more", lambda m: m.update(time="now")),
    ("no election", lambda m: m.update(elections=[])),
    ("elections twice", lambda m: m.update(elections=["test-2026", "test-2026"])),
    ("another election", lambda m: m.update(elections=["test-2026", "x"])),
    ("a smaller size", lambda m: m.update(size=m["size"] - 3)),
    ("a negative size", lambda m: m.update(size=-1)),
]


@pytest.mark.parametrize(
    "change", [row[1] for row in WRONG_MANIFESTS], ids=[row[0] for row in WRONG_MANIFESTS]
)
def test_wrong_manifests(run: Run, tmp_path: Path, change: Callable[[Entry], object]) -> None:
    key = build(tmp_path / "wrong", manifest=lambda manifest: change(manifest) and None)
    both_refuse(run, tmp_path / "wrong", key)


ONLY_HERE = [
    ({"entry": raw("roster", lambda data: data.replace(b'"v":1', b'"v":1.0'))}, "not an integer"),
    ({"tables": lambda files: files.update({"index.html": b"x"})}, "does not know"),
    ({"manifest": lambda m: m["files"]["verify.py"].update(bytes=2**50)}, "verify.py"),
]


@pytest.mark.parametrize(("change", "words"), ONLY_HERE, ids=["a fraction", "a file more", "a huge file"])
def test_refused_here(run: Run, tmp_path: Path, change: Any, words: str) -> None:
    status, out = run(tmp_path / "wrong", "--key", build(tmp_path / "wrong", **change))
    assert status == 1
    assert words in out.splitlines()[-1]


WRONG_EDITIONS = [
    (b"threshold = 0.07", b"treshold = 0.07"),
    (b"threshold = 0.07", b"threshold = 1e999999999"),
    (b"threshold = 0.07", b"threshold = nan"),
    (b'method = "plurality"', b'method = "lottery"'),
    (b'op = "<="', b'op = "<"'),
    (b'unless = ["R03"]', b'unless = ["R05"]'),
    (b'unless = ["R03"]', b'unless = ["R02"]'),
    (b'id = "test-law"', b'id = "other"'),
    (b"[protocol.common]", b"[protocol.uncommon]"),
    (b'"invalid", "valid"]\n', b'"invalid", "invalid"]\n'),
]


@pytest.mark.parametrize(("old", "new"), WRONG_EDITIONS)
def test_wrong_editions(run: Run, tmp_path: Path, old: bytes, new: bytes) -> None:
    from tests.exchange.published_case import EDITION_TOML

    assert old in EDITION_TOML
    key = build(tmp_path / "wrong", edition_toml=EDITION_TOML.replace(old, new, 1))
    both_refuse(run, tmp_path / "wrong", key)


def test_simulated_needs_its_origin(run: Run, tmp_path: Path) -> None:
    for more in ({"simulated": True}, {"simulated": False, "replay": True}):
        key = build(tmp_path / str(more), origin="log.example.org", **more)
        both_refuse(run, tmp_path / str(more), key, "log/checkpoint", "origin")


def test_nothing_crashes(run: Run, small: tuple[Path, str], copy: Path) -> None:
    """Rubbish in place of any file ends in one line, never in a traceback."""
    rubbish = [b"\xff" * 40, b"{}", b"null", b'{"a":' * 9999, b"\n\n"]
    for path in sorted(p for p in copy.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for junk in filter(data.__ne__, rubbish):
            path.write_bytes(junk)
            status, out = run(copy)
            assert (status, out.count("FAILED: ")) == (1, 1), (path, junk)
        path.write_bytes(data)
    assert run(copy.parent / "nowhere")[0] == 1


def test_pilot(run: Run, tmp_path: Path) -> None:
    """The calling entry says that an election is a pilot, and the package must say the same."""

    def called(_label: str, entry: dict[str, Any]) -> dict[str, Any]:
        return entry | {"pilot": True} if entry.get("act") == "elections.call_election" else entry

    def described(files: dict[str, bytes]) -> None:
        package = json.loads(files["datapackage.json"])
        package["election"]["pilot"] = True
        files["datapackage.json"] = canonical(package)

    key = build(tmp_path / "pilot", entry=called, tables=described)
    assert run(tmp_path / "pilot", "--key", key)[0] == 0
    both_refuse(run, tmp_path / "hidden", build(tmp_path / "hidden", entry=called), "not this election")
    both_refuse(run, tmp_path / "said", build(tmp_path / "said", tables=described), "not this election")


def test_days_of_events(run: Run, tmp_path: Path) -> None:
    """The calling entry may hold days of events that the calendar hangs on, and the package must say the same."""
    days: Any = {"announcement": "2030-07-26"}

    def called(_label: str, entry: dict[str, Any]) -> dict[str, Any]:
        return entry | {"events": days} if entry.get("act") == "elections.call_election" else entry

    def described(files: dict[str, bytes]) -> None:
        package = json.loads(files["datapackage.json"])
        package["election"]["events"] = days
        files["datapackage.json"] = canonical(package)

    key = build(tmp_path / "days", entry=called, tables=described)
    assert run(tmp_path / "days", "--key", key)[0] == 0
    both_refuse(run, tmp_path / "hidden", build(tmp_path / "hidden", entry=called), "not this election")
    both_refuse(run, tmp_path / "said", build(tmp_path / "said", tables=described), "not this election")
    for number, wrong in enumerate(({}, [], {"B": "2030-07-26"}, {"b": "2030-02-30"}, {"b": 5})):
        days = wrong
        place = tmp_path / f"wrong-{number}"
        both_refuse(run, place, build(place, entry=called, tables=described), "")
