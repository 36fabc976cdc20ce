"""Calling an election: its package goes through the acts that load it, call it and pin its roster, in one transaction.

Electoral Code, Art. 36 (the campaign is announced by the Central Election Commission); 74, 93 (by-elections).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted, Act, Refused, Submission, perform
from esaylov.acts.identity import establish
from esaylov.acts.powers import Actor
from esaylov.elections.acts import CallElection, LoadPackage, Pin, PublishRoster
from esaylov.elections.records import package_records
from esaylov.exchange.records import Package
from esaylov.law.calendar import release_time
from esaylov.law.findings import Finding


class CallRefused(RuntimeError):
    """The election was not called, and nothing was written; `findings` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].text["en"])
        self.findings = tuple(findings)


def call(
    package: Package, actor: Actor, *, decision: str | None, replay: bool, start: datetime | None
) -> Accepted:
    """Loads a package's tables, calls the election and pins its roster; returns the act that called it.

    `start`: the time of its own clock (None: the real clock). `decision`: number of the decision that calls it, None for
    a package from elsewhere. Raises CallRefused, and IdentityError when this log cannot take the election.
    """
    with transaction.atomic():
        establish(simulated=package.simulated, replay=replay)
        context = first_context(package, replay=replay, start=start)
        called: Accepted | None = None
        for act, payload, by in _acts(package, context, actor, decision, start):
            result = perform(act, package.id, Submission(payload, by), context)
            if isinstance(result, Refused):
                raise CallRefused(result.findings)
            called = result if act is CallElection else called
    assert called is not None
    return called


def first_context(package: Package, *, replay: bool, start: datetime | None) -> ElectionContext:
    """The context of an election that does not exist yet."""
    return ElectionContext(
        id=package.id,
        edition=package.edition,
        timezone=ZoneInfo(package.timezone),
        date=package.date,
        simulated=package.simulated,
        replay=replay,
        set_time=start,
        clock_is_set=start is not None,
        release=release_time(package.edition, package.date, package.timezone),
        tables=None,
        events=package.events,
    )


def _acts(
    package: Package, context: ElectionContext, actor: Actor, decision: str | None, start: datetime | None
) -> Iterator[tuple[type[Act[Any]], Any, Actor]]:
    published = package_records(package)
    yield LoadPackage, LoadPackage.Payload(package=package), actor
    ordered = replace(package, precinct_territories=published.precinct_territories)
    yield (
        CallElection,
        CallElection.Payload(
            package=ordered,
            tables={name: Pin(**pin) for name, pin in published.pins().items()},
            edition_sha256=sha256(package.edition_text).hexdigest(),
            release=context.release,
            clock_is_set=start is not None,
            set_time=start,
            decision=decision,
        ),
        actor,
    )
    roster = published.roster_pin(len(package.edition.lines))
    yield PublishRoster, PublishRoster.Payload(**roster), Actor(code=actor.code, tier="system")
