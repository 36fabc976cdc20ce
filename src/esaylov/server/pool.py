"""How many connections to the database a site holds, and whether the database has them.

A thread keeps its connection as long as it lives, so the sum is known before anything starts.
"""

from __future__ import annotations

from django.db import connections

THREADS = 4
"""Threads of a worker that answer. Two of them may be held by pictures and searches (esaylov.publication.gate); pages
have the others."""
BESIDE_THREADS = 2
"""In each worker another thread asks for the sizes of the log (esaylov.publication.pagecache), and one writes down looks at
voters (esaylov.voters.lookup.noting)."""
LOOPS = 6
"""The sequencer, the tabulator, the publisher, the importer of members, the worker of the voter list and the courier of e-mails
hold one each."""
COMMANDS = 10
"""Kept free for commands beside the site (`esaylov load`, `reconcile`), the demonstration's night, and connections of a
killed worker that the database has not noticed yet."""
RESERVED = 3
"""What PostgreSQL keeps for its superuser out of max_connections, unless it is told otherwise."""


class PoolError(RuntimeError):
    """The database allows fewer connections than the site needs; the text says what to do."""


def needed(workers: int) -> int:
    """Connections of a site with so many workers of the web server."""
    return workers * (THREADS + BESIDE_THREADS) + LOOPS + COMMANDS


def check_connections(workers: int) -> None:
    """Raises PoolError when the database at hand cannot have a site with so many workers."""
    allowed = allowed_connections()
    if needed(workers) > allowed:
        most = (allowed - needed(0)) // (THREADS + BESIDE_THREADS)
        advice = f"serve with --workers {most} or fewer, or raise" if most > 0 else "raise"
        raise PoolError(
            f"{workers} workers need {needed(workers)} connections to the database, which allows {allowed}: "
            f"{advice} max_connections there"
        )


def allowed_connections() -> int:
    """How many connections of ordinary roles the database takes."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings"
            " WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')"
        )
        return int(cursor.fetchone()[0])
