"""Logs and figures that are signed, with a manifest that fits, but that say what they may not say."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exchange.published_case import EDITION_TOML, ELECTION, canonical, figures
from tests.exchange.published_fixture import Entry, build
from tests.exchange.verifying import DATA, check, refused


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
    ("submit p04 sm-1", put(v=1.0), "no canonical form: float"),
    ("load", put(v=1.0), "no canonical form: float"),
    ("turnout p01 10", put(voters=22.0), "no canonical form: float"),
    ("head 1", put(rows=7.0), "no canonical form: float"),
    ("publish earlier", put(size=10.0), "no canonical form: float"),
    ("open p01 list", put(index=8.0), "no canonical form: float"),
    ("value of p01 list", put(v=1.0), "no canonical form: float"),
    ("value of p01 list", put(version=1.0), "no canonical form: float"),
    ("certify sm-1", put(seats={"ann": 1.0}), "no canonical form: float"),
    ("call", put(tables={"territories": {"rows": 9.0}}), "no canonical form: float"),
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
    ("load", put(at="2026-10-25T09:01:00+06:00"), "not a time of the election's zone"),
    ("call", leave_out, "has not been called"),
    ("call", put(timezone="Asia/Nowhere"), "unknown time zone"),
    ("call", put(timezone="Europe/London"), "not a time of the election's zone"),
    ("call", put(clock="fast"), "clock"),
    ("call", put(date="2026-10-32"), "entry 1"),
    ("call", put(release="2026-10-25T23:59:00+05:00"), "opened before the release"),
    ("call", put(tables={}), "tables"),
    ("roster", leave_out, "before the roster"),
    ("call", put(release="2026-10-25T20:01:01+05:00"), "opened before the release"),
    ("open p01 list", put(at="2026-10-25T19:59:59+05:00"), "opened before the release"),
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


WRONG_MOVES: list[tuple[Callable[[Entry], Entry | None], str]] = [
    (put(step="holidays"), "calendar has no step 'holidays'"),
    (put(step="a b"), "step"),
    (put(opens="2026-11-07T00:00:00+05:00"), "end before it begins"),
    (put(opens="2026-11-08T00:00:00+05:00"), "end before it begins"),
    (put(closes="2026-11-07"), "not a time"),
    (put(closes="2026-11-07T00:00:00+06:00"), "not a time of the election's zone"),
    (put(decision=""), "decision"),
    (drop("opens"), "lacks the member 'opens'"),
    (put(note="x"), "unknown member 'note'"),
]


@pytest.mark.parametrize(("change", "match"), WRONG_MOVES)
def test_a_decision_on_the_calendar_that_says_what_it_may_not_is_refused(
    tmp_path: Path, change: Callable[[Entry], Entry | None], match: str
) -> None:
    def entry(name: str, value: Entry) -> Entry | None:
        return change(value) if name == "move appeals" else value

    build(tmp_path / "published", entry=entry, moved=True)
    refused(tmp_path / "published", match)


def test_a_decision_on_the_calendar_stands_among_the_decisions(tmp_path: Path) -> None:
    build(tmp_path / "published", moved=True)
    check(tmp_path / "published")
    rows = (tmp_path / "published" / DATA / "decisions.csv").read_text().splitlines()
    assert rows[-2] == 'calendar,"12, third",2026-10-25T20:34:00+05:00,,,appeals - 2026-11-07T00:00:00+05:00'
    build(tmp_path / "gone", moved=True, tables=edit("decisions.csv", b"appeals - ", b"appeals 2026"))
    refused(tmp_path / "gone", r"decisions\.csv")


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


def test_before_the_release_no_place_has_a_protocol(tmp_path: Path) -> None:
    build(tmp_path / "published", until_release=True)
    lines, result = check(tmp_path / "published")
    assert len(result.elections[0].missing) == result.elections[0].places == 23
    assert any("7 sealed entries are not open yet" in line for line in lines)
    build(
        tmp_path / "wrong", until_release=True, tables=edit("totals.csv", b"list,uz,12,0,", b"list,uz,12,1,")
    )
    refused(tmp_path / "wrong", r"totals\.csv: line 2")


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


def test_a_tie_waits_for_its_lot_and_takes_the_option_drawn(tmp_path: Path) -> None:
    build(tmp_path / "pending", tie=True)
    check(tmp_path / "pending")
    pending = json.loads((tmp_path / "pending" / DATA / "determinations.json").read_text())[2]
    assert (pending["status"], pending["lots"]) == ("needs-decision", {"between": ["eve", "dan"], "for": 1})
    for drawn in ("eve", "dan"):
        folder = tmp_path / drawn
        build(folder, tie=True, lot=drawn)
        check(folder)
        assert json.loads((folder / DATA / "determinations.json").read_text())[2]["seats"] == {drawn: 1}
        assert f",,sm-2,{drawn}\n" in (folder / DATA / "decisions.csv").read_text()
    build(
        tmp_path / "other",
        tie=True,
        lot="eve",
        tables=edit("determinations.json", b'{"eve":1}', b'{"dan":1}'),
    )
    refused(tmp_path / "other", "contest 'sm-2': seats is")
    build(tmp_path / "nobody", tie=True, lot="zoe")
    refused(tmp_path / "nobody", "are not options of the contest")


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
    (lambda m: m["files"].update({DATA + "x": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({DATA + "x.csv": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({DATA + "x/totals.csv": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({DATA + "nist-cdf/x": {"bytes": 1, "sha256": "0" * 64}}), "not a place"),
    (lambda m: m["files"].update({DATA + "nist-cdf/a/b.json": {"bytes": 1, "sha256": "0" * 64}}), "a place"),
    (
        lambda m: m["files"].update({DATA + "nist-cdf/x.json": {"bytes": 1, "sha256": "0" * 64}}),
        "No such file",
    ),
    (lambda m: m["files"].update({DATA + "totals.csv": {"bytes": 1}}), "malformed"),
    (lambda m: m["files"][DATA + "totals.csv"].update(bytes=2**50), "more than the 4294967296 allowed"),
    (lambda m: m["files"][DATA + "totals.csv"].update(bytes=2**53 - 1), "more than the 4294967296 allowed"),
    (lambda m: m["files"][DATA + "totals.csv"].update(bytes=2**32), r"totals\.csv: differs from what"),
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


def test_a_manifest_in_another_spelling_is_refused(tmp_path: Path) -> None:
    build(tmp_path / "published")
    path = tmp_path / "published" / "manifest.json"
    path.write_bytes(path.read_bytes() + b"\n")
    refused(tmp_path / "published", r"manifest\.json: not canonical")


def test_another_edition_id_is_refused(tmp_path: Path) -> None:
    build(tmp_path / "published", edition_toml=EDITION_TOML.replace(b'id = "test-law"', b'id = "other-law"'))
    refused(tmp_path / "published", "its id is 'other-law'")
