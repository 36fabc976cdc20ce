"""The map of districts: equal hexagons by region, coloured by who leads, by how much, by turnout or by how
far the count is.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
from django.utils.translation import gettext, pgettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.publication.charts import drawing, inks
from esaylov.publication.charts.drawing import SMALL, WIDTH, Row, Sheet
from esaylov.publication.charts.hexagons import Item, Layout, layout
from esaylov.publication.charts.model import (
    FORMATS,
    MODES,
    Chart,
    Column,
    District,
    Key,
    Mode,
    Source,
    Switch,
    Value,
)
from esaylov.publication.charts.scales import Scale, counted_scale, lead_scale, turnout_scale

NAME = "districts"
HEXAGON = "M0,-1L0.866,-0.5L0.866,0.5L0,1L-0.866,0.5L-0.866,-0.5Z"
BORDER = 1.6
MOST_KEYS = 14


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
    name = f"{NAME}-{mode}"
    scales = {
        "lead": lead_scale(),
        "turnout": turnout_scale([one.turnout for one in districts]),
        "counted": counted_scale(),
    }
    sentence = sentence or _sentence(districts)
    at = drawing.sheet(source)
    placed = _layout(districts, at)
    rows = [_cell(one, placed, at.y, name, mode, scales) for one in districts]
    _regions(at, placed, districts)
    at.y += placed.height + 6
    keys = {one: _keys(districts, one, scales, lists) for one in MODES}
    _legend(at, name, keys[mode])
    return Chart(
        name=name,
        title=title or gettext("Districts"),
        sentence=sentence,
        head=_head(),
        rows=tuple(_row(one) for one in districts),
        spec=drawing.specification(
            _layers, at, {"districts": rows, "labels": rows}, name=name, sentence=sentence, source=source
        ),
        source=source,
        keys=keys[mode],
        switches=tuple(_switch(source, one, keys[one]) for one in MODES),
        classes=tuple(_classes(one, scales) for one in districts),
        linked=all(one.url for one in districts),
        embed=embed,
    )


def mode_words(mode: Mode) -> str:
    """The word on a mode's button."""
    return {
        "winner": pgettext("map", "Who leads"),
        "lead": pgettext("map", "Lead"),
        "turnout": pgettext("map", "Turnout"),
        "counted": pgettext("map", "Counted"),
    }[mode]


def _switch(source: Source, mode: Mode, keys: tuple[Key, ...]) -> Switch:
    urls = {kind: f"{source.pictures}{NAME}-{mode}.{kind}" for kind in FORMATS}
    return Switch(mode, mode_words(mode), keys, urls)


# --- words ---


def label(one: District) -> str:
    """A district in one line: who leads, by how much, turnout, how far it is counted."""
    tongue = language()
    parts = [_leader(one)]
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


def _leader(one: District) -> str:
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
    tongue = language()
    started = sum(1 for one in districts if one.progress.counted)
    whole = sum(1 for one in districts if _complete(one))
    return gettext(
        "%(all)s districts: in %(whole)s every precinct is counted, in %(part)s some, in %(none)s none yet."
    ) % {
        "all": numbers.whole(len(districts), tongue),
        "whole": numbers.whole(whole, tongue),
        "part": numbers.whole(started - whole, tongue),
        "none": numbers.whole(len(districts) - started, tongue),
    }


def _complete(one: District) -> bool:
    return 0 < one.progress.expected <= one.progress.counted


# --- cells ---


def _layout(districts: Sequence[District], at: Sheet) -> Layout:
    names = {one.group: _lines(one.group_name) for one in districts}
    room = {group: max(drawing.measure(line, SMALL) for line in lines) for group, lines in names.items()}
    at.y += 2
    return layout([Item(one.code, one.group, one.place) for one in districts], WIDTH, room)


def _lines(name: str) -> list[str]:
    return [drawing.shortened(name, 132, SMALL)]


def _regions(at: Sheet, placed: Layout, districts: Sequence[District]) -> None:
    names = {one.group: one.group_name for one in districts}
    for region in placed.regions:
        line = _lines(names[region.group])[0]
        size = drawing.fitting(line, region.room, SMALL)
        x = min(max(region.x, drawing.measure(line, size) / 2), WIDTH - drawing.measure(line, size) / 2)
        at.text(x, at.y + region.y, line, size=size, align="center", weight=600)
        for x1, y1, x2, y2 in region.border:
            at.rule(x1, at.y + y1, x2, at.y + y2, inks.INK, BORDER)


def _cell(one: District, placed: Layout, top: float, name: str, mode: Mode, scales: dict[str, Scale]) -> Row:
    x, y = placed.cells[one.code]
    fill, text = _paint(one, name, mode, scales)
    return {
        "x": x,
        "y": round(y + top, 3),
        "size": round(4 * (placed.radius - 0.5) ** 2, 1),
        "letter": round(min(10.5, placed.radius * 0.8), 2),
        "label": "=" if one.tie and mode == "winner" else one.label if placed.radius > 8 else "",
        "name": one.name,
        "description": label(one),
        "leads": _leader(one),
        "url": one.url,
        "fill": fill,
        "text": text,
        "counted": one.progress.counted,
        "expected": one.progress.expected,
        "margin": one.margin,
        "turnout": one.turnout,
    }


def _paint(one: District, name: str, mode: Mode, scales: dict[str, Scale]) -> tuple[str, str]:
    """Fill and text colour; what is outstanding is hatched in every mode."""
    if mode == "winner":
        tone = _tone(one)
        if tone is None:
            return inks.hatched(name), inks.INK
        return inks.fill_of(name, tone), inks.text_of(tone)
    step = scales[mode].step(_value(one, mode))
    if step is None:
        return inks.hatched(name), inks.INK
    return inks.ramp(step)


def _tone(one: District) -> int | None:
    """The tone of the leader; None where nobody leads yet."""
    return one.tone if one.progress.counted and (one.leader or one.tie) else None


def _value(one: District, mode: Mode) -> int | None:
    if not one.progress.counted:
        return None
    if mode == "lead":
        return 0 if one.tie else one.margin
    if mode == "turnout":
        return one.turnout
    return numbers.ratio_down(one.progress.counted, one.progress.expected)


def _classes(one: District, scales: dict[str, Scale]) -> str:
    """Classes by which the style sheet paints a hexagon in the other modes."""
    found = [f"lead-{scales['lead'].step(_value(one, 'lead')) or 'none'}"]
    found.append(f"turnout-{scales['turnout'].step(_value(one, 'turnout')) or 'none'}")
    found.append(f"counted-{scales['counted'].step(_value(one, 'counted')) or 'none'}")
    return " ".join(found)


# --- legend ---


def _keys(
    districts: Sequence[District], mode: Mode, scales: dict[str, Scale], lists: Sequence[tuple[str, int]]
) -> tuple[Key, ...]:
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
    if waiting:
        found.append(Key(inks.HATCH, gettext("Nothing counted yet")))
    return tuple(found[:MOST_KEYS])


def _legend(at: Sheet, name: str, keys: Sequence[Key]) -> None:
    """Swatches with their words, as many in a line as fit."""
    x, lowest = 0.0, at.y + 4
    for key in keys:
        text = drawing.shortened(key.text, WIDTH - 24, SMALL)
        width = 18 + drawing.measure(text, SMALL) + 10
        if x and x + width > WIDTH:
            x, lowest = 0.0, lowest + 19
        at.block(
            x + 0.5,
            lowest,
            12,
            12,
            swatch(name, key.style),
            inks.SOFT if key.style == inks.HATCH else inks.NONE,
        )
        at.text(x + 18, lowest + 10, text, size=SMALL)
        x += width
    at.y = lowest + 18


def swatch(name: str, style: str) -> str:
    """The fill of a legend's swatch."""
    if style == inks.HATCH:
        return inks.hatched(name)
    kind, _, number = style.partition("-")
    return inks.fill_of(name, int(number)) if kind == "tone" else inks.ramp(int(number))[0]


# --- table and layers ---


def _head() -> tuple[Column, ...]:
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


def _row(one: District) -> tuple[Value, ...]:
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
        alt.Chart(alt.NamedData(name="districts"))
        .mark_point(shape=HEXAGON, filled=True, opacity=1, strokeWidth=0)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), size=drawing.literally(alt.Size, "size"),
            fill=drawing.literally(alt.Fill, "fill"), href="url:N", description="description:N",
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("leads:N", title="  ")],
        )
    )  # fmt: skip
    labels = (
        alt.Chart(alt.NamedData(name="labels"))
        .mark_text(baseline="middle", aria=False)
        .encode(
            x=drawing.pixel_x(), y=drawing.pixel_y(), text="label:N",
            size=drawing.literally(alt.Size, "letter"), fill=drawing.literally(alt.Fill, "text"),
        )
    )  # fmt: skip
    return [cells, labels]
