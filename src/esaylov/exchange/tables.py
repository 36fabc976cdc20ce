"""Canonical CSV (docs/formats.md, section 6): every table of the published folder, byte for byte.

A `Sheet` is a table that can be written any number of times; its rows are made as they are written.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from esaylov.exchange.compositions import CENTRAL, PROPOSERS, ROLES, Composition, Entered, composition_rows
from esaylov.exchange.frozen import Frozen
from esaylov.exchange.published import PublishedElection, Standing, Total
from esaylov.exchange.records import Contest, Decision, Option, Precinct, Territory, Turnout

GZIP_LEVEL = 6
_BATCH = 2_000
_SPECIAL = re.compile(r'[,"\n\r]')

Between = Callable[[], object]
"""What a writer calls between two pieces of its work: what it raises ends the work."""


def nothing() -> None:
    """For writers that nobody interrupts."""


def quoted(text: str) -> str:
    """One field: in quotes exactly when it holds a comma, a quote or a line end."""
    if _SPECIAL.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_row(fields: Sequence[str]) -> str:
    """One row with its line end."""
    return ",".join(map(quoted, fields)) + "\n"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, columns and rows, each row as text with its line end."""

    name: str
    head: tuple[str, ...]
    rows: Callable[[], Iterable[str]]

    def blocks(self) -> Iterator[bytes]:
        """The bytes of the table, some hundred kilobytes at a time."""
        yield csv_row(self.head).encode()
        rows = iter(self.rows())
        while batch := "".join(islice(rows, _BATCH)):
            yield batch.encode()

    def pin(self) -> dict[str, Any]:
        """`{"rows": n, "sha256": hex}` of the uncompressed table, rows without the head."""
        digest = sha256(csv_row(self.head).encode())
        count = 0
        rows = iter(self.rows())
        while batch := list(islice(rows, _BATCH)):
            count += len(batch)
            digest.update("".join(batch).encode())
        return {"rows": count, "sha256": digest.hexdigest()}

    def write(self, path: Path, between: Between = nothing) -> None:
        """Write the table as CSV, packed when the name of the file ends in .gz."""
        with path.open("wb") as file, packed(file) if path.name.endswith(".gz") else file as stream:
            for block in self.blocks():
                between()
                stream.write(block)


def packed(file: IO[bytes]) -> gzip.GzipFile:
    """A gzip stream of one member without time and name."""
    return gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0)


def _of(name: str, head: Sequence[str], rows: Callable[[], Iterable[Sequence[str]]]) -> Sheet:
    return Sheet(name, tuple(head), lambda: map(csv_row, rows()))


def _languages(texts: Iterable[Mapping[str, str]]) -> list[str]:
    """Languages that occur, sorted; English stands for none, so that a table of names has a column."""
    return sorted({language for names in texts for language in names}) or ["en"]


def _used(records: Iterable[Any], columns: Mapping[str, str]) -> list[tuple[str, str]]:
    """(attribute, column) of the optional columns in which any record has a value."""
    kept = list(records)
    return [(name, column) for name, column in columns.items() if any(getattr(r, name) for r in kept)]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def territories_sheet(territories: Sequence[Territory]) -> Sheet:
    """territories.csv; the records come with a parent before its children."""
    languages = _languages(t.names for t in territories)
    extra = _used(territories, {"soato": "soato", "timezone": "timezone"})

    def rows() -> Iterator[Sequence[str]]:
        for t in territories:
            names = [t.names.get(language, "") for language in languages]
            yield t.id, t.parent or "", t.kind, *names, *(_text(getattr(t, name)) for name, _ in extra)

    head = ["id", "parent", "kind", *(f"name_{language}" for language in languages)]
    return _of("territories", head + [column for _, column in extra], rows)


def contests_sheet(contests: Sequence[Contest]) -> Sheet:
    """contests.csv."""
    languages = _languages(c.titles for c in contests)

    def rows() -> Iterator[Sequence[str]]:
        for c in contests:
            titles = [c.titles.get(language, "") for language in languages]
            yield c.id, c.kind, c.territory, str(c.seats), c.edition, *titles

    head = ["id", "kind", "territory", "seats", "edition", *(f"title_{language}" for language in languages)]
    return _of("contests", head, rows)


def options_sheet(options: Sequence[Option]) -> Sheet:
    """options.csv; the records come by contest, ballot order and id."""
    languages = _languages(o.names for o in options)
    extra = _used(options, {name: name for name in ("organisation", "gender", "birth_date")})

    def rows() -> Iterator[Sequence[str]]:
        for o in options:
            names = [o.names.get(language, "") for language in languages]
            more = (_text(getattr(o, name)) for name, _ in extra)
            yield o.id, o.contest, o.kind, *names, str(o.ballot_order), *more

    head = ["id", "contest", "kind", *(f"name_{language}" for language in languages), "ballot_order"]
    return _of("options", head + [column for _, column in extra], rows)


def precincts_sheet(precincts: Sequence[Precinct]) -> Sheet:
    """precincts.csv."""
    extra = [name for name, _ in _used(precincts, {n: n for n in ("address", "latitude", "longitude")})]
    constituency = ["constituency"] if any(p.constituency for p in precincts) else []
    public = ["public"] if any(not p.public for p in precincts) else []

    def rows() -> Iterator[Sequence[str]]:
        for p in precincts:
            row = [p.id, p.territory]
            if constituency:
                row.append(p.constituency or "")
            row += (p.number, str(p.voters))
            row += (getattr(p, name) or "" for name in extra)
            if public:
                row.append("true" if p.public else "false")
            yield row

    return _of("precincts", ["id", "territory", *constituency, "number", "voters", *extra, *public], rows)


def precinct_territories_sheet(pairs: Sequence[tuple[str, str]]) -> Sheet:
    """precinct_territories.csv."""
    return _of("precinct_territories", ("precinct", "territory"), lambda: pairs)


def roster_sheet(
    precincts: Sequence[Precinct],
    contests: Sequence[Contest],
    roster: Callable[[], Iterable[tuple[int, int]]],
) -> Sheet:
    """roster.csv; `roster` gives (precinct index, contest index) in order."""
    ids = [quoted(contest.id) for contest in contests]
    names = [quoted(precinct.id) for precinct in precincts]

    def rows() -> Iterator[str]:
        for precinct, contest in roster():
            yield f"{names[precinct]},{ids[contest]}\n"

    return Sheet("roster", ("precinct", "contest"), rows)


def protocols_sheet(lines: Sequence[str], standing: Standing, simulated: bool) -> Sheet:
    """protocols.csv: the standing protocols in the order of the roster."""
    tail = ",true\n" if simulated else "\n"

    def rows() -> Iterator[str]:
        for p in standing:
            figures = ",".join(map(str, p.lines))
            yield (
                f"{quoted(p.precinct)},{quoted(p.contest)},{figures},{quoted(p.at)},{p.state},{p.version},{p.leaf}{tail}"
            )

    head = ("precinct", "contest", *lines, "submitted_at", "state", "version", "leaf")
    return Sheet("protocols", (*head, "simulated") if simulated else head, rows)


def votes_sheet(options: Sequence[Option], standing: Standing) -> Sheet:
    """votes.csv: long form, as in protocols, options as in options.csv. A row is all votes of one place."""
    pattern = _vote_patterns(options)

    def rows() -> Iterator[str]:
        for p in standing:
            place = f"{quoted(p.precinct)},{quoted(p.contest)},"
            yield pattern[p.contest] % tuple(x for vote in p.votes for x in (place, vote))

    return Sheet("votes", ("precinct", "contest", "option", "votes"), rows)


def _vote_patterns(options: Sequence[Option]) -> dict[str, str]:
    patterns: dict[str, str] = {}
    for option in options:
        row = f"%s{quoted(option.id).replace('%', '%%')},%d\n"
        patterns[option.contest] = patterns.get(option.contest, "") + row
    return patterns


def turnout_sheet(turnout: Iterable[Turnout]) -> Sheet:
    """turnout.csv; `turnout` can be iterated over again."""
    return _of("turnout", ("precinct", "at", "voters"), lambda: ((p, at, str(n)) for p, at, n in turnout))


def decisions_sheet(decisions: Sequence[Decision]) -> Sheet:
    """decisions.csv."""

    def rows() -> Iterator[Sequence[str]]:
        for d in decisions:
            yield d.kind, d.number, d.at, d.precinct or "", d.contest or "", " ".join(d.outcome)

    return _of("decisions", ("kind", "number", "at", "precinct", "contest", "outcome"), rows)


_STATES = ("expected", "received", "counted", "inconsistent", "returned", "annulled", "voters_annulled")


def totals_sheet(lines: Sequence[str], totals: Sequence[Total]) -> Sheet:
    """totals.csv."""

    def rows() -> Iterator[Sequence[str]]:
        for t in totals:
            yield t.contest, t.territory, *(str(getattr(t, name)) for name in _STATES), *map(str, t.lines)

    return _of("totals", ("contest", "territory", *_STATES, *lines), rows)


def totals_votes_sheet(options: Sequence[Option], totals: Sequence[Total]) -> Sheet:
    """totals_votes.csv. A row is all options of one total."""
    pattern = _vote_patterns(options)

    def rows() -> Iterator[str]:
        for t in totals:
            place = f"{quoted(t.contest)},{quoted(t.territory)},"
            yield pattern[t.contest] % tuple(x for vote in t.votes for x in (place, vote))

    return Sheet("totals_votes", ("contest", "territory", "option", "votes"), rows)


_PROPOSED = tuple(f"proposed_{kind}" for kind in PROPOSERS)
_FORMED = ("formed_by", "decision", "formed_at", "formed_entry", "changes", "ended", "added", "removed")


def commissions_sheet(found: Sequence[Composition]) -> Sheet:
    """commissions.csv: every commission in numbers, nobody by name."""
    head = ("commission", "tier", "territory", "precinct", "members", *ROLES, *_FORMED, *_PROPOSED, "entries")
    return _of("commissions", head, lambda: composition_rows(found))


ENTERED_OF_ONE = ("commission", "decision", *ROLES, *_PROPOSED)
"""Columns of the rows of entered.csv that the entry of an import pins."""


def entered_sheet(rows: Sequence[Entered]) -> Sheet:
    """entered.csv: what each import brought into each commission."""

    def texts() -> Iterator[Sequence[str]]:
        for row in rows:
            yield str(row.entry), row.commission, row.decision, *map(str, row.counts)

    return _of("entered", ("entry", *ENTERED_OF_ONE), texts)


FROZEN_OF_ONE = ("precinct", "voters", "root")
"""Columns of the rows of frozen.csv that the entry of a freeze pins."""


def frozen_sheet(rows: Sequence[Frozen]) -> Sheet:
    """frozen.csv: the frozen list of each precinct, by entry, then by precinct."""

    def texts() -> Iterator[Sequence[str]]:
        for row in rows:
            yield str(row.entry), row.precinct, str(row.voters), row.root

    return _of("frozen", ("entry", *FROZEN_OF_ONE), texts)


def frozen_pin(rows: Sequence[tuple[str, int, str]]) -> str:
    """SHA-256 (hex) by which an entry pins its rows (precinct, voters, root), which are in order."""
    sheet = _of("frozen", FROZEN_OF_ONE, lambda: ((code, str(voters), root) for code, voters, root in rows))
    return str(sheet.pin()["sha256"])


def called_sheets(
    territories: Sequence[Territory],
    contests: Sequence[Contest],
    options: Sequence[Option],
    precincts: Sequence[Precinct],
    precinct_territories: Sequence[tuple[str, str]],
) -> dict[str, Sheet]:
    """The tables that the calling of an election pins, by name; without an empty precinct_territories."""
    sheets = [
        territories_sheet(territories),
        contests_sheet(contests),
        options_sheet(options),
        precincts_sheet(precincts),
    ]
    if precinct_territories:
        sheets.append(precinct_territories_sheet(precinct_territories))
    return {sheet.name: sheet for sheet in sheets}


def sheets_of(election: PublishedElection) -> dict[str, Sheet]:
    """Every table of a published election by name; absent ones are left out."""
    lines, standing, places = election.edition.lines, election.standing, election.places
    sheets = called_sheets(
        election.territories,
        election.contests,
        election.options,
        election.precincts,
        election.precinct_territories,
    )
    further = [
        roster_sheet(election.precincts, election.contests, places.roster),
        protocols_sheet(lines, standing, election.simulated),
        votes_sheet(election.options, standing),
        totals_sheet(lines, election.totals),
        totals_votes_sheet(election.options, election.totals),
    ]
    if any(True for _ in election.turnout):
        further.append(turnout_sheet(election.turnout))
    if election.decisions:
        further.append(decisions_sheet(election.decisions))
    if any(one.entries for one in election.compositions if one.body.code != CENTRAL):
        further.append(commissions_sheet(election.compositions))
    if election.entered:
        further.append(entered_sheet(election.entered))
    if election.frozen:
        further.append(frozen_sheet(election.frozen))
    return sheets | {sheet.name: sheet for sheet in further}
