"""What charts are made from and what they are: plain values, no query and no drawing.

Shares are hundredths of a per cent, as everywhere (3475 is 34.75 %). Tones are those of `design.palette`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Literal

from django.utils.safestring import SafeString

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.publication.charts import render
from esaylov.publication.tables import harmless, percent_cell

Value = str | int | None
NOTHING = "–"
FORMATS = ("svg", "png", "csv", "json")


# --- what goes in ---


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture's figures come from; it stands under every picture.

    `election` is the id (file names use it), `title` the election's title, `size` the tree size, `at` the
    local time of its signing, `code` the short code that leads to the record, `pictures` the address of the
    folder of pictures, with a slash at the end, and `page` the address of the page that shows them.
    """

    election: str
    title: str
    size: int
    pictures: str
    page: str = ""
    at: datetime | None = None
    code: str = ""
    simulated: bool = False
    replay: bool = False
    pilot: bool = False


@dataclass(frozen=True, slots=True)
class SeatGroup:
    """The seats of one list: those by list and those of its candidates in districts."""

    code: str
    name: str
    tone: int
    list_seats: int
    direct_seats: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """An option of a contest; `share` of all ballots counted, `mark` a word beside the name ("elected")."""

    code: str
    name: str
    tone: int
    votes: int
    share: int | None
    seats: int | None = None
    mark: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Votes that a list needs (rounded up), and the sentence that says so."""

    votes: int
    words: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the places that must report are counted; `annulled` ones are decided and not outstanding."""

    counted: int
    expected: int
    annulled: int = 0

    @property
    def left(self) -> int:
        """Places that may still come to count."""
        return self.expected - self.counted - self.annulled


@dataclass(frozen=True, slots=True)
class District:
    """A district on the map. `group` is the code of its region (SOATO or ISO where it has one), `label` what
    stands inside the hexagon, `leader` who leads there (empty before the first vote, or with a `tie`),
    `margin` the difference to the second in hundredths of a per cent of all ballots, `place` latitude and
    longitude where they are known, `seats` 1 for a district of one member.
    """

    code: str
    label: str
    name: str
    group: str
    group_name: str
    progress: Progress
    leader: str = ""
    tone: int = 0
    votes: int = 0
    margin_votes: int | None = None
    margin: int | None = None
    turnout: int | None = None
    tie: bool = False
    final: bool = False
    url: str = ""
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class HourPoint:
    """Turnout until a time; `later`: the time is after election day."""

    at: datetime
    voters: int
    share: int | None
    precincts: int
    later: bool = False


Mode = Literal["winner", "lead", "turnout", "counted"]
MODES: tuple[Mode, ...] = ("winner", "lead", "turnout", "counted")


# --- what comes out ---


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart's data; `share` columns hold hundredths of a per cent."""

    name: str
    title: str
    kind: Literal["text", "count", "share"] = "text"

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> bool:
        """Whether it is set as numbers are."""
        return self.kind != "text"

    def shown(self, value: Value) -> str:
        """A value as people read it."""
        if not isinstance(value, int):
            return NOTHING if value is None else value
        show = numbers.percent if self.kind == "share" else numbers.whole
        return show(value, language())

    def plain(self, value: Value) -> str:
        """A value as programs read it."""
        if self.kind == "share" and isinstance(value, int):
            return percent_cell(value) or ""
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: the class that colours its swatch, and what it means."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Switch:
    """One of several forms of the same picture: its mode, the word on its button, its legend, and its own
    picture's addresses.
    """

    mode: str
    text: str
    keys: tuple[Key, ...]
    urls: Mapping[str, str]
    page_url: str


@dataclass(frozen=True)
class Chart:
    """A chart, ready for a page, a file and a reader of the screen.

    `sentence` is the text alternative, `head` and `rows` the same numbers as a table, `spec` the Vega-Lite
    specification that all pictures are drawn from. `classes` are given to the shapes that carry a link, in
    their order: styles of the page switch between the forms of a map with them; `others` makes those by name,
    and `page_spec` is the picture without a legend, where the page has one for each form.

    `svg` is for pages: it takes colours and type from the page; files have title, source and mark, on white.
    """

    template: ClassVar[str] = "publication/charts/figure.html"

    name: str
    title: str
    sentence: str
    head: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    spec: dict[str, Any]
    source: Source
    note: str = ""
    keys: tuple[Key, ...] = ()
    switches: tuple[Switch, ...] = ()
    classes: Sequence[str] = field(default=(), repr=False)
    linked: bool = False
    page_spec: dict[str, Any] | None = field(default=None, repr=False)
    others: Mapping[str, Callable[[], Chart]] = field(default_factory=dict, repr=False)
    embed: str = ""

    @property
    def size(self) -> int:
        """The tree size that it is made from."""
        return self.source.size

    @property
    def kind(self) -> str:
        """The kind of chart, without the form."""
        return self.name.partition("-")[0]

    def named(self, name: str) -> Chart | None:
        """The chart itself, or its other form with this name."""
        if name == self.name:
            return self
        return self.others[name]() if name in self.others else None

    @property
    def urls(self) -> dict[str, str]:
        """Addresses of the files by format."""
        return {kind: f"{self.source.pictures}{self.name}.{kind}" for kind in FORMATS}

    @property
    def page_url(self) -> str:
        """Address of the specification as our own pages draw it."""
        return f"{self.source.pictures}{self.name}.page.json"

    @cached_property
    def svg(self) -> SafeString:
        """The picture for a page that shows it alone."""
        return render.inline(self.spec, self.name, self.title, self.linked, self.classes)

    @cached_property
    def drawing(self) -> SafeString:
        """The picture for its figure, which has a legend for each form of it."""
        return render.inline(self.own_spec, self.name, self.title, self.linked, self.classes)

    @property
    def own_spec(self) -> dict[str, Any]:
        """The specification of the picture in its figure."""
        return self.spec if self.page_spec is None else self.page_spec

    @property
    def titles(self) -> tuple[str, str]:
        """What stands over the picture in a file."""
        form = next((one.text for one in self.switches if self.name.endswith(f"-{one.mode}")), "")
        return f"{self.title}: {form}" if form else self.title, self.source.title

    @property
    def body(self) -> list[list[tuple[Column, str]]]:
        """The table for a page: each value with its column."""
        return [
            [(column, column.shown(value)) for column, value in zip(self.head, row, strict=True)]
            for row in self.rows
        ]

    def json(self) -> dict[str, Any]:
        """The specification for everybody: literal colours, a title."""
        return render.public_spec(self.spec, *self.titles)

    def csv(self) -> str:
        """The table as comma-separated values (RFC 4180); no cell of it is a formula. Every row bears the mark of
        invented or replayed figures and the tree size: a file is passed on without its page.
        """
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(
            [*(harmless(column.name) for column in self.head), "simulated", "replay", "tree_size"]
        )
        marks = [str(self.source.simulated).lower(), str(self.source.replay).lower(), self.source.size]
        for row in self.rows:
            cells = zip(self.head, row, strict=True)
            writer.writerow(
                [
                    *(harmless(one) if isinstance(one, str) else column.plain(one) for column, one in cells),
                    *marks,
                ]
            )
        return out.getvalue()

    def picture(self) -> str:
        """The picture as an SVG file, in the light theme's colours."""
        return render.document(self.spec, self.name, *self.titles)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        return render.png(self.picture())
