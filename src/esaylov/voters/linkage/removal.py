"""Entries that two persons found to be somebody's second one wait here until a changeset removes them.

The changeset is proposed, approved and applied as any other: four eyes see the removal itself too, and it can be
taken back.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from esaylov.acts.bulk import insert_rows
from esaylov.voters.applying import district_counts, fingerprint, head, lock_list, open_stage, staged_counts
from esaylov.voters.blocks import Kind
from esaylov.voters.linkage.models import Pair
from esaylov.voters.models import Changeset, Voter

KIND = "linkage"
REASON = "duplicate"
_GIVEN_UP = (Changeset.State.DISCARDED, Changeset.State.FAILED)


def waiting() -> QuerySet[Pair]:
    """Pairs decided to be one person whose second entry no changeset removes yet."""
    given_up = Changeset.objects.filter(kind=KIND, state__in=_GIVEN_UP).values("id")
    decided = Pair.objects.filter(state=Pair.State.DECIDED, verdict="same", removes__isnull=False)
    return decided.filter(Q(changeset__isnull=True) | Q(changeset__in=given_up))


@transaction.atomic
def stage_removals(election: str) -> Changeset | None:
    """A changeset, compared, that removes all entries that wait; None where none waits."""
    lock_list()
    pairs = {pair.id: pair.removes for pair in waiting().select_for_update()}
    entries = list(
        Voter.objects.filter(id__in=set(pairs.values()))
        .order_by("id")
        .values_list("id", "district", "mahalla")
    )
    if not entries:
        return None
    changeset = Changeset.objects.create(election=election, kind=KIND, base=head(), made_at=datetime.now(UTC))
    table = open_stage(changeset.id)
    rows = [(int(Kind.REMOVED), *entry, REASON) for entry in entries]
    insert_rows(table, ("kind", "voter", "district", "mahalla", "reason"), rows)
    Pair.objects.filter(id__in=pairs).update(changeset=changeset.id)
    return _compared(changeset)


def _compared(changeset: Changeset) -> Changeset:
    changeset.counts = {"rows": 0, "taken": 0, "problems": {}, **staged_counts(changeset.id)}
    changeset.sha256 = fingerprint(changeset.id)
    changeset.state = Changeset.State.COMPARED
    changeset.save()
    counted = [(changeset.id, *row) for row in district_counts(changeset.id)]
    insert_rows("voters_districtcount", ("changeset_id", "district", "kind", "rows"), counted)
    return changeset
