"""Reads one entry of the log as the public sees it: by index, below the signed size, from public records alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from esaylov.acts.sealing import loads
from esaylov.tlog.tree import leaf_hash

# The second journal row is the one that opened a sealed entry, when it too stands below the signed size. Nothing is read
# of what was sealed but that public record: before the release there is nothing here that could be shown.
ENTRY = """SELECT e.index, e.leaf_hash, j.record, o.index, oj.record
FROM acts_entry e
    JOIN acts_journal j ON j.id = e.journal_id
    LEFT JOIN acts_sealed s ON s.journal_id = j.id
    LEFT JOIN acts_entry o ON o.journal_id = s.opened_by AND o.index < %(size)s
    LEFT JOIN acts_journal oj ON oj.id = o.journal_id AND oj.public
WHERE e.index = %(index)s AND e.index < %(size)s AND j.public"""


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """An entry of the log. `content` is what the entry says; of a sealed one what it held, once another entry (at
    `opened`) says so publicly, None before.
    """

    index: int
    leaf: bytes
    sealed: bool
    opened: int | None
    members: dict[str, Any]
    content: dict[str, Any] | None


def signed_size() -> int:
    """The size of the newest signed checkpoint, 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(size), 0) FROM acts_checkpoint")
        return int(cursor.fetchone()[0])


def public_entry(index: int) -> PublicEntry | None:
    """The entry at an index; None where the signed log has none."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRY, {"index": index, "size": signed_size()})
        row = cursor.fetchone()
    if row is None:
        return None
    record = bytes(row[2])
    members, leaf = loads(record), bytes(row[1])
    if leaf_hash(record) != leaf:
        raise RuntimeError(f"entry {index}: the journal's record does not have the leaf hash of the log")
    sealed = members["act"] == "log.sealed"
    opened = loads(bytes(row[4]))["value"] if row[4] is not None else None
    return PublicEntry(row[0], leaf, sealed, row[3], members, opened if sealed else members)
