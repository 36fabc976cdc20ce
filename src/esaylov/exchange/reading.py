"""The tables of an election package that are small enough to be kept as records.

Every reader takes a `Folder`, reports what is wrong with single rows and leaves those out; the package is
refused in the end if any of it was an error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from esaylov.exchange.descriptor import Descriptor, inside
from esaylov.exchange.problems import Fault, Report, shown
from esaylov.exchange.records import CALENDAR, OPEN_END, Contest, Decision, Option, Precinct, Territory
from esaylov.exchange.rows import FILE_LIMIT, Source, Table
from esaylov.exchange.values import (
    is_id,
    parse_count,
    parse_day,
    parse_degrees,
    parse_flag,
    parse_moment,
    parse_text,
    parse_zone,
)
from esaylov.law.editions import CONTEST_KINDS, Edition

OPTION_KINDS = ("party-list", "candidate", "yes", "no", "none-of-the-above")
DECISION_KINDS = ("acceptance", "return", "annulment", "lot", "determination", "certification", CALENDAR)
RESERVED_TERRITORY = "summary"
MAX_DEPTH = 32
MAX_TEXT_BYTES = 128 << 20
KEPT_FILE_LIMIT = 256 << 20
MAX_ROWS = {
    "territories": 100_000,
    "contests": 10_000,
    "options": 100_000,
    "precincts": 300_000,
    "precinct_territories": 1_000_000,
    "decisions": 200_000,
    "turnout": 1_500_000,
}

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with the name of a table, the bytes of its file read so far, and the bytes that the file has."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table: those it must have, those it may have, and beginnings of columns by language."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    languages: str | None = None


COLUMNS = {
    "territories": Columns(("id", "parent", "kind"), ("soato", "timezone"), "name_"),
    "contests": Columns(("id", "kind", "territory", "seats", "edition"), (), "title_"),
    "options": Columns(
        ("id", "contest", "kind", "ballot_order"), ("organisation", "gender", "birth_date"), "name_"
    ),
    "precincts": Columns(
        ("id", "territory", "number", "voters"),
        ("constituency", "address", "latitude", "longitude", "public"),
    ),
    "precinct_territories": Columns(("precinct", "territory")),
    "turnout": Columns(("precinct", "at", "voters")),
    "decisions": Columns(("kind", "number", "at", "precinct", "contest", "outcome")),
    "votes": Columns(("precinct", "contest", "option", "votes")),
}


@dataclass(slots=True)
class Folder:
    """A package's folder while it is read; `files` gathers the digests of what was read whole, `current`
    names the file being read.
    """

    path: Path
    descriptor: Descriptor
    report: Report
    files: dict[str, str] = field(default_factory=dict)
    text_bytes: int = 0
    current: str = ""
    broken: bool = False
    progress: Progress | None = None

    def rows(self, name: str) -> Iterator[Row]:
        """Rows of a table that is kept; nothing when the package has none. Problems that end it are
        reported.
        """
        file = self.descriptor.tables.get(name)
        if file is None:
            return
        self.current = file
        try:
            with self.table(name, COLUMNS[name], KEPT_FILE_LIMIT) as table:
                for number, values in enumerate(table.reader, 1):
                    if number > MAX_ROWS[name]:
                        raise Fault("K08", f"the table has more than {MAX_ROWS[name]:,} rows", table.line)
                    if table.fits(values):
                        yield Row(self, table, dict(zip(table.header, values, strict=True)))
                self.done(name, table)
            self.broken = self.broken or file not in self.files
        except Fault as fault:
            self.broken = True
            self.report.fault(file, fault)

    def table(self, name: str, columns: Columns, limit: int = FILE_LIMIT) -> Table:
        """Open a table and check its head. Raises Fault when it cannot be opened or a column is missing."""
        self.current = file = self.descriptor.tables[name]
        source = Source(inside(self.path, file), limit)
        if self.progress is not None:
            source.on_read = partial(self.progress, name)
        table = Table(source, file, self.report)
        self._check_head(name, table, columns)
        return table

    def done(self, name: str, table: Table) -> None:
        """Note that a table was read to its end."""
        self.files[table.name] = table.source.sha256

    def keep(self, text: str) -> str:
        """Count a text that stays in memory. Raises Fault when they become too many."""
        self.text_bytes += sys.getsizeof(text)
        if self.text_bytes > MAX_TEXT_BYTES:
            raise Fault("K08", f"names, numbers and addresses take more than {MAX_TEXT_BYTES:,} bytes")
        return text

    def _check_head(self, name: str, table: Table, columns: Columns) -> None:
        known = {*columns.needed, *columns.optional}
        seen: set[str] = set()
        for column in table.header:
            if column in seen:
                raise Fault("K13", f"the column {shown(column)} occurs twice", 1, column[:100])
            seen.add(column)
            if column in known or (columns.languages and _language(column, columns.languages)):
                continue
            table.problem("K12", f"the column {shown(column)} is unknown and was not read", column[:100])
        missing = [column for column in columns.needed if column not in seen]
        if columns.languages and not any(_language(column, columns.languages) for column in seen):
            missing.append(f"{columns.languages}…")
        if missing:
            raise Fault("K11", f"columns are missing: {', '.join(missing)}", 1, missing[0])
        described = self.descriptor.fields.get(name, ())
        if described and described != tuple(table.header):
            table.problem("K43", "the columns are not those that datapackage.json describes")


def _language(column: str, prefix: str) -> str | None:
    rest = column.removeprefix(prefix)
    plain = rest.replace("-", "").replace("_", "")
    whole = rest != column and plain.isascii() and plain.isalnum() and 2 <= len(rest) <= 12
    return rest if whole else None


class Row:
    """One row being turned into a record: `whole` turns False once one of its values was refused."""

    __slots__ = ("_folder", "_table", "_values", "whole")

    def __init__(self, folder: Folder, table: Table, values: dict[str, str]) -> None:
        self._folder = folder
        self._table = table
        self._values = values
        self.whole = True

    @property
    def line(self) -> int:
        """Line of the file on which the row begins."""
        return self._table.line

    def wrong(self, code: str, reason: str, column: str | None = None) -> None:
        """Report an error of this row."""
        self._table.problem(code, reason, column)
        self.whole = False

    def note(self, code: str, reason: str, column: str | None = None) -> None:
        """Report a warning about this row."""
        self._table.problem(code, reason, column)

    def raw(self, column: str) -> str:
        """The value as it stands, empty where the column is missing."""
        return self._values.get(column, "")

    def take(self, column: str, parse: Callable[[str], T], default: T, code: str) -> T:
        """The parsed value; the default, with the problem reported, where the parser refuses it."""
        try:
            return parse(self._values.get(column, ""))
        except ValueError as error:
            self.wrong(code, str(error), column)
            return default

    def maybe(self, column: str, parse: Callable[[str], T], code: str) -> T | None:
        """Like `take`, None for an empty or missing value."""
        return self.take(column, parse, None, code) if self._values.get(column) else None

    def id(self, column: str) -> str:
        """A new id."""
        text = self.raw(column)
        if not is_id(text):
            self.wrong("K20", f"{shown(text)} cannot be an id", column)
            return ""
        return self._folder.keep(text)

    def known(self, column: str, ids: dict[str, T] | dict[str, str], what: str) -> str:
        """An id that must occur among ids."""
        text = self.raw(column)
        if text not in ids:
            self.whole = False
            if not self._folder.broken:
                self.wrong("K21", f"there is no {what} {shown(text)}", column)
        return text

    def one_of(self, column: str, values: Collection[str]) -> str:
        """One of a few words."""
        text = self.raw(column)
        if text not in values:
            self.wrong("K24", f"{shown(text)} is none of {', '.join(values)}", column)
            return ""
        return sys.intern(text)

    def count(self, column: str) -> int:
        """A count."""
        return self.take(column, parse_count, 0, "K25")

    def text(self, column: str) -> str:
        """Free text, perhaps empty."""
        return self._folder.keep(self.take(column, parse_text, "", "K27"))

    def by_language(self, prefix: str) -> dict[str, str]:
        """Language -> text of all columns with this beginning that are not empty."""
        names = {}
        for column in self._table.header:
            language = _language(column, prefix)
            if language and self._values[column]:
                names[sys.intern(language)] = self.text(column)
        if not names:
            self.note("K42", "there is no name in any language", prefix + "…")
        return names

    def new(self, seen: Collection[object], key: object, says: str) -> bool:
        """True for a key that is there and was not seen before; a second one is reported.

        A record is kept under its id even when another of its values was refused: what refers to it is no
        second mistake.
        """
        if key in seen:
            self.wrong("K22", f"{says} occurs twice")
            return False
        return bool(key)


def read_territories(folder: Folder) -> tuple[Territory, ...]:
    """All territories, a parent before its children; otherwise as in the file."""
    found: dict[str, Territory] = {}
    lines: dict[str, int] = {}
    for row in folder.rows("territories"):
        territory = Territory(
            row.id("id"),
            row.maybe("parent", folder.keep, "K20"),
            sys.intern(row.id("kind")),
            row.by_language("name_"),
            row.text("soato") or None,
            row.maybe("timezone", parse_zone, "K24"),
        )
        if territory.id == RESERVED_TERRITORY:
            row.wrong("K20", f"the id {shown(RESERVED_TERRITORY)} is taken by a published file", "id")
        if row.new(found, territory.id, f"the territory {shown(territory.id)}"):
            found[territory.id] = territory
            lines[territory.id] = row.line
    return tuple(_parents_first(folder, found, lines))


def _parents_first(folder: Folder, found: dict[str, Territory], lines: dict[str, int]) -> Iterator[Territory]:
    file = folder.descriptor.tables.get("territories", "territories")

    def wrong(territory: Territory, code: str, reason: str) -> None:
        folder.report.add(
            code, file, f"the territory {shown(territory.id)} {reason}", lines[territory.id], "parent"
        )

    depths: dict[str, int] = {}
    for territory in found.values():
        chain: dict[str, Territory] = {}
        step: Territory | None = territory
        while step is not None and step.id not in depths and step.id not in chain and len(chain) <= MAX_DEPTH:
            chain[step.id] = step
            if step.parent is not None and step.parent not in found:
                wrong(step, "K21", f"has the parent {shown(step.parent)}, which does not exist")
            step = found.get(step.parent or "")
        if step is not None and step.id in chain:
            wrong(step, "K23", "is its own ancestor")
        for child in reversed(chain.values()):
            depths[child.id] = depths.get(child.parent or "", 0) + 1
            if depths[child.id] > MAX_DEPTH:
                wrong(child, "K23", f"lies deeper than {MAX_DEPTH} levels")
            yield child


def read_contests(folder: Folder, edition: Edition, territories: Sequence[Territory]) -> tuple[Contest, ...]:
    """All contests in the order of the file."""
    known = {territory.id: territory for territory in territories}
    found: dict[str, Contest] = {}
    for row in folder.rows("contests"):
        contest = _contest(row, edition, known)
        if row.new(found, contest.id, f"the contest {shown(contest.id)}"):
            found[contest.id] = contest
    return tuple(found.values())


def _contest(row: Row, edition: Edition, territories: dict[str, Territory]) -> Contest:
    kind = row.one_of("kind", CONTEST_KINDS)
    if kind and kind not in edition.contests:
        row.wrong("K30", f"the edition has no rule [contests.{kind}]", "kind")
    if row.raw("edition") != edition.id:
        row.wrong("K30", f"{shown(row.raw('edition'))} is not the edition {edition.id}", "edition")
    seats = 0 if kind == "referendum" and not row.raw("seats") else row.count("seats")
    if row.whole and not seats and kind != "referendum":
        row.wrong("K25", "a contest needs a seat at least", "seats")
    territory = row.known("territory", territories, "territory")
    return Contest(row.id("id"), kind, territory, seats, edition.id, row.by_language("title_"))


def read_options(folder: Folder, contests: Sequence[Contest]) -> tuple[Option, ...]:
    """All options in canonical order: by contest, then ballot order, then id."""
    found: dict[str, dict[str, Option]] = {contest.id: {} for contest in contests}
    for row in folder.rows("options"):
        contest = row.known("contest", found, "contest")
        option = Option(
            row.id("id"),
            contest,
            row.one_of("kind", OPTION_KINDS),
            row.by_language("name_"),
            row.count("ballot_order"),
            row.text("organisation") or None,
            row.text("gender") or None,
            row.maybe("birth_date", parse_day, "K24"),
        )
        if contest in found and row.new(found[contest], option.id, f"the option {shown(option.id)}"):
            found[contest][option.id] = option
    _check_choices(folder, contests, found)
    ordered = (sorted(options.values(), key=lambda o: (o.ballot_order, o.id)) for options in found.values())
    return tuple(option for options in ordered for option in options)


def _check_choices(
    folder: Folder, contests: Sequence[Contest], options: dict[str, dict[str, Option]]
) -> None:
    if not folder.descriptor.tables.get("options") or folder.report.errors:
        return
    file = folder.descriptor.tables["options"]
    for contest in contests:
        kinds = {option.kind for option in options[contest.id].values()}
        if not kinds:
            folder.report.add("K30", file, f"the contest {shown(contest.id)} has no options")
        elif contest.kind == "referendum" and not {"yes", "no"} <= kinds:
            folder.report.add("K30", file, f"the question {shown(contest.id)} needs the options yes and no")


def read_precincts(folder: Folder, territories: Sequence[Territory]) -> tuple[Precinct, ...]:
    """All precincts in the order of the file."""
    known = {territory.id: territory for territory in territories}
    found: dict[str, Precinct] = {}
    for row in folder.rows("precincts"):
        precinct = _precinct(row, known)
        if row.new(found, precinct.id, f"the precinct {shown(precinct.id)}"):
            found[precinct.id] = precinct
            if row.whole and not 20 <= precinct.voters <= 3_000:
                row.note("K40", f"{precinct.voters:,} voters: a precinct has 20 to 3,000", "voters")
    return tuple(found.values())


def _precinct(row: Row, territories: dict[str, Territory]) -> Precinct:
    public = row.maybe("public", parse_flag, "K24")
    territory = row.known("territory", territories, "territory")
    constituency = row.known("constituency", territories, "territory") if row.raw("constituency") else None
    return Precinct(
        row.id("id"),
        territories[territory].id if row.whole else "",
        territories[constituency].id if constituency and row.whole else None,
        row.text("number"),
        row.count("voters"),
        row.text("address") or None,
        row.maybe("latitude", lambda text: parse_degrees(text, 90), "K24"),
        row.maybe("longitude", lambda text: parse_degrees(text, 180), "K24"),
        public is not False,
    )


def read_precinct_territories(
    folder: Folder, territories: Sequence[Territory], precincts: Sequence[Precinct]
) -> tuple[tuple[str, str], ...]:
    """Further territories of precincts, in the order of the file."""
    known = {territory.id: territory.id for territory in territories}
    ids = {precinct.id: precinct.id for precinct in precincts}
    found: dict[tuple[str, str], None] = {}
    for row in folder.rows("precinct_territories"):
        precinct = row.known("precinct", ids, "precinct")
        territory = row.known("territory", known, "territory")
        if row.whole and row.new(found, (precinct, territory), "this row"):
            found[ids[precinct], known[territory]] = None
    return tuple(found)


def read_decisions(
    folder: Folder,
    contests: Sequence[Contest],
    options: Sequence[Option],
    precincts: Sequence[Precinct],
    steps: Collection[str],
) -> tuple[Decision, ...]:
    """All decisions in the order of the file; `steps`: codes of the edition's calendar."""
    precinct_ids = {precinct.id: precinct.id for precinct in precincts}
    contest_ids = {contest.id: contest.id for contest in contests}
    choices: dict[str, set[str]] = {contest.id: set() for contest in contests}
    for option in options:
        choices[option.contest].add(option.id)
    found = []
    for row in folder.rows("decisions"):
        decision = _decision(folder, row, precinct_ids, contest_ids)
        unknown = [o for o in decision.outcome if o not in choices.get(decision.contest or "", ())]
        if decision.kind == CALENDAR:
            _check_move(row, decision, steps)
        elif unknown:
            row.wrong("K21", f"the contest has no option {shown(unknown[0])}", "outcome")
        if row.whole:
            found.append(decision)
    return tuple(found)


_NEEDS = {
    "acceptance": ("precinct", "contest"),
    "return": ("precinct", "contest"),
    "annulment": ("precinct",),
    "lot": ("contest", "outcome"),
    "determination": ("contest", "outcome"),
    "certification": ("contest",),
    CALENDAR: ("outcome",),
}


def _check_move(row: Row, decision: Decision, steps: Collection[str]) -> None:
    """The outcome of a decision on the calendar: a step, when it opens, when it closes."""
    step, *ends = decision.outcome or ("",)
    if step not in steps:
        row.wrong("K21", f"the edition's calendar has no step {shown(step)}", "outcome")
    if len(ends) != 2 or not all(map(_is_end, ends)):
        row.wrong("K26", "the outcome is a step and two times (YYYY-MM-DDThh:mm:ss±hh:mm, or -)", "outcome")
    if decision.precinct or decision.contest:
        row.wrong("K24", "a decision on the calendar names no precinct and no contest", "contest")


def _is_end(text: str) -> bool:
    """Whether a text is an end of a step: a time of this century, or open."""
    if text == OPEN_END:
        return True
    try:
        parse_moment(text)
    except ValueError:
        return False
    return text.startswith("20")


def _decision(folder: Folder, row: Row, precincts: dict[str, str], contests: dict[str, str]) -> Decision:
    kind = row.one_of("kind", DECISION_KINDS)
    for column in _NEEDS.get(kind, ()):
        if not row.raw(column):
            row.wrong("K24", f"a decision of the kind {kind} names a {column}", column)
    row.take("at", parse_moment, (0, 0), "K26")
    precinct = row.known("precinct", precincts, "precinct") if row.raw("precinct") else None
    contest = row.known("contest", contests, "contest") if row.raw("contest") else None
    number = row.text("number")
    if not number:
        row.wrong("K24", "a decision has a number", "number")
    outcome = row.text("outcome").split()
    return Decision(kind, number, folder.keep(row.raw("at")), precinct, contest, tuple(outcome))
