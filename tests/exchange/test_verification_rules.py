"""`esaylov verify`: what may stand before what, names beyond the BMP, sizes that are not believed, accidents."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import rfc8785
from typer.testing import CliRunner

from esaylov.cli import app
from esaylov.exchange import verification
from esaylov.exchange.canonical import dumps, loads_strict
from esaylov.exchange.verification.entries import read_entries
from esaylov.exchange.verification.figures import Sums, determined
from esaylov.exchange.verification.manifest import NAMES, read_manifest
from esaylov.exchange.verification.said import Decided, Entries
from esaylov.exchange.verification.store import Folder, Site, VerificationError
from esaylov.exchange.verification.tables import Files, load_election
from esaylov.tlog.checkpoint import Checkpoint
from esaylov.tlog.notes import sign_note
from tests.exchange.published_case import ELECTION, canonical, figures
from tests.exchange.published_fixture import Entry, build
from tests.exchange.verifying import DATA, SIGNER, check, refused

EMOJI, PRIVATE = "\U0001f600", "\ue000"
"""By code point the second comes first, by UTF-16 code unit the first."""
FACTS = {"bytes": 1, "sha256": "0" * 64}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Entry]:
    """The entries of the small election by their labels."""
    found: dict[str, Entry] = {}

    def keep(label: str, entry: Entry) -> Entry:
        found[label] = entry
        return entry

    build(tmp_path_factory.mktemp("said") / "published", entry=keep)
    certified = found["certify sm-1"]
    named = {k: v for k, v in certified.items() if k not in {"counted", "lines", "votes", "seats"}}
    found["lot"] = {**named, "act": "results.record_lot", "drawn": ["ann"]}
    found["supply"] = {**named, "act": "results.supply_determination", "outcome": ["ann"]}
    return found


def read(said: dict[str, Entry], *labels: str) -> Entries:
    return read_entries([canonical(said[label]) for label in labels])


def test_turnout_and_heads_may_stand_before_the_roster(said: dict[str, Entry]) -> None:
    entries = read(said, "load", "call", "turnout p01 10", "head 1", "roster", "submit p04 sm-1")
    assert entries.elections[ELECTION].roster is not None
    assert read(said, "call", "roster").elections[ELECTION].called is not None


@pytest.mark.parametrize(
    ("label", "act"),
    [
        ("submit p04 sm-1", "submit_protocol"),
        ("correct p02 sm-1", "correct_protocol"),
        ("accept p07 list", "accept_protocol"),
        ("return p02 sm-1", "return_protocol"),
        ("annul p03", "annul_precinct"),
        ("annul p04 list", "annul_precinct"),
        ("lot", "record_lot"),
        ("supply", "supply_determination"),
        ("certify sm-1", "certify"),
        ("seal p01 list", "sealed"),
    ],
)
def test_nothing_else_may_stand_before_the_roster(said: dict[str, Entry], label: str, act: str) -> None:
    with pytest.raises(VerificationError, match=rf"entry 2: \w+\.{act} stands before the roster"):
        read(said, "load", "call", label, "roster")
    read(said, "load", "call", "roster", label)


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (("load", "call", "call", "roster"), "entry 2: .*called before"),
        (("load", "call", "roster", "roster"), "entry 3: a second roster"),
        (("load", "call", "roster", "call"), "entry 3: .*called before"),
        (("load", "roster", "call"), "entry 1: .*not been called"),
        (("load", "turnout p01 10", "call"), "entry 1: .*not been called"),
    ],
)
def test_an_election_has_one_call_and_one_roster_in_this_order(
    said: dict[str, Entry], labels: tuple[str, ...], match: str
) -> None:
    with pytest.raises(VerificationError, match=match):
        read(said, *labels)


def test_nothing_is_opened_after_its_contest_is_certified(tmp_path: Path) -> None:
    lines, votes = figures("p01", "sm-1")
    late = {"contest": "sm-1", "precinct": "p01", "lines": lines, "votes": votes}
    index, count, kept = -1, 0, dict[str, Entry]()

    def entry(label: str, value: Entry) -> Entry:
        nonlocal index, count
        if label == "value of p08 sm-2":
            kept["value"] = {**value, **late, "state": "conflicting", "findings": ["P01"]}
            return kept["value"]
        if label == "seal p08 sm-2":
            index = count
        if label == "open p10 list":
            salt = sha256(b"p08 sm-2").hexdigest()
            value = {**value, "index": index, "salt": salt, "value": kept["value"]}
        count += not label.startswith("value of")
        return value

    build(tmp_path / "published", entry=entry)
    refused(tmp_path / "published", "'sm-1' in precinct 'p01': the contest was certified by entry")


def test_of_several_supplied_determinations_the_last_holds(said: dict[str, Entry], tmp_path: Path) -> None:
    build(tmp_path / "published")
    mine = read(said, "load", "call", "roster").elections[ELECTION]
    folder = tmp_path / "published" / DATA
    files = {DATA + name: (folder / name).read_bytes() for name in NAMES if (folder / name).exists()}
    election = load_election(Files(files, ELECTION), mine)
    sums = Sums([0] * 7, [1000, 1000, 900, 0, 100, 900, 897, 3], [1, 1, 1])
    contest = election.contests["list"]

    def seats(size: int) -> Any:
        return determined(election, mine, contest, sums, size)["seats"]

    for place, option in ((5, "alpha"), (6, "beta")):
        mine.decisions.append(Decided(place, "determination", "1", "", None, "list", (option,)))
    assert (seats(5), seats(6), seats(7)) == ({}, {"alpha": 5}, {"beta": 5})


def test_the_name_of_the_key_is_the_origin(tmp_path: Path) -> None:
    build(tmp_path / "published")
    path = tmp_path / "published" / "log" / "checkpoint"
    lines = path.read_text().split("\n")
    other = Checkpoint("other.invalid", int(lines[1]), bytes(32))
    path.write_bytes(sign_note(other.text(), [SIGNER]))
    refused(tmp_path / "published", "log/checkpoint: a checkpoint of other.invalid")


# Elections that the manifest names


def _called_only(label: str, entry: Entry) -> Entry | None:
    is_kept = label.startswith(("load", "call", "turnout", "head")) or label == "publish"
    return entry if is_kept else None


def test_an_election_that_is_only_called_may_stand_in_the_manifest(tmp_path: Path) -> None:
    build(tmp_path / "named", entry=_called_only, until_release=True)
    _, result = check(tmp_path / "named")
    assert result.elections[0].places == len(result.elections[0].missing) == 23

    def shorter(files: dict[str, bytes]) -> None:
        files["roster.csv"] = files["roster.csv"].replace(b"p01,list\n", b"")

    build(tmp_path / "short", entry=_called_only, until_release=True, tables=shorter)
    refused(tmp_path / "short", r"roster\.csv: line 2 should be 'p01,list'")


def test_an_election_that_is_only_called_may_be_left_out(tmp_path: Path) -> None:
    def leave_out(names: dict[str, Any]) -> None:
        names["elections"] = []
        names["files"] = {path: facts for path, facts in names["files"].items() if path == "verify.py"}

    for name, entry in (("called", _called_only), ("rostered", lambda label, value: value)):
        build(tmp_path / name, entry=entry, until_release=True, manifest=leave_out)
        for path in (tmp_path / name / DATA).rglob("*.*"):
            path.unlink()
    _, result = check(tmp_path / "called")
    assert result.elections == ()
    refused(tmp_path / "rostered", "stands in it or in the log, but not in both")


@pytest.mark.parametrize(("change", "match"), [({}, None), ({"sha256": "0" * 64}, "not the roster")])
def test_a_roster_that_comes_after_the_published_size(
    tmp_path: Path, change: Entry, match: str | None
) -> None:
    rosters: list[Entry] = []

    def entry(label: str, value: Entry) -> Entry | None:
        if label == "roster":
            rosters.append(value)
        # the head between manifest and its publication
        return {**rosters[0], **change} if label == "head 3" else _called_only(label, value)

    build(tmp_path / "published", entry=entry, until_release=True)
    if match is None:
        check(tmp_path / "published")
    else:
        refused(tmp_path / "published", match)


def test_an_election_called_at_or_after_the_published_size_is_not_named(tmp_path: Path) -> None:
    build(tmp_path / "published", manifest=lambda names: names.update(size=1))
    refused(tmp_path / "published", "stands in it or in the log, but not in both")


# Names beyond the BMP


def test_members_beyond_the_bmp_stand_in_the_order_of_their_utf16_code_units(said: dict[str, Entry]) -> None:
    for label, member, value in (
        ("certify sm-1", "seats", {PRIVATE: 1, EMOJI: 2}),
        ("load", "files", {PRIVATE: "0" * 64, EMOJI: "1" * 64}),
    ):
        entry = {**said[label], member: value}
        right, by_code_point = rfc8785.dumps(entry), canonical(entry)
        assert right != by_code_point
        assert right == dumps(entry)
        assert loads_strict(right) == entry
        before = [] if label == "load" else [canonical(said[name]) for name in ("call", "roster")]
        read_entries([*before, right])
        with pytest.raises(VerificationError, match="not canonical"):
            read_entries([*before, by_code_point])


def test_a_manifest_with_names_beyond_the_bmp(tmp_path: Path) -> None:
    paths = ["verify.py", *(f"data/e/nist-cdf/{region}.json" for region in (PRIVATE, EMOJI))]
    members: Any = {
        "elections": ["e"],
        "files": dict.fromkeys(paths, FACTS),
        "format": "esaylov publication 1",
        "origin": "o.invalid",
        "size": 1,
    }
    (tmp_path / "manifest.json").write_bytes(rfc8785.dumps(members))
    assert set(read_manifest(Folder(tmp_path)).files) == set(paths)
    (tmp_path / "manifest.json").write_bytes(canonical(members))
    with pytest.raises(VerificationError, match="not canonical"):
        read_manifest(Folder(tmp_path))


# Sizes that are not believed, and accidents


def test_a_folder_reads_no_more_than_there_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    assert Folder(tmp_path).read("file", 2**53 - 1) == b"content"
    assert Folder(tmp_path).read("file", 3) == b"cont"


@pytest.fixture
def liar() -> Iterator[str]:
    """Address of a site that promises an exabyte, sends three megabytes and hangs up."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if self.path == "/promises":
                self.send_header("Content-Length", str(2**60))
            self.end_headers()
            self.wfile.write(b"x" * (3 << 20))

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["promises", "silent"])
def test_a_site_is_not_believed_how_much_it_sends(liar: str, path: str) -> None:
    assert Site(liar).read(path, 2**53 - 1) == b"x" * (3 << 20)
    assert len(Site(liar).read(path, (2 << 20) + 5)) == (2 << 20) + 6


ACCIDENTS = [MemoryError(), RecursionError("deep"), RuntimeError("a\nb"), OSError(5, "I/O"), KeyError("x")]


@pytest.mark.parametrize("accident", [*ACCIDENTS, pl.exceptions.PanicException("rust")], ids=repr)
@pytest.mark.parametrize("where", ["open_store", "read_manifest", "read_log", "compare_parquet"])
def test_an_accident_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, accident: BaseException
) -> None:
    build(tmp_path / "published")

    def fail(*_: Any) -> None:
        raise accident

    monkeypatch.setattr(verification, where, fail)
    refused(tmp_path / "published", f"^it cannot be verified: {type(accident).__name__}: ")
    result = CliRunner().invoke(app, ["verify", str(tmp_path / "published")])
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "FAILED: it cannot be verified: " in result.output


WRONG_SIZES: list[Callable[[dict[str, Any]], Any]] = [
    lambda names: names["files"]["verify.py"].update(bytes=2**50),
    lambda names: names["files"][DATA + "totals.csv"].update(bytes=2**32),
]


@pytest.mark.parametrize("change", WRONG_SIZES)
def test_a_size_that_memory_does_not_hold_ends_in_a_reason(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    build(tmp_path / "published", manifest=change)
    result = CliRunner().invoke(app, ["verify", str(tmp_path / "published")])
    assert result.exit_code == 1
    assert "FAILED: " in result.output
    assert "cannot be verified" not in result.output


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(VerificationError):
        verification.verify("http://[", lambda line: None)
