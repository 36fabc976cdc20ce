"""The records of a pair, opened by the custodian; the look is written down for both voters."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.design.words import in_language
from esaylov.voters import access
from esaylov.voters.linkage.models import Pair
from esaylov.voters.models import Mahalla, Voter
from esaylov.voters.persons import CLOSED, address_of, why_closed

OPENED_FOR = "pair review"
"""To the custodian: a page must not spend what a search through the whole list may, nor be refused where only that is."""
PURPOSE = "linkage"
"""To the voter, who asks why somebody looked."""
Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """Both entries by field (`found.COMPARED`), as they are written."""

    first: Record
    second: Record


@dataclass(frozen=True, slots=True)
class Closed:
    """They cannot be shown, and why."""

    reason: str


def open_pair(pair: Pair, actor: Actor) -> Opened | Closed:
    """What both entries say; for an entry that left the list nothing."""
    rows = {row.id: row for row in Voter.objects.filter(id__in=[pair.first, pair.second])}
    if len(rows) < 2:
        return Closed(gettext("One of the two entries has left the list."))
    names = {row.id: in_language(row.names, row.code) for row in
             Mahalla.objects.filter(id__in={row.mahalla for row in rows.values()})}  # fmt: skip
    try:
        # (Opened before anything is written: a transaction that waits for the custodian would hold back the log.)
        records = client.open_rows(
            [(number, bytes(rows[number].sealed)) for number in (pair.first, pair.second)],
            purpose=OPENED_FOR,
            body=actor.code,
        )
    except CLOSED as error:
        return Closed(why_closed(error))
    access.record(sorted(rows), body=actor.code, person=actor.person, purpose=PURPOSE)
    first, second = (
        {**record, "address": address_of(record, names.get(rows[number].mahalla, ""))}
        for number, record in zip((pair.first, pair.second), records, strict=True)
    )
    return Opened(first, second)
