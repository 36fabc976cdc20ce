"""Statements that run for every act: prepared once a connection, and sent together instead of one after
another.

Within `together` a statement is only noted; what was noted goes out when somebody wants rows, and the rest
at the end. The database takes all of it as one transaction, which ends with the block (PostgreSQL: a
pipeline up to its Sync is one implicit transaction): committed, or rolled back when the block raises. So a
whole act costs two conversations with the database, one for what its checks read and one for what it
writes. Outside of `together` the same statements go through Django's cursors, in whatever transaction there
is.

Errors are Django's (`django.db.Error` and its kinds).
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import InterfaceError, OperationalError, connection
from psycopg import pq
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Row = tuple[Any, ...]
FAILED = frozenset({pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED})

_here = threading.local()
_prepared: "WeakKeyDictionary[psycopg.Connection[Any], dict[str, bytes]]" = WeakKeyDictionary()


class Asked:
    """A statement that was noted; its rows are waited for when somebody wants them."""

    def __init__(self, statement: str, parameters: Sequence[Any]) -> None:
        self.statement = statement
        self.parameters = parameters
        self.result: PGresult | None = None
        self._found: list[Row] | None = None
        self._exchange: _Exchange | None = None

    @classmethod
    def answered(cls, rows: list[Row]) -> "Asked":
        """One whose rows are there already."""
        asked = cls("", ())
        asked._found = rows
        return asked

    @classmethod
    def noted(cls, exchange: "_Exchange", statement: str, parameters: Sequence[Any]) -> "Asked":
        """One that waits to be sent."""
        asked = cls(statement, parameters)
        asked._exchange = exchange
        return asked

    def rows(self) -> list[Row]:
        """All rows. Raises django.db.Error when the statement, or one before it, failed."""
        if self._found is None:
            assert self._exchange is not None
            self._found = self._exchange.rows(self)
        return self._found


def ask(statement: str, parameters: Sequence[Any]) -> Asked:
    """Notes a statement with its parameters (`%s` each: str, int, bool, bytes, aware datetime, None, lists
    of str, int or None); outside of `together` it runs at once.
    """
    exchange: _Exchange | None = getattr(_here, "exchange", None)
    if exchange is not None:
        return exchange.add(statement, parameters)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return Asked.answered(cursor.fetchall() if cursor.description else [])


def fetch(statement: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of one read. A connection that died since its last use is made anew, without asking first."""
    if connection.in_atomic_block or getattr(_here, "exchange", None) is not None:
        return ask(statement, parameters).rows()
    try:
        return _fetch(statement, parameters)
    except (InterfaceError, OperationalError):
        connection.close()
        return _fetch(statement, parameters)


def _fetch(statement: str, parameters: Sequence[Any]) -> list[Row]:
    connection.ensure_connection()
    with _exchange():
        asked = ask(statement, parameters)
    rows = asked.rows()
    connection.health_check_done = True  # type: ignore[attr-defined]
    return rows


@contextmanager
def together() -> Iterator[None]:
    """One transaction whose statements go through `ask` alone: they travel together.

    Within a transaction that somebody else began nothing changes. A failure comes with the rows that were
    asked for, at the latest at the end. Raises django.db.Error; nothing is written then.
    """
    if connection.in_atomic_block or getattr(_here, "exchange", None) is not None:
        yield
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with _exchange():
        yield


@contextmanager
def _exchange() -> Iterator[None]:
    with connection.wrap_database_errors:
        exchange = _here.exchange = _Exchange(connection.connection)
    try:
        with connection.wrap_database_errors:
            try:
                yield
                exchange.commit()
            except BaseException:
                exchange.undo()
                raise
    finally:
        _here.exchange = None
        if exchange.broken:
            connection.close()


def _names(raw: "psycopg.Connection[Any]") -> dict[str, bytes]:
    """Names of the statements that a connection has prepared.

    Their plans are made once: planning the larger ones takes longer than running them.
    """
    names = _prepared.get(raw)
    if names is None:
        raw.execute("SET plan_cache_mode = force_generic_plan")
        names = _prepared[raw] = {}
    return names


class _Exchange:
    """The conversation of one transaction. `broken`: the connection cannot be used any more."""

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self._raw = raw
        self._pgconn: PGconn = raw.pgconn
        self._names = _names(raw)
        self._noted: list[Asked] = []
        self._sent: list[Asked | str] = []
        self._open = False
        self._failure: PGresult | None = None
        self.broken = False

    def add(self, statement: str, parameters: Sequence[Any]) -> Asked:
        asked = Asked.noted(self, statement, parameters)
        self._noted.append(asked)
        return asked

    def rows(self, asked: Asked) -> list[Row]:
        """The rows of a statement; sends what was noted until now, and waits."""
        if asked.result is None:
            self._send()
            self._pgconn.send_flush_request()
            self._take(self._receive(len(self._sent)))
        if asked.result is None:
            raise psycopg.InterfaceError("the statement was never answered")
        transformer = Transformer(self._raw)
        transformer.set_pgresult(asked.result)
        return transformer.load_rows(0, asked.result.ntuples, tuple)

    def commit(self) -> None:
        """Sends the rest and ends the transaction. Raises the failure that undid it, if somebody caught it before."""
        if self._noted or self._open:
            self._send()
            self._end()
        if self._failure is not None:
            raise error_from_result(self._failure)

    def undo(self) -> None:
        """Ends the transaction without a trace. Raises nothing: another error is on its way."""
        self._noted.clear()
        if not self._open or self.broken:
            return
        try:
            self._pgconn.send_query_params(b"ROLLBACK", None)
            self._sent.append("")
            self._end(quietly=True)
        except psycopg.Error:
            self.broken = True

    def _send(self) -> None:
        if not self._open:
            self._pgconn.enter_pipeline_mode()
            self._open = True
        for asked in self._noted:
            name = self._names.get(asked.statement)
            if name is None:
                name = self._names[asked.statement] = b"esaylov_%d" % len(self._names)
                self._pgconn.send_prepare(name, _numbered(asked.statement))
                self._sent.append(asked.statement)
            values = [_text(value) for value in asked.parameters]
            formats = [1 if isinstance(value, bytes) else 0 for value in asked.parameters]
            self._pgconn.send_query_prepared(name, values, formats)
            self._sent.append(asked)
        self._noted.clear()

    def _end(self, quietly: bool = False) -> None:
        self._pgconn.pipeline_sync()
        *results, _ = self._receive(len(self._sent) + 1)
        self._pgconn.exit_pipeline_mode()
        self._open = False
        self._take(results, quietly)

    def _receive(self, count: int) -> list[PGresult]:
        try:
            return self._raw.wait(_results(self._pgconn, count))
        except BaseException:
            self.broken = True
            raise

    def _take(self, results: Sequence[PGresult], quietly: bool = False) -> None:
        """Hands results to their statements. Raises the first failure."""
        failure: PGresult | None = None
        for sent, result in zip(self._sent, results, strict=True):
            if result.status in FAILED:
                failure = failure or result
                if isinstance(sent, str):
                    self._names.pop(sent, None)
            elif isinstance(sent, Asked):
                sent.result = result
        self._sent.clear()
        self._failure = self._failure or failure
        if failure is not None and not quietly:
            raise error_from_result(failure)


def _results(pgconn: PGconn, count: int) -> PQGen[list[PGresult]]:
    """Sends what libpq holds and gathers so many results of a pipeline (its ends of commands left out)."""
    found: list[PGresult] = []
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    while True:
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is not None:
                found.append(result)
                if len(found) == count:
                    return found
        if (yield Wait.R):
            pgconn.consume_input()


@lru_cache(maxsize=512)
def _numbered(statement: str) -> bytes:
    """The statement with its parameters as the server counts them."""
    first, *rest = statement.split("%s")
    return "".join([first, *(f"${i}{part}" for i, part in enumerate(rest, 1))]).encode()


def _text(value: Any) -> bytes | None:
    """A parameter as PostgreSQL reads it: text, but bytes as they are."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("PostgreSQL text holds no NUL (0x00)")
        return value.encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, datetime):
        return value.isoformat().encode()
    if isinstance(value, list):
        return b"{" + b",".join(map(_item, value)) + b"}"
    raise TypeError(f"no parameter of a noted statement: {type(value).__name__}")


def _item(value: Any) -> bytes:
    text = _text(value)
    if text is None:
        return b"NULL"
    return (
        b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"' if isinstance(value, str) else text
    )
