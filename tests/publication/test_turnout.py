"""Turnout by time: only new reports are read, and the result is the same as from all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

MORNING = datetime(2026, 10, 25, 5, tzinfo=UTC)
REPORTS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.integers(0, 500)), max_size=30)


@given(REPORTS, st.integers(0, 30))
def test_series_in_two_parts_is_the_series_of_all(reports: list[tuple[int, int, int]], cut: int) -> None:
    from esaylov.polling.series import TurnoutSeries

    rows = [(MORNING + timedelta(hours=hour), precinct, voters) for hour, precinct, voters in sorted(reports)]
    series = TurnoutSeries()
    series.extend(rows[:cut])
    series.extend(rows[cut:])
    for at, precincts, voters in series.points:
        latest = {precinct: number for time, precinct, number in rows if time <= at}
        assert (precincts, voters) == (len(latest), sum(latest.values()))
    assert [at for at, _, _ in series.points] == sorted({at for at, _, _ in rows})


def test_late_report_of_an_earlier_hour_takes_its_place(make_site: Callable[..., Site], get: Get) -> None:
    from esaylov.polling.acts import ReportTurnout
    from esaylov.polling.series import turnout_by_time

    site = make_site(start=MORNING)

    def report(precinct: str, hour: int, voters: int) -> None:
        at = MORNING + timedelta(hours=hour)
        site.act(ReportTurnout, f"pec:{precinct}", at, precinct=precinct, voters=voters)

    def rows() -> list[list[str]]:
        page = get("/en/elections/tiny/")
        return [row for table in page.tables for row in table if row and row[0].endswith(":00")]

    report("p1", 0, 20)
    report("p2", 2, 50)
    first = site.move_on()
    assert rows() == [["10:00", "20", "1.90%", "1"], ["12:00", "70", "6.67%", "2"]]
    report("p1", 2, 45)
    site.move_on()
    assert rows() == [["10:00", "20", "1.90%", "1"], ["12:00", "95", "9.05%", "2"]]
    report("p3", 1, 100)
    site.move_on()
    now = [["10:00", "20", "1.90%", "1"], ["11:00", "120", "11.43%", "2"], ["12:00", "195", "18.57%", "3"]]
    assert rows() == now
    assert [point[1:] for point in turnout_by_time(_tables(), first)] == [(1, 20), (2, 70)], "an older size"
    assert rows() == now


def _tables() -> Any:
    from esaylov.elections.queries import tables

    return tables("tiny")
