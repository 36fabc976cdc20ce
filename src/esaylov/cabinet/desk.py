"""Who sits in the cabinet: the person signed in, their mandates, and the one under which they work now.

Nothing of it is kept between requests but the choice of a mandate (in the session): mandates are read anew each
time, so that one which ended a second ago opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

from esaylov.acts import mandates
from esaylov.acts.context import ElectionContext, UnknownElection, get_context
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet.clock import Clock, clock_of
from esaylov.cabinet.elections import chosen_election
from esaylov.registry.queries import MandateRow, mandates_of

MANDATE = "mandate"
"""Key of the chosen mandate in the session."""
ELECTION = "election"
"""Key of the election that holders of a standing mandate look at."""


@dataclass
class Desk:
    """The desk of one request. `mandate` and `actor` are None where the person holds no mandate."""

    account: Any
    person: UUID | None
    mandates: tuple[MandateRow, ...]
    mandate: MandateRow | None
    actor: Actor | None
    chosen: str | None = None

    @cached_property
    def election(self) -> str | None:
        """The election that the desk works on: the mandate's own; under a standing mandate the one chosen, else the
        latest; None where there is none.
        """
        if self.mandate is None:
            return None
        return self.mandate.election or chosen_election(self.chosen)

    @cached_property
    def clock(self) -> Clock | None:
        """The election's clock and mode; a precinct abroad reads it in its own zone."""
        precinct = self.actor.precinct if self.actor else None
        return clock_of(self.election, precinct) if self.election else None

    @property
    def tier(self) -> str:
        """The tier of the body, empty without a mandate."""
        return self.actor.tier if self.actor else ""

    @property
    def role(self) -> str:
        """The role in the body, empty without a mandate."""
        return (self.actor.role or "") if self.actor else ""

    def may(self, power: Power) -> bool:
        """Whether the mandate holds a power at its own place. (What lies elsewhere is asked by the act itself.)"""
        return self.actor is not None and mandates.holds(self.actor, power)


def _holds(row: MandateRow) -> bool:
    """Whether a mandate holds on its election's clock too, which runs ahead of the wall's in a rehearsal."""
    if row.until is None or not row.election:
        return True
    try:
        return get_context(row.election).holds(row.until)
    except UnknownElection:
        return True


def desk_if_any(request: HttpRequest) -> Desk | None:
    """The desk of whoever is signed in, None for nobody."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    now = datetime.now(UTC)
    person: UUID | None = getattr(user, "person", None)
    held = tuple(row for row in mandates_of(person, now) if _holds(row)) if person is not None else ()
    session = request.session
    chosen = session.get(MANDATE)
    mandate = next((row for row in held if str(row.id) == chosen), held[0] if held else None)
    actor = mandate.actor() if mandate is not None else None
    return Desk(user, person, held, mandate, actor, session.get(ELECTION))


def desk_of(request: HttpRequest) -> Desk:
    """The desk of a request that `desk_view` let in."""
    found: Desk = request.desk  # type: ignore[attr-defined]
    return found


def actor_of(request: HttpRequest) -> Actor:
    """Who acts at the desk; 404 without a mandate."""
    actor = desk_of(request).actor
    if actor is None:
        raise Http404
    return actor


def own_election(request: HttpRequest) -> ElectionContext:
    """The election that the desk works on; 404 without one."""
    try:
        return get_context(desk_of(request).election or "-")
    except UnknownElection:
        raise Http404 from None
