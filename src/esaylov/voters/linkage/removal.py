"""Entries that two persons found to be somebody's second one wait here until a changeset removes them.

The changeset is proposed, approved and applied as any other: four eyes see the removal itself too, and it can be
taken back.

Pairs are decided one by one, and what is said of them together may leave nobody: of three entries each can be the second one of
another. Therefore whoever is decided to be one person, over however many pairs, keeps an entry: the one that fewest decisions
take away, of several the oldest. It is looked at again when the changeset is applied (`nobody_stays`). Whoever was assigned to a
precinct by the entry that leaves (`assignments`) is by the one that stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from psycopg import sql

from esaylov.acts.bulk import insert_rows
from esaylov.acts.context import get_context
from esaylov.voters.applying import (
    compared,
    head,
    open_stage,
    stage_of,
)
from esaylov.voters.assignments.queries import standing
from esaylov.voters.blocks import Kind
from esaylov.voters.linkage.models import Pair
from esaylov.voters.locks import lock_list
from esaylov.voters.models import Changeset, Voter

KIND = "linkage"
REASON = "duplicate"
State = Pair.State
_GIVEN_UP = (Changeset.State.DISCARDED, Changeset.State.FAILED)


def waiting() -> QuerySet[Pair]:
    """Pairs decided to be one person whose second entry no changeset removes yet."""
    given_up = Changeset.objects.filter(kind=KIND, state__in=_GIVEN_UP).values("id")
    decided = Pair.objects.filter(state=State.DECIDED, verdict="same", removes__isnull=False)
    return decided.filter(Q(changeset__isnull=True) | Q(changeset__in=given_up))


@transaction.atomic
def stage_removals(election: str) -> Changeset | None:
    """A changeset, compared, that removes all entries that wait; None where none waits.

    A pair of which the list has no second entry any more is no longer one.
    """
    lock_list()
    pairs = list(waiting().select_for_update())
    leaving = _leaving(pairs)
    settled = [pair.id for pair in pairs if not leaving & {pair.first, pair.second}]
    Pair.objects.filter(id__in=settled).update(state=State.GONE)
    if not leaving:
        return None
    entries = Voter.objects.filter(id__in=leaving).order_by("id").values_list("id", "district", "mahalla")
    changeset = Changeset.objects.create(
        election=election, kind=KIND, base=head(), made_at=get_context(election).now()
    )
    table = open_stage(changeset.id)
    rows = [(int(Kind.REMOVED), *entry, REASON) for entry in entries]
    insert_rows(table, ("kind", "voter", "district", "mahalla", "reason"), rows)
    _assign_who_stays(election, table, leaving)
    Pair.objects.filter(id__in={pair.id for pair in pairs}.difference(settled)).update(changeset=changeset.id)
    return compared(changeset, {"rows": 0, "taken": 0, "problems": {}})


INHERIT = """INSERT INTO {stage} (kind, voter, pinfl, document, content, house, district, mahalla, precinct, reason, sealed)
    SELECT %s, v.id, v.pinfl, v.document, v.content, v.house, v.district, v.mahalla, %s, %s, v.sealed
    FROM voters_voter v WHERE v.id = %s"""


def _assign_who_stays(election: str, table: str, leaving: set[int]) -> None:
    """Moves the entries that stay to the precincts that the leaving ones of the same persons were assigned to."""
    day = get_context(election).now().date()
    assigned = {one.voter: one for one in standing(day, election, leaving) if one.precinct is not None}
    for here in _listed(assigned):
        staying = here - leaving
        if not staying or any(one.precinct is not None for one in standing(day, election, staying)):
            continue
        last = max((assigned[voter] for voter in here & assigned.keys()), key=lambda one: one.id)
        with connection.cursor() as cursor:
            statement = sql.SQL(INHERIT).format(stage=sql.Identifier(table)).as_string()
            cursor.execute(statement, [int(Kind.MOVED), last.precinct, last.why, min(staying)])


ANEW = """INSERT INTO voters_pair
    (search_id, first, second, first_district, second_district, weight, exact, levels, state, verdict)
    SELECT p.search_id, p.first, p.second, p.first_district, p.second_district, p.weight, p.exact, p.levels, 'open', ''
    FROM voters_pair p JOIN voters_voter one ON one.id = p.first JOIN voters_voter other ON other.id = p.second
    WHERE p.changeset = %s AND p.state = 'gone' AND p.removes IS NOT NULL"""


def offer_anew(changeset: int) -> None:
    """The removals of a changeset were taken back: what was decided of its pairs holds no longer (the steps stay), and both
    entries of each come into the queue again, as a pair with a number of its own.
    """
    pairs = Pair.objects.filter(changeset=changeset)
    pairs.update(state=State.GONE)
    with connection.cursor() as cursor:
        cursor.execute(ANEW, [changeset])
    pairs.update(removes=None)


def nobody_stays(changeset: int) -> bool:
    """Whether somebody's last entry would leave the list with the changes that wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT voter FROM {stage_of(changeset)} WHERE kind = %s", [Kind.REMOVED])
        leaving = {voter for (voter,) in cursor.fetchall()}
    return any(here <= leaving for here in _listed(leaving))


def _leaving(pairs: Sequence[Pair]) -> set[int]:
    """The entries that leave of those that pairs name: never all of a person's."""
    named = Counter(pair.removes for pair in pairs if pair.removes is not None)
    leaving: set[int] = set()
    for here in _listed(named):
        left = here & named.keys()
        if left == here:
            left -= {min(left, key=lambda entry: (named[entry], entry))}
        leaving |= left
    return leaving


def _listed(entries: Iterable[int]) -> list[set[int]]:
    """Of each person with one of these entries: all entries that are in the list (there may be none)."""
    wanted = set(entries)
    # (Where one entry has left otherwise, the pair is gone, and what was decided of it still holds.)
    same = Pair.objects.filter(state__in=(State.DECIDED, State.GONE), verdict="same", removes__isnull=False)
    people = [person for person in _people(same.values_list("first", "second")) if person & wanted]
    everything = set[int]().union(*people)
    present = set(Voter.objects.filter(id__in=everything).values_list("id", flat=True))
    return [person & present for person in people]


def _people(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Entries that pairs connect, person by person."""
    found: dict[int, set[int]] = {}
    for first, second in pairs:
        one, other = found.setdefault(first, {first}), found.setdefault(second, {second})
        if one is not other:
            small, large = sorted((one, other), key=len)
            large |= small
            found.update(dict.fromkeys(small, large))
    return list({id(person): person for person in found.values()}.values())
