"""Files of rules that were handed in, until they are decided: an hour, for the person who handed them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from esaylov.acts.powers import Actor
from esaylov.voters.places.models import RulesFile

KEPT = timedelta(hours=1)
MOST = 5
"""So many files of one person are kept at a time."""


def keep(actor: Actor, election: str, name: str, content: bytes) -> UUID:
    """Keeps a file; what is too old goes. Raises ValueError without a person."""
    if actor.person is None:
        raise ValueError("a body's machine hands in no file")
    now = datetime.now(UTC)
    RulesFile.objects.filter(at__lt=now - KEPT).delete()
    mine = RulesFile.objects.filter(person=actor.person).order_by("-at").values_list("id", flat=True)
    RulesFile.objects.filter(id__in=list(mine[MOST - 1 :])).delete()
    row = RulesFile.objects.create(
        id=uuid4(), election=election, body=actor.code, person=actor.person, name=name[:200], content=content, at=now
    )  # fmt: skip
    return row.id


def own(number: UUID, actor: Actor, election: str) -> RulesFile | None:
    """A file that this person handed in for this body and election, None when there is none any more."""
    since = datetime.now(UTC) - KEPT
    rows = RulesFile.objects.filter(id=number, election=election, body=actor.code, at__gte=since)
    return rows.filter(person=actor.person).first() if actor.person is not None else None
