"""Bulk writing to PostgreSQL, the same call for one row and for a hundred thousand."""

import struct
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
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
_size = struct.Struct(">i").pack


def binary(value: bytes | str | int | None) -> bytes:
    """A field as COPY's binary format has it: bytea and uuid as bytes, text, bigint as int, NULL."""
    if value is None:
        return b"\xff\xff\xff\xff"
    if isinstance(value, int):
        return b"\0\0\0\x08" + value.to_bytes(8, "big", signed=True)
    data = value.encode() if isinstance(value, str) else value
    return _size(len(data)) + data


def copy_binary(table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Writes very many rows in the current transaction: each is its fields by `binary`, in the order of the columns.

    Rows may be made while the database writes those before. Raises django.db.IntegrityError where a constraint is violated.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table), names)
    head = len(columns).to_bytes(2, "big")
    made = iter(rows)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write(BINARY_HEAD)
        while block := list(islice(made, BINARY_BLOCK)):
            copy.write(head + head.join(block))
        copy.write(BINARY_END)


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
