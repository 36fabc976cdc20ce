"""The large tables of an election package: turnout, protocols and votes, in any order, in bounded memory.

Figures go straight into one array (`Places` says where); -1 stands where none was read. Votes may come in
any order: a cell that is set already is a double row, one that stays -1 is a missing row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from esaylov.exchange.places import Places
from esaylov.exchange.problems import Fault, shown
from esaylov.exchange.reading import COLUMNS, MAX_ROWS, Columns, Folder
from esaylov.exchange.records import NO_TIME, Precinct, ProtocolRows, TurnoutRows
from esaylov.exchange.rows import Table
from esaylov.exchange.values import Counts, is_id, parse_count, parse_moment
from esaylov.law.editions import Edition

T = TypeVar("T")

STATES = ("", "received", "inconsistent", "returned", "accepted", "annulled")
"""What the column `state` may hold; ProtocolRows.states holds indexes into it."""

_STATE_NUMBERS = {state: number for number, state in enumerate(STATES)}
_OPTIONAL = ("submitted_at", "state", "version", "simulated", "leaf")
_MAX_VERSION = 32_767


def read_figures(folder: Folder, edition: Edition, places: Places) -> ProtocolRows:
    """Read and check protocols and votes. What is structurally wrong goes to the folder's report."""
    rows = ProtocolRows(array("i", (-1,)) * places.cells)
    standing = bytearray(places.count)
    _guarded(folder, "protocols", lambda: _Protocols(folder, edition, places, rows, standing).read())
    _guarded(folder, "votes", lambda: _Votes(folder, places, rows.figures).read())
    _check_whole(folder, places, rows, standing)
    return rows


def _guarded(folder: Folder, name: str, read: Callable[[], None]) -> None:
    try:
        read()
    except Fault as fault:
        folder.report.fault(folder.descriptor.tables[name], fault)


class _Protocols:
    """Reads the table of protocols."""

    def __init__(
        self, folder: Folder, edition: Edition, places: Places, rows: ProtocolRows, standing: bytearray
    ) -> None:
        self._folder = folder
        self._lines = edition.lines
        self._places = places
        self._rows = rows
        self._standing = standing
        self._counts = Counts()
        self._contests = {contest.id: number for number, contest in enumerate(places.contests)}
        self._moment = lru_cache(maxsize=4_096)(parse_moment)

    def read(self) -> None:
        columns = Columns(("precinct", "contest", *self._lines), _OPTIONAL)
        with self._folder.table("protocols", columns) as table:
            keys = table.picker(("precinct", "contest"))
            lines = table.picker(self._lines)
            extras = [(name, table.header.index(name)) for name in _OPTIONAL if name in table.header]
            for row in table.reader:
                if not table.fits(row):
                    continue
                precinct, contest = keys(row)
                cell = self._cell(table, precinct, contest)
                figures = self._figures(table, lines(row))
                facts = self._facts(table, {name: row[place] for name, place in extras} if extras else {})
                if cell is not None and figures is not None and facts is not None:
                    self._rows.figures[cell : cell + len(figures)] = figures
                    self._keep(table, precinct, contest, cell, facts)
            self._folder.done("protocols", table)

    def _cell(self, table: Table, precinct: str, contest: str) -> int | None:
        try:
            place, cell = self._places.locate(precinct, contest)
        except KeyError:
            _no_place(table, self._places, precinct, contest)
            return None
        if self._standing[place]:
            what = f"{shown(precinct)} and the contest {shown(contest)}"
            table.problem("K32", f"a second protocol for the precinct {what}")
            return None
        self._standing[place] = 1
        return cell

    def _figures(self, table: Table, texts: Sequence[str]) -> array[int] | None:
        try:
            return array("i", map(self._counts.__getitem__, texts))
        except ValueError:
            for line, text in zip(self._lines, texts, strict=True):
                try:
                    parse_count(text)
                except ValueError as error:
                    table.problem("K25", str(error), line)
            return None

    def _facts(self, table: Table, extras: dict[str, str]) -> tuple[int, int, int, int] | None:
        """Seconds, offset, state, version."""
        seconds, offset, whole = NO_TIME, 0, True
        if text := extras.get("submitted_at"):
            try:
                seconds, offset = self._moment(text)
            except ValueError as error:
                table.problem("K26", str(error), "submitted_at")
                whole = False
        state = _STATE_NUMBERS.get(extras.get("state", ""))
        if state is None:
            table.problem("K24", f"{shown(extras['state'])} is none of {', '.join(STATES[1:])}", "state")
            whole = False
        version = extras.get("version") or "1"
        if not (version.isascii() and version.isdigit() and 1 <= int(version[:9]) <= _MAX_VERSION):
            table.problem("K24", f"{shown(version)} is not a version from 1 to {_MAX_VERSION:,}", "version")
            whole = False
        if extras.get("simulated", "") not in ("", "true", "false"):
            table.problem("K24", f"{shown(extras['simulated'])} is neither true nor false", "simulated")
            whole = False
        return (seconds, offset, state or 0, int(version)) if whole else None

    def _keep(
        self, table: Table, precinct: str, contest: str, cell: int, facts: tuple[int, int, int, int]
    ) -> None:
        seconds, offset, state, version = facts
        rows = self._rows
        rows.precincts.append(self._places.index[precinct])
        rows.contests.append(self._contests[contest])
        rows.cells.append(cell)
        rows.line_numbers.append(table.line)
        rows.times.append(seconds, offset)
        rows.states.append(state)
        rows.versions.append(version)


class _Votes:
    """Reads the table of votes, long form."""

    def __init__(self, folder: Folder, places: Places, figures: array[int]) -> None:
        self._folder = folder
        self._places = places
        self._figures = figures

    def read(self) -> None:
        """One loop, kept flat: it runs over millions of rows."""
        figures, counts = self._figures, Counts()
        with self._folder.table("votes", COLUMNS["votes"]) as table:
            pick = table.picker(COLUMNS["votes"].needed)
            width = len(table.header)
            last_precinct = last_contest = None
            start = -1
            columns: dict[str, int] = {}
            for row in table.reader:
                if len(row) != width:
                    table.fits(row)
                    continue
                precinct, contest, option, text = pick(row)
                if precinct != last_precinct or contest != last_contest:
                    last_precinct, last_contest = precinct, contest
                    start, columns = self._start(precinct, contest)
                try:
                    cell = start + columns[option]
                    value = counts[text]
                except (KeyError, ValueError):
                    self._explain(table, precinct, contest, option, text)
                    continue
                if figures[cell] >= 0:
                    table.problem("K35", f"a second row for the option {shown(option)} of this place")
                figures[cell] = value
            self._folder.done("votes", table)

    def _start(self, precinct: str, contest: str) -> tuple[int, dict[str, int]]:
        try:
            return self._places.locate(precinct, contest)[1], self._places.columns[contest]
        except KeyError:
            return -1, {}

    def _explain(self, table: Table, precinct: str, contest: str, option: str, text: str) -> None:
        columns = self._start(precinct, contest)[1]
        if not columns:
            _no_place(table, self._places, precinct, contest)
        elif option not in columns:
            table.problem("K21", f"the contest {shown(contest)} has no option {shown(option)}", "option")
        try:
            parse_count(text)
        except ValueError as error:
            table.problem("K25", str(error), "votes")


def _no_place(table: Table, places: Places, precinct: str, contest: str) -> None:
    if precinct not in places.index:
        what = "precinct" if is_id(precinct) else "id of a precinct"
        table.problem("K21", f"there is no {what} {shown(precinct)}", "precinct")
    if contest not in places.columns:
        table.problem("K21", f"there is no contest {shown(contest)}", "contest")
    elif precinct in places.index:
        reason = f"the precinct {shown(precinct)} does not vote in the contest {shown(contest)}"
        table.problem("K31", reason)


def _check_whole(folder: Folder, places: Places, rows: ProtocolRows, standing: bytearray) -> None:
    """Every protocol has a vote for each option, and there are no votes without a protocol."""
    if folder.report.errors:
        # after a row was left out its votes would seem to be missing: one mistake, one message
        return
    figures, lines, file = rows.figures, places.lines, folder.descriptor.tables["protocols"]
    for row, cell in enumerate(rows.cells):
        end = cell + places.widths[rows.contests[row]]
        missing = figures[cell + lines : end].count(-1)
        if missing:
            reason = f"votes are missing for {missing} of {end - cell - lines} options"
            folder.report.add("K34", file, reason, rows.line_numbers[row])
    if standing.count(1) == places.count:
        return
    for place, (precinct, contest) in enumerate(places.roster()):
        if standing[place]:
            continue
        contest_id = places.contests[contest].id
        cell = places.first_cells[precinct] + places.profiles[precinct].starts[contest_id]
        votes = figures[cell + lines : cell + places.widths[contest]]
        if votes.count(-1) != len(votes):
            name = shown(places.ids[precinct])
            reason = f"votes of the precinct {name} in the contest {shown(contest_id)} have no protocol"
            folder.report.add("K33", folder.descriptor.tables["votes"], reason)


def read_turnout(folder: Folder, precincts: Sequence[Precinct]) -> TurnoutRows:
    """Read and check the reports of turnout."""
    rows = TurnoutRows([precinct.id for precinct in precincts])
    if "turnout" not in folder.descriptor.tables:
        return rows
    index = {precinct.id: number for number, precinct in enumerate(precincts)}
    _guarded(folder, "turnout", lambda: _read_turnout(folder, index, rows))
    if not folder.report.errors:
        _check_turnout(folder, rows)
    return rows


def _read_turnout(folder: Folder, index: dict[str, int], rows: TurnoutRows) -> None:
    moment = lru_cache(maxsize=4_096)(parse_moment)
    with folder.table("turnout", COLUMNS["turnout"]) as table:
        pick = table.picker(COLUMNS["turnout"].needed)
        for row in table.reader:
            if table.rows > MAX_ROWS["turnout"]:
                raise Fault("K08", f"the table has more than {MAX_ROWS['turnout']:,} rows", table.line)
            if not table.fits(row):
                continue
            precinct, at, text = pick(row)
            number = index.get(precinct)
            if number is None:
                table.problem("K21", f"there is no precinct {shown(precinct)}", "precinct")
            time = _parsed(table, moment, at, "at", "K26")
            voters = _parsed(table, parse_count, text, "voters", "K25")
            if number is not None and time is not None and voters is not None:
                rows.precincts.append(number)
                rows.voters.append(voters)
                rows.times.append(*time)
        folder.done("turnout", table)


def _parsed(table: Table, parse: Callable[[str], T], text: str, column: str, code: str) -> T | None:
    try:
        return parse(text)
    except ValueError as error:
        table.problem(code, str(error), column)
        return None


def _check_turnout(folder: Folder, rows: TurnoutRows) -> None:
    """Reports of one precinct at one time twice are an error; falling figures a warning."""
    file = folder.descriptor.tables["turnout"]
    span = 1 << 34
    keys = array("q", (p * span + rows.times.seconds(n) + span // 2 for n, p in enumerate(rows.precincts)))
    order = sorted(range(len(rows)), key=keys.__getitem__)
    for earlier, row in pairwise(order):
        precinct = shown(rows.ids[rows.precincts[row]])
        if keys[row] == keys[earlier]:
            folder.report.add(
                "K22", file, f"two reports of the precinct {precinct} at {rows.times.text(row)}"
            )
        elif rows.precincts[row] == rows.precincts[earlier] and rows.voters[row] < rows.voters[earlier]:
            reason = f"fewer voters than before in the precinct {precinct} at {rows.times.text(row)}"
            folder.report.add("K41", file, reason)
