"""Turnout by hour: how many had voted until each time, as shares of all voters on the lists."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.publication.charts import drawing, inks
from esaylov.publication.charts.drawing import TINY, WIDTH, Row, Sheet
from esaylov.publication.charts.model import Chart, Column, HourPoint, Source, Value

HEIGHT = 150
LEFT = 38
STEPS = (0, 2_500, 5_000, 7_500, 10_000)


def turnout_by_hour(
    source: Source,
    hours: Sequence[HourPoint],
    voters: int,
    *,
    name: str = "turnout",
    title: str = "",
    sentence: str = "",
    embed: str = "",
) -> Chart:
    """Cumulative turnout; the scale goes from 0 to 100 per cent, further where more took part than stood on
    the lists.
    """
    sentence = sentence or _sentence(hours)
    at = drawing.sheet(source)
    at.y += 6
    rows = _columns(at, hours) if hours else _nothing(at)
    at.paragraph(
        gettext("Share of the %(voters)s voters on the lists, until each time; as reported by precincts.")
        % {"voters": numbers.whole(voters, language())}
    )
    return Chart(
        name=name,
        title=title or gettext("Turnout by hour"),
        sentence=sentence,
        head=(
            Column("until", gettext("Until")),
            Column("voters", gettext("Voters"), "count"),
            Column("share", gettext("%% of voters") % {}, "share"),
            Column("precincts", gettext("Precincts reported"), "count"),
        ),
        rows=tuple(_row(hour) for hour in hours),
        spec=drawing.specification(_layers, at, {"hours": rows}, name=name, sentence=sentence, source=source),
        source=source,
        embed=embed,
    )


def clock(hour: HourPoint) -> str:
    """The time in words; the day after says so."""
    text = f"{hour.at:%H:%M}"
    return f"{text} {gettext('next day')}" if hour.later else text


def _row(hour: HourPoint) -> tuple[Value, ...]:
    return clock(hour), hour.voters, hour.share, hour.precincts


def _sentence(hours: Sequence[HourPoint]) -> str:
    if not hours:
        return gettext("No turnout has been reported yet.")
    last = hours[-1]
    return gettext("Until %(time)s %(voters)s voters took part, %(share)s of those on the lists.") % {
        "time": clock(last),
        "voters": numbers.whole(last.voters, language()),
        "share": numbers.percent(last.share, language()) if last.share is not None else "–",
    }


def _nothing(at: Sheet) -> list[Row]:
    at.paragraph(gettext("No turnout has been reported yet."), fill=inks.INK)
    at.y += 6
    return []


def _columns(at: Sheet, hours: Sequence[HourPoint]) -> list[Row]:
    most = max(10_000, *(hour.share or 0 for hour in hours))
    bottom = at.y + HEIGHT
    for step in STEPS:
        y = bottom - HEIGHT * step / most
        at.rule(LEFT, y, WIDTH, y, colour=inks.RULE if step else inks.SOFT)
        label = f"{step // 100}{numbers.THIN_SPACE}%"
        at.text(LEFT - 6, y + 3.5, label, size=TINY, align="right", fill=inks.SOFT)
    slot = (WIDTH - LEFT) / len(hours)
    every = max(1, -(-27 * len(hours) // (WIDTH - LEFT)))
    rows = []
    for place, hour in enumerate(hours):
        middle = LEFT + slot * (place + 0.5)
        height = HEIGHT * (hour.share or 0) / most
        if (len(hours) - 1 - place) % every == 0:
            _labels(at, hour, middle, (bottom, height), slot * every)
        rows.append(_column(hour, middle, slot, most, bottom))
    at.y = bottom + 20
    return rows


def _labels(at: Sheet, hour: HourPoint, middle: float, place: tuple[float, float], slot: float) -> None:
    bottom, height = place
    at.text(
        middle,
        bottom + 14,
        f"{hour.at:%H:%M}",
        size=drawing.fitting("00:00", slot * 0.94, TINY),
        align="center",
        fill=inks.SOFT,
    )
    if hour.share is not None:
        tenths = (hour.share + 5) // 10
        text = f"{tenths // 10}{numbers.marks(language())[1]}{tenths % 10}"
        at.text(middle, bottom - height - 4, text, size=TINY, align="center", weight=600)


def _column(hour: HourPoint, middle: float, slot: float, most: int, bottom: float) -> Row:
    share = numbers.percent(hour.share, language()) if hour.share is not None else "–"
    half = min(12.0, slot * 0.36)
    return {
        "until": clock(hour),
        "voters": hour.voters,
        "share": hour.share or 0,
        "shown": f"{numbers.whole(hour.voters, language())} · {share}",
        "x": round(middle - half, 2),
        "x2": round(middle + half, 2),
        "zero": 0,
        "most": most,
        "bottom": bottom,
    }


def _layers() -> list[alt.Chart]:
    # The scale is put on the picture's pixels by the data itself: zero at `bottom`, `most` at its height above.
    columns = (
        alt.Chart(alt.NamedData(name="hours"))
        .transform_calculate(
            top=f"datum.bottom - {HEIGHT} * datum.share / datum.most",
        )
        .mark_rect(opacity=1)
        .encode(
            x=drawing.pixel_x(), x2="x2",
            y=drawing.pixel_y("top"), y2="bottom",
            fill=alt.value("var(--chart-ramp-4)"), description="until:N",
            tooltip=[alt.Tooltip("until:N", title=" "), alt.Tooltip("shown:N", title="  ")],
        )
    )  # fmt: skip
    return [columns]
