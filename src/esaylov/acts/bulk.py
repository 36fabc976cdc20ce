"""Bulk writing to PostgreSQL, the same call for one row and for a hundred thousand."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

COPY_FROM = 40
BLOCK = 1024


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows into a table in the current transaction: few by INSERT, many by COPY.

    Arrays are Python lists. Raises django.db.IntegrityError where a constraint is violated.
    """
    if not rows:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        if len(rows) < COPY_FROM:
            one = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
            statement = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
                sql.Identifier(table), names, sql.SQL(", ").join([one] * len(rows))
            )
            cursor.execute(statement, [value for row in rows for value in row])
            return
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


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
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [self._sequence])
            row = cursor.fetchone()
        self._next = (int(row[0]) - 1) * BLOCK + 1
        self._end = self._next + BLOCK


journal_ids = IdBlocks("acts_journal_block")
