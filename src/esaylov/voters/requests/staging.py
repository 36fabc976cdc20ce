"""Requests that were granted become a changeset, which two persons decide as any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from esaylov.custody import client
from esaylov.voters.assignments.following import ADDRESS, INCLUDED
from esaylov.voters.blocks import Kind
from esaylov.voters.entering import PATIENCE, PURPOSE, Given, stage_given
from esaylov.voters.models import Changeset, Former, Voter
from esaylov.voters.places.houses import frozen_precincts
from esaylov.voters.requests import queries
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.queries import Wanted

KIND = "request"
OBJECTION, CORRECTION, PRECINCT = "objection", "correction", "precinct"


def count(election: str) -> int:
    """How many granted requests could go into a changeset now (an objection only once its voter is removed)."""
    rows = queries.waiting_rows(election)
    objections = list(rows.filter(request__kind=OBJECTION).values_list("request__voter", flat=True))
    there = Voter.objects.filter(id__in=[voter for voter in objections if voter is not None]).count()
    return rows.count() - there


def stage_requests(election: str) -> Changeset | None:
    """All granted requests that wait, as one changeset, compared; None where none can be carried out now.

    Of several about one entry the oldest is taken; the others go on waiting (`left` of its counts), as those do whose entry is
    gone and those of lists that are frozen: there only the supplement is left (Art. 29). Raises what `entering.stage_given`
    raises, and the custodian's errors; then all of them wait as before.
    """
    wanted = queries.waiting(election)
    chosen = list(_of_each_entry(_outside_of_frozen(election, list(_given(wanted)))))
    taken = [one.request.id for one, _ in chosen]
    return stage_given(
        election,
        KIND,
        [given for _, given in chosen],
        counts={"requests": len(chosen), "left": len(wanted) - len(chosen)},
        then=lambda changeset: queries.take(changeset.id, taken),
    )


def numbers(changeset: int) -> list[str]:
    """The numbers of the requests that a changeset carries out."""
    rows = Request.objects.filter(taken__changeset=changeset).order_by("number")
    return list(rows.values_list("number", flat=True))


def _given(wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Given]]:
    """What each request does with an entry; those with which nothing can be done now are left out."""
    named = {one.voter for one in wanted if one.voter is not None}
    there = set(Voter.objects.filter(id__in=named).values_list("id", flat=True))
    former = Former.objects.filter(voter__in=named - there, kind=Kind.REMOVED)
    gone = set(former.values_list("voter", flat=True))
    listed = _listed(wanted)
    for one in wanted:
        voter = listed.get(one.request.id, one.voter)
        if voter in there or one.request.id in listed:
            if one.kind != OBJECTION:
                yield one, _changed(one, voter)
        elif one.kind == OBJECTION:
            if voter in gone:
                yield one, _of(one, Kind.ADDED, voter, one.assigned or INCLUDED)
        elif one.record is not None and one.kind not in (CORRECTION, PRECINCT):
            yield one, _of(one, Kind.ADDED, None, one.assigned or INCLUDED)


def _outside_of_frozen(
    election: str, given: Sequence[tuple[Wanted, Given]]
) -> Iterator[tuple[Wanted, Given]]:
    """Those that touch no list that is frozen."""
    frozen = frozen_precincts(election)
    rows = Voter.objects.filter(id__in={change.voter for _, change in given if change.voter is not None})
    now = dict(rows.values_list("id", "precinct"))
    for one, change in given:
        if change.precinct not in frozen and now.get(change.voter or 0) not in frozen:
            yield one, change


def _changed(one: Wanted, voter: int | None) -> Given:
    """An entry that stands: what it says, or where it belongs. A precinct that was decided takes the place of an earlier one."""
    reason = one.assigned if one.kind == CORRECTION else one.assigned or ADDRESS
    return _of(one, Kind.CHANGED if one.kind == CORRECTION else Kind.MOVED, voter, reason)


def _of(one: Wanted, kind: Kind, voter: int | None, reason: str) -> Given:
    return Given(kind, voter, one.record, one.district, one.mahalla, one.precinct, reason)


def _listed(wanted: Sequence[Wanted]) -> dict[int, int]:
    """Of those who are to be included: the entries of those who are on the list already, by request."""
    asked = [one for one in wanted if one.voter is None and one.record is not None]
    values = [(one.record or {}).get("pinfl", "") for one in asked]
    found: dict[int, int] = {}
    for digests in client.digests("pinfl", values, purpose=PURPOSE, wait=PATIENCE) if values else ():
        entries = {
            row.pinfl: row.id for row in Voter.objects.filter(pinfl__in=[UUID(bytes=d) for d in digests])
        }
        for one, digest in zip(asked, digests, strict=True):
            if (voter := entries.get(UUID(bytes=digest))) is not None:
                found[one.request.id] = voter
    return found


def _of_each_entry(given: Iterable[tuple[Wanted, Given]]) -> Iterator[tuple[Wanted, Given]]:
    """The first of each entry, and the first of each person who is new."""
    seen: set[int | str] = set()
    for one, change in given:
        who = change.voter if change.voter is not None else (one.record or {}).get("pinfl", "")
        if who not in seen:
            seen.add(who)
            yield one, change
