"""Bars from zero: the result of a list contest with its threshold, and of any other contest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
from django.utils.translation import gettext, ngettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.publication.charts import drawing, inks
from esaylov.publication.charts.drawing import SMALL, TEXT, WIDTH, Row, Sheet
from esaylov.publication.charts.model import Bar, Chart, Column, Progress, Source, Threshold, Value

HEIGHT, GAP, SHARE = 14, 12, 60
MOST_LINES = 4


def list_result(
    source: Source,
    bars: Sequence[Bar],
    progress: Progress,
    *,
    threshold: Threshold | None = None,
    invalid: tuple[int, int | None] | None = None,
    name: str = "list",
    title: str = "",
    sentence: str = "",
    embed: str = "",
) -> Chart:
    """A list contest: a bar for each list in the order in which they come, the threshold as a line with its
    sentence, `invalid` ballots (number and share) beside them, and what is outstanding.
    """
    return _chart(
        source, bars, progress, threshold=threshold, invalid=invalid, name=name,
        title=title or gettext("List votes"), sentence=sentence, embed=embed,
    )  # fmt: skip


def contest_result(
    source: Source,
    bars: Sequence[Bar],
    progress: Progress,
    *,
    invalid: tuple[int, int | None] | None = None,
    name: str = "result",
    title: str = "",
    sentence: str = "",
    embed: str = "",
) -> Chart:
    """Any other contest: a bar for each option, however many there are and however long their names."""
    return _chart(
        source, bars, progress, threshold=None, invalid=invalid, name=name, title=title or gettext("Votes"),
        sentence=sentence, embed=embed,
    )  # fmt: skip


def _chart(
    source: Source,
    bars: Sequence[Bar],
    progress: Progress,
    *,
    threshold: Threshold | None,
    invalid: tuple[int, int | None] | None,
    name: str,
    title: str,
    sentence: str,
    embed: str,
) -> Chart:
    sentence = sentence or _sentence(bars, progress)
    at = drawing.sheet(source)
    if threshold is not None:
        at.paragraph(threshold.words)
        at.y += 4
    # The track behind a bar stands for all ballots: a bar that fills it would be read as the whole.
    ballots = sum(bar.votes for bar in bars) + (invalid[0] if invalid else 0)
    scale = max(1, ballots, threshold.votes if threshold else 0)
    rows = [_bar(at, name, bar, scale) for bar in bars]
    lines = [_needed(threshold, row) for row in rows] if threshold else []
    if invalid is not None:
        _invalid(at, *invalid)
    at.paragraph(outstanding(progress))
    return Chart(
        name=name,
        title=title,
        sentence=sentence,
        head=_head(bars),
        rows=tuple(_rows(bars, invalid)),
        spec=drawing.specification(
            _layers if threshold is None else _layers_with_threshold,
            at,
            {"bars": rows, "threshold": lines},
            name=name,
            sentence=sentence,
            source=source,
        ),
        source=source,
        note=outstanding(progress),
        embed=embed,
    )


def outstanding(progress: Progress) -> str:
    """How much is counted, and what is missing, in words."""
    tongue = language()
    values = {
        "counted": numbers.whole(progress.counted, tongue),
        "expected": numbers.whole(progress.expected, tongue),
        "left": numbers.whole(progress.left, tongue),
    }
    if progress.counted >= progress.expected:
        return gettext("Counted: all %(expected)s precincts.") % values
    if not progress.left:
        return gettext("Counted: %(counted)s of %(expected)s precincts; the others are annulled.") % values
    return gettext("Counted: %(counted)s of %(expected)s precincts; %(left)s outstanding.") % values


def _sentence(bars: Sequence[Bar], progress: Progress) -> str:
    if not progress.counted:
        return gettext("Nothing has been counted yet.")
    tongue = language()
    parts = [
        f"{bar.name} {numbers.whole(bar.votes, tongue)}"
        + (f" ({numbers.percent(bar.share, tongue)})" if bar.share is not None else "")
        for bar in bars
    ]
    return "; ".join(parts) + ". " + outstanding(progress)


def _bar(at: Sheet, name: str, bar: Bar, scale: int) -> Row:
    """A bar with its name and its figures over it: in as many lines as the name takes, up to four."""
    tongue = language()
    share = numbers.percent(bar.share, tongue) if bar.share is not None else ""
    votes = numbers.whole(bar.votes, tongue)
    # Figures are set in two columns of their own, so that they line up from bar to bar.
    room = (WIDTH - SHARE - drawing.measure(votes, SMALL) - 14) / drawing.BOLDER
    for number, line in enumerate(drawing.wrapped(bar.name, room, TEXT, MOST_LINES)):
        at.y += TEXT * 1.25
        at.text(0, at.y, line, weight=600)
        if not number:
            at.text(WIDTH - SHARE, at.y, votes, size=SMALL, align="right", fill=inks.SOFT)
            at.text(WIDTH, at.y, share, align="right", weight=700)
    beside = " · ".join(one for one in (bar.organisation, _seats(bar), bar.mark) if one)
    if beside:
        at.paragraph(drawing.shortened(beside, WIDTH, SMALL))
    at.y += 5
    row = {
        "option": bar.name,
        "votes": bar.votes,
        "shown": f"{votes} · {share}" if share else votes,
        "zero": 0,
        "most": scale,
        "y": at.y,
        "y2": at.y + HEIGHT,
        "fill": inks.fill_of(name, bar.tone),
    }
    at.y += HEIGHT + GAP
    return row


def _needed(threshold: Threshold, row: Row) -> Row:
    """The threshold across a bar."""
    return {"votes": threshold.votes, "y": row["y"] - 3, "y2": row["y2"] + 3}


def _seats(bar: Bar) -> str:
    if bar.seats is None:
        return ""
    return ngettext("%(seats)d seat", "%(seats)d seats", bar.seats) % {"seats": bar.seats}


def _invalid(at: Sheet, number: int, share: int | None) -> None:
    tongue = language()
    at.rule(0, at.y - 4, WIDTH, at.y - 4)
    at.y += 12
    at.text(0, at.y, gettext("Invalid ballots"), size=SMALL, fill=inks.SOFT)
    at.text(WIDTH - SHARE, at.y, numbers.whole(number, tongue), size=SMALL, align="right", fill=inks.SOFT)
    if share is not None:
        at.text(WIDTH, at.y, numbers.percent(share, tongue), align="right", fill=inks.SOFT)
    at.y += 4


def _head(bars: Sequence[Bar]) -> tuple[Column, ...]:
    seats = any(bar.seats is not None for bar in bars)
    return (
        Column("option", gettext("Option")),
        Column("votes", gettext("Votes"), "count"),
        Column("share", gettext("%% of ballots") % {}, "share"),
        *((Column("seats", gettext("Seats"), "count"),) if seats else ()),
    )


def _rows(bars: Sequence[Bar], invalid: tuple[int, int | None] | None) -> list[tuple[Value, ...]]:
    seats = any(bar.seats is not None for bar in bars)
    rows: list[tuple[Value, ...]] = [
        (bar.name, bar.votes, bar.share, *((bar.seats,) if seats else ())) for bar in bars
    ]
    if invalid is not None:
        rows.append((gettext("Invalid ballots"), *invalid, *((None,) if seats else ())))
    return rows


def _layers() -> list[Any]:
    return [alt.layer(*_bars())]


def _layers_with_threshold() -> list[Any]:
    """Apart from the other: Vega warns of a scale over no data."""
    line = (
        alt.Chart(alt.NamedData(name="threshold"))
        .mark_rule(aria=False, strokeWidth=2)
        .encode(
            x=alt.X("votes:Q", axis=None, title=None), y=drawing.pixel_y(), y2="y2",
            stroke=alt.value(inks.INK),
        )
    )  # fmt: skip
    return [alt.layer(*_bars(), line)]


def _bars() -> tuple[Any, Any]:
    measure = alt.X("zero:Q", axis=None, scale=alt.Scale(zero=True, nice=False, domainMin=0), title=None)
    bars = alt.Chart(alt.NamedData(name="bars"))
    track = bars.mark_rect(aria=False, opacity=1).encode(
        x=measure, x2="most", y=drawing.pixel_y(), y2="y2", fill=alt.value(inks.TRACK)
    )
    filled = bars.mark_rect(opacity=1).encode(
        x=measure, x2="votes", y=drawing.pixel_y(), y2="y2",
        fill=drawing.literally(alt.Fill, "fill"), description="option:N",
        tooltip=[alt.Tooltip("option:N", title=" "), alt.Tooltip("shown:N", title="  ")],
    )  # fmt: skip
    return track, filled
