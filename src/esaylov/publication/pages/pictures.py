"""The charts of the pages: what a page knows, in the words of `publication.charts`. Nothing is read here.

Each function gives charts by the name that templates and the addresses of pictures use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

from django.urls import reverse

from esaylov.publication.charts import (
    Bar,
    Chart,
    District,
    HourPoint,
    Progress,
    SeatGroup,
    Source,
    Threshold,
    contest_result,
    districts_map,
    list_result,
    seats_hemicycle,
    turnout_by_hour,
)
from esaylov.publication.pages.common import Frame
from esaylov.publication.pages.contests import Counted, Figures, Row
from esaylov.publication.pages.districts import District as Place
from esaylov.publication.pages.hours import Hour
from esaylov.publication.pages.seats import SeatTable
from esaylov.publication.pages.working import Stage

MOST_SEATS = 600
DIGITS = re.compile(r"[0-9]+(?=[^0-9]*$)", re.ASCII)

Charts = Mapping[str, Chart]


def source(frame: Frame, page: str) -> Source:
    """Where the figures of a page's pictures come from; `page` is its address."""
    return Source(
        election=frame.election,
        title=frame.title,
        size=frame.size,
        pictures=f"{page}pictures/",
        page=page,
        at=frame.signed_at,
        code=frame.code,
        simulated=frame.simulated,
        pilot=frame.pilot,
        replay=frame.replay,
    )


def embeds_url(where: Source) -> str:
    """Where the lines to copy stand that put a picture into other pages."""
    return reverse("newsroom", args=[where.election]) + "#embeds"


def seats_chart(where: Source, table: SeatTable | None) -> Charts:
    """The half circle, where there are seats to draw."""
    if table is None or not 1 <= table.seats <= MOST_SEATS:
        return {}
    groups = [SeatGroup(row.code, row.name, row.tone, row.list_seats, row.direct_seats) for row in table.rows]
    drawn = seats_hemicycle(
        where, groups, open_list=table.open_list, open_direct=table.open_direct, direct=table.direct,
        embed=embeds_url(where),
    )  # fmt: skip
    return {"seats": drawn}


def map_chart(where: Source, places: Sequence[Place], lists: Sequence[Row]) -> Charts:
    """The map of districts, where there are several."""
    if len(places) < 2:
        return {}
    found = [district(number, one) for number, one in enumerate(places, start=1)]
    tones = [(row.name, row.tone) for row in lists if row.tone]
    return {"map": districts_map(where, found, lists=tones, embed=embeds_url(where))}


def district(number: int, one: Place) -> District:
    """A single-member district for a map; `number` is its place among all."""
    digits = DIGITS.search(one.code)
    label = digits[0].lstrip("0") if digits and len(digits[0]) <= 3 else str(number)
    found = on_map(one.figures, code=one.code, name=one.name, label=label, url=one.figures.url)
    return replace(found, group=one.region, group_name=one.region_name)


def on_map(shown: Figures, *, code: str, name: str, label: str, url: str) -> District:
    """A place of a map with a contest's figures there."""
    leader = shown.leader
    return District(
        code=code,
        label=label,
        name=name,
        group="",
        group_name="",
        progress=progress(shown.counted),
        leader=leader.name if leader is not None and not shown.tie else "",
        tone=leader.tone if leader is not None and not shown.tie else 0,
        votes=leader.votes if leader is not None else 0,
        margin_votes=shown.margin,
        margin=shown.lead,
        turnout=shown.turnout.share if shown.any else None,
        tie=shown.tie,
        final=shown.final,
        url=url,
    )


def hours_chart(where: Source, hours: Sequence[Hour], voters: int) -> Charts:
    """Turnout by hour, where anything was reported."""
    if not hours:
        return {}
    points = [HourPoint(one.at, one.voters, one.share, one.precincts, one.later) for one in hours]
    return {"turnout": turnout_by_hour(where, points, voters)}


def list_chart(where: Source, shown: Figures | None, stages: Sequence[Stage]) -> Charts:
    """The list vote with its threshold."""
    if shown is None or shown.kind != "list" or not shown.any:
        return {}
    invalid = (shown.invalid, shown.invalid_share)
    drawn = list_result(
        where, bars(shown), progress(shown.counted), threshold=_threshold(shown, stages), invalid=invalid
    )
    return {"list": drawn}


def result_chart(where: Source, shown: Figures, stages: Sequence[Stage] = ()) -> Charts:
    """A contest's result: of a list contest with its threshold where it is worked out."""
    if not shown.any:
        return {}
    invalid, title = (shown.invalid, shown.invalid_share), shown.title
    if shown.kind == "list":
        drawn = list_result(
            where, bars(shown), progress(shown.counted), threshold=_threshold(shown, stages), invalid=invalid,
            name="result", title=title,
        )  # fmt: skip
    else:
        drawn = contest_result(where, bars(shown), progress(shown.counted), invalid=invalid, title=title)
    return {"result": drawn}


def progress(counted: Counted) -> Progress:
    """How far something is counted."""
    return Progress(counted.counted, counted.expected, counted.annulled)


def bars(shown: Figures) -> list[Bar]:
    """The options of a contest."""
    return [
        Bar(
            row.code, row.name, row.tone, row.votes, row.share, row.seats if shown.by_list else None,
            row.mark if shown.final else "", row.organisation,
        )
        for row in shown.rows
    ]  # fmt: skip


def _threshold(shown: Figures, stages: Sequence[Stage]) -> Threshold | None:
    """The votes that a list needs, in the words of the worked computation."""
    steps: list[dict[str, Any]] = shown.determination["steps"] if shown.determination else []
    step = next((one for one in steps if one["kind"] == "base"), None)
    words = next((stage.text for stage in stages if stage.kind == "base"), "")
    if step is None or not words:
        return None
    needed = Fraction(step["figures"].get("needed", 0))
    return Threshold(ceil(needed), words) if needed > 0 else None
