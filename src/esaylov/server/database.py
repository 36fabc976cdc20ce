"""The platform's database made ready: connections, migrations, and what the application's role may do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction
from psycopg import sql

from esaylov.server.connection import django_database
from esaylov.server.embedded import Embedded, Urls
from esaylov.server.folders import make_data_folder

# Any fixed number: two processes that migrate at once wait for each other.
MIGRATION_LOCK = 0x65736179
# An election as it was called, and who holds which token: whoever could change them could move the release, or act as
# another commission.
CALLED_TABLES = (
    "elections_contest", "elections_election", "elections_option", "registry_cell", "registry_commission",
    "registry_commissiontoken", "registry_precinct", "registry_territory",
)  # fmt: skip
# Tables in which one column changes, and nothing else.
CHANGING = {"elections_election": "set_time", "acts_sealed": "opened_by"}


class DatabaseError(RuntimeError):
    """The database cannot be used as it is; the text says what to do."""


@contextlib.contextmanager
def platform(own: Embedded | None = None, *, connections_needed: int = 0) -> Iterator[Embedded | None]:
    """Django set up and its database migrated, for as long as the context lasts.

    Yields the embedded database, if that is what it is: `own` when given; else the one that `DATABASE_URL`
    names; else the embedded one in the data folder, started for as many connections as are needed. Raises
    `DatabaseError`, `EmbeddedError`, `PlaceError`.
    """
    with contextlib.ExitStack() as stack:
        data = make_data_folder()
        if own is None and not os.environ.get("DATABASE_URL"):
            own = Embedded(data / "database", connections=connections_needed)
        if own is not None:
            urls = stack.enter_context(own)
            os.environ |= {"DATABASE_URL": urls.app, "DATABASE_ADMIN_URL": urls.admin}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esaylov.settings")
        django.setup()
        if own is not None:
            point_to(own.urls)
        stack.callback(connections.close_all)
        migrate()
        yield own


def point_to(urls: Urls) -> None:
    """Lead Django's two connections to another database, for all threads (their open connections stay)."""
    for alias, url in (("admin", urls.admin), ("default", urls.app)):
        connections[alias].close()
        connections[alias].settings_dict.update(django_database(url))


def migrate() -> None:
    """Bring the schema up to date as its owner, then grant the application's role its rights. Idempotent.

    Raises `DatabaseError` when both roles are one: the journal must be append-only for the application.
    """
    if current_role("admin") == current_role("default"):
        raise DatabaseError(
            "DATABASE_URL and DATABASE_ADMIN_URL connect as the same role, and the application must not own "
            "the schema. DATABASE_ADMIN_URL names its owner, DATABASE_URL a role that owns nothing"
        )
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            call_command("migrate", database="admin", interactive=False, verbosity=0)
            grant_application_role()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def current_role(alias: str) -> str:
    """Return the name of the role under which this connection works."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def append_only_tables() -> list[str]:
    """Return the tables of all models that say `append_only = True`, sorted."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def grant_application_role() -> None:
    """Give the application's role what it needs and nothing more, in one transaction.

    Rows of every table may be read, inserted, changed and deleted, but those of append-only tables and of the tables
    that an election's calling entry pins only read and inserted, and of Django's table of migrations only read. What
    changes in them are a set clock and the mark on a sealed value that was opened, whose value may be erased. TRUNCATE,
    which empties a table past its row triggers, is never granted. Functions that work with the owner's rights (SECURITY
    DEFINER) are its alone: PostgreSQL lets everybody execute a new function.
    """
    role = sql.Identifier(current_role("default"))
    statements = [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]
    with transaction.atomic("admin"), connections["admin"].cursor() as cursor:
        for statement in statements:
            _execute(cursor, sql.SQL(statement).format(role=role))
        for function in _owners_functions(cursor):
            for statement in ("REVOKE ALL ON FUNCTION {} FROM PUBLIC", "GRANT EXECUTE ON FUNCTION {} TO {}"):
                _execute(cursor, sql.SQL(statement).format(sql.SQL(function), role))
        for table in [*append_only_tables(), *CALLED_TABLES]:
            _execute(
                cursor,
                sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), role),
            )
        for table, column in CHANGING.items():
            parts = (sql.Identifier(table), sql.Identifier(column), role)
            _execute(cursor, sql.SQL("REVOKE UPDATE ON {0} FROM {2}").format(*parts))
            _execute(cursor, sql.SQL("GRANT UPDATE ({1}) ON {0} TO {2}").format(*parts))


def _owners_functions(cursor: Any) -> list[str]:
    """The functions that work with their owner's rights, as SQL names them, with their arguments."""
    cursor.execute(
        """SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proowner = current_user::regrole"""
    )
    return [function for (function,) in cursor.fetchall()]


def _execute(cursor: Any, statement: sql.Composed) -> None:
    cursor.execute(statement.as_string(None))
