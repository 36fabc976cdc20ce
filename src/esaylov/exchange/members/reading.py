"""A file of members, CSV or XLSX, read whole: rows that are in order, and a problem for everything that is not."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from esaylov.exchange.members.checks import check_rows
from esaylov.exchange.members.comma import read_comma
from esaylov.exchange.members.grid import MAX_BYTES, Grid
from esaylov.exchange.members.kinds import foreign, is_zip
from esaylov.exchange.members.problems import MemberProblem, Problems, Refused
from esaylov.exchange.members.texts import columns
from esaylov.exchange.members.together import check_together
from esaylov.exchange.members.workbook import read_workbook
from esaylov.exchange.pinfl import INVENTED


class MemberRow(NamedTuple):
    """One member. Texts are empty and dates and flags None where the file says nothing.

    `grounds`: what was declared against the person, words parted by a space; party membership and kinship have flags.
    """

    sheet: str | None
    line: int
    commission: str
    role: str
    pinfl: str
    surname: str
    given_name: str
    patronymic: str
    birth_date: date
    education: str
    employer: str
    employer_tin: str
    position: str
    proposed_by: str
    proposer: str
    phone: str
    email: str
    language: str
    party_member: bool | None
    candidate_relative: bool | None
    grounds: str
    consent_date: date | None
    decision: str
    remark: str

    @property
    def place(self) -> str:
        """Where the row stands in its file: `17`, or `sheet!17`. Findings call the person by it."""
        return str(self.line) if self.sheet is None else f"{self.sheet}!{self.line}"


SCHEMA = {
    "sheet": pl.String, "line": pl.UInt32, **dict.fromkeys(columns(), pl.String), "birth_date": pl.Date,
    "consent_date": pl.Date, "party_member": pl.Boolean, "candidate_relative": pl.Boolean,
}  # fmt: skip
"""Columns and types of `MembersFile.table`; the order is that of `MemberRow`."""
RAW = {"line": pl.UInt32}


@dataclass(frozen=True, slots=True, eq=False)
class MembersFile:
    """What a file of members says.

    `table` holds the rows without an error, in the order of the file (SCHEMA); `rows_total` counts rows that hold anything,
    whether in order or not. `sha256` is that of the file's bytes. `problems`: at most 100,000; `counts` has them all, by code.
    `rejected` holds the rows with an error that have cells at all, each cell as the file has it. `refused`: nothing could be
    read.
    """

    name: str
    table: pl.DataFrame
    rejected: pl.DataFrame
    problems: tuple[MemberProblem, ...]
    counts: Mapping[str, int]
    errors: int
    sha256: str
    rows_total: int
    refused: bool

    def rows(self) -> Iterator[MemberRow]:
        """The rows of `table`, one record each."""
        return map(MemberRow._make, self.table.iter_rows())

    @property
    def content_sha256(self) -> str:
        """A digest of what the rows in order say, whatever the format, the order and the spelling of values in the file."""
        said = self.table.drop("sheet", "line").sort("pinfl", "commission")
        return hashlib.sha256(said.write_csv(quote_style="always", line_terminator="\n").encode()).hexdigest()

    @property
    def invented(self) -> int:
        """How many rows have the PINFL of an invented person: none in an official election, all in a simulated one."""
        return int(self.table["pinfl"].str.slice(0, 1).is_in(list(INVENTED)).sum())


def read_members(
    source: Path | bytes, name: str | None = None, *, commissions: Collection[str] | None = None
) -> MembersFile:
    """Read a file of members and check every row.

    `name`: what people call the file; its ending must fit its content. `commissions`: codes that this election has; without
    them any well-formed code is taken. Everything wrong becomes a problem, nothing is raised.
    """
    name = name or (source.name if isinstance(source, Path) else "members.csv")
    problems = Problems(name)
    known = None if commissions is None else frozenset(commissions)
    digest = ""
    raws: list[pl.DataFrame] = []
    tables: list[pl.DataFrame] = []
    total = 0
    refused = False
    try:
        data = _bytes(source, problems)
        digest = hashlib.sha256(data).hexdigest()
        for grid in _grids(data, name, problems):
            raw, table = check_rows(grid, known, problems)
            raws.append(raw)
            tables.append(table)
            total += table.height
        total += problems.counts["F06"] + problems.counts["F07"]
        refused = not tables
    except Refused:
        refused = True
        raws, tables, total = [], [], 0
    table = pl.concat(tables) if tables else pl.DataFrame(schema=SCHEMA | {"good": pl.Boolean})
    kept = check_together(table, problems).select(*SCHEMA)
    counts = dict(sorted(problems.counts.items()))
    return MembersFile(
        name, kept, _rejected(raws, kept), problems.sorted(), counts, problems.errors, digest, total, refused
    )


def _rejected(raws: list[pl.DataFrame], kept: pl.DataFrame) -> pl.DataFrame:
    """The rows as the file has them that are not among those kept."""
    every = (
        pl.concat(raws) if raws else pl.DataFrame(schema={name: RAW.get(name, pl.String) for name in SCHEMA})
    )
    if every.height == kept.height:
        return every.clear()
    return every.join(
        kept.select("sheet", "line"),
        on=["sheet", "line"],
        how="anti",
        nulls_equal=True,
        maintain_order="left",
    )


def _bytes(source: Path | bytes, problems: Problems) -> bytes:
    """The content. Raises Refused for a file that is too large, before it is read."""
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > MAX_BYTES:
            problems.add("F02", values={"limit": MAX_BYTES})
            raise Refused
        if isinstance(source, bytes):
            return source
        with source.open("rb") as file:
            # The file may grow while it is looked at, or be no file at all.
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.add("F01", values={"what": error.strerror or "OSError"})
        raise Refused from None
    if len(data) > MAX_BYTES:
        problems.add("F02", values={"limit": MAX_BYTES})
        raise Refused
    return data


def _grids(data: bytes, name: str, problems: Problems) -> list[Grid]:
    """The tables of the file. Raises Refused, also when the file is not what its name says."""
    ending = name.casefold().rpartition(".")[2]
    if not data:
        problems.add("F01", values={"what": "0"})
        raise Refused
    kind = foreign(data)
    if ending in ("xlsm", "xltm", "xlam", "xlsb"):
        problems.add("F11", values={"what": ending.upper()})
        raise Refused
    if kind is None and ending == "csv" and is_zip(data):
        kind = "XLSX, ZIP"
    if kind is None and ending == "xlsx" and not is_zip(data):
        kind = "CSV"
    if kind is not None:
        problems.add("F03", values={"what": kind})
        raise Refused
    return read_workbook(data, problems) if is_zip(data) else [read_comma(data, problems)]
