"""What signing in must know of rooms that stand later than it: each is a function that its owner registers.

Until then nobody holds a mandate, nobody's identity number is known and there is no election day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest, HttpResponse


class Mandate(Protocol):
    """What of a mandate matters here: `registry.queries.MandateRow` has it."""

    @property
    def body(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def role(self) -> str: ...


def _no_mandates(_person: UUID, _at: datetime) -> Sequence[Mandate]:
    return ()


def _nobody(_pinfl: str) -> UUID | None:
    return None


def _not_asked(_request: HttpRequest, _pinfl: str) -> HttpResponse | None:
    return None


def _no_day(_now: datetime) -> date | None:
    return None


mandates: Callable[[UUID, datetime], Sequence[Mandate]] = _no_mandates
person_with_pinfl: Callable[[str], UUID | None] = _nobody
shown_by_oneid: Callable[[HttpRequest, str], HttpResponse | None] = _not_asked
"""Told of everybody who comes back from OneID with a PINFL; where it answers, nobody is signed in."""
election_day: Callable[[datetime], date | None] = _no_day
"""The nearest election day that has not passed (the night after it included), on the site's clock."""


def register(
    *,
    mandates_of: Callable[[UUID, datetime], Sequence[Mandate]] | None = None,
    pinfl: Callable[[str], UUID | None] | None = None,
    day: Callable[[datetime], date | None] | None = None,
    shown: Callable[[HttpRequest, str], HttpResponse | None] | None = None,
) -> None:
    """Put the functions of those who know in place of the empty ones."""
    global mandates, person_with_pinfl, election_day, shown_by_oneid  # noqa: PLW0603
    mandates = mandates_of or mandates
    person_with_pinfl = pinfl or person_with_pinfl
    election_day = day or election_day
    shown_by_oneid = shown or shown_by_oneid
