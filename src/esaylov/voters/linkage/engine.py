"""DuckDB for personal data: everything stays in memory.

DuckDB's Python wheel cannot encrypt what it swaps out: it refuses `temp_file_encryption` without the extension httpfs, which
has to be fetched. So it gets no folder for temporary files at all: work that does not fit into its memory fails, and nothing
is ever written. It reads no file, loads no extension and keeps no log of statements either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from esaylov.voters.linkage.found import LinkageError

DEFAULT_MEMORY_GIB = 14.0


@contextmanager
def engine(
    memory_gib: float = DEFAULT_MEMORY_GIB, threads: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that writes nothing. Raises LinkageError in the place of whatever DuckDB raises meanwhile."""
    connection = _connect(memory_gib, threads)
    try:
        yield connection
    except duckdb.Error as error:
        raise _refusal(error, memory_gib) from None
    finally:
        connection.close()


def _refusal(error: duckdb.Error, memory_gib: float) -> LinkageError:
    """(DuckDB's own messages may quote values; where a transaction fails for want of memory only its message says so.)"""
    if isinstance(error, duckdb.OutOfMemoryException) or "could not allocate" in str(error):
        return LinkageError(
            f"{memory_gib:g} GiB of memory are too little to look for duplicates; nothing was written to a disk instead"
        )
    return LinkageError(f"DuckDB stopped ({type(error).__name__})")


def _connect(memory_gib: float, threads: int | None) -> duckdb.DuckDBPyConnection:
    options: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": "",
        "memory_limit": f"{int(memory_gib * 1024)}MiB",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
    if threads is not None:
        options["threads"] = threads
    connection = duckdb.connect(":memory:", config=options)
    for statement in ("enable_external_access=false", "enable_logging=false", "lock_configuration=true"):
        connection.execute(f"SET {statement}")
    return connection


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    return number(connection, f"SELECT count(*) FROM {table}")


def number(connection: duckdb.DuckDBPyConnection, question: str) -> int:
    """The one number that a question is answered with."""
    # (All of the answer is fetched: DuckDB does nothing else before.)
    return int(connection.execute(question).fetchall()[0][0])
