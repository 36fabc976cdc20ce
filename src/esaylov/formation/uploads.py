"""Files of members that were handed in: encrypted, for an hour, for the person who handed them in; one at a time for a body."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.db import IntegrityError, transaction

from esaylov.acts import vault
from esaylov.acts.powers import Actor
from esaylov.exchange.members.grid import MAX_BYTES
from esaylov.formation.models import Upload

KEPT = timedelta(hours=1)
"""How long a file waits for its confirmation."""
MOST = 3
"""So many files of one person wait at a time."""
TOLD = timedelta(days=7)
"""How long its problems can be looked at."""
BUSY = (Upload.State.WAITING, Upload.State.READING, Upload.State.CONFIRMED, Upload.State.ENTERING)
# The other fields of a form beside the largest file.
ALLOWED = MAX_BYTES + (1 << 20)


class TooLarge(FileUploadHandler):
    """Refuses an upload by the length that it announces, before a byte of it is read."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Raises RequestDataTooBig."""
        if content_length > ALLOWED:
            raise RequestDataTooBig(f"a form takes {ALLOWED:,} bytes at most")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hands the data to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler keeps the file."""


class OneAtATime(RuntimeError):
    """A file of the same body is being worked on."""


def keep(
    actor: Actor, election: str, name: str, data: bytes, *, decision: str = "", language: str = "en"
) -> UUID:
    """Keeps a file that somebody hands in for a body; what is too old goes.

    Raises OneAtATime while another file of the body is being worked on, ValueError without a person.
    """
    if actor.person is None:
        raise ValueError("a body's machine hands in no file")
    tidy()
    _make_room(actor.person)
    number, now = uuid4(), datetime.now(UTC)
    try:
        with transaction.atomic():
            Upload.objects.create(
                id=number, person=actor.person, election=election, name=name[:200], sealed=vault.seal_file(number, data),
                at=now, changed_at=now, body=actor.code, mandate=actor.mandate or 0, decision=decision, language=language,
            )  # fmt: skip
    except IntegrityError:
        raise OneAtATime from None
    return number


def _make_room(person: UUID) -> None:
    """Throws away the content of all but a person's latest files; what is being worked on stays."""
    mine = Upload.objects.filter(person=person).exclude(state__in=BUSY).order_by("-at")
    Upload.objects.filter(id__in=list(mine.values_list("id", flat=True)[MOST - 1 :])).update(
        sealed=None, returned=None
    )


def own(number: UUID, person: UUID | None, election: str) -> Upload | None:
    """A file that this person handed in for this election, None when there is none any more. (Without its content.)"""
    if person is None:
        return None
    rows = Upload.objects.defer("sealed", "returned")
    return rows.filter(id=number, person=person, election=election).first()


def latest(actor: Actor, election: str) -> list[Upload]:
    """The files that somebody handed in for a body, the latest first."""
    if actor.person is None:
        return []
    rows = Upload.objects.defer("sealed", "returned", "result")
    return list(rows.filter(person=actor.person, body=actor.code, election=election).order_by("-at")[:5])


def content(number: UUID) -> bytes | None:
    """What a file holds, None when it was thrown away."""
    row = Upload.objects.only("sealed").filter(id=number).first()
    return vault.open_file(number, bytes(row.sealed)) if row is not None and row.sealed is not None else None


def give_back(number: UUID, data: bytes) -> None:
    """Keeps the workbook of a file's rows with problems, under a key of its own, as long as the file is kept."""
    Upload.objects.filter(id=number).update(returned=vault.seal_file(number, data))


def returned(number: UUID) -> bytes | None:
    """The workbook of a file's rows with problems, None where there is none (any more)."""
    row = Upload.objects.only("returned").filter(id=number).first()
    return (
        vault.open_file(number, bytes(row.returned)) if row is not None and row.returned is not None else None
    )


def confirm(number: UUID, decision: str, mandate: int) -> bool:
    """What was looked at is to be entered under a decision's number; False when it is not there to be entered (any more).

    Raises OneAtATime while another file of the body is being worked on.
    """
    found = Upload.objects.filter(id=number, state=Upload.State.READ, sealed__isnull=False)
    try:
        with transaction.atomic():
            return bool(
                found.update(
                    state=Upload.State.CONFIRMED, decision=decision, mandate=mandate, attempts=0, stage="",
                    changed_at=datetime.now(UTC),
                )
            )  # fmt: skip
    except IntegrityError:
        raise OneAtATime from None


def tidy() -> None:
    """Throws away what is too old: first the content, later what was found. What is being worked on stays."""
    now = datetime.now(UTC)
    over = Upload.objects.exclude(state__in=[Upload.State.READING, Upload.State.ENTERING])
    over.filter(changed_at__lt=now - KEPT).exclude(sealed=None, returned=None).update(
        sealed=None, returned=None
    )
    over.filter(at__lt=now - TOLD).delete()


def reseal() -> int:
    """While the vault's key is being changed: seals what waits under the new one; returns how many files that were."""
    changed = 0
    for number, sealed, returned in Upload.objects.values_list("id", "sealed", "returned"):
        new = {
            name: again
            for name, value in (("sealed", sealed), ("returned", returned))
            if value is not None and (again := vault.reseal_file(number, bytes(value))) is not None
        }
        # (What was thrown away meanwhile stays away.)
        changed += (
            Upload.objects.filter(id=number, **{f"{name}__isnull": False for name in new}).update(**new)
            if new
            else 0
        )
    return changed
