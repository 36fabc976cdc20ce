"""`esaylov verify` on the small published folder: what holds passes, and whatever is changed is found."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange.canonical import dumps as canonical
from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import Signer
from esaylov.tlog.receipt import sign_receipt
from esaylov.tlog.tiles import Tile, decode_bundle
from esaylov.tlog.tree import leaf_hash, root_hash
from tests.exchange.published_case import ORIGIN, SEED
from tests.exchange.published_fixture import build
from tests.exchange.verifying import DATA, OTHER, SIGNER, check, refused


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untouched published folder with full tiles and two levels."""
    folder = tmp_path_factory.mktemp("good") / "published"
    build(folder, more_turnout=300)
    return folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(good, tmp_path / "published"))


def test_a_good_folder_holds(good: Path) -> None:
    lines, result = check(good)
    assert (result.proven, result.simulated, result.replay) == (True, True, False)
    assert (result.origin, result.size, result.entries) == (ORIGIN, 351, 356)
    assert result.elections[0].places == 23
    assert result.elections[0].missing == (("sm-2", "p08"), ("list", "p10"), ("list", "p12"))
    text = "\n".join(lines)
    assert "3 places without a protocol: p08 (sm-2), p10 (list), p12 (list)" in text
    assert "contest sm-1 is certified" in text
    assert "4 Parquet copies" in text
    assert "SIMULATED" in text
    assert "REPLAY" not in text
    assert "NOT PROVEN" not in text


def test_without_a_key_the_origin_is_not_proven(good: Path) -> None:
    lines, result = check(good, key=None)
    assert not result.proven
    assert "ORIGIN NOT PROVEN: the key was read from the folder itself" in lines


def test_real_and_replayed_elections(tmp_path: Path) -> None:
    signer = Signer("log.test", SEED)
    build(tmp_path / "real", simulated=False, origin=signer.name)
    lines, result = check(tmp_path / "real", key=signer.vkey)
    assert not any("SIMULATED" in line or "REPLAY" in line for line in lines)
    build(tmp_path / "replay", simulated=False, replay=True)
    lines, result = check(tmp_path / "replay")
    assert result.replay
    assert any(line.startswith("REPLAY") for line in lines)
    for flags in ({"simulated": True}, {"simulated": False, "replay": True}):
        target = tmp_path / f"wrong {flags}"
        build(target, origin=signer.name, **flags)  # type: ignore[arg-type]
        refused(target, r"must end in \.invalid", key=signer.vkey)


def _called(label: str, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"pilot": True} if entry.get("act") == "elections.call_election" else entry


def _described(files: dict[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    package["election"]["pilot"] = True
    files["datapackage.json"] = canonical(package)


def test_pilot_elections_say_so_in_the_log_and_in_the_package(tmp_path: Path) -> None:
    build(tmp_path / "pilot", entry=_called, tables=_described)
    check(tmp_path / "pilot")
    build(tmp_path / "hidden", entry=_called)
    refused(tmp_path / "hidden", r"election.pilot is None, the log says True")
    build(tmp_path / "invented", tables=_described)
    refused(tmp_path / "invented", r"election.pilot is True, the log says False")
    wrong = {"pilot": False}
    build(
        tmp_path / "false",
        entry=lambda label, e: e | wrong if e.get("act") == "elections.call_election" else e,
    )
    refused(tmp_path / "false", r"pilot is not true")


def _flips() -> list[tuple[str, int]]:
    """File and a number from which the bit to flip is drawn."""
    names = [
        *("log/checkpoint", "log/key", "manifest.json", "verify.py", "log/tile/0/000", "log/tile/1/000.p/1"),
        *("log/tile/0/001.p/100", "log/tile/entries/000", "log/tile/entries/001.p/100"),
        *(
            DATA + name
            for name in ("datapackage.json", "edition.toml", "determinations.json", "nist-cdf/summary.json")
        ),
        *(DATA + f"{name}.csv" for name in ("territories", "contests", "options", "precincts", "roster")),
        *(
            DATA + f"{name}.csv"
            for name in ("precinct_territories", "turnout", "decisions", "totals", "totals_votes")
        ),
        *(DATA + f"{name}.csv.gz" for name in ("protocols", "votes")),
        *(DATA + f"{name}.parquet" for name in ("protocols", "votes", "totals", "totals_votes")),
    ]
    return [(name, 8) for name in names]


def test_the_list_of_files_to_flip_is_whole(good: Path) -> None:
    names = {path.relative_to(good).as_posix() for path in good.rglob("*") if path.is_file()}
    assert names == {name for name, _ in _flips()}


@pytest.mark.parametrize(("name", "count"), _flips())
def test_a_flipped_bit_anywhere_is_refused(folder: Path, name: str, count: int) -> None:
    path = folder / name
    whole = path.read_bytes()
    draw = random.Random(name)
    bits = {0, len(whole) * 8 - 1, *(draw.randrange(len(whole) * 8) for _ in range(count))}
    for bit in bits:
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        refused(folder, ".")
        if name != "log/key":
            refused(folder, ".", key=None)
    path.write_bytes(whole)
    check(folder)


@pytest.mark.parametrize(("name", "_count"), _flips())
def test_a_missing_cut_or_longer_file_is_refused(folder: Path, name: str, _count: int) -> None:
    path = folder / name
    whole = path.read_bytes()
    for changed in (whole[:-1], whole + b"\n", whole + b"\0", b""):
        path.write_bytes(changed)
        refused(folder, name)
    path.unlink()
    refused(folder, name)


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "log/more",
        "log/tile/0/001.p/98",
        "log/tile/0/001",
        "log/tile/2/000.p/1",
        "log/tile/entries/002.p/1",
        DATA + "more.csv",
        "data/other/roster.csv",
    ],
)
def test_a_file_that_nobody_names_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    refused(folder, f"^{name}: neither the manifest nor the log names this file")


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    (folder / "data" / "link").symlink_to(folder / DATA)
    refused(folder, "data/link")


def test_a_folder_signed_with_another_key_is_refused_when_the_key_is_pinned(tmp_path: Path) -> None:
    build(tmp_path / "published", seed=bytes([5]) * 32)
    refused(tmp_path / "published", "log/key")
    (tmp_path / "published" / "log" / "key").write_text(SIGNER.vkey + "\n")
    refused(tmp_path / "published", "log/checkpoint")
    (tmp_path / "published" / "log" / "key").write_text(OTHER.vkey + "\n")
    check(tmp_path / "published", key=OTHER.vkey)
    check(tmp_path / "published", key=None)


@pytest.mark.parametrize("key", ["", "nonsense", SIGNER.vkey + "x", SIGNER.vkey.replace("log", "lag")])
def test_a_malformed_key_is_refused(good: Path, key: str) -> None:
    refused(good, "the key that was given", key=key)


def test_reserved_options_are_refused(good: Path) -> None:
    refused(good, "reserved", witnesses=["witness.example+12345678+AAAA"])
    refused(good, "reserved", quorum=1)


def test_what_is_no_publication_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "neither a folder nor the address of a site")
    refused(tmp_path, r"manifest\.json")


# Older checkpoints and receipts


def entries_of(folder: Path) -> list[bytes]:
    first = decode_bundle(Tile(-1, 0), (folder / "log/tile/entries/000").read_bytes())
    return first + decode_bundle(Tile(-1, 1, 100), (folder / "log/tile/entries/001.p/100").read_bytes())


@pytest.fixture
def notes(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write a note into a file."""

    def write(data: bytes) -> Path:
        path = tmp_path / "note"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 356])
def test_an_older_checkpoint_is_consistent(good: Path, notes: Callable[[bytes], Path], size: int) -> None:
    leaves = [leaf_hash(entry) for entry in entries_of(good)[:size]]
    lines, _ = check(good, since=notes(sign_checkpoint(Checkpoint(ORIGIN, size, root_hash(leaves)), SIGNER)))
    assert f"since: the log begins with the {size} entries of the older checkpoint" in lines


def test_a_log_that_forgot_an_older_checkpoint_is_refused(good: Path, notes: Callable[[bytes], Path]) -> None:
    root = root_hash([leaf_hash(entry) for entry in entries_of(good)[:20]])
    signed = [
        (Checkpoint(ORIGIN, 21, root), SIGNER, "does not begin with the 21 entries"),
        (Checkpoint(ORIGIN, 357, root), SIGNER, "has 356 entries, the older checkpoint 357"),
        (Checkpoint(ORIGIN, 20, root), OTHER, "the older checkpoint: no trusted key"),
    ]
    for checkpoint, signer, match in signed:
        refused(good, match, since=notes(sign_checkpoint(checkpoint, signer)))
    refused(good, "the older checkpoint", since=notes(b"nonsense"))
    refused(good, "No such file", since=good / "none")


def test_receipts(good: Path, notes: Callable[[bytes], Path]) -> None:
    recorded = datetime(2026, 10, 25, 15, 0, tzinfo=UTC)
    leaf = leaf_hash(entries_of(good)[310])
    lines, _ = check(good, receipt=notes(sign_receipt(leaf, recorded, SIGNER)))
    assert "receipt: kept, it is entry 310" in lines
    refused(good, "no entry has the leaf hash", receipt=notes(sign_receipt(bytes(32), recorded, SIGNER)))
    refused(good, "the receipt: no trusted key", receipt=notes(sign_receipt(leaf, recorded, OTHER)))
    refused(good, "the receipt", receipt=notes(b"{}"))


DAYS = {"announcement": "2030-07-26", "term-end": "2030-12-20"}


def _with_days(label: str, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"events": DAYS} if entry.get("act") == "elections.call_election" else entry


def _days_described(files: dict[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    package["election"]["events"] = DAYS
    files["datapackage.json"] = canonical(package)


def test_days_of_events_stand_in_the_log_and_in_the_package(tmp_path: Path) -> None:
    build(tmp_path / "days", entry=_with_days, tables=_days_described)
    check(tmp_path / "days")
    build(tmp_path / "hidden", entry=_with_days)
    refused(tmp_path / "hidden", r"election.events is None instead of")
    build(tmp_path / "invented", tables=_days_described)
    refused(tmp_path / "invented", r"election.events is .* instead of None")


@pytest.mark.parametrize(
    "events",
    [{}, [], {"Vacancy": "2030-07-26"}, {"vacancy": "2030-02-30"}, {"vacancy": 5}, {f"e{n}": "2030-07-26" for n in range(51)}],
)  # fmt: skip
def test_days_of_events_have_their_form(tmp_path: Path, events: object) -> None:
    wrong = {"events": events}
    build(
        tmp_path / "x", entry=lambda label, e: e | wrong if e.get("act") == "elections.call_election" else e
    )
    refused(tmp_path / "x", r"event|day")
