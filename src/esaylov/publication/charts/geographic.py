"""The map of territories with boundaries that an operator has loaded: the same colours and words as the map of hexagons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import altair as alt
from django.utils.translation import gettext, ngettext

from esaylov.publication.charts import districts as shared
from esaylov.publication.charts import drawing, inks
from esaylov.publication.charts.drawing import WIDTH, Row, Sheet
from esaylov.publication.charts.model import (
    MODES,
    Chart,
    Column,
    District,
    Key,
    Mode,
    Source,
    Value,
)
from esaylov.publication.charts.outlines import Boundaries, Outline, outlines
from esaylov.publication.charts.scales import Scale

LETTER, SMALLEST = 10.5, 9.0
EDGE = 1.7
DASHED = "dashed"
MOST_NAMED = 5


class Credited(Boundaries, Protocol):
    """Boundaries that say where they are from and under which licence they may be shown."""

    @property
    def source(self) -> str: ...

    @property
    def licence(self) -> str: ...


def territories_map(
    source: Source,
    places: Sequence[District],
    boundaries: Credited,
    mode: Mode = "winner",
    *,
    name: str = "regions",
    lists: Sequence[tuple[str, int]] = (),
    title: str = "",
) -> Chart:
    """The map in one of its modes; `code` of a place is that of its boundary. Places without one stand in the table, and
    the picture says so. Raises ValueError when none has one.
    """
    drawable = [one for one in places if one.code in boundaries.geometries]
    if not drawable:
        raise ValueError("none of the places has a boundary")
    scales = shared.scales_of(places)
    full, sentence = f"{name}-{mode}", _sentence(places)
    keys = {one: _keys(places, one, scales, lists) for one in MODES}
    look = shared.Look(full, mode, scales)
    left_out = [one.name for one in places if one.code not in boundaries.geometries]
    drawn = partial(_drawn, source, drawable, boundaries, look, words=(sentence, left_out))
    return Chart(
        name=full,
        title=title or gettext("Territories"),
        sentence=sentence,
        head=_head(),
        rows=tuple(_row(one) for one in places),
        spec=drawn(legend=keys[mode]),
        page_spec=drawn(legend=()),
        source=source,
        keys=keys[mode],
        switches=tuple(shared.switch(source, name, one, keys[one]) for one in MODES),
        classes=tuple(shared.mode_classes(one, scales) for one in drawable),
        linked=all(one.url for one in drawable),
        others={
            f"{name}-{one}": partial(
                territories_map, source, places, boundaries, one, name=name, lists=lists, title=title
            )
            for one in MODES
            if one != mode
        },
    )


def _keys(
    places: Sequence[District], mode: Mode, scales: dict[Mode, Scale], lists: Sequence[tuple[str, int]]
) -> tuple[Key, ...]:
    """The legend of the other map; an area of any shape has no room for a hatched edge, its border is dashed."""
    dashed = Key(DASHED, gettext("Dashed border: not all precincts counted"))
    return tuple(
        dashed if key.style == "part" else key for key in shared.legend_keys(places, mode, scales, lists)
    )


def _legend(at: Sheet, name: str, keys: Sequence[Key]) -> None:
    shared.draw_legend(at, name, [key for key in keys if key.style != DASHED])
    for key in keys:
        if key.style == DASHED:
            for side in (at.y, at.y + 12):
                for x in (0.5, 5.0, 9.5):
                    at.rule(x, side, x + 3, side, colour=inks.INK, thickness=EDGE)
            for x in (0.5, 12.5):
                at.rule(x, at.y + 4.5, x, at.y + 7.5, colour=inks.INK, thickness=EDGE)
            at.text(18, at.y + 10, key.text, size=drawing.SMALL)
            at.y += 18


def _drawn(
    source: Source,
    places: Sequence[District],
    boundaries: Credited,
    look: shared.Look,
    *,
    words: tuple[str, Sequence[str]],
    legend: Sequence[Key],
) -> dict[str, Any]:
    at = drawing.sheet(source)
    placed = outlines(boundaries, tuple(one.code for one in places), WIDTH)
    rows = [_area(one, placed.by_code[one.code], at.y, look) for one in places]
    at.y += placed.height + 2
    _legend(at, look.name, legend)
    at.y += 2
    for line in _credit(boundaries, words[1]):
        at.paragraph(line, size=drawing.TINY)
    data = {"areas": rows, "edges": [row for row in rows if row["part"]]}
    return drawing.specification(_layers, at, data, name=look.name, sentence=words[0], source=source)


def _area(one: District, outline: Outline, top: float, look: shared.Look) -> Row:
    fill, text = shared.paint(one, look)
    size = drawing.fitting(one.label, outline.room - 4, LETTER) if one.label and outline.room > 8 else 0.0
    return {
        "x": 0,
        "y": top,
        "path": outline.path,
        "labelx": outline.x,
        "labely": round(outline.y + top, 1),
        "letter": max(size, SMALLEST),
        "label": one.label if size >= SMALLEST else "",
        "name": one.name,
        "description": shared.label(one),
        "leads": shared.leader_words(one),
        "url": one.url,
        "fill": fill,
        "text": text,
        "part": one.progress.counted > 0 and not shared.complete(one),
    }


def _credit(boundaries: Credited, left_out: Sequence[str]) -> list[str]:
    words = {"source": boundaries.source, "licence": boundaries.licence}
    lines = [gettext("Boundaries: %(source)s (%(licence)s), simplified; no official statement.") % words]
    if left_out:
        named = ", ".join(left_out[:MOST_NAMED]) + (" …" if len(left_out) > MOST_NAMED else "")
        lines.append(gettext("Without a boundary, in the table only: %(names)s.") % {"names": named})
    return lines


def _sentence(places: Sequence[District]) -> str:
    done = ngettext(
        "%(all)s territory; every precinct is counted.",
        "%(all)s territories; every precinct is counted.",
        len(places),
    )
    partly = gettext(
        "%(all)s territories: in %(whole)s every precinct is counted, in %(part)s some, in %(none)s none yet."
    )
    return shared.how_far(places, done, partly)


def _head() -> tuple[Column, ...]:
    return (Column("territory", gettext("Territory")), *shared.table_head()[2:])


def _row(one: District) -> tuple[Value, ...]:
    cells = shared.table_row(one)
    return (cells[0], *cells[2:])


def _layers() -> list[alt.Chart]:
    shape = alt.Shape("path:N", scale=None, legend=None)
    areas = (
        alt.Chart(alt.NamedData(name="areas"), name="cells")
        .mark_point(filled=True, opacity=1, size=4, stroke=inks.PAPER, strokeWidth=2.2, strokeJoin="round")
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), shape=shape, fill=drawing.literally(alt.Fill, "fill"),
            href="url:N", description="description:N",
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("leads:N", title="  ")],
        )
    )  # fmt: skip
    edges = [
        alt.Chart(alt.NamedData(name="edges"))
        .mark_point(filled=False, opacity=1, size=4, strokeJoin="round", aria=False, **line)
        .encode(x=drawing.pixel_x(), y=drawing.pixel_y(), shape=shape, stroke=alt.value(colour))
        for colour, line in (
            (inks.PAPER, {"strokeWidth": EDGE + 0.6}),
            (inks.INK, {"strokeWidth": EDGE, "strokeDash": [3, 3]}),
        )
    ]
    borders = (
        alt.Chart(alt.NamedData(name="areas"))
        .mark_point(filled=False, opacity=1, size=4, strokeWidth=0.6, strokeJoin="round", aria=False)
        .encode(x=drawing.pixel_x(), y=drawing.pixel_y(), shape=shape, stroke=alt.value(inks.SOFT))
    )
    labels = (
        alt.Chart(alt.NamedData(name="areas"), name="labels")
        .mark_text(baseline="middle", aria=False)
        .encode(
            x=drawing.pixel_x("labelx"), y=drawing.pixel_y("labely"), text="label:N",
            size=drawing.literally(alt.Size, "letter"), fill=drawing.literally(alt.Fill, "text"),
        )
    )  # fmt: skip
    return [areas, borders, *edges, labels]
