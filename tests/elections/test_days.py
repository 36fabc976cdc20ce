"""Which day on the wall's clock is the election's, where several are near."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from esaylov.elections.days import next_day
from esaylov.elections.models import Election
from tests.cabinet.people import Bench

NOON = datetime(2031, 10, 26, 7, tzinfo=UTC)
TODAY = date(2031, 10, 26)


@pytest.mark.parametrize(
    ("days", "expected"),
    [((), None), ((-2,), None), ((-1,), -1), ((3, 8), 3), ((-1, 3), -1), ((-1, 0), 0), ((0, 1), 0)],
)
def test_the_day_that_counts(bench: Bench, days: tuple[int, ...], expected: int | None) -> None:
    model = Election.objects.get()  # of a day long before
    model.clock_is_set = model.replay = False
    for number in days:
        model.pk, model.date = f"by-{number}", TODAY + timedelta(days=number)
        model.save(force_insert=True)
    assert next_day(NOON) == (None if expected is None else TODAY + timedelta(days=expected))
