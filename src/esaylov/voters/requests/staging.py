"""Requests that were granted become a changeset, which two persons decide as any other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from esaylov.custody import client
from esaylov.custody.keyring import KeyringError
from esaylov.voters import findings
from esaylov.voters.assignments.following import ADDRESS, INCLUDED
from esaylov.voters.blocks import Kind
from esaylov.voters.entering import PATIENCE, Custodian, Given, stage_given
from esaylov.voters.models import Changeset, Former, KeyCheck, Voter
from esaylov.voters.places.houses import frozen_precincts
from esaylov.voters.requests import queries
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.said import GATHERING
from esaylov.voters.requests.wanted import Wanted
from esaylov.voters.staging import StagingError

KIND = "request"
OBJECTION, CORRECTION, PRECINCT = "objection", "correction", "precinct"
NUMBERS = "left_numbers"
"""Of a changeset's counts: the granted requests that it leaves waiting, each with why."""
CHOSEN, ENTRY, GONE, CLOSED, TAKEN = "chosen", "entry", "gone", "closed", "pinfl"
"""Why: by whoever gathered them; an older one is about the same entry or person; the entry is not on the list any more (or, of an
objection, not off it); its list is closed; another entry of the list has the PINFL."""
WHY: dict[str, Any] = {
    CHOSEN: gettext_lazy("left out by whoever prepared the changeset"),
    ENTRY: gettext_lazy("an older request is about the same entry or person"),
    GONE: gettext_lazy("the entry is not on the list any more"),
    CLOSED: gettext_lazy("the list of the precinct is closed"),
    TAKEN: gettext_lazy("another entry of the list has this PINFL"),
}
MOST = 50_000
"""So many requests a changeset, the oldest: they stand in memory together, and new entries are numbered from one block."""
ROWS = 6
"""So many rows the custodian opens or makes digests of for each request."""
Change = tuple[Wanted, Given]


class Keeper(Custodian, Protocol):
    """What is asked besides for the decisions behind requests."""

    def open_rows(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, table: str = ..., wait: float = 0.0, body: str = ""
    ) -> list[dict[str, str]]:  # fmt: skip
        """Sealed texts of rows of a table."""


def count(election: str) -> int:
    """How many granted requests could go into a changeset now (an objection only once its voter is removed)."""
    rows = queries.waiting_rows(election)
    objections = list(rows.filter(request__kind=OBJECTION).values_list("request__voter", flat=True))
    there = Voter.objects.filter(id__in=[voter for voter in objections if voter is not None]).count()
    return rows.count() - there


def stage_requests(
    election: str, without: Collection[str] = (), custodian: Keeper = client.custody,
    then: Callable[[Changeset], object] = lambda _: None,
) -> Changeset | None:  # fmt: skip
    """The granted requests that wait, the oldest `MOST`, as one changeset, compared; None where none can be carried out now.

    Of several about one entry or one person the oldest is taken; the others go on waiting (`left` of its counts), as those do
    whose entry is gone, whose person another entry has, those of lists that are frozen (there only the supplement is left,
    Art. 29), and those `without` which it is to be: their numbers. `then`: what is written about it in the same transaction.
    Raises what `entering.stage_given` raises, and the custodian's errors; then all of them wait as before.
    """
    rows = queries.waiting_rows(election).filter(request__number__in=without)
    left = dict.fromkeys(rows.values_list("request__number", flat=True), CHOSEN)
    last = set(_left_by_the_last(election))
    keys = _keys()
    chosen = _chosen(election, last, left, custodian)
    while not chosen and not left.keys() <= last:  # (None of these: then others.)
        last |= left.keys()
        chosen = _chosen(election, last, left, custodian)
    taken = [one.request.id for one, _ in chosen]

    def written(changeset: Changeset) -> None:
        if _keys() != keys:
            raise KeyringError("the keys of the voter list were changed meanwhile")
        if queries.waiting_rows(election).filter(request_id__in=taken).count() < len(taken):
            raise StagingError([findings.changes_again_and_again()])
        queries.take(changeset.id, taken)
        then(changeset)

    return stage_given(
        election,
        KIND,
        [change for _, change in chosen],
        purpose=GATHERING,
        custodian=custodian,
        counts={"requests": len(chosen), "left": len(left), NUMBERS: left},
        then=written,
    )


def _keys() -> set[int]:
    """The generations of keys; what takes minutes could begin under one and end under another."""
    return set(KeyCheck.objects.values_list("generation", flat=True))


def _chosen(election: str, last: Collection[str], left: dict[str, str], custodian: Keeper) -> list[Change]:
    """What can be carried out of the next `MOST`; `last`: numbers whose turn comes after all others; `left` is added to."""
    without = [number for number in left if left[number] == CHOSEN]
    wanted = queries.waiting(election, MOST, last, without, custodian.open_rows)
    people = _people(wanted, custodian)
    given = _given(wanted, people, left)
    return _of_each_entry(_outside_of_frozen(election, given, left), people, left)


def left(changeset: Changeset) -> list[tuple[str, Any]]:
    """The granted requests that a changeset leaves waiting, and why, in words."""
    named = changeset.counts.get(NUMBERS, {})
    return [(number, WHY[why]) for number, why in sorted(named.items())]


def _left_by_the_last(election: str) -> dict[str, str]:
    """The numbers that the last changeset of requests left waiting, and why."""
    last = Changeset.objects.filter(election=election, kind=KIND).order_by("-id").first()
    return dict(last.counts.get(NUMBERS, {})) if last is not None else {}


def why_left(request: Request) -> Any:
    """Why the last changeset of requests left a granted one waiting, in words; "" where it did not."""
    return WHY.get(_left_by_the_last(request.election).get(request.number, ""), "")


def left_out(election: str) -> list[str]:
    """The numbers that whoever gathered the last changeset of requests left out, as far as they still wait."""
    chosen = [number for number, why in _left_by_the_last(election).items() if why == CHOSEN]
    rows = queries.waiting_rows(election).filter(request__number__in=chosen)
    return sorted(rows.values_list("request__number", flat=True))


def numbers(changeset: int) -> list[str]:
    """The numbers of the requests that a changeset carries out."""
    rows = Request.objects.filter(taken__changeset=changeset).order_by("number")
    return list(rows.values_list("number", flat=True))


@dataclass(frozen=True, slots=True)
class _People:
    """Whose PINFL requests name (of a removed entry: had), by their ids, as digests under every generation of keys; and the
    entries of the list that have these.
    """

    digests: Mapping[int, frozenset[UUID]]
    entries: Mapping[UUID, int]

    def of(self, one: Wanted) -> frozenset[UUID]:
        return self.digests.get(one.request.id, frozenset())

    def listed(self, one: Wanted) -> int | None:
        """The entry that has this PINFL."""
        return next((self.entries[digest] for digest in self.of(one) if digest in self.entries), None)


def _people(wanted: Sequence[Wanted], custodian: Keeper) -> _People:
    named = [(one.request.id, one.record["pinfl"]) for one in wanted if one.record is not None]
    digests: dict[int, set[UUID]] = {number: set() for number, _ in named}
    made = (
        custodian.digests("pinfl", [pinfl for _, pinfl in named], purpose=GATHERING, wait=PATIENCE)
        if named
        else ()
    )
    for generation in made:
        for (number, _), digest in zip(named, generation, strict=True):
            digests[number].add(UUID(bytes=digest))
    objected = [one for one in wanted if one.record is None and one.kind == OBJECTION]
    stay = {one.request.id: one.voter for one in objected if one.voter is not None}
    had = {row.voter: row.pinfl for row in _removed(stay.values()).order_by("id")}
    digests |= {number: {had[voter]} for number, voter in stay.items() if voter in had}
    rows = Voter.objects.filter(pinfl__in={digest for found in digests.values() for digest in found})
    return _People(
        {number: frozenset(found) for number, found in digests.items()}, {row.pinfl: row.id for row in rows}
    )


def _removed(voters: Iterable[int]) -> QuerySet[Former]:
    return Former.objects.filter(voter__in=set(voters), kind=Kind.REMOVED)


def _given(wanted: Sequence[Wanted], people: _People, left: dict[str, str]) -> list[Change]:
    """What each request does with an entry. `left`: takes those with which nothing can be done now."""
    named = {one.voter for one in wanted if one.voter is not None}
    there = set(Voter.objects.filter(id__in=named).values_list("id", flat=True))
    gone = set(_removed(named - there).values_list("voter", flat=True))
    found = []
    for one in wanted:
        if (change := _change(one, people.listed(one), there, gone)) is None:
            left[one.request.number] = GONE
        elif people.listed(one) not in (None, change.voter):
            left[one.request.number] = TAKEN
        else:
            found.append((one, change))
    return found


def _change(one: Wanted, listed: int | None, there: Collection[int], gone: Collection[int]) -> Given | None:
    """`listed`: the entry that has the PINFL of the record: who is to be included may be on the list by now."""
    voter = listed if one.voter is None and one.record is not None else one.voter
    if voter in there or (voter is not None and voter == listed):
        return None if one.kind == OBJECTION else _changed(one, voter)
    if one.kind == OBJECTION:
        return _of(one, Kind.ADDED, voter, one.assigned or INCLUDED) if voter in gone else None
    if one.record is None or one.kind in (CORRECTION, PRECINCT):
        return None
    return _of(one, Kind.ADDED, None, one.assigned or INCLUDED)


def _outside_of_frozen(election: str, given: Sequence[Change], left: dict[str, str]) -> list[Change]:
    """Those that touch no list that is frozen."""
    frozen = frozen_precincts(election)
    rows = Voter.objects.filter(id__in={change.voter for _, change in given if change.voter is not None})
    now = dict(rows.values_list("id", "precinct"))
    found = []
    for one, change in given:
        if change.precinct in frozen or now.get(change.voter or 0) in frozen:
            left[one.request.number] = CLOSED
        else:
            found.append((one, change))
    return found


def _changed(one: Wanted, voter: int | None) -> Given:
    """An entry that stands: what it says, or where it belongs. A precinct that was decided takes the place of an earlier one."""
    reason = one.assigned if one.kind == CORRECTION else one.assigned or ADDRESS
    return _of(one, Kind.CHANGED if one.kind == CORRECTION else Kind.MOVED, voter, reason)


def _of(one: Wanted, kind: Kind, voter: int | None, reason: str) -> Given:
    return Given(kind, voter, one.record, one.district, one.mahalla, one.precinct, reason)


def _of_each_entry(given: Sequence[Change], people: _People, left: dict[str, str]) -> list[Change]:
    """The first of each entry, and of each person whom a record names, whatever is asked for."""
    seen: set[int | UUID] = set()
    found = []
    for one, change in given:
        who: set[int | UUID] = {*people.of(one), *([change.voter] if change.voter is not None else [])}
        if who & seen:
            left[one.request.number] = ENTRY
        else:
            seen |= who
            found.append((one, change))
    return found
