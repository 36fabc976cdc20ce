"""What is known of requests: the queue of a commission, one by number and code, what waits for a changeset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from esaylov.acts.bulk import insert_rows
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.proceedings.applications import is_secret, plain_secret
from esaylov.voters.applying import in_force
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.requests.kinds import LISTED
from esaylov.voters.requests.models import Request, RequestDecision, RequestTaken
from esaylov.voters.requests.said import DECISIONS, GATHERING
from esaylov.voters.requests.wanted import Wanted, wanted_of

State = Changeset.State
PATIENCE = 60.0
"""Seconds that the custodian's limits may hold up what is opened for a changeset."""
ANOTHER = b"\0" * 32


Opener = Callable[..., list[dict[str, str]]]
"""What opens sealed rows: the custodian's client, or somebody who counts what it answers."""


def waiting(
    election: str, most: int | None = None, last: Collection[str] = (), without: Collection[str] = (),
    open_rows: Opener = client.open_rows,
) -> list[Wanted]:  # fmt: skip
    """Granted requests of the list that no changeset carries out, the oldest first, no more than `most`. `last`: numbers that
    come after all others; `without`: numbers that are not looked at.

    Asks the custodian (never within a transaction that writes): raises CustodianDown, Throttled, KeyringError.
    """
    behind = set(last)
    found = sorted(
        waiting_rows(election).exclude(request__number__in=without),
        key=lambda row: row.request.number in behind,
    )
    rows = sorted(found[:most], key=lambda row: row.journal)
    sealed = [(row.request_id, bytes(row.sealed)) for row in rows]
    opened = open_rows(sealed, purpose=GATHERING, table=DECISIONS, wait=PATIENCE) if sealed else []
    return wanted_of(election, [(row.request, said) for row, said in zip(rows, opened, strict=True)])


def waiting_rows(election: str) -> QuerySet[RequestDecision]:
    """The decisions behind them."""
    given_up = _given_up().values("id")
    taken = RequestTaken.objects.filter(request=OuterRef("request_id")).exclude(changeset__in=given_up)
    granted = RequestDecision.objects.filter(request__election=election, verdict="granted")
    rows = granted.filter(~Exists(taken), request__kind__in=LISTED)
    # Whose entry has not left the list keeps it: the changeset that would remove it leaves it out.
    listed = Voter.objects.filter(id=OuterRef("request__voter"))
    rows = rows.exclude(Exists(listed), request__kind="objection")
    return rows.select_related("request", "request__precinct").order_by("journal")


def _given_up() -> QuerySet[Changeset]:
    """The changesets that carry out nothing any more: given up, or taken back for good."""
    taken_back = Q(state=State.REVERSED) & ~Q(id__in=in_force())
    return Changeset.objects.filter(taken_back | Q(state__in=(State.DISCARDED, State.FAILED)))


def in_list(changeset: Changeset) -> bool:
    """Whether it went into the list, and was not taken back or is in force again."""
    return changeset.id in in_force()


def take(changeset: int, requests: Iterable[int]) -> None:
    """Notes, in the transaction that stages a changeset, which requests (their ids) it carries out."""
    insert_rows("voters_requesttaken", ("request_id", "changeset"), [(one, changeset) for one in requests])


def by_code(number: str, secret: str) -> Request | None:
    """A request by number and secret code; the same work whether the number is known or not."""
    rows = Request.objects.filter(number=number.strip().upper()).select_related("precinct", "territory")
    plain, found = plain_secret(secret), None
    for row in [*rows, None]:
        if is_secret(plain, bytes(row.code) if row is not None else ANOTHER):
            found = row
    return found


def requests_for(election: str, actor: Actor) -> QuerySet[Request]:
    """Those that the actor's commission decides: of its precinct; or of its territory, where no precinct is known."""
    rows = Request.objects.filter(election=election).select_related("decision", "precinct", "territory")
    if actor.precinct is not None:
        return rows.filter(precinct=actor.precinct)
    if actor.territory is None or actor.tier == "cec":
        return rows.none()
    return rows.filter(precinct__isnull=True, territory__lineage__contains=[actor.territory])


def overdue_below(election: str, actor: Actor, now: datetime) -> QuerySet[Request]:
    """Those that commissions of precincts below let wait beyond the law's hours."""
    rows = Request.objects.filter(
        election=election, decision__isnull=True, due__lt=now, precinct__isnull=False
    )
    if actor.precinct is not None:
        return rows.none()
    if actor.tier == "cec":
        return rows
    return rows.filter(territory__lineage__contains=[actor.territory or 0])


def visits(election: str, precinct: int) -> QuerySet[Request]:
    """Early votes and home visits granted by a precinct, or to its voters before it was theirs; the earliest decision first."""
    here = Voter.objects.filter(precinct=precinct).values("id")
    rows = Request.objects.filter(
        Q(precinct=precinct) | Q(precinct__isnull=True, voter__in=here),
        election=election, decision__verdict="granted",
    )  # fmt: skip
    return rows.filter(~Q(kind__in=LISTED)).select_related("decision").order_by("kind", "decision__at")


def carried(request: Request) -> Changeset | None:
    """The changeset that carries out a granted request, the last one that was not given up."""
    numbers = RequestTaken.objects.filter(request=request).values("changeset")
    return Changeset.objects.filter(id__in=numbers).exclude(id__in=_given_up()).order_by("-id").first()
