"""Marks of how somebody voted other than in the room on the day, or asked to (Art. 53, 57).

Whoever votes in the room on the day is not recorded at all. A mark has a day and no time; who is marked is known to the precincts
concerned and stands in no log. The precinct's officers make it; nobody above them holds the power, or a page, by which to list
who has voted or has not.

The log has one entry for each mark, which says no more than that one was made in the election on a day: neither where nor how,
for "one home visit in this precinct" names somebody to the neighbours (docs/decisions/0112).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.custody import client
from esaylov.exchange.residents.normal import normal_document
from esaylov.law.calendar import Window
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct
from esaylov.voters import access
from esaylov.voters.freezing import findings
from esaylov.voters.freezing.models import Mark, Supplement
from esaylov.voters.freezing.queries import place_of
from esaylov.voters.freezing.supplements import (
    PURPOSE,
    VOTED,
    own_precinct,
    zone_of,
)
from esaylov.voters.hidden import hidden, in_log, opened
from esaylov.voters.locks import lock_precinct, lock_voter
from esaylov.voters.lookup.throttling import Documents
from esaylov.voters.models import Voter

Kind = Literal["early", "home-asked", "home", "elsewhere", "replaced"]
EARLY, VOTING = "early-voting", "voting"
WINDOWS: dict[str, tuple[str, ...]] = {
    "early": (EARLY,),
    "home-asked": (),
    "home": (VOTING,),
    "elsewhere": (EARLY, VOTING),
    "replaced": (EARLY, VOTING),
}
"""Steps of the calendar in which a mark is made; none: at any time before voting closes."""
COMMISSIONS = "pec"
"""Whose mark it is, as the log says: a precinct commission's."""
tries = Documents(burst=30, every=20.0)
"""Marks by document that a commission asks for, right or wrong: so many at once, then one in so many seconds; in each worker."""
papers = Documents(burst=5, every=600.0)
"""The same of one document: nobody who knows it tries birth dates through."""


@dataclass(slots=True, kw_only=True)
class MarkCase(Case):
    """A mark on its way. `voter`: who is marked, None: nobody was found; `own`: in the precinct's list or supplement; `day`: by
    the precinct's own clock; `waits`: seconds after which to try a document again.
    """

    precinct: Precinct | None = None
    voter: int | None = None
    own: bool = False
    day: date = date.min
    waits: float = 0.0


class MarkVoter(Act[MarkCase]):
    """A precinct commission marks who voted early, at home or elsewhere, asked for a visit or got a new ballot (Art. 53, 57)."""

    code = "voters.mark_voter"
    power = Power.MARK_VOTER
    shown_as = COMMISSIONS

    class Payload(BaseModel):
        """Who: `voter`, the number of the entry, of the own list; or `document` and `birth_date` of somebody of another one who
        votes here.
        """

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        kind: Kind
        voter: Annotated[int, Field(ge=1, strict=True)] | None = None
        document: Annotated[str, Field(min_length=5, max_length=20)] | None = None
        birth_date: date | None = None

        @model_validator(mode="after")
        def _one_of_both(self) -> MarkVoter.Payload:
            if (self.voter is None) == (self.document is None) or (
                self.document and self.kind != "elsewhere"
            ):
                raise ValueError("either voter, or with the kind elsewhere document")
            if (self.document is None) != (self.birth_date is None):
                raise ValueError("document and birth_date go together")
            return self

    def place(self, payload: Any) -> str:
        return str(payload.precinct)

    def prepare(self, submissions: Sequence[Submission]) -> list[MarkCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> MarkCase:
        payload = submission.payload
        case = MarkCase(submission=submission, precinct=own_precinct(self.context.id, payload.precinct))
        if case.precinct is None or submission.actor.precinct != case.precinct.id:
            return case
        case.target = Target(precinct=case.precinct.id)
        case.abroad, case.zone = zone_of(self.context, case.precinct)
        lock_precinct(case.precinct.id)
        if payload.document is not None:
            self._by_document(case)
            return case
        case.voter = payload.voter
        lock_voter(case.voter)
        case.own = is_of(self.context.id, case.precinct.id, payload.voter)
        return case

    def _by_document(self, case: MarkCase) -> None:
        """Finds somebody of another list; whose record is opened for it is looked at, whatever comes of it."""
        payload, actor = case.submission.payload, case.submission.actor
        body = f"{self.context.id}/{actor.code}"
        case.waits = papers.wait(f"{body} {normal_document(payload.document)}") or tries.wait(body)
        if case.waits:
            return
        found, right = by_document(payload.document, payload.birth_date, body)
        case.voter = found if right else None
        lock_voter(case.voter)
        if found is not None:
            day = self._midnight(self.context.now())
            access.record([found], body=actor.code, person=actor.person, purpose=PURPOSE, at=day)

    def _midnight(self, at: datetime) -> datetime:
        return at.astimezone(self.context.timezone).replace(hour=0, minute=0, second=0, microsecond=0)

    def check(self, case: MarkCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.precinct is None:
            return [findings.unknown_precinct(payload.precinct)]
        if case.waits:
            return [findings.too_many_tries(int(case.waits) + 1)]
        if not _times(self.context, payload.kind, case.abroad, case.zone).contain(case.at):
            return [findings.not_open(payload.kind)]
        if case.voter is None:
            return [findings.unknown_voter()]
        if payload.voter is not None and not case.own:
            return [findings.not_of_this_precinct()]
        # A day and no time: the entry, and the journal's time of the act, begin it (by the election's clock: the beginning of a
        # day elsewhere would say where the precinct lies).
        case.day = case.at.astimezone(case.zone or self.context.timezone).date()
        case.at = self._midnight(case.at)
        return self._repeated(case, payload.kind)

    def _repeated(self, case: MarkCase, kind: str) -> Sequence[Finding]:
        assert case.voter is not None
        for mark in Mark.objects.filter(election=self.context.id, voter=case.voter):
            if mark.kind in VOTED and kind in VOTED:
                here = mark.precinct_id == case.submission.actor.precinct
                return [
                    findings.voted_here(mark.kind, mark.day.isoformat())
                    if here
                    else findings.voted_elsewhere()
                ]
            if mark.kind == kind:
                return [findings.marked_so()]
        moved = Supplement.objects.filter(election=self.context.id, voter=case.voter)
        if kind in VOTED and moved.exclude(precinct=case.precinct).exists():
            return [findings.supplemented()]
        return ()

    def record(self, case: MarkCase) -> dict[str, Any]:
        payload = case.submission.payload
        number = Mark.objects.filter(precinct=case.precinct, kind=payload.kind).count() + 1
        return {"mark": hidden("mark", _said(self.context.id, payload.precinct, payload.kind, number))[1]}

    def apply(self, cases: Sequence[MarkCase]) -> None:
        insert_rows(
            "voters_mark", ("id", "election", "precinct_id", "voter", "kind", "day"),
            [(uuid4(), self.context.id, case.submission.actor.precinct, case.voter, case.submission.payload.kind,
              case.day.isoformat()) for case in cases],
        )  # fmt: skip


class Times(NamedTuple):
    """When a mark may be made. `windows`: one of them is open (none: at any time); `closes`: not from then on (None: no end)."""

    windows: tuple[Window, ...]
    closes: datetime | None

    def contain(self, at: datetime) -> bool:
        """Whether the calendar allows the mark at a time."""
        within = not self.windows or any(window.contains(at) for window in self.windows)
        return within and (self.closes is None or at < self.closes)

    def next(self, at: datetime) -> datetime | None:
        """The first time after this one at which a window opens; None: none that is known."""
        opens = [window.opens for window in self.windows if window.opens is not None and not window.off]
        return min((time for time in opens if time > at), default=None)


def times(context: ElectionContext, precinct: Precinct, kind: str) -> Times:
    """When the calendar allows a mark in a precinct (Art. 53, 57), by which the act refuses it and a page offers it."""
    return _times(context, kind, *zone_of(context, precinct))


def _times(context: ElectionContext, kind: str, abroad: bool, zone: ZoneInfo | None) -> Times:
    def dates(step: str) -> Window | None:
        return context.dates(step, abroad=abroad, place=zone)

    if WINDOWS[kind]:
        return Times(tuple(window for step in WINDOWS[kind] if (window := dates(step)) is not None), None)
    voting = dates(VOTING)
    return Times((), None if voting is None else voting.closes)


class Opening(NamedTuple):
    """What shows that a mark of the log is the n-th of its kind in a precinct. `mark`: SHA-256 of "esaylov mark v1", 0x00, `salt`
    and the canonical JSON of election, kind, number and precinct. `logged`: it stands in the log.
    """

    precinct: str
    kind: str
    number: int
    salt: str
    mark: str
    logged: bool


def _said(election: str, precinct: str, kind: str, number: int) -> dict[str, Any]:
    return {"election": election, "kind": kind, "number": number, "precinct": precinct}


def openings(election: str, precinct: str) -> list[Opening]:
    """All marks of a precinct opened, for a court: how many there are of each kind, each sought in the log; not whose."""
    known = in_log(election, MarkVoter.code, "mark")
    rows = Mark.objects.filter(election=election, precinct__code=precinct).values_list("kind", flat=True)
    counts = Counter(rows)
    return [
        Opening(precinct, kind, number, *opened("mark", _said(election, precinct, kind, number), known))
        for kind in sorted(counts)
        for number in range(1, counts[kind] + 1)
    ]


def by_document(document: str, birth_date: date, body: str) -> tuple[int | None, bool]:
    """The entry of the list with a document (None where there is none or more than one), and whether it was born on that day.
    `body`: who asks. Raises CustodianDown, Throttled, KeyringError.
    """
    made = client.digests("document", [normal_document(document)], purpose=PURPOSE, body=body)
    wanted = [UUID(bytes=digests[0]) for digests in made]
    found = [
        (number, bytes(sealed))
        for number, sealed in Voter.objects.filter(document__in=wanted).values_list("id", "sealed")[:2]
    ]
    if len(found) != 1:
        return None, False
    (record,) = client.open_rows(found, purpose=PURPOSE, body=body)
    return found[0][0], record.get("birth_date") == birth_date.isoformat()


def is_of(election: str, precinct: int, voter: int) -> bool:
    """Whether a voter stands in the list of a precinct (after its freeze: in the frozen one) or in its supplement."""
    if Supplement.objects.filter(precinct_id=precinct, voter=voter).exists():
        return True
    place = place_of(election, voter)
    if place is not None:
        return place.row.precinct_id == precinct
    return Voter.objects.filter(id=voter, precinct=precinct).exists()


register(Listed(act=MarkVoter, path=None, publishes=("mark",)))
