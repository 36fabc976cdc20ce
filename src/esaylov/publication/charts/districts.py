"""The map of districts: equal hexagons by region, coloured by who leads, by how much, by turnout or by how
far the count is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import altair as alt
from django.utils.translation import gettext, ngettext, pgettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.publication.charts import drawing, inks
from esaylov.publication.charts.bars import outstanding
from esaylov.publication.charts.drawing import SMALL, WIDTH, Row, Sheet
from esaylov.publication.charts.hexagons import LINE, Item, Layout, layout
from esaylov.publication.charts.model import (
    FORMATS,
    MODES,
    Chart,
    Column,
    District,
    Key,
    Mode,
    Progress,
    Source,
    Switch,
    Value,
)
from esaylov.publication.charts.scales import Scale, counted_scale, lead_scale, turnout_scale

NAME = "districts"
HEXAGON = "M0,-1L0.866,-0.5L0.866,0.5L0,1L-0.866,0.5L-0.866,-0.5Z"
BORDER, PART, EDGE = 1.6, 0.74, 1.5
MOST_KEYS, NAME_WIDTH, MOST_NAME = 14, 88, 140


def districts_map(
    source: Source,
    districts: Sequence[District],
    mode: Mode = "winner",
    *,
    lists: Sequence[tuple[str, int]] = (),
    title: str = "",
    sentence: str = "",
    embed: str = "",
) -> Chart:
    """The map in one of its modes. `lists` are names and tones for the legend, in their order; leaders whose
    tone is not among them are "of no list". Raises ValueError without any district.
    """
    if not districts:
        raise ValueError("a map needs at least one district")
    scales = scales_of(districts)
    sentence = sentence or _sentence(districts)
    keys = {one: legend_keys(districts, one, scales, lists) for one in MODES}
    drawn = partial(_drawn, source, districts, Look(f"{NAME}-{mode}", mode, scales), sentence)
    again = partial(
        districts_map, source, districts, lists=lists, title=title, sentence=sentence, embed=embed
    )
    return Chart(
        name=f"{NAME}-{mode}",
        title=title or gettext("Districts"),
        sentence=sentence,
        head=table_head(),
        rows=tuple(table_row(one) for one in districts),
        spec=drawn(keys[mode]),
        page_spec=drawn(()),
        source=source,
        keys=keys[mode],
        switches=tuple(switch(source, NAME, one, keys[one]) for one in MODES),
        classes=tuple(mode_classes(one, scales) for one in districts),
        linked=all(one.url for one in districts),
        others={f"{NAME}-{one}": partial(again, one) for one in MODES if one != mode},
        embed=embed,
    )


def _drawn(
    source: Source, districts: Sequence[District], look: Look, sentence: str, legend: Sequence[Key]
) -> dict[str, Any]:
    """The specification of the map with this legend."""
    at, placed = drawing.sheet(source), _layout(districts)
    rows = [_cell(one, placed, at.y, look) for one in districts]
    data = {
        "districts": rows,
        "grounds": [row for row in rows if not row["whole"]],
        "borders": [_border(region.border, at.y) for region in placed.regions],
    }
    _regions(at, placed, districts)
    at.y += placed.height + 6
    draw_legend(at, look.name, legend)
    return drawing.specification(_layers, at, data, name=look.name, sentence=sentence, source=source)


def scales_of(districts: Sequence[District]) -> dict[Mode, Scale]:
    """The steps of each mode but the first."""
    return {
        "lead": lead_scale(),
        "turnout": turnout_scale([one.turnout for one in districts]),
        "counted": counted_scale(),
    }


def mode_words(mode: Mode) -> str:
    """The word on a mode's button."""
    return {
        "winner": pgettext("map", "Who leads"),
        "lead": pgettext("map", "Lead"),
        "turnout": pgettext("map", "Turnout"),
        "counted": pgettext("map", "Counted"),
    }[mode]


def switch(source: Source, name: str, mode: Mode, keys: tuple[Key, ...]) -> Switch:
    """What leads to the map `name` in a mode, with its legend."""
    stem = f"{source.pictures}{name}-{mode}"
    urls = {kind: f"{stem}.{kind}" for kind in FORMATS}
    return Switch(mode, mode_words(mode), keys, urls, f"{stem}.page.json")


# --- words ---


def label(one: District, leads: str = "") -> str:
    """A district in one line: who leads (`leads`, where it is known), by how much, turnout, how far it is counted."""
    tongue = language()
    parts = [leads or leader_words(one)]
    if one.turnout is not None and one.progress.counted:
        parts.append(gettext("turnout %(share)s") % {"share": numbers.percent(one.turnout, tongue)})
    parts.append(
        gettext("%(counted)s of %(expected)s precincts counted")
        % {
            "counted": numbers.whole(one.progress.counted, tongue),
            "expected": numbers.whole(one.progress.expected, tongue),
        }
    )
    return f"{one.name}: " + ", ".join(parts)


def leader_words(one: District) -> str:
    """Who leads or won a district, by how much; that nobody does yet, and why."""
    tongue = language()
    if not one.progress.counted:
        return gettext("nothing counted yet")
    if one.tie:
        return gettext("a tie")
    if not one.leader:
        return gettext("no votes")
    values = {
        "name": one.leader,
        "votes": numbers.whole(one.margin_votes or 0, tongue),
        "share": numbers.percent(one.margin or 0, tongue),
    }
    if one.margin_votes is None:
        return gettext("%(name)s without an opponent") % values
    if one.final:
        return gettext("%(name)s won by %(votes)s votes (%(share)s of the ballots)") % values
    return gettext("%(name)s leads by %(votes)s votes (%(share)s of the ballots)") % values


def _sentence(districts: Sequence[District]) -> str:
    done = ngettext(
        "%(all)s district; every precinct is counted.",
        "%(all)s districts; every precinct is counted.",
        len(districts),
    )
    partly = gettext(
        "%(all)s districts: in %(whole)s every precinct is counted, in %(part)s some, in %(none)s none yet."
    )
    return how_far(districts, done, partly)


def how_far(districts: Sequence[District], done: str, partly: str) -> str:
    """How far all of a picture is counted, in a sentence: `done` where every precinct is counted, which names `all`, else
    `partly`, which names `whole`, `part` and `none` too.
    """
    whole = sum(1 for one in districts if complete(one))
    if whole == len(districts) and any(one.progress.annulled for one in districts):
        return outstanding(together(districts))
    started = sum(1 for one in districts if one.progress.counted)
    found = {"all": len(districts), "whole": whole, "part": started - whole, "none": len(districts) - started}
    told = {name: numbers.whole(number, language()) for name, number in found.items()}
    return (done if whole == len(districts) else partly) % told


def together(districts: Sequence[District]) -> Progress:
    """How much is counted in all districts of a picture: annulled precincts are never told as counted."""
    return Progress(
        sum(one.progress.counted for one in districts),
        sum(one.progress.expected for one in districts),
        sum(one.progress.annulled for one in districts),
    )


def complete(one: District) -> bool:
    """Whether nothing of a district is outstanding."""
    return one.progress.counted > 0 and one.progress.left <= 0


# --- cells ---


def _layout(districts: Sequence[District]) -> Layout:
    items = tuple(Item(one.code, one.group, one.place) for one in districts)
    return _placed(items, tuple(sorted({one.group: one.group_name for one in districts}.items())))


@lru_cache(maxsize=64)
def _placed(items: tuple[Item, ...], names: tuple[tuple[str, str], ...]) -> Layout:
    """The layout of the same districts is the same at each size of the log."""
    lines = {group: lines_of(name) for group, name in names}
    room = {group: max(drawing.measure(line, SMALL) for line in found) for group, found in lines.items()}
    return layout(items, WIDTH - 2 * EDGE, room, {group: len(found) for group, found in lines.items()})


def lines_of(name: str) -> list[str]:
    """A region's name in two lines at most, as narrow as its words allow."""
    widest = max((drawing.measure(word, SMALL) for word in name.split()), default=0.0)
    return drawing.wrapped(name, min(max(NAME_WIDTH, widest), MOST_NAME), SMALL, 2)


def _regions(at: Sheet, placed: Layout, districts: Sequence[District]) -> None:
    names = {one.group: one.group_name for one in districts}
    for region in placed.regions:
        lines = lines_of(names[region.group])
        widest = max(drawing.measure(line, SMALL) for line in lines) * drawing.BOLDER
        size = round(SMALL * min(1.0, region.room / max(1.0, widest)), 2)
        half = widest * size / SMALL / 2
        x = min(max(region.x + EDGE, half), WIDTH - half)
        for back, line in enumerate(reversed(lines)):
            y = at.y + region.y - back * LINE
            at.text(x, y, line, size=size, align="center", weight=600)


def _border(lines: Sequence[tuple[float, float, float, float]], top: float) -> Row:
    """A region's outline as one path."""
    path = "".join(f"M{x1:.2f},{y1:.2f}L{x2:.2f},{y2:.2f}" for x1, y1, x2, y2 in lines)
    return {"x": EDGE, "y": top, "path": path}


@dataclass(frozen=True, slots=True)
class Look:
    """What decides the colours of a map: its name, its mode, the steps of each mode."""

    name: str
    mode: Mode
    scales: dict[Mode, Scale]


def _cell(one: District, placed: Layout, top: float, look: Look) -> Row:
    x, y = placed.cells[one.code]
    fill, text = paint(one, look)
    radius, whole, leads = placed.radius - 0.5, complete(one), leader_words(one)
    return {
        "x": round(x + EDGE, 3),
        "y": round(y + top, 3),
        "size": round(4 * (radius * (1 if whole or not one.progress.counted else PART)) ** 2, 1),
        "ground": round(4 * radius**2, 1),
        "hatch": inks.hatched(look.name),
        "whole": whole,
        "letter": round(min(10.5, placed.radius * 0.8), 2),
        "label": "=" if one.tie and look.mode == "winner" else one.label if placed.radius > 8 else "",
        "name": one.name,
        "description": label(one, leads),
        "leads": leads,
        "url": one.url,
        "fill": fill,
        "text": text,
        "counted": one.progress.counted,
        "expected": one.progress.expected,
        "margin": one.margin,
        "turnout": one.turnout,
    }


def paint(one: District, look: Look) -> tuple[str, str]:
    """Fill and text colour; what is outstanding is hatched in every mode."""
    if not one.progress.counted:
        return inks.hatched(look.name), inks.INK
    if look.mode == "winner":
        tone = _tone(one)
        return (inks.TRACK, inks.INK) if tone is None else (inks.fill_of(look.name, tone), inks.text_of(tone))
    step = look.scales[look.mode].step(_value(one, look.mode))
    return (inks.TRACK, inks.INK) if step is None else inks.ramp(step)


def _tone(one: District) -> int | None:
    """The tone of the leader; None where nobody leads yet."""
    if not one.progress.counted or not (one.leader or one.tie):
        return None
    return 0 if one.tie else one.tone


def _value(one: District, mode: Mode) -> int | None:
    if not one.progress.counted:
        return None
    if mode == "lead":
        return 0 if one.tie else one.margin
    if mode == "turnout":
        return one.turnout
    return numbers.ratio_down(one.progress.expected - one.progress.left, one.progress.expected)


def mode_classes(one: District, scales: dict[Mode, Scale]) -> str:
    """Classes by which the style sheet paints a hexagon in the other modes."""
    if not one.progress.counted:
        return ""
    steps = {mode: scales[mode].step(_value(one, mode)) for mode in scales}
    return " ".join(f"{mode}-{step or 'none'}" for mode, step in steps.items())


# --- legend ---


def legend_keys(
    districts: Sequence[District], mode: Mode, scales: dict[Mode, Scale], lists: Sequence[tuple[str, int]]
) -> tuple[Key, ...]:
    """What the colours of a mode mean, as far as they stand in the picture; `lists`: names of parties with their tones."""
    waiting = any(not one.progress.counted for one in districts)
    found: list[Key] = []
    if mode == "winner":
        seen = {_tone(one) for one in districts if not one.tie}
        counts = {tone: sum(1 for one in districts if _tone(one) == tone and not one.tie) for tone in seen}
        known = dict(lists)
        for text, tone in known.items():
            if tone in seen and tone:
                found.append(Key(f"tone-{tone}", f"{text} ({counts[tone]})"))
        if 0 in seen:
            found.append(Key("tone-0", gettext("Of no list (%(count)d)") % {"count": counts[0]}))
        if any(one.tie for one in districts):
            found.append(Key("tone-0", gettext("= a tie")))
    else:
        found += [Key(f"ramp-{step}", text) for step, text in scales[mode].words()]
    if any(one.progress.counted and not complete(one) for one in districts):
        found.append(Key("part", gettext("Hatched edge: not all precincts counted")))
    if waiting:
        found.append(Key(inks.HATCH, gettext("Nothing counted yet")))
    return tuple(found[:MOST_KEYS])


def draw_legend(at: Sheet, name: str, keys: Sequence[Key]) -> None:
    """Swatches with their words, as many in a line as fit."""
    x, lowest = 0.0, at.y + 4
    for key in keys:
        text = drawing.shortened(key.text, WIDTH - 24, SMALL)
        width = 18 + drawing.measure(text, SMALL) + 10
        if x and x + width > WIDTH:
            x, lowest = 0.0, lowest + 19
        _swatch(at, name, key.style, x, lowest)
        at.text(x + 18, lowest + 10, text, size=SMALL)
        x += width
    at.y = lowest + 18 if keys else at.y


def _swatch(at: Sheet, name: str, style: str, x: float, y: float) -> None:
    """A little square of what the words beside it mean."""
    waits = style in (inks.HATCH, "part")
    at.block((x + 0.5, y), (12, 12), _fill(name, style), inks.SOFT if waits else inks.NONE)
    if style == "part":
        at.block((x + 3.5, y + 3), (6, 6), inks.SOFT)


def _fill(name: str, style: str) -> str:
    if style in (inks.HATCH, "part"):
        return inks.hatched(name)
    kind, _, number = style.partition("-")
    return inks.fill_of(name, int(number)) if kind == "tone" else inks.ramp(int(number))[0]


# --- table and layers ---


def table_head() -> tuple[Column, ...]:
    """The columns of the picture's data."""
    return (
        Column("district", gettext("District")),
        Column("region", gettext("Region")),
        Column("leader", gettext("Leads")),
        Column("margin_votes", gettext("Lead, votes"), "count"),
        Column("margin", gettext("Lead, %% of ballots") % {}, "share"),
        Column("turnout", gettext("Turnout"), "share"),
        Column("counted", gettext("Precincts counted"), "count"),
        Column("expected", gettext("Precincts"), "count"),
    )


def table_row(one: District) -> tuple[Value, ...]:
    """A district in those columns; nothing is told of one where nothing is counted."""
    started = one.progress.counted > 0
    return (
        one.name,
        one.group_name,
        (gettext("a tie") if one.tie else one.leader or None) if started else None,
        one.margin_votes if started else None,
        one.margin if started else None,
        one.turnout if started else None,
        one.progress.counted,
        one.progress.expected,
    )


def _layers() -> list[alt.Chart]:
    cells = (
        alt.Chart(alt.NamedData(name="districts"), name="cells")
        .mark_point(shape=HEXAGON, filled=True, opacity=1, strokeWidth=0)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), size=drawing.literally(alt.Size, "size"),
            fill=drawing.literally(alt.Fill, "fill"), href="url:N", description="description:N",
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("leads:N", title="  ")],
        )
    )  # fmt: skip
    grounds = (
        alt.Chart(alt.NamedData(name="grounds"))
        .mark_point(shape=HEXAGON, filled=True, opacity=1, strokeWidth=0, aria=False)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), size=drawing.literally(alt.Size, "ground"),
            fill=drawing.literally(alt.Fill, "hatch"),
        )
    )  # fmt: skip
    labels = (
        alt.Chart(alt.NamedData(name="districts"), name="labels")
        .mark_text(baseline="middle", aria=False)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), text="label:N",
            size=drawing.literally(alt.Size, "letter"), fill=drawing.literally(alt.Fill, "text"),
        )
    )  # fmt: skip
    borders = (
        alt.Chart(alt.NamedData(name="borders"))
        .mark_point(filled=False, opacity=1, size=4, strokeWidth=BORDER, strokeCap="round", aria=False)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), shape=alt.Shape("path:N", scale=None, legend=None),
            stroke=alt.value(inks.INK),
        )
    )  # fmt: skip
    return [grounds, cells, labels, borders]
