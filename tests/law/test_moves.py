"""Dates that a decision moved: what was allowed before a decision stays as it was, whatever the decision says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.calendar import Override, Window, in_force, rewritten, window
from esaylov.law.editions import parse_edition, uz_edition_toml

UZ = parse_edition(uz_edition_toml())
TASHKENT = ZoneInfo("Asia/Tashkent")
START = datetime(2028, 2, 27, 22, tzinfo=TASHKENT)
"""Around 29 February: hours are counted from here."""

hours = st.integers(0, 96)
ends = st.one_of(st.none(), hours)


def moment(hour: int | None) -> datetime | None:
    return None if hour is None else START + timedelta(hours=hour)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Window, list[Override]]:
    """A step by the law, and decisions on it, each taken at or after the one before and allowed by `rewritten`."""
    opens, closes = draw(ends), draw(ends)
    law = Window(moment(opens), moment(closes), "1")
    moves: list[Override] = []
    now = 0
    for number in range(draw(st.integers(0, 4))):
        now = draw(st.integers(now, 96))
        at = START + timedelta(hours=now)
        holds = allowed(law, moves[-1]) if moves else law
        move = Override(moment(draw(ends)), moment(draw(ends)), str(number), at)
        if not rewritten(holds, move, at):
            moves.append(move)
    return law, moves


def allowed(law: Window, move: Override | None) -> Window:
    return law if move is None else Window(move.opens, move.closes, law.article, move.decision)


@given(histories(), hours)
def test_a_decision_changes_nothing_before_it(history: tuple[Window, list[Override]], hour: int) -> None:
    law, moves = history
    at = START + timedelta(hours=hour)
    for length in range(len(moves)):
        before, after = moves[:length], moves[: length + 1]
        since = moves[length].since
        assert since is not None
        if at < since:
            assert allowed(law, in_force(before, at)).contains(at) is allowed(
                law, in_force(after, at)
            ).contains(at)
        else:
            assert in_force(after, at) is moves[length]


@given(histories())
def test_no_date_is_set_into_the_past(history: tuple[Window, list[Override]]) -> None:
    law, moves = history
    holds = law
    for move in moves:
        assert move.since is not None
        for old, new in ((holds.opens, move.opens), (holds.closes, move.closes)):
            assert new == old or new is None or new >= move.since
        holds = allowed(law, move)


def test_a_step_that_is_over_is_opened_again() -> None:
    """Art. 96: a court orders something after the ten days; the commission opens the step again by decision."""
    law = window(UZ, "annulment", date(2024, 10, 27))
    assert law is not None
    assert law.closes == datetime(2024, 11, 7, tzinfo=TASHKENT)
    taken = datetime(2024, 11, 12, 10, tzinfo=TASHKENT)
    again = Override(law.opens, datetime(2024, 11, 20, tzinfo=TASHKENT), "1500", taken)
    assert rewritten(law, again, taken) == ()
    assert in_force([again], taken - timedelta(seconds=1)) is None, "the days between stay closed"
    assert in_force([again], taken) is again
    too_late = Override(law.opens, datetime(2024, 11, 11, tzinfo=TASHKENT), "1500", taken)
    assert rewritten(law, too_late, taken) == ("closes",)
    since_ever = Override(None, again.closes, "1500", taken)
    assert rewritten(law, since_ever, taken) == ("opens",)


def test_the_last_decision_holds() -> None:
    first = Override(None, START, "1", START - timedelta(days=2))
    second = Override(None, START + timedelta(days=1), "2", START - timedelta(days=2))
    assert in_force([first, second], START) is second
    assert in_force([first, second], START - timedelta(days=3)) is None
    assert in_force([], START) is None
    assert in_force([Override(None, START, "3")], datetime(2000, 1, 1, tzinfo=UTC)) is not None
