"""Carries the journal into the log: one order for all rows, an index for the public ones, a signed checkpoint.

One sequencer works at a time, guarded by a lock in the database; it may be killed anywhere and goes on from the
database, which alone decides the order. Files follow the database, never the other way.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from django.db import DatabaseError, connection, transaction

from esaylov.acts.bulk import insert_rows, journal_ids
from esaylov.acts.context import get_context
from esaylov.acts.door import insert_journal
from esaylov.acts.identity import identity, log_folder, signer
from esaylov.acts.logstore import LogStore
from esaylov.acts.models import Checkpoint
from esaylov.exchange.canonical import dumps
from esaylov.tlog import checkpoint as checkpoints
from esaylov.tlog.tree import Frontier, leaf_hash

logger = logging.getLogger(__name__)

LOCK = 0x6573_6C6F
BATCH = 10_000
HEAD_EVERY = 60.0
PAUSE = 0.2
HEAD = "log.journal_head"
OPEN = "log.open"

# Rows whose transaction number lies below every running transaction can no longer be overtaken.
PENDING = """SELECT j.id, j.code, j.public, j.record, j.election, j.body, j.at, j.recorded_at, j.key, j.request, j.xid::text
FROM journal_pending j ORDER BY j.xid, j.id LIMIT %s"""
PENDING_VIEW = """WITH journal_pending AS (
    SELECT * FROM acts_journal j WHERE j.xid >= %s::xid8 AND j.xid < pg_snapshot_xmin(pg_current_snapshot())
    AND NOT EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = j.id)
) """


class Busy(RuntimeError):
    """Another sequencer is at work on this database."""


@dataclass(slots=True)
class _End:
    """The end of the order: last position, its chain value, the log's size; and rows since the last journal head."""

    position: int
    chain: bytes
    size: int
    since_head: int


def row_digest(row: Sequence[Any]) -> bytes:
    """SHA-256 over all of a journal row: (id, code, public, record, election, body, at, recorded_at, key, request, …)."""
    number, code, public, record, election, body, at, recorded_at, key, request = row[:10]
    parts = [
        number, code, public, sha256(bytes(record)).hexdigest(), election, body,
        at.astimezone(UTC).isoformat(), recorded_at.astimezone(UTC).isoformat(), key,
        bytes(request).hex() if request is not None else None,
    ]  # fmt: skip
    return sha256(orjson.dumps(parts)).digest()


class Sequencer:
    """One sequencer over the database of this process. Use `run_once` in tests and replays, `run_forever` in service."""

    def __init__(self, *, head_every: float = HEAD_EVERY) -> None:
        self._head_every = head_every
        self._last_head = time.monotonic()
        self._watermark = "0"
        self._store: LogStore | None = None
        self._frontier = Frontier()
        self._end: _End | None = None

    def acquire(self) -> None:
        """Takes the database's lock for this connection. Raises Busy."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise Busy("another sequencer holds the lock")

    def release(self) -> None:
        """Gives the lock back."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def run_once(self) -> bool:
        """Opens what is due, orders what is committed, signs a checkpoint. Returns whether there was anything new.

        After a failure the next call begins from the database again: memory may be ahead of it or behind.
        """
        try:
            return self._run()
        except BaseException:
            self._store = None
            raise

    def _run(self) -> bool:
        if identity() is None:
            return False
        if self._store is None:
            self._recover()
        open_due()
        new = False
        while rows := self._assign():
            new = True
            self._publish([bytes(row[3]) for row in rows if row[2]])
        return new

    def _recover(self) -> None:
        """Makes files agree with the database, whatever a crash left behind."""
        self._store = LogStore(log_folder())
        self._store.sweep()
        last = Checkpoint.objects.order_by("-size").first()
        size = last.size if last else 0
        if last is not None and not self._store.holds(size, bytes(last.root)):
            logger.warning("the log's files do not give the checkpoint of size %d: writing them anew", size)
            self._store.clear()
            _rewrite(self._store, size)
            if not self._store.holds(size, bytes(last.root)):
                raise RuntimeError(f"the journal does not give the signed checkpoint of size {size}")
        self._frontier = self._store.frontier(size)
        self._end = _read_end()
        if last is not None:
            self._store.write_checkpoint(last.note, signer().vkey)
        for chunk in _entries(size, self._end.size):
            self._publish(chunk)

    def _assign(self) -> list[Any]:
        """Gives positions and indexes to pending rows, and to a journal head if one is due, in one transaction."""
        assert self._end is not None
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
            safe = cursor.fetchone()[0]
            cursor.execute(PENDING_VIEW + PENDING, [self._watermark, BATCH])
            rows: list[Any] = cursor.fetchall()
            end = self._number(self._end, rows)
            whole = len(rows) < BATCH
            head = self._head(end) if whole and self._head_due(end) else None
            if head is not None:
                end = self._number(end, [head])
        self._end = end
        self._watermark = safe if whole else rows[-1][10]
        if head is not None:
            self._last_head = time.monotonic()
            rows.append(head)
        return rows

    @staticmethod
    def _number(end: _End, rows: Sequence[Any]) -> _End:
        """Writes the places of rows that follow an end; the new end."""
        position, chain, size, since_head = end.position, end.chain, end.size, end.since_head
        entries = []
        for row in rows:
            position += 1
            chain = sha256(chain + row_digest(row)).digest()
            public = row[2]
            entries.append(
                (
                    position,
                    row[0],
                    size if public else None,
                    leaf_hash(bytes(row[3])) if public else None,
                    chain,
                )
            )
            size += 1 if public else 0
            since_head = 0 if row[1] == HEAD else since_head + 1
        insert_rows("acts_entry", ("position", "journal_id", "index", "leaf_hash", "chain"), entries)
        return _End(position, chain, size, since_head)

    def _publish(self, entries: Sequence[bytes]) -> None:
        """Writes tiles, signs, stores and publishes the checkpoint."""
        if not entries:
            return
        assert self._store is not None
        size = self._frontier.size
        self._store.append(size, entries)
        self._frontier.extend(map(leaf_hash, entries))
        key = signer()
        head = checkpoints.Checkpoint(key.name, self._frontier.size, self._frontier.root())
        note = checkpoints.sign_checkpoint(head, key).decode()
        Checkpoint.objects.create(size=head.size, root=head.root, note=note)
        self._store.write_checkpoint(note, key.vkey)

    def _head_due(self, end: _End) -> bool:
        return end.since_head > 0 and time.monotonic() - self._last_head >= self._head_every

    @staticmethod
    def _head(end: _End) -> tuple[Any, ...]:
        """Appends a journal head over all rows up to an end; the row. It must be the next in the order: whoever reads it
        takes all rows before it as covered."""
        number, now = journal_ids.take(1)[0], datetime.now(UTC)
        members = log_members(HEAD) | {"rows": end.position, "chain": end.chain.hex()}
        entry = dumps(members)
        insert_journal([(number, None, HEAD, "system", now, now, True, entry, None, None)])
        return number, HEAD, True, entry, None, "system", now, now, None, None


def log_members(code: str) -> dict[str, Any]:
    """The members that every entry of the log itself has (docs/formats.md, section 3)."""
    known = identity()
    members: dict[str, Any] = {
        "v": 1,
        "act": code,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "body": "system",
    }
    if known is not None and known.simulated:
        members["simulated"] = True
    if known is not None and known.replay:
        members["replay"] = True
    return members


def append_log_entry(code: str, members: dict[str, Any]) -> int:
    """Appends an entry of the log itself to the journal. Returns the journal row's id."""
    now = datetime.now(UTC)
    number = journal_ids.take(1)[0]
    with transaction.atomic():
        insert_journal([(number, None, code, "system", now, now, True, dumps(members), None, None)])
    return number


DUE = """SELECT s.journal_id, e.index, s.salt, s.value, j.election FROM acts_sealed s
JOIN acts_entry e ON e.journal_id = s.journal_id JOIN acts_journal j ON j.id = s.journal_id
WHERE s.opened_by IS NULL AND j.election = ANY(%s) ORDER BY e.index LIMIT %s FOR UPDATE OF s"""
WAITING = """SELECT DISTINCT j.election FROM acts_sealed s JOIN acts_journal j ON j.id = s.journal_id
WHERE s.opened_by IS NULL"""


def open_due(limit: int = BATCH) -> int:
    """Opens sealed entries whose election's release time has come, by `log.open` entries. Returns their number."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        released = [election for (election,) in cursor.fetchall() if _released(election)]
    if not released:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DUE, [released, limit])
        due = cursor.fetchall()
        rows, opened = [], []
        now = datetime.now(UTC)
        for number, (journal, index, salt, value, election) in zip(
            journal_ids.take(len(due)), due, strict=True
        ):
            context = get_context(election)
            at = context.now(now)
            record = orjson.loads(bytes(value))
            members = {
                key: record[key] for key in ("v", "election", "edition", "simulated", "replay") if key in record
            } | {"act": OPEN, "at": context.local(at), "body": "system", "index": index,
                 "salt": bytes(salt).hex(), "value": record}  # fmt: skip
            rows.append((number, election, OPEN, "system", at, now, True, dumps(members), None, None))
            opened.append((number, journal))
        insert_journal(rows)
        cursor.executemany("UPDATE acts_sealed SET opened_by = %s WHERE journal_id = %s", opened)
    return len(due)


def _released(election: str) -> bool:
    context = get_context(election)
    return context.release is None or context.now() >= context.release


def _read_end() -> _End:
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, chain FROM acts_entry ORDER BY position DESC LIMIT 1")
        last = cursor.fetchone()
        cursor.execute("SELECT COALESCE(max(index) + 1, 0) FROM acts_entry")
        size = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM acts_entry WHERE position > COALESCE((SELECT max(e.position) FROM acts_entry e"
            " JOIN acts_journal j ON j.id = e.journal_id WHERE j.code = %s), 0)",
            [HEAD],
        )
        since_head = cursor.fetchone()[0]
    return _End(last[0], bytes(last[1]), size, since_head) if last else _End(0, bytes(32), 0, 0)


def _entries(start: int, end: int) -> Any:
    """Chunks of entries (bytes) from index `start` to below `end`, from the journal."""
    for at in range(start, end, BATCH):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
                " WHERE e.index >= %s AND e.index < %s ORDER BY e.index",
                [at, min(at + BATCH, end)],
            )
            yield [bytes(row[0]) for row in cursor.fetchall()]


def _rewrite(store: LogStore, size: int) -> None:
    at = 0
    for chunk in _entries(0, size):
        store.append(at, chunk)
        at += len(chunk)


def write_log(folder: str | os.PathLike[str], size: int) -> None:
    """Writes the log's tiles for exactly a size to a folder, from the journal."""
    store = LogStore(Path(folder))
    _rewrite(store, size)
    store.keep_only(size)


def run_forever(stop: Callable[[], bool]) -> None:
    """Sequences until `stop()` is true; waits while another sequencer holds the lock. Raises DatabaseError when the
    connection is lost: the supervisor starts it again."""
    sequencer = Sequencer()
    acquired = False
    while not stop():
        if not acquired:
            try:
                sequencer.acquire()
                acquired = True
            except Busy:
                time.sleep(1)
                continue
        try:
            sequencer.run_once()
            time.sleep(PAUSE)  # under load too: one checkpoint for many entries costs what one entry's does
        except DatabaseError:
            connection.close()
            raise
