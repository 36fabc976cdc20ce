"""Inputs of charts, invented."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from esaylov.publication import charts

TASHKENT = ZoneInfo("Asia/Tashkent")
SOURCE = charts.Source(
    election="invented-1",
    title="Election of an invented chamber",
    size=35_412,
    pictures="/en/elections/invented-1/pictures/",
    at=datetime(2026, 10, 25, 23, 58, 1, tzinfo=TASHKENT),
    code="35411-4821",
    simulated=True,
)
NAMES = ("Chinor", "Koʻprik", "Карвон", "Үміт & <Birlik>", "Turna")
LONG = "Gʻayratli “Ўзбекистон” " * 9
REGIONS = ("1735", "1726", "1727", "1703", "1718")


def seats(**options: object) -> charts.Chart:
    """150 seats of five lists, two of them open."""
    groups = [
        charts.SeatGroup(f"p{number}", name, number, listed, direct)
        for number, (name, listed, direct) in enumerate(
            zip(NAMES, (31, 17, 12, 9, 6), (33, 18, 12, 6, 4), strict=True), start=1
        )
    ]
    return charts.seats_hemicycle(SOURCE, groups, open_direct=2, **options)  # type: ignore[arg-type]


def bars(count: int = 5, votes: int = 1_000) -> list[charts.Bar]:
    """Options whose votes fall from `votes`."""
    return [
        charts.Bar(
            f"o{place}", NAMES[place % 5] + f" {place}", place % 13, max(0, votes - 7 * place), 2_000 - place
        )
        for place in range(count)
    ]


def lists() -> charts.Chart:
    """A list contest with a threshold."""
    return charts.list_result(
        SOURCE,
        bars(),
        charts.Progress(90, 100),
        threshold=charts.Threshold(70, "7 % are 70 votes."),
        invalid=(12, 24),
    )


def result(count: int = 5, votes: int = 1_000) -> charts.Chart:
    """A contest of one member."""
    return charts.contest_result(SOURCE, bars(count, votes), charts.Progress(4, 4), invalid=(0, 0))


def districts(count: int = 20) -> list[charts.District]:
    """Districts in every state: counted, partly, not at all, tied, without an opponent."""
    found = []
    for place in range(count):
        counted = (0, 50, 100, 100)[place % 4]
        tie = place % 10 == 3
        found.append(
            charts.District(
                code=f"d{place}", label=str(place + 1), name=f"{place + 1}-Okrug", group=REGIONS[place % 5],
                group_name=f"Region {REGIONS[place % 5]} & <co>", progress=charts.Progress(counted, 100),
                leader="" if tie or not counted else NAMES[place % 5], tone=0 if tie else place % 5 + 1, votes=500,
                margin_votes=None if place % 7 == 6 else 0 if tie else 10 * place,
                margin=None if place % 7 == 6 else 0 if tie else 100 * place, turnout=5_000 + 10 * place if counted else None,
                tie=tie, url=f"/en/elections/invented-1/contests/d{place}/",
            )
        )  # fmt: skip
    return found


def turnout(count: int = 12) -> charts.Chart:
    """Turnout from nine o'clock on."""
    hours = [
        charts.HourPoint(datetime(2026, 10, 25, 9 + place, tzinfo=TASHKENT), 700 * place, 600 * place, 100)
        for place in range(count)
    ]
    return charts.turnout_by_hour(SOURCE, hours, 10_000)


def everything() -> dict[str, charts.Chart]:
    """One of each."""
    legend = [(name, number) for number, name in enumerate(NAMES, start=1)]
    maps = [
        charts.districts_map(SOURCE, districts(), mode, lists=legend)
        for mode in ("winner", "lead", "turnout", "counted")
    ]  # type: ignore[arg-type]
    return {chart.name: chart for chart in (seats(), lists(), result(), turnout(), *maps)}
