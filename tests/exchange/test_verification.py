"""`esaylov verify` on the small published folder: what holds passes, and whatever is changed is found."""

from __future__ import annotations

import gzip
import io
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from esaylov.exchange.verification import VerificationError, VerifiedPublication, verify
from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import Signer
from esaylov.tlog.receipt import sign_receipt
from esaylov.tlog.tiles import Tile, decode_bundle
from esaylov.tlog.tree import leaf_hash, root_hash
from tests.exchange.published_case import EDITION_TOML, ELECTION, ORIGIN, SEED, canonical, figures
from tests.exchange.published_fixture import Entry, build

SIGNER = Signer(ORIGIN, SEED)
OTHER = Signer(ORIGIN, bytes([5]) * 32)
DATA = f"data/{ELECTION}/"


def check(folder: Path, **more: Any) -> tuple[list[str], VerifiedPublication]:
    """Verify with the pinned key; the lines of the report and the result."""
    lines: list[str] = []
    return lines, verify(str(folder), lines.append, **{"key": SIGNER.vkey, **more})


def refused(folder: Path, match: str, **more: Any) -> None:
    with pytest.raises(VerificationError, match=match):
        check(folder, **more)


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


# Logs that are signed, with a manifest that fits, but that say what they may not say


def drop(member: str) -> Callable[[Entry], Entry]:
    return lambda entry: {name: value for name, value in entry.items() if name != member}


def put(**members: Any) -> Callable[[Entry], Entry]:
    return lambda entry: {**entry, **members}


def raw(old: bytes, new: bytes) -> Callable[[Entry], Entry]:
    """Another spelling of an entry's bytes."""

    def change(entry: Entry) -> Entry:
        data = canonical(entry)
        assert old in data
        return {**entry, "raw": data.replace(old, new, 1)}

    return change


def leave_out(entry: Entry) -> None:
    return None


WRONG_ENTRIES: list[tuple[str, Callable[[Entry], Entry | None], str]] = [
    ("submit p04 sm-1", put(note="x"), "unknown member 'note'"),
    ("submit p04 sm-1", drop("version"), "lacks the member 'version'"),
    ("submit p04 sm-1", put(act="results.invent"), "unknown act"),
    ("submit p04 sm-1", put(v=2), "version is not 1"),
    ("submit p04 sm-1", put(v=True), "version is not 1"),
    ("submit p04 sm-1", drop("simulated"), "lacks the member 'simulated'"),
    ("submit p04 sm-1", put(simulated=False), "simulated is not true"),
    ("submit p04 sm-1", put(replay=True), "unknown member 'replay'"),
    ("submit p04 sm-1", put(body=""), "body"),
    ("submit p04 sm-1", put(body="a b"), "body"),
    ("submit p04 sm-1", put(election="other"), "'other' has not been called"),
    ("submit p04 sm-1", put(edition="other"), "edition"),
    ("submit p04 sm-1", put(at="2026-10-25T15:11:00+00:00"), "not a time of the election's zone"),
    ("submit p04 sm-1", put(at="2026-10-25T20:11:60+05:00"), "entry"),
    ("submit p04 sm-1", put(at="2026-10-25 20:11:00+05:00"), "not a time"),
    ("submit p04 sm-1", put(at="2026-10-25T20:11:00.5+05:00"), "not a time"),
    ("submit p04 sm-1", put(at=None), "malformed"),
    ("submit p04 sm-1", put(precinct="p99"), "not on the roster"),
    ("submit p04 sm-1", put(contest="sm-2"), "not on the roster"),
    ("submit p04 sm-1", put(version=0), "version"),
    ("submit p04 sm-1", put(findings=[]), r"findings are \[\], should be \['R02'\]"),
    ("submit p04 sm-1", put(findings=["R02", "R02"]), "findings"),
    ("submit p04 sm-1", put(findings=["P01", "R02"]), "findings"),
    ("submit p04 sm-1", put(state="inconsistent"), "its state is 'inconsistent'"),
    ("submit p04 sm-1", put(state="accepted"), "with state 'accepted'"),
    ("submit p04 sm-1", put(votes=[1]), "not the lines or options"),
    ("submit p04 sm-1", put(lines=[1]), "not the lines or options"),
    ("submit p04 sm-1", put(lines="1"), "lines is not an array"),
    ("submit p04 sm-1", put(votes=[-1, 92]), "votes is not an array"),
    ("submit p04 sm-1", put(votes=[True, 90]), "votes is not an array"),
    ("submit p04 sm-1", put(votes=[1.0, 90]), "no canonical form"),
    ("submit p04 sm-1", put(votes=[2**53, 90]), "no canonical form"),
    ("submit p05 list", put(state="received"), "its state is 'received'"),
    ("submit p06 list", raw(b'"contest":"list"', b'"contest":"list","contest":"list"'), "not canonical"),
    ("submit p06 list", raw(b'"version":1', b'"version": 1'), "not canonical"),
    ("submit p06 list", raw(b'"version":1', b'"version":1.0'), "no canonical form"),
    ("submit p06 list", raw(b'"list"', b'"l\\u0069st"'), "not canonical"),
    ("submit p06 list", raw(b'"version"', b'"\xff"'), "not JSON"),
    ("submit p06 list", lambda entry: {**entry, "raw": b"[]"}, "not an object"),
    ("submit p06 list", lambda entry: {**entry, "raw": b""}, "not JSON"),
    ("submit p06 list", lambda entry: {**entry, "raw": b"[" * 60_000}, "not JSON"),
    ("submit p07 list", put(precinct="p06"), "second protocol"),
    ("submit p02 sm-1", put(version=5), "version 3 replaces version 5"),
    ("correct p02 sm-1", put(replaces="0" * 64), "does not name the protocol that stands"),
    ("correct p02 sm-1", put(replaces="x"), "replaces"),
    ("correct p02 sm-1", put(state="conflicting", findings=["P01"]), "with state 'conflicting'"),
    ("return p02 sm-1", leave_out, "correction of a protocol that is received"),
    ("return p02 sm-1", put(protocol="0" * 64), "not the one that stands"),
    ("accept p07 list", put(contest="sm-1"), "not on the roster"),
    ("accept p07 list", put(decision=""), "decision"),
    ("accept p07 list", put(decision=7), "decision"),
    ("annul p03", put(precinct="p99"), "unknown precinct"),
    ("annul p04 list", put(contest="sm-2"), "not on the roster"),
    ("turnout p01 10", put(precinct="p99"), "unknown precinct"),
    ("turnout p01 10", put(voters=-1), "voters"),
    ("load", put(files={"a": "b"}), "hash of a file"),
    ("load", leave_out, "was not loaded"),
    ("call", leave_out, "has not been called"),
    ("call", put(timezone="Asia/Nowhere"), "unknown time zone"),
    ("call", put(timezone="Europe/London"), "not a time of the election's zone"),
    ("call", put(clock="fast"), "clock"),
    ("call", put(date="2026-10-32"), "entry 1"),
    ("call", put(release="2026-10-25T23:59:00+05:00"), "opened before the release"),
    ("call", put(tables={}), "tables"),
    ("roster", leave_out, "before the roster"),
    ("roster", put(rows=22), "the log says 22"),
    ("roster", put(sha256="0" * 64), "not the roster that the log names"),
    ("seal p01 list", put(sealed="0" * 64), "does not open the sealed entry"),
    ("value of p01 list", put(election="other"), "another election"),
    ("value of p01 list", put(act="results.publish_roster"), "value is not a protocol"),
    ("value of p01 list", put(note=1), "unknown member 'note'"),
    ("open p01 list", put(salt="0" * 64), "does not open the sealed entry"),
    ("open p01 list", put(index=4), "no sealed entry"),
    ("open p01 list", put(index=True), "no sealed entry"),
    ("head 2", put(rows=1), "the journal had"),
    ("head 1", put(rows=6), "cannot have 7 entries"),
    ("head 1", put(chain="x"), "chain"),
    ("head 1", put(at="2026-10-25T18:00:00+05:00"), "not a UTC time"),
    ("publish earlier", put(size=1000), "above the entry's own index"),
    ("publish", leave_out, "no entry of the log names its hash and size"),
    ("publish", put(size=1), "no entry of the log names its hash and size"),
    ("certify sm-1", put(counted=5), "certified counted"),
    ("certify sm-1", put(votes=[1, 2]), "certified votes"),
    ("certify sm-1", put(seats={"bob": 1}), "certified seats"),
    ("certify sm-1", put(seats={"ann": 1, "bob": 0}), "seats is malformed"),
    ("certify sm-1", put(contest="none"), "unknown contest"),
    ("certify sm-1", put(contest="list"), "certified|was certified"),
]


@pytest.mark.parametrize(("label", "change", "match"), WRONG_ENTRIES)
def test_a_log_that_says_what_it_may_not_is_refused(
    tmp_path: Path, label: str, change: Callable[[Entry], Entry | None], match: str
) -> None:
    seen: list[str] = []

    def entry(name: str, value: Entry) -> Entry | None:
        seen.append(name)
        return change(value) if name == label else value

    build(tmp_path / "published", entry=entry)
    assert label in seen
    refused(tmp_path / "published", match)


def test_an_entry_of_a_certified_contest_is_refused(tmp_path: Path) -> None:
    def entry(name: str, value: Entry) -> Entry:
        if name == "submit p12 list":
            lines, votes = figures("p01", "sm-1")
            late = {"contest": "sm-1", "precinct": "p01", "state": "conflicting", "findings": ["P01"]}
            return {**value, **late, "lines": lines, "votes": votes}
        return value

    build(tmp_path / "published", entry=entry)
    refused(tmp_path / "published", "'sm-1' in precinct 'p01': the contest was certified by entry")


def test_a_conflicting_protocol_needs_one_that_stands_or_one_that_is_still_sealed(tmp_path: Path) -> None:
    def alone(name: str, value: Entry) -> Entry:
        return (
            {**value, "state": "conflicting", "findings": ["P01", "R02"]}
            if name == "submit p04 sm-1"
            else value
        )

    def alone_and_all_open(name: str, value: Entry) -> Entry | None:
        return None if name == "seal p08 sm-2" else alone(name, value)

    build(tmp_path / "sealed", entry=alone)
    check(tmp_path / "sealed")
    build(tmp_path / "open", entry=alone_and_all_open)
    refused(tmp_path / "open", "a conflicting protocol where none stands")


def test_a_leaf_that_is_left_out_is_named_by_the_roster(tmp_path: Path) -> None:
    build(tmp_path / "whole")
    published = {path.name: path.read_bytes() for path in (tmp_path / "whole" / DATA).glob("*.*")}

    def without(name: str, value: Entry) -> Entry | None:
        return None if name == "submit p10 sm-2" else value

    build(tmp_path / "honest", entry=without)
    lines, result = check(tmp_path / "honest")
    assert ("sm-2", "p10") in result.elections[0].missing
    assert any("p10 (sm-2)" in line for line in lines)
    build(tmp_path / "published", entry=without, tables=lambda files: files.update(published))
    refused(tmp_path / "published", r"protocols\.csv\.gz: line")


# Figures that do not follow from the log


def edit(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        packed = name.endswith(".gz")
        data = gzip.decompress(files[name]) if packed else files[name]
        assert old in data
        data = data.replace(old, new, 1)
        files[name] = gzip.compress(data, mtime=0) if packed else data

    return change


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


def packed(data: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    """Pack votes.csv.gz in another way."""

    def change(files: dict[str, bytes]) -> None:
        files["votes.csv.gz"] = data(files["votes.csv.gz"])

    return change


WRONG_TABLES = [
    (edit("totals.csv", b"list,uz,12,10", b"list,uz,12,11"), r"totals\.csv: line 2 should be"),
    (edit("totals_votes.csv", b"list,uz,alpha,", b"list,uz,alpha,1"), r"totals_votes\.csv: line 2"),
    (edit("protocols.csv.gz", b"p01,list,110", b"p01,list,111"), r"protocols\.csv\.gz: line 2"),
    (edit("protocols.csv.gz", b",received,", b",accepted,"), r"protocols\.csv\.gz: line 2"),
    (edit("votes.csv.gz", b"alpha,", b"alpha,1"), r"votes\.csv\.gz: line 2"),
    (edit("turnout.csv", b",22\n", b",23\n"), r"turnout\.csv: line 2"),
    (edit("decisions.csv", b"return,1/1", b"return,1/2"), r"decisions\.csv: line 2"),
    (edit("determinations.json", b'"alpha":3,"beta":1', b'"alpha":2,"beta":2'), "seats"),
    (edit("determinations.json", b'"final":true', b'"final":false'), "final"),
    (edit("determinations.json", b'"reached":true', b'"reached":1'), "turnout"),
    (edit("determinations.json", b'"quota":"638/5"', b'"quota":"127"'), "quota"),
    (edit("determinations.json", b'"voters":1250', b'"voters":980'), "turnout"),
    (edit("determinations.json", b'"steps":[]', b'"steps":{}'), "steps"),
    (edit("determinations.json", b'"steps":[]', b'"more":1,"steps":[]'), "members"),
    (edit("determinations.json", b'"steps":[]', b'"steps":[],"steps":[]'), "twice"),
    (edit("determinations.json", b'"final":false', b'"final":0.0'), "not a whole number"),
    (edit("roster.csv", b"p01,list\n", b""), "roster"),
    (edit("precincts.csv", b"120", b"121"), "not the table that the calling entry names"),
    (edit("options.csv", b"Ann", b"Eve"), "not the table that the calling entry names"),
    (edit("edition.toml", b"0.07", b"0.05"), "not the edition that the calling entry names"),
    (edit("datapackage.json", b'"simulated":true', b'"simulated":false'), r"election\.simulated"),
    (edit("datapackage.json", b"2026-10-25", b"2026-10-26"), r"election\.date"),
    (edit("datapackage.json", b"Asia/Tashkent", b"Asia/Samarkand"), r"election\.timezone"),
    (edit("datapackage.json", ELECTION.encode(), b"other"), "does not describe the election"),
    (edit("datapackage.json", b"{", b""), "not JSON"),
    (lambda files: files.update({"totals.parquet": b"PAR1"}), "not a Parquet file"),
    *((without(name), name) for name in ("protocols.csv.gz", "turnout.csv", "decisions.csv", "totals.csv")),
    *((without(name), name) for name in ("edition.toml", "roster.csv", "determinations.json", "options.csv")),
    (packed(lambda data: data[:4] + b"\1" + data[5:]), "a time, a name or a flag"),
    (packed(lambda data: data + data), "not exactly one gzip member"),
    (packed(lambda data: data + b"\0"), "not exactly one gzip member"),
    (packed(lambda data: data[:-4]), "not exactly one gzip member"),
    (packed(lambda data: b"PK" + data), r"votes\.csv\.gz"),
]


@pytest.mark.parametrize(("change", "match"), WRONG_TABLES)
def test_figures_that_do_not_follow_from_the_log_are_refused(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], match: str
) -> None:
    build(tmp_path / "published", tables=change)
    refused(tmp_path / "published", match)


@pytest.mark.parametrize("name", ["protocols", "votes", "totals", "totals_votes"])
def test_a_parquet_copy_with_other_rows_is_refused(tmp_path: Path, name: str) -> None:
    def change(files: dict[str, bytes], alter: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        frame = pl.read_parquet(io.BytesIO(files[f"{name}.parquet"]))
        target = io.BytesIO()
        alter(frame).write_parquet(target)
        files[f"{name}.parquet"] = target.getvalue()

    number = {"protocols": "invalid", "totals": "counted"}.get(name, "votes")
    alterations: list[tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = [
        (
            lambda frame: frame.with_columns(pl.col(number) + (pl.int_range(pl.len()) == 3).cast(pl.Int64)),
            "row 4",
        ),
        (lambda frame: frame.reverse(), "differs"),
        (lambda frame: frame.head(3), "3 rows instead of"),
        (lambda frame: frame.rename({"contest": "Contest"}), "its columns are"),
        (lambda frame: frame.with_columns(pl.col(number).cast(pl.Float64)), "is a Float64"),
        (lambda frame: frame.with_columns(pl.lit(None, pl.String).alias("contest")), "'contest' differs"),
    ]
    for count, (alter, match) in enumerate(alterations):
        target = tmp_path / str(count)
        build(target, tables=lambda files, alter=alter: change(files, alter))  # type: ignore[misc]
        refused(target, rf"{name}\.parquet: .*{match}")


def test_a_parquet_copy_may_hold_categories_and_small_numbers(tmp_path: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        frame = pl.read_parquet(io.BytesIO(files["votes.parquet"]))
        target = io.BytesIO()
        frame.with_columns(
            pl.col("precinct").cast(pl.Categorical), pl.col("votes").cast(pl.UInt16)
        ).write_parquet(target)
        files["votes.parquet"] = target.getvalue()

    build(tmp_path / "published", tables=change)
    check(tmp_path / "published")


WRONG_MANIFESTS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda m: m["files"].pop("verify.py"), r"it does not name verify\.py"),
    (lambda m: m.update(size=0), "stands in it or in the log"),
    (lambda m: m.update(size=30), r"protocols\.csv\.gz: line"),
    (lambda m: m.update(size=-1), "size"),
    (lambda m: m.update(origin="other.invalid"), "origin"),
    (lambda m: m.update(format="esaylov publication 2"), "not a manifest"),
    (lambda m: m.update(more=1), "not a manifest"),
    (lambda m: m.update(elections=[]), "not a place for a file"),
    (lambda m: m.update(elections=[ELECTION, ELECTION]), "sorted"),
    (lambda m: m.update(elections=[ELECTION, "zzz"]), "'zzz' stands in it or in the log"),
    (lambda m: m["files"].pop(DATA + "totals.csv"), r"totals\.csv: neither the manifest nor the log"),
    (lambda m: m["files"].update({"../x": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({"/etc/x": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({DATA + "../x": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({"log/x": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({DATA + "x": {"bytes": 1, "sha256": "0" * 64}}), "x: No such file"),
    (lambda m: m["files"].update({DATA + "x": {"bytes": 1}}), "malformed"),
    (lambda m: m["files"][DATA + "totals.csv"].update(bytes=True), "malformed"),
]


@pytest.mark.parametrize(("change", "match"), WRONG_MANIFESTS)
def test_a_manifest_that_is_not_as_it_should_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], match: str
) -> None:
    def apply(names: dict[str, Any]) -> None:
        change(names)

    build(tmp_path / "published", manifest=apply)
    refused(tmp_path / "published", match)


def test_a_manifest_in_another_spelling_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes() + b"\n")
    refused(folder, r"manifest\.json: not canonical")


def test_another_edition_id_is_refused(tmp_path: Path) -> None:
    build(tmp_path / "published", edition_toml=EDITION_TOML.replace(b'id = "test-law"', b'id = "other-law"'))
    refused(tmp_path / "published", "its id is 'other-law'")


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
