"""The tables that are fixed before the election: pinned by the calling entry, read strictly, made into one
model.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from esaylov.exchange.commissions import Body, bodies_of
from esaylov.exchange.records import Contest, Precinct, Territory
from esaylov.exchange.verification.entries import OPTIONAL_PINNED
from esaylov.exchange.verification.said import ElectionEntries, Pin
from esaylov.exchange.verification.store import VerificationError
from esaylov.law.editions import Edition, EditionError, parse_edition

_LANGUAGE = r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*"
HEADS = {
    "territories": re.compile(rf"id,parent,kind(,name_{_LANGUAGE})*(,soato)?(,timezone)?"),
    "contests": re.compile(rf"id,kind,territory,seats,edition(,title_{_LANGUAGE})*"),
    "options": re.compile(
        rf"id,contest,kind(,name_{_LANGUAGE})*,ballot_order(,organisation)?(,gender)?(,birth_date)?"
    ),
    "precincts": re.compile(
        r"id,territory(,constituency)?,number,voters(,address)?(,latitude)?(,longitude)?(,public)?"
    ),
    "precinct_territories": re.compile("precinct,territory"),
}
_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/?#%]{1,100}")
_NUMBER = re.compile("0|[1-9][0-9]{0,15}")
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"

Row = dict[str, str]


@dataclass(frozen=True)
class OptionFacts:
    """An option of a contest."""

    id: str
    kind: str
    order: int


@dataclass(frozen=True)
class ContestFacts:
    """A contest, its options in the order of options.csv."""

    id: str
    kind: str
    territory: str
    seats: int
    options: tuple[OptionFacts, ...]


@dataclass
class Election:
    """The fixed tables of one election.

    `groups`: the different sets of territories that precincts lie in, each in the order of territories.csv;
    `group_of`: precinct id -> number of its group. `places`: the roster, (contest id, precinct id) in its
    order. `bodies`: its commissions by the routes of its edition.
    """

    id: str
    folder: str
    edition: Edition
    territories: list[str]
    contests: dict[str, ContestFacts]
    group_of: dict[str, int]
    groups: list[tuple[str, ...]]
    places: list[tuple[str, str]] = field(default_factory=list)
    bodies: tuple[Body, ...] = ()


def quote_field(text: str) -> str:
    """A CSV field, quoted exactly when it must be (docs/formats.md, section 6)."""
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV table of rows whose fields are texts."""
    lines = [",".join(map(quote_field, row)) for row in (head, *rows)]
    return "\n".join(lines) + "\n"


def read_csv(path: str, data: bytes) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a CSV file, which must be in the one form that writing them gives."""
    try:
        text = data.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise VerificationError(f"{path}: {error}") from error
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise VerificationError(f"{path}: a row has not as many fields as the head")
    again = csv_text(rows[0], rows[1:])
    if again != text:
        raise VerificationError(f"{path}: {first_difference(again, text)}")
    return rows[0], rows[1:]


def first_difference(expected: str, found: str) -> str:
    """Where two tables differ first, for a message."""
    for number, (a, b) in enumerate(zip(expected.split("\n"), found.split("\n"), strict=False), start=1):
        if a != b:
            return f"line {number} should be {a[:200]!r} and is {b[:200]!r}"
    return f"it should have {expected.count(chr(10))} lines and has {found.count(chr(10))}"


def unpack(path: str, data: bytes, limit: int) -> bytes:
    """Content of a `.csv.gz`: one gzip member, no time, no name; at most `limit` + 1 bytes of it."""
    stream = zlib.decompressobj(31)
    try:
        content = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise VerificationError(f"{path}: {error}") from error
    if not data.startswith(_GZIP_HEAD):
        raise VerificationError(f"{path}: the gzip head holds a time, a name or a flag")
    if len(content) <= limit and (not stream.eof or stream.unused_data):
        raise VerificationError(f"{path}: not exactly one gzip member")
    return content


class Files:
    """The kept files of one election: by name within data/<election>/."""

    def __init__(self, kept: Mapping[str, bytes], election: str) -> None:
        """kept: path -> bytes."""
        self.folder = f"data/{election}"
        prefix = self.folder + "/"
        self._files = {
            path.removeprefix(prefix): data for path, data in kept.items() if path.startswith(prefix)
        }

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def path(self, name: str) -> str:
        """Path within the publication."""
        return f"{self.folder}/{name}"

    def take(self, name: str) -> bytes:
        """The bytes of a file, which are let go. VerificationError when the manifest does not name it."""
        if name not in self._files:
            raise VerificationError(f"{self.path(name)}: the manifest does not name it")
        return self._files.pop(name)


def load_election(files: Files, entries: ElectionEntries) -> Election:
    """Check the pins and read the fixed tables and the roster. Raises VerificationError."""
    called, roster = entries.called, entries.roster
    if called is None:
        raise VerificationError(f"{files.folder}: the log does not call this election")
    edition = _edition(files, called.tables["edition"], entries.edition)
    if OPTIONAL_PINNED not in called.tables and f"{OPTIONAL_PINNED}.csv" in files:
        raise VerificationError(f"{files.path(OPTIONAL_PINNED)}.csv: the calling entry does not name it")
    tables = {name: _pinned(files, name, pin) for name, pin in called.tables.items() if name != "edition"}
    election = _Builder(files, edition, tables).build(entries.id)
    _check_roster(files, election, roster[1] if roster else None)
    return election


def _edition(files: Files, pin: Pin, name: str) -> Edition:
    path = files.path("edition.toml")
    data = files.take("edition.toml")
    if sha256(data).hexdigest() != pin.digest:
        raise VerificationError(f"{path}: not the edition that the calling entry names")
    try:
        edition = parse_edition(data)
    except EditionError as error:
        raise VerificationError(f"{path}: {error}") from error
    if edition.id != name:
        raise VerificationError(f"{path}: its id is {edition.id!r}, the entries say {name!r}")
    return edition


def _pinned(files: Files, name: str, pin: Pin) -> list[Row]:
    path = files.path(f"{name}.csv")
    data = files.take(f"{name}.csv")
    if sha256(data).hexdigest() != pin.digest:
        raise VerificationError(f"{path}: not the table that the calling entry names")
    head, rows = read_csv(path, data)
    if len(rows) != pin.rows:
        raise VerificationError(f"{path}: {len(rows)} rows, the calling entry says {pin.rows}")
    if not HEADS[name].fullmatch(",".join(head)) or len(set(head)) != len(head):
        raise VerificationError(f"{path}: unknown columns {','.join(head)!r}")
    return [dict(zip(head, row, strict=True)) for row in rows]


def _check_roster(files: Files, election: Election, pin: Pin | None) -> None:
    """The roster must be the one that the tables give, and the one that the log pins, if it does yet."""
    path = files.path("roster.csv")
    data = files.take("roster.csv")
    if pin is not None and sha256(data).hexdigest() != pin.digest:
        raise VerificationError(f"{path}: not the roster that the log names")
    expected = csv_text(("precinct", "contest"), [(place[1], place[0]) for place in election.places])
    found = data.decode("utf-8", "replace")
    if found != expected:
        raise VerificationError(f"{path}: {first_difference(expected, found)}")
    if pin is not None and len(election.places) != pin.rows:
        raise VerificationError(f"{path}: {len(election.places)} rows, the log says {pin.rows}")


class _Builder:
    def __init__(self, files: Files, edition: Edition, tables: Mapping[str, list[Row]]) -> None:
        self.files = files
        self.edition = edition
        self.tables = tables

    def build(self, name: str) -> Election:
        self._each("territories", self._keys("territories"), lambda row: None)
        above = self._territories()
        contests = self._contests(set(above))
        group_of, groups = self._groups(above)
        election = Election(name, self.files.folder, self.edition, list(above), contests, group_of, groups)
        reports = [
            [contest.id for contest in contests.values() if contest.territory in group] for group in groups
        ]
        election.bodies = tuple(self._bodies())
        election.places = [(contest, p) for p, group in group_of.items() for contest in reports[group]]
        return election

    def _bodies(self) -> Iterator[Body]:
        """The commissions of the election."""
        return bodies_of(
            self.edition,
            [Territory(r["id"], r["parent"] or None, r["kind"], {}) for r in self.tables["territories"]],
            [
                Contest(r["id"], r["kind"], r["territory"], int(r["seats"]), r["edition"], {})
                for r in self.tables["contests"]
            ],
            [Precinct(r["id"], r["territory"], None, "", int(r["voters"])) for r in self.tables["precincts"]],
        )

    def _fail(self, table: str, row: int, reason: str) -> VerificationError:
        return VerificationError(f"{self.files.path(table)}.csv: row {row + 1}: {reason}")

    def _keys(self, table: str) -> list[str]:
        return [row["id"] for row in self.tables[table]]

    def _each(self, table: str, keys: Sequence[object], check: Callable[[Row], str | None]) -> None:
        """Every row has an id that is one, keys differ, and `check` finds nothing wrong with it."""
        seen: set[object] = set()
        for number, (key, row) in enumerate(zip(keys, self.tables[table], strict=True)):
            if not _ID.fullmatch(row.get("id", "-")) or key in seen:
                raise self._fail(table, number, f"{key!r} is not an id or occurs twice")
            seen.add(key)
            reason = check(row)
            if reason:
                raise self._fail(table, number, reason)

    def _territories(self) -> dict[str, tuple[str, ...]]:
        """Each territory with all that it lies in, itself first."""
        above: dict[str, tuple[str, ...]] = {}
        for number, row in enumerate(self.tables["territories"]):
            parent = row["parent"]
            if parent and parent not in above:
                raise self._fail("territories", number, f"the parent {parent!r} does not stand before it")
            above[row["id"]] = (row["id"], *above.get(parent, ()))
        return above

    def _contests(self, territories: set[str]) -> dict[str, ContestFacts]:
        options = self._options()

        def check(row: Row) -> str | None:
            if row["territory"] not in territories:
                return f"unknown territory {row['territory']!r}"
            if row["kind"] not in self.edition.contests:
                return f"the edition has no contest of the kind {row['kind']!r}"
            if not _NUMBER.fullmatch(row["seats"]):
                return f"seats: {row['seats']!r}"
            return None if row["edition"] == self.edition.id else f"another edition, {row['edition']!r}"

        self._each("contests", self._keys("contests"), check)
        rows = self.tables["contests"]
        return {
            r["id"]: ContestFacts(
                r["id"], r["kind"], r["territory"], int(r["seats"]), tuple(options[r["id"]])
            )
            for r in rows
        }

    def _options(self) -> dict[str, list[OptionFacts]]:
        """Options by contest, which must stand by contest, then by ballot order, then by id."""
        options: dict[str, list[OptionFacts]] = {name: [] for name in self._keys("contests")}
        order = {name: number for number, name in enumerate(options)}
        rows = self.tables["options"]

        def check(row: Row) -> str | None:
            if row["contest"] not in order:
                return f"unknown contest {row['contest']!r}"
            return (
                None if _NUMBER.fullmatch(row["ballot_order"]) else f"ballot_order: {row['ballot_order']!r}"
            )

        self._each("options", [(row["contest"], row["id"]) for row in rows], check)
        keys = [(order[row["contest"]], int(row["ballot_order"]), row["id"]) for row in rows]
        for number, (before, after) in enumerate(pairwise(keys), start=1):
            if after < before:
                raise self._fail("options", number, "it does not stand in the order of the ballot")
        for row in rows:
            options[row["contest"]].append(OptionFacts(row["id"], row["kind"], int(row["ballot_order"])))
        return options

    def _groups(self, above: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, int], list[tuple[str, ...]]]:
        rank = {territory: number for number, territory in enumerate(above)}
        more = self._more_territories(rank)
        numbers: dict[tuple[str, ...], int] = {}
        groups: list[tuple[str, ...]] = []
        group_of: dict[str, int] = {}

        def check(row: Row) -> str | None:
            starts = (row["territory"], row.get("constituency") or row["territory"], *more.get(row["id"], ()))
            unknown = [start for start in starts if start not in above]
            if unknown or not _NUMBER.fullmatch(row["voters"]):
                return f"unknown territory {unknown[0]!r}" if unknown else f"voters: {row['voters']!r}"
            if starts not in numbers:
                numbers[starts] = len(groups)
                found = {territory for start in starts for territory in above[start]}
                groups.append(tuple(sorted(found, key=rank.__getitem__)))
            group_of[row["id"]] = numbers[starts]
            return None

        self._each("precincts", self._keys("precincts"), check)
        unknown = more.keys() - group_of.keys()
        if unknown:
            path = self.files.path(f"{OPTIONAL_PINNED}.csv")
            raise VerificationError(f"{path}: unknown precinct {min(unknown)!r}")
        return group_of, groups

    def _more_territories(self, known: Mapping[str, int]) -> dict[str, list[str]]:
        more: dict[str, list[str]] = {}
        rows = self.tables.get(OPTIONAL_PINNED, [])

        def check(row: Row) -> str | None:
            more.setdefault(row["precinct"], []).append(row["territory"])
            return None if row["territory"] in known else f"unknown territory {row['territory']!r}"

        if rows:
            self._each(OPTIONAL_PINNED, [tuple(row.values()) for row in rows], check)
        return more


def read_json(path: str, data: bytes) -> Any:
    """Decode a JSON file; repeated members and fractions are refused."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise VerificationError(f"{path}: a member occurs twice")
        return found

    def fraction(text: str) -> None:
        raise VerificationError(f"{path}: {text} is not a whole number")

    try:
        text = data.decode("utf-8")
        return json.loads(text, object_pairs_hook=members, parse_float=fraction, parse_constant=fraction)
    except (ValueError, RecursionError) as error:
        if isinstance(error, VerificationError):
            raise
        raise VerificationError(f"{path}: not JSON: {error}") from error


def check_datapackage(files: Files, entries: ElectionEntries, flags: Mapping[str, bool]) -> None:
    """datapackage.json must name the election, its day, zone, edition and days of events, and say whether it is
    simulated or a replay.
    """
    path = files.path("datapackage.json")
    package = read_json(path, files.take("datapackage.json"))
    election = package.get("election") if isinstance(package, dict) else None
    if not isinstance(election, dict) or package.get("name") != entries.id or entries.called is None:
        raise VerificationError(f"{path}: it does not describe the election {entries.id!r}")
    said = entries.called
    expected = {
        "date": said.date,
        "timezone": said.timezone,
        "edition": "edition.toml",
        "events": said.events or None,
    }
    for name, value in expected.items():
        if election.get(name) != value:
            raise VerificationError(f"{path}: election.{name} is {election.get(name)!r} instead of {value!r}")
    for name, on in flags.items():
        if election.get(name, False) is not on:
            raise VerificationError(f"{path}: election.{name} is {election.get(name)!r}, the log says {on}")
