"""The work of gathering granted requests into a changeset, which the voter list's loop does (`voters.worker`).

Somebody asks for it, and a row says how far it is. The changeset, which requests it carries out and the row's end are written by
one transaction at the end of it: a process that is killed leaves nothing of them, and the next one begins again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Q

from esaylov.acts.context import get_context
from esaylov.custody.client import CustodianDown, Custody, Throttled, custody
from esaylov.custody.keyring import KeyringError
from esaylov.voters.models import Changeset
from esaylov.voters.requests import staging
from esaylov.voters.requests.models import Gathering
from esaylov.voters.staging import StagingError

logger = logging.getLogger(__name__)
State = Gathering.State
BUSY = (State.ASKED, State.RUNNING)
ATTEMPTS = 5
"""So often it is begun: what kills the process each time does not stop the others' work."""
PAUSE = timedelta(seconds=30)
"""How long it waits for a custodian that does not answer, or whose keys are being changed."""
PIECE = 2_000
TELL = 1.0
"""Seconds between two notes of how far it is."""
CLOSED, THROTTLED, BROKEN = "closed", "throttled", "broken"
"""Why it waits or failed: the custodian does not answer; the measure of gathering is used up; something else."""


def ask(election: str, person: UUID | None, without: Sequence[str] = ()) -> tuple[Gathering, bool]:
    """Asks for it, but the numbers `without`; the row, and whether it is a new one: there is one at a time for an election, and
    whoever asks meanwhile sees that one.
    """
    made = Gathering(
        election=election, person=person, without=sorted(set(without)), asked_at=get_context(election).now()
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return Gathering.objects.filter(election=election).latest("id"), False
    return made, True


def last(election: str) -> Gathering | None:
    """The one that was asked for last."""
    return Gathering.objects.filter(election=election).order_by("-id").first()


def resume() -> None:
    """What a process that is gone had begun waits again."""
    Gathering.objects.filter(state=State.RUNNING).update(state=State.ASKED)


def run_one() -> bool:
    """Gathers for whoever asked first; whether there was anything to do. Raises django.db.OperationalError and InterfaceError, by
    which a connection is lost.
    """
    ready = Q(tried_at=None) | Q(tried_at__lt=datetime.now(UTC) - PAUSE)
    row = Gathering.objects.filter(ready, state=State.ASKED).order_by("id").first()
    if row is None:
        return False
    if row.attempts >= ATTEMPTS:
        _end(row, State.FAILED, why={"code": BROKEN})
        return True
    _mark(
        row, state=State.RUNNING, attempts=row.attempts + 1, done=0, total=staging.count(row.election), why={}
    )
    try:
        _gather(row)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        _refused(row, error)
    return True


def _gather(row: Gathering) -> None:
    def written(changeset: Changeset) -> None:
        _end(row, State.DONE, changeset=changeset.id, done=row.total)

    counted = Counted(custody, _teller(row))
    if staging.stage_requests(row.election, row.without, counted, written) is None:
        _end(row, State.DONE)


def _refused(row: Gathering, error: Exception) -> None:
    """It waits where the custodian may answer later; else it failed, and is to be asked for again."""
    if isinstance(error, CustodianDown | KeyringError):
        now = datetime.now(UTC)
        _mark(row, state=State.ASKED, attempts=row.attempts - 1, tried_at=now, why={"code": CLOSED})
    elif isinstance(error, Throttled):
        _end(row, State.FAILED, why={"code": THROTTLED})
    elif isinstance(error, StagingError):
        finding = error.findings[0]
        why = {"code": finding.code, "text": dict(finding.text), "article": finding.article or ""}
        _end(row, State.FAILED, why=why)
    else:
        logger.error("granted requests could not be gathered: %s", type(error).__name__)
        _end(row, State.FAILED, why={"code": BROKEN})


def _teller(row: Gathering) -> Callable[[int], None]:
    """What notes, now and then, how many requests the rows that the custodian answered stand for."""
    answered, told = 0, time.monotonic()

    def tell(rows: int) -> None:
        nonlocal answered, told
        answered += rows
        if time.monotonic() - told > TELL:
            told = time.monotonic()
            _mark(row, done=min(answered // staging.ROWS, row.total))

    return tell


def _mark(row: Gathering, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    Gathering.objects.filter(id=row.id).update(**values)


def _end(row: Gathering, state: str, **values: Any) -> None:
    _mark(row, state=state, ended_at=get_context(row.election).now(), **values)


class Counted:
    """A custodian that is asked in pieces, and somebody who is told how many rows each answered."""

    def __init__(self, custodian: Custody, tell: Callable[[int], None]) -> None:
        self._custodian, self._tell = custodian, tell

    def digests(
        self, field: str, values: Sequence[str], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[list[bytes]]:
        """As the custodian's. Raises CustodianDown where the keys change between two pieces."""
        made: list[list[bytes]] = []
        for piece in self._pieces(values):
            found = self._custodian.digests(field, piece, purpose=purpose, wait=wait, body=body)
            if made and len(made) != len(found):
                raise CustodianDown("the custodian's keys change")
            made = [[*before, *more] for before, more in zip(made, found, strict=True)] if made else found
        return made or [[]]

    def open_rows(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, table: str = "voters_voter", wait: float = 0.0,
        body: str = "",
    ) -> list[dict[str, str]]:  # fmt: skip
        """As the custodian's."""
        return [
            one
            for piece in self._pieces(rows)
            for one in self._custodian.open_rows(piece, purpose=purpose, table=table, wait=wait, body=body)
        ]

    def open_plain(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[bytes]:
        """As the custodian's."""
        return [
            one
            for piece in self._pieces(rows)
            for one in self._custodian.open_plain(piece, purpose=purpose, wait=wait, body=body)
        ]

    def seal_rows(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[bytes]:
        """As the custodian's: nobody needs a measure for it."""
        return self._custodian.seal_rows(rows)

    def _pieces(self, values: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """Pieces of them; what comes after one has been answered is told."""
        for at in range(0, len(values), PIECE):
            piece = values[at : at + PIECE]
            yield piece
            self._tell(len(piece))
