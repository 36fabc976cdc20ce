"""Roles, grants and the databases that tests get."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connections

from esaylov.server.database import CALLED_TABLES, append_only_tables, grant_application_role, migrate
from tests.conftest import Clone


def privileges(clone: Clone) -> dict[str, set[str]]:
    """What the application's role may do with each table."""
    rows = {}
    with psycopg.connect(clone.urls.admin) as connection:
        for table, privilege in connection.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = 'esaylov_app'"
        ):
            rows.setdefault(table, set()).add(privilege)
    return rows


def test_connections_lead_to_the_clone_under_two_roles(db_clone: Clone) -> None:
    for alias, role in (("default", "esaylov_app"), ("admin", "esaylov_admin")):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            assert cursor.fetchone() == (db_clone.name, role)


def test_grants(db_clone: Clone) -> None:
    granted = privileges(db_clone)
    assert granted.pop("django_migrations") == {"SELECT"}
    assert "acts_journal" in append_only_tables()
    for table in append_only_tables():
        assert granted.pop(table) == {"SELECT", "INSERT"}, table
    for table in CALLED_TABLES:
        assert granted.pop(table) == {"SELECT", "INSERT"}, table
    assert granted.pop("acts_sealed") == {"SELECT", "INSERT", "DELETE"}
    assert granted
    for table, rights in granted.items():
        assert rights == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


def test_grants_are_idempotent_and_take_back_what_is_too_much(db_clone: Clone) -> None:
    before = privileges(db_clone)
    with psycopg.connect(db_clone.urls.admin, autocommit=True) as connection:
        connection.execute("GRANT ALL ON acts_journal, django_migrations TO esaylov_app")
        connection.execute("GRANT UPDATE (code) ON acts_journal TO esaylov_app")
    grant_application_role()
    migrate()
    assert privileges(db_clone) == before
    with (
        psycopg.connect(db_clone.urls.app, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE acts_journal SET code = ''")


def test_functions_with_the_owners_rights_are_the_applications_alone(db_clone: Clone) -> None:
    with psycopg.connect(db_clone.urls.admin, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION later() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'"
        )
        grant_application_role()
        found = connection.execute(
            "SELECT proname, has_function_privilege('public', oid, 'EXECUTE'), "
            "has_function_privilege('esaylov_app', oid, 'EXECUTE') FROM pg_proc WHERE prosecdef "
            "AND pronamespace = 'public'::regnamespace"
        ).fetchall()
    assert {name for name, _, _ in found} >= {"later", "voters_begin_load", "voters_open_stage"}
    assert {(public, ours) for _, public, ours in found} == {(False, True)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE acts_journal SET code = 'x'",
        "DELETE FROM acts_journal",
        "TRUNCATE acts_journal CASCADE",
        "DROP TABLE acts_journal",
        "ALTER TABLE acts_journal DISABLE TRIGGER ALL",
        "CREATE TABLE own (id int)",
        "SET ROLE esaylov_admin",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_cannot(module_db_clone: Clone, statement: str) -> None:
    with (
        psycopg.connect(module_db_clone.urls.app, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_neither_role_is_a_superuser(module_db_clone: Clone) -> None:
    with psycopg.connect(module_db_clone.urls.superuser) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 'esaylov%'")
        assert rows.fetchall() == []


def test_clones_are_apart(db_clone: Clone, module_db_clone: Clone) -> None:
    with connections["admin"].cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(module_db_clone.urls.admin) as connection:
        found = connection.execute("SELECT to_regclass('mine')").fetchone()
    assert found == (None,)
