"""Forming hangs on the calendar: not before the step opens; after its end a missing commission is formed, and said to be late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from esaylov.acts.context import get_context
from esaylov.acts.deadlines import lateness
from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange.verification.plain import PLAIN
from esaylov.operations.loading import LoadError
from esaylov.registry.acts import ChangeComposition, CompositionPayload, FormCommission
from tests.acts.election import CALENDAR, EDITION, EVENING, world
from tests.formation.people import enter, file_of, rows
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, member, members

STEP = """
[[calendar.steps]]
code = "precinct-commissions"
title = {en = "Precinct commissions"}
opens = {before = 60}
closes = {before = 40}
article = "23"
"""


@pytest.fixture
def region(db_clone: object, tmp_path: Path) -> Iterator[Actor]:
    """The chair of a territorial commission, on the evening of the election."""
    with world(tmp_path, edition=EDITION + CALENDAR + STEP, start=EVENING):
        accepted(enrol())
        central = actors_of("", "cec", datetime.now(UTC))["chair"]
        done = accepted(form_commission("door", "tec:n", central, members(9, 100)))
        assert "C11" not in done.record["findings"], "the edition has no step for territorial commissions"
        yield actors_of("door", "tec:n", datetime.now(UTC))["chair"]


def formed(by: Actor, days_before: int, code: str = "pec:n1-1", *, strict: bool = False) -> Result:
    context = get_context("door")
    values = {**context.edition.values, "commission": {"late": "error"}} if strict else context.edition.values
    at = datetime(
        context.date.year, context.date.month, context.date.day, 12, tzinfo=context.timezone
    ) - timedelta(days=days_before)
    payload = CompositionPayload(commission=code, decision="3", add=members(7, 300))
    edition = replace(context.edition, values=values)
    return perform(FormCommission, "door", Submission(payload, by, at=at), replace(context, edition=edition))


def test_not_before_the_step_opens(region: Actor) -> None:
    refused = formed(region, 70)
    assert codes(refused) == ["C01"]
    text = str(refused.findings[0].text["en"])
    assert "precinct-commissions" in text
    assert refused.findings[0].article == "23"


def test_in_time_nothing_is_said(region: Actor) -> None:
    done = accepted(formed(region, 50))
    assert "C11" not in done.record["findings"]


def test_a_missing_commission_is_formed_late_and_the_record_says_so(region: Actor) -> None:
    assert codes(formed(region, 10, strict=True)) == ["C11"]
    done = accepted(formed(region, 10))
    assert "C11" in done.record["findings"]
    assert [one.severity for one in done.findings if one.code == "C11"] == ["warning"]
    assert "findings:codes" in PLAIN["registry.form_commission"]
    change = CompositionPayload(commission="pec:n1-1", decision="4", add=[member(400)])
    changed = accepted(perform(ChangeComposition, "door", Submission(change, region)))
    assert "C11" not in changed.record["findings"], "changes are open until the end"


def test_files_of_members(region: Actor) -> None:
    at = EVENING - timedelta(days=70)
    assert codes(enter(file_of(rows("pec:n1-1", 500)), region, at=at)) == ["N07"]
    done = accepted(enter(file_of(rows("pec:n1-1", 500), rows("pec:n1-2", 520)), region))
    assert done.record["findings"] == {"C11": 2}
    more = file_of(rows("pec:n1-1", 500), [rows("pec:n1-1", 540)[-1]])
    later = accepted(enter(more, region, "6"))
    assert later.record["findings"] == {}, "who comes in later is a change"


ANNOUNCED = """
[[calendar.steps]]
code = "announcement"
title = {en = "Campaign announced"}
opens = {before = 90}
closes = {before = 60}
article = "36"
"""


@pytest.mark.parametrize("days_before", [70, 0])
def test_the_call_takes_the_announcement(db_clone: object, tmp_path: Path, days_before: int) -> None:
    """A late call is made, and says so to whoever calls."""
    start = EVENING - timedelta(days=days_before)
    with world(tmp_path, edition=EDITION + CALENDAR + ANNOUNCED, start=start):
        late = lateness(get_context("door"), "announcement", start)
        assert (late.code if late else None) == (None if days_before else "C11")


def test_no_call_before_its_time(db_clone: object, tmp_path: Path) -> None:
    opened = world(tmp_path, edition=EDITION + CALENDAR + ANNOUNCED, start=EVENING - timedelta(days=100))
    with pytest.raises(LoadError) as refused, opened:
        pass
    assert [one.code for one in refused.value.findings] == ["C01"]
