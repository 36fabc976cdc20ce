"""The half circle of seats: who has how many, by list and in districts, and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
from django.utils.translation import gettext, ngettext

from esaylov.publication.charts import drawing, inks
from esaylov.publication.charts.drawing import SMALL, TEXT, TINY, WIDTH, Row, Sheet
from esaylov.publication.charts.hemicycle import hemicycle
from esaylov.publication.charts.model import Chart, Column, SeatGroup, Source, Value

RADIUS = WIDTH / 2 - 4
MOST = 600
LINE = 21


def seats_hemicycle(
    source: Source,
    groups: Sequence[SeatGroup],
    *,
    open_list: int = 0,
    open_direct: int = 0,
    direct: bool | None = None,
    name: str = "seats",
    title: str = "",
    sentence: str = "",
    embed: str = "",
) -> Chart:
    """The half circle. `groups` sit from left to right in the order in which they come; `open_*` are seats
    that nobody has yet; `direct` says whether seats in districts are told apart (None: when there are any).
    Raises ValueError without any seat or with more than 600.
    """
    seated = [group for group in groups if group.list_seats + group.direct_seats]
    given = sum(group.list_seats + group.direct_seats for group in seated)
    total = given + open_list + open_direct
    if not 1 <= total <= MOST:
        raise ValueError(f"a half circle of {total} seats cannot be drawn")
    apart = direct if direct is not None else bool(open_direct or any(one.direct_seats for one in seated))
    sentence = sentence or _sentence(seated, given, total)
    at = drawing.sheet(source)
    rows = _seats(at, name, seated, open_list, open_direct)
    _middle(at, given, total)
    samples = _legend(at, name, seated, (open_list, open_direct), apart)
    return Chart(
        name=name,
        title=title or gettext("Seats"),
        sentence=sentence,
        head=_head(apart),
        rows=tuple(_rows(seated, open_list, open_direct, apart)),
        spec=drawing.specification(
            _layers, at, {"seats": rows, "points": [row for row in rows if row["direct"]], "samples": samples,
             "inner": samples[1:]},
            name=name, sentence=sentence, source=source,
        ),
        source=source,
        embed=embed,
    )  # fmt: skip


def _sentence(groups: Sequence[SeatGroup], given: int, total: int) -> str:
    ordered = sorted(groups, key=lambda group: -(group.list_seats + group.direct_seats))
    parts = [f"{group.name} {group.list_seats + group.direct_seats}" for group in ordered]
    text = ngettext("%(total)d seat.", "%(total)d seats.", total) % {"total": total}
    if parts:
        text += " " + ", ".join(parts) + "."
    if given < total:
        text += " " + gettext("Not decided yet: %(open)d.") % {"open": total - given}
    return text


def _seats(at: Sheet, name: str, groups: Sequence[SeatGroup], open_list: int, open_direct: int) -> list[Row]:
    """Every seat with its place, its fill and who has it."""
    holders: list[tuple[str, str, str, str, bool]] = []
    for group in groups:
        fill, text = inks.fill_of(name, group.tone), inks.text_of(group.tone)
        holders += [(group.name, fill, inks.PAPER, text, False)] * group.list_seats
        holders += [(group.name, fill, inks.PAPER, text, True)] * group.direct_seats
    words = gettext("not decided yet")
    holders += [(words, inks.hatched(name), inks.SOFT, inks.SOFT, False)] * open_list
    holders += [(words, inks.hatched(name), inks.SOFT, inks.SOFT, True)] * open_direct
    base = at.y + RADIUS + 4
    rows = []
    for seat, (holder, fill, stroke, text, direct) in zip(hemicycle(len(holders)), holders, strict=True):
        radius = seat.radius * RADIUS
        rows.append(
            {
                "x": round(WIDTH / 2 + seat.x * RADIUS, 2),
                "y": round(base - seat.y * RADIUS, 2),
                "size": round(4 * radius * radius, 1),
                "point": round(0.6 * radius * radius, 1),
                "holder": holder,
                "won": gettext("in a district") if direct else gettext("by list"),
                "fill": fill,
                "stroke": stroke,
                "text": text,
                "direct": direct,
            }
        )
    at.y = base + max((RADIUS * seat.radius for seat in hemicycle(len(holders))), default=0)
    return rows


def _middle(at: Sheet, given: int, total: int) -> None:
    words = ngettext("seat", "seats", total)
    lowest = at.y - 12
    at.text(WIDTH / 2, lowest - 22, str(total), size=46, weight=700, align="center")
    at.text(WIDTH / 2, lowest, words, size=TEXT, align="center", fill=inks.SOFT)
    if given < total:
        text = gettext("%(given)d decided") % {"given": given}
        at.text(WIDTH / 2, lowest + 15, text, size=SMALL, align="center", fill=inks.SOFT)
        at.y += 8


def _legend(
    at: Sheet, name: str, groups: Sequence[SeatGroup], left: tuple[int, int], apart: bool
) -> list[Row]:
    """Names and numbers in columns: the legend is a table. Gives the samples of both kinds of seats."""
    at.y += 14
    samples: list[Row] = []
    columns = (WIDTH - 128, WIDTH - 58, WIDTH - 2) if apart else (WIDTH - 2,)
    if apart:
        heads = (gettext("List"), gettext("Districts"), gettext("Together"))
        for x, words in zip(columns, heads, strict=True):
            at.text(x, at.y + 6, words, size=TINY, align="right", fill=inks.SOFT)
        samples = [_sample(x, at.y + 2.5, words) for x, words in zip(columns, heads[:2], strict=False)]
        at.y += 10
    lines = [
        (group.name, inks.fill_of(name, group.tone), (group.list_seats, group.direct_seats))
        for group in groups
    ]
    if any(left):
        lines.append((gettext("Not decided yet"), inks.hatched(name), left))
    for words, fill, seats in lines:
        _line(at, words, fill, seats, columns)
    return samples


def _sample(x: float, y: float, words: str) -> Row:
    """A seat before the head of its column."""
    return {"x": round(x - drawing.measure(words, TINY) - 8, 2), "y": y, "size": 60, "point": 9}


def _line(at: Sheet, words: str, fill: str, seats: tuple[int, int], columns: tuple[float, ...]) -> None:
    at.rule(0, at.y, WIDTH, at.y)
    room = columns[0] - 70
    at.block((1, at.y + 4.5), (13, 13), fill, inks.SOFT if inks.HATCH in fill else inks.NONE)
    at.text(22, at.y + 15, drawing.shortened(words, room, TEXT), size=TEXT)
    for x, number in zip(columns[:-1], seats, strict=False):
        at.text(x, at.y + 15, str(number), size=TEXT, align="right", fill=inks.SOFT)
    at.text(columns[-1], at.y + 15, str(sum(seats)), size=TEXT, align="right", weight=700)
    at.y += LINE


def _head(apart: bool) -> tuple[Column, ...]:
    parts = (
        (
            Column("list_seats", gettext("List seats"), "count"),
            Column("direct_seats", gettext("Single-member seats"), "count"),
        )
        if apart
        else ()
    )
    return Column("name", gettext("List")), *parts, Column("seats", gettext("Seats"), "count")


def _rows(
    groups: Sequence[SeatGroup], open_list: int, open_direct: int, apart: bool
) -> list[tuple[Value, ...]]:
    found = [(group.name, group.list_seats, group.direct_seats) for group in groups]
    if open_list or open_direct:
        found.append((gettext("Not decided yet"), open_list, open_direct))
    return [
        (words, listed, direct, listed + direct) if apart else (words, listed + direct)
        for words, listed, direct in found
    ]


def _layers() -> list[alt.Chart]:
    tooltip = [alt.Tooltip("holder:N", title=" "), alt.Tooltip("won:N", title="  ")]
    seats = (
        alt.Chart(alt.NamedData(name="seats"))
        .mark_circle(opacity=1, strokeWidth=1)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), size=drawing.literally(alt.Size, "size"),
            fill=drawing.literally(alt.Fill, "fill"), stroke=drawing.literally(alt.Stroke, "stroke"),
            tooltip=tooltip, description="holder:N",
        )
    )  # fmt: skip
    points = (
        alt.Chart(alt.NamedData(name="points"))
        .mark_circle(opacity=1, strokeWidth=0, aria=False)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), size=drawing.literally(alt.Size, "point"),
            fill=drawing.literally(alt.Fill, "text"), tooltip=tooltip,
        )
    )  # fmt: skip
    return [seats, points, _circle("samples", "size", inks.SOFT), _circle("inner", "point", inks.PAPER)]


def _circle(data: str, size: str, fill: str) -> Any:
    return (
        alt.Chart(alt.NamedData(name=data))
        .mark_circle(opacity=1, strokeWidth=0, aria=False)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), size=drawing.literally(alt.Size, size),
            fill=alt.value(fill),
        )
    )  # fmt: skip
