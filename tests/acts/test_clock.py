"""One clock: what an election's time is, and by which time a mandate ends (decision 0082)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from esaylov.acts.context import ElectionContext, get_context
from esaylov.acts.door import Accepted, Refused, Submission, perform
from esaylov.law.editions import uz_edition
from esaylov.polling.acts import ReportTurnout

if TYPE_CHECKING:
    from tests.acts.election import World

TASHKENT = ZoneInfo("Asia/Tashkent")
REAL = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def on(clock: datetime | None) -> ElectionContext:
    return ElectionContext(
        id="e", edition=uz_edition("uz-lc-2024"), timezone=TASHKENT, date=date(2024, 10, 27), simulated=clock is not None,
        replay=False, set_time=clock, clock_is_set=clock is not None, release=None, tables=None,
    )  # fmt: skip


def test_the_election_s_time_is_that_of_its_clock_in_its_zone() -> None:
    assert on(None).now(REAL) == REAL
    assert on(None).now(REAL).utcoffset() == 5 * HOUR
    past = datetime(2024, 10, 27, 15, tzinfo=UTC)
    assert on(past).now(REAL) == past
    assert on(past).now().isoformat() == "2024-10-27T20:00:00+05:00"
    assert abs(datetime.now(UTC) - on(None).now()) < HOUR


@pytest.mark.parametrize(
    "clock", [None, REAL - 800 * 24 * HOUR, REAL + 24 * HOUR], ids=["real", "past", "ahead"]
)
def test_a_mandate_ends_when_either_clock_has_passed_its_end(clock: datetime | None) -> None:
    context = on(clock)
    end = max(clock or REAL, REAL)
    assert context.latest(REAL) == end
    assert context.holds(None, REAL)
    assert context.holds(end + HOUR, REAL)
    assert not context.holds(end, REAL), "the last moment is not part of it"
    assert not context.holds(end - HOUR, REAL)


def test_the_door_asks_the_same(shared_door: World) -> None:
    """On a clock of the past too a person whose mandate has ended in truth is nobody; on one that runs ahead, sooner."""
    actor, now = shared_door.actors["pec:n1-1"], datetime.now(UTC)
    known = get_context("door")

    def report(clock: datetime, until: datetime) -> Accepted | Refused:
        context = replace(known, clock_is_set=True, set_time=clock)
        payload = ReportTurnout.Payload(precinct="n1-1", voters=1)
        return perform(ReportTurnout, "door", Submission(payload, replace(actor, until=until)), context)

    def codes(result: Accepted | Refused) -> list[str]:
        return [one.code for one in result.findings]

    assert codes(report(now - 48 * HOUR, now - HOUR)) == ["A02"]
    assert codes(report(now + 48 * HOUR, now + HOUR)) == ["A02"]
    assert isinstance(report(now - 48 * HOUR, now + HOUR), Accepted)
