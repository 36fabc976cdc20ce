"""The division of a draft into constituencies and precincts, as it is edited: who lies where, and what the law says of it.

It stands on the draft's own CSV tables, whole or not: a row that the strict reader would refuse can still be seen here. Cells
that nobody touches keep their bytes' text. Electoral Code, Art. 9 and 10 (`law.districts`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from esaylov.elections.drafts import edition_of, number_of, put_table, table
from esaylov.elections.models import Draft
from esaylov.exchange.commissions import LEVELS
from esaylov.exchange.values import MAX_COUNT, is_id
from esaylov.law import districts
from esaylov.law.editions import Edition
from esaylov.law.findings import Finding

NEEDED = {
    "territories": ("id", "parent", "kind"),
    "contests": ("id", "kind", "territory"),
    "precincts": ("id", "territory", "number", "voters"),
}
LINKS = ("precinct", "territory")
OWN = "constituency"

Row = dict[str, str]


class UnreadableTableError(ValueError):
    """A table of the draft is missing or cannot be read as rows; its name."""


@dataclass(slots=True)
class Sheet:
    """A table: its columns and rows."""

    head: list[str]
    rows: list[Row]

    def written(self) -> bytes:
        """As CSV."""
        out = io.StringIO()
        writer = csv.DictWriter(out, self.head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue().encode()


def names_of(row: Row) -> dict[str, str]:
    """Names by language."""
    return {column[5:]: text for column, text in row.items() if column.startswith("name_") and text}


@dataclass
class Division:
    """All of it. `body`: whom a constituency elects (`single-member`, `council:<territory>`), by its id."""

    edition: Edition
    partial: bool
    territories: Sheet
    contests: Sheet
    precincts: Sheet
    links: Sheet
    mark: str
    _direct: dict[str, list[str]] = field(default_factory=dict)
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _inside: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for link in self.links.rows:
            self._direct.setdefault(link["precinct"], []).append(link["territory"])

    @cached_property
    def places(self) -> dict[str, Row]:
        """Territories by id."""
        return {row["id"]: row for row in self.territories.rows}

    @cached_property
    def bodies(self) -> dict[str, list[str]]:
        """Ids of the constituencies of each body, in the order of the contests."""
        found: dict[str, list[str]] = {}
        for contest in self.contests.rows:
            place = self.places.get(contest["territory"])
            if place is not None and place["kind"] == OWN:
                kind = contest["kind"]
                body = kind if kind != "council" else f"council:{place['parent']}"
                ids = found.setdefault(body, [])
                if place["id"] not in ids:
                    ids.append(place["id"])
        return found

    @cached_property
    def body_of(self) -> dict[str, str]:
        """The body of each constituency."""
        return {one: body for body, ids in self.bodies.items() for one in ids}

    @cached_property
    def _abroad(self) -> frozenset[str]:
        return frozenset(code for code, place in self.places.items() if place["kind"] == "abroad")

    def above(self, place: str) -> tuple[str, ...]:
        """A territory and all above it; of one that is not there, itself."""
        known = self._above.get(place)
        if known is not None:
            return known
        way = [place]
        while (row := self.places.get(way[-1])) is not None and row["parent"] and row["parent"] not in way:
            way.append(row["parent"])
        self._above[place] = tuple(way)
        return self._above[place]

    def within(self, precinct: Row) -> frozenset[str]:
        """All territories that a precinct lies in."""
        known = self._inside.get(precinct["id"])
        if known is None:
            direct = (precinct["territory"], precinct.get(OWN, ""), *self._direct.get(precinct["id"], ()))
            known = frozenset(place for one in direct if one for place in self.above(one))
            self._inside[precinct["id"]] = known
        return known

    def lies_in(self, precinct: Row, body: str) -> list[str]:
        """The constituencies of a body in which a precinct lies: one, none, or wrongly several."""
        return sorted(one for one in self.within(precinct) if self.body_of.get(one) == body)

    def area(self, body: str) -> list[Row]:
        """The precincts that lie in a constituency of a body, or could: those below the territories that it divides."""
        own = set(self.bodies.get(body, ()))
        wanted = own | {self.places[one]["parent"] for one in own}
        return [row for row in self.precincts.rows if not wanted.isdisjoint(self.within(row))]

    # --- changes ---

    def move(self, precinct: Row, body: str, target: str) -> None:
        """Puts a precinct into a constituency of a body (empty: into none), and into no other of that body."""
        own = set(self.bodies[body])
        if target and target not in own:
            raise KeyError(target)
        kept = [one for one in self._direct.get(precinct["id"], []) if one not in own]
        here = precinct.get(OWN, "")
        if here in own or not here:
            if OWN not in self.precincts.head:
                self.precincts.head.append(OWN)
                for row in self.precincts.rows:
                    row[OWN] = ""
            precinct[OWN] = target
        elif target:
            kept.append(target)
        self._direct[precinct["id"]] = kept
        self._inside.pop(precinct["id"], None)

    def save(self, draft: Draft) -> None:
        """Writes what was changed into the draft."""
        pairs = [
            {"precinct": row["id"], "territory": place}
            for row in self.precincts.rows
            for place in self._direct.get(row["id"], ())
        ]
        put_table(draft, "precincts", self.precincts.written())
        links = Sheet(list(LINKS), pairs).written() if pairs else b""
        put_table(draft, "precinct_territories", links)

    def name(self, body: str, code: str, name: str) -> None:
        """Names a constituency of a body; one that is not there is added, with a contest like its neighbours'. Names in other
        languages go: they would say something else. Raises ValueError for a code that cannot be used.
        """
        if code not in self.bodies[body]:
            self._add(body, code)
        row = self.places[code]
        names = [column for column in self.territories.head if column.startswith("name_")]
        row.update(dict.fromkeys(names, ""))
        row["name_uz" if "name_uz" in names or not names else names[0]] = name

    def _add(self, body: str, code: str) -> None:
        if (
            code in self.places
            or any(contest["id"] == code for contest in self.contests.rows)
            or not is_id(code)
        ):
            raise ValueError(code)
        first = self.bodies[body][0]
        like = next(contest for contest in self.contests.rows if contest["territory"] == first)
        blank = dict.fromkeys(self.territories.head, "")
        row = blank | {"id": code, "parent": self.places[first]["parent"], "kind": OWN}
        self.territories.rows.append(row)
        self.places[code] = row
        titles = {
            column: code if value else "" for column, value in like.items() if column.startswith("title_")
        }
        self.contests.rows.append({**like, **titles, "id": code, "territory": code})

    def drop(self, body: str, code: str) -> None:
        """Takes a constituency away with its contest. Raises ValueError while a precinct lies in it, and for the last one."""
        inhabited = any(code in self.within(row) for row in self.precincts.rows)
        if inhabited or code not in self.bodies[body] or len(self.bodies[body]) == 1:
            raise ValueError(code)
        self.territories.rows = [row for row in self.territories.rows if row["id"] != code]
        self.contests.rows = [row for row in self.contests.rows if row["territory"] != code]

    def save_shape(self, draft: Draft) -> None:
        """Writes constituencies and their contests into the draft; options of contests that are gone go too."""
        put_table(draft, "territories", self.territories.written())
        put_table(draft, "contests", self.contests.written())
        options = table(draft, "options")
        if options is not None:
            sheet, contests = (
                _sheet("options", options, ("contest",)),
                {row["id"] for row in self.contests.rows},
            )
            sheet.rows = [row for row in sheet.rows if row["contest"] in contests]
            put_table(draft, "options", sheet.written())

    # --- what the law says ---

    def constituencies(self, bodies: Iterable[str]) -> list[districts.Constituency]:
        """Constituencies of some bodies with the voters of their precincts, as the law's rules take them."""
        voters: dict[str, int] = {}
        for row in self.precincts.rows:
            number = count_of(row["voters"]) or 0
            for place in self.within(row) & self.body_of.keys():
                voters[place] = voters.get(place, 0) + number
        return [
            districts.Constituency(
                id=one,
                body=body,
                voters=voters.get(one, 0),
                number=number_of(names_of(self.places[one])),
                level=self.level(body, one),
            )
            for body in bodies
            for one in self.bodies[body]
        ]

    def level(self, body: str, constituency: str) -> str | None:
        """The level of the council that a constituency elects to."""
        if not body.startswith("council:"):
            return None
        kinds = (self.places[place]["kind"] for place in self.above(constituency) if place in self.places)
        return next((LEVELS[kind] for kind in kinds if kind in LEVELS), None)

    def deviations(self, bodies: Iterable[str]) -> dict[str, districts.Deviation]:
        """How far each constituency of some bodies is from its body's mean."""
        return {
            one.constituency: one
            for one in districts.deviations(self.edition, self.constituencies(bodies))
        }  # fmt: skip

    def findings(self, body: str) -> tuple[Finding, ...]:
        """What is wrong with the division of one body, its precincts' sizes and numbers among it."""
        own = self.constituencies([body])
        rows = [self._as_law(row, body) for row in self.area(body)]
        return (
            *districts.constituency_findings(self.edition, own, partial=self.partial),
            *districts.precinct_findings(self.edition, rows, own, partial=self.partial),
        )

    def _as_law(self, row: Row, body: str) -> districts.Precinct:
        inside = self.within(row)
        special = not self._abroad.isdisjoint(inside)
        return districts.Precinct(
            id=row["id"],
            territory=row["territory"],
            voters=count_of(row["voters"]),
            number=count_of(row["number"]),
            place="abroad" if special else None,
            constituencies=tuple(self.lies_in(row, body)),
        )


def count_of(text: str) -> int | None:
    """A count as a table has it; None for anything else."""
    good = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_COUNT))
    return int(text) if good else None


def read(draft: Draft) -> Division:
    """The division of a draft as its tables have it now. Raises UnreadableTableError."""
    content = {name: table(draft, name) or b"" for name in (*NEEDED, "precinct_territories")}
    sheets = {name: _sheet(name, content[name], columns) for name, columns in NEEDED.items()}
    links = content["precinct_territories"]
    return Division(
        edition=edition_of(draft),
        partial=draft.form != "regular",
        territories=sheets["territories"],
        contests=sheets["contests"],
        precincts=sheets["precincts"],
        links=_sheet("precinct_territories", links, LINKS) if links else Sheet(list(LINKS), []),
        mark=sha256(b"\0".join(content.values())).hexdigest()[:16],
    )


def _sheet(name: str, content: bytes, columns: Sequence[str]) -> Sheet:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableTableError(name) from None
    head = list(reader.fieldnames or ())
    uneven = any(None in row or None in row.values() for row in rows)
    if uneven or not set(columns) <= set(head):
        raise UnreadableTableError(name)
    return Sheet(head, rows)
