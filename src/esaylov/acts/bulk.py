"""Bulk writing to PostgreSQL, the same call for one row and for a hundred thousand."""

import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
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
