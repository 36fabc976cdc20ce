"""Files that wait for their confirmation: encrypted, for an hour, for the person who handed them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from esaylov.acts import vault
from esaylov.exchange.members.grid import MAX_BYTES
from esaylov.formation.models import Upload

KEPT = timedelta(hours=1)
MOST = 3
"""So many files of one person wait at a time."""
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


def keep(person: UUID, election: str, name: str, data: bytes) -> UUID:
    """Keeps a file; those that are too old go, and the person's own but the latest."""
    now = datetime.now(UTC)
    Upload.objects.filter(at__lt=now - KEPT).delete()
    mine = Upload.objects.filter(person=person).order_by("-at").values_list("id", flat=True)
    Upload.objects.filter(id__in=list(mine[MOST - 1 :])).delete()
    number = uuid4()
    Upload.objects.create(
        id=number,
        person=person,
        election=election,
        name=name[:200],
        sealed=vault.seal_file(number, data),
        at=now,
    )
    return number


def kept(number: UUID, person: UUID, election: str) -> tuple[str, bytes] | None:
    """The name and content of a file that this person handed in for this election, None when there is none any more."""
    since = datetime.now(UTC) - KEPT
    row = Upload.objects.filter(id=number, person=person, election=election, at__gte=since).first()
    return None if row is None else (row.name, vault.open_file(row.id, bytes(row.sealed)))


def forget(number: UUID) -> None:
    """Throws a file away."""
    Upload.objects.filter(id=number).delete()
