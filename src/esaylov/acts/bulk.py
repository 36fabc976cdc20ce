"""Bulk writing to PostgreSQL, the same call for one row and for a hundred thousand."""

import select
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any

from django.db import connection
from psycopg import sql

from esaylov.acts.statements import ask

COPY_FROM = 40
BLOCK = 1024


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows into a table in the current transaction: few by INSERT, many by COPY.

    Arrays are Python lists. Raises django.db.IntegrityError where a constraint is violated.
    """
    if not rows:
        return
    if len(rows) < COPY_FROM:
        ask(_insert(table, tuple(columns), len(rows)), [value for row in rows for value in row])
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


BINARY_HEAD, BINARY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
BINARY_BLOCK = 500
DONE = object()
_size = struct.Struct(">i").pack


def binary(value: bytes | str | int | None) -> bytes:
    """A field as COPY's binary format has it: bytea and uuid as bytes, text, bigint as int, NULL."""
    if value is None:
        return b"\xff\xff\xff\xff"
    if isinstance(value, int):
        return b"\0\0\0\x08" + value.to_bytes(8, "big", signed=True)
    data = value.encode() if isinstance(value, str) else value
    return _size(len(data)) + data


def copy_binary(
    table: str, columns: Sequence[str], *parts: Iterable[bytes], meanwhile: Iterator[object] | None = None
) -> int:
    """Writes very many rows in the current transaction; gives their number.

    A row is one piece out of each of `parts`, put together: its fields by `binary`, in the order of the columns. There are as
    many rows as the shortest part has pieces. They may be made while the database writes those before. `meanwhile`: see
    `copy_blocks`. Raises django.db.IntegrityError where a constraint is violated.
    """
    rows = zip(repeat(row_head(len(columns))), *parts, strict=False)
    blocks = iter(lambda: b"".join(chain.from_iterable(islice(rows, BINARY_BLOCK))), b"")
    return copy_blocks(table, columns, blocks, meanwhile)


def copy_blocks(
    table: str, columns: Sequence[str], blocks: Iterable[bytes], meanwhile: Iterator[object] | None = None
) -> int:
    """As `copy_binary`, of rows that are joined already, each with `row_head` before it.

    `meanwhile`: work for the time in which the database is busy with what it was given, done step by step; what is left of it
    when all rows are written is not done.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(statement) as copy:
            room = select.poll()
            room.register(copy.connection.fileno(), select.POLLOUT)
            copy.write(BINARY_HEAD)
            for block in blocks:
                while meanwhile is not None and not room.poll(0):
                    if next(meanwhile, DONE) is DONE:
                        meanwhile = None
                copy.write(block)
            copy.write(BINARY_END)
        return int(cursor.rowcount)


def row_head(columns: int) -> bytes:
    """What stands before each row in COPY's binary format."""
    return columns.to_bytes(2, "big")


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    """The text of an INSERT of so many rows."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    one = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES {}")
    return statement.format(sql.Identifier(table), names, sql.SQL(", ").join([one] * rows)).as_string()


def int_array(values: Iterable[int]) -> str:
    """An integer array as PostgreSQL writes it: faster to send than a list, for COPY and INSERT alike."""
    return "{" + ",".join(map(str, values)) + "}"


class IdBlocks:
    """Row numbers taken from a sequence in blocks, so that numbering costs no statement of its own.

    The numbers are unique, not ordered: order is the sequencer's.
    """

    def __init__(self, sequence: str) -> None:
        self._sequence = sequence
        self._lock = threading.Lock()
        self._next = 0
        self._end = 0

    def take(self, count: int) -> list[int]:
        """`count` fresh numbers."""
        with self._lock:
            taken: list[int] = []
            while len(taken) < count:
                if self._next == self._end:
                    self._fetch()
                upto = min(self._end, self._next + count - len(taken))
                taken.extend(range(self._next, upto))
                self._next = upto
            return taken

    def forget(self) -> None:
        """Drops the block at hand: the connection now leads to another database."""
        with self._lock:
            self._next = self._end = 0

    def _fetch(self) -> None:
        ((block,),) = ask("SELECT nextval(%s)", [self._sequence]).rows()
        self._next = (int(block) - 1) * BLOCK + 1
        self._end = self._next + BLOCK


journal_ids = IdBlocks("acts_journal_block")
