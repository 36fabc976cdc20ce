"""A web server that was taken over has the application's role and no more: what it cannot do with it."""

from __future__ import annotations

import psycopg
import pytest

from tests.conftest import Clone


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE elections_election SET release = now()",
        "UPDATE elections_election SET clock_is_set = true",
        "UPDATE elections_election SET edition_toml = ''",
        "DELETE FROM elections_election",
        "UPDATE elections_option SET position = 1 - position",
        "UPDATE elections_contest SET territory_id = 1",
        "UPDATE registry_precinct SET cell_id = 1",
        "UPDATE registry_cell SET territories = '{}'",
        "UPDATE registry_territory SET lineage = '{}'",
        "UPDATE registry_commission SET tier = 'cec'",
        "UPDATE registry_commissiontoken SET commission_id = 1",
        "DELETE FROM registry_commissiontoken",
        "UPDATE acts_sealed SET value = ''",
        "UPDATE acts_sealed SET salt = ''",
        "UPDATE acts_entry SET index = 0",
        "UPDATE acts_checkpoint SET note = ''",
        "SET session_replication_role = replica",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA own",
        "COPY acts_journal TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/hostname')",
        "SELECT setval('acts_journal_block', 1)",
    ],
)
def test_refused(module_db_clone: Clone, statement: str) -> None:
    with (
        psycopg.connect(module_db_clone.urls.app, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE elections_election SET set_time = now() WHERE false",
        "UPDATE acts_sealed SET opened_by = 1 WHERE false",
        "SELECT 1 FROM acts_sealed FOR UPDATE",
        "DELETE FROM acts_sealed WHERE false",
    ],
)
def test_what_its_work_needs(module_db_clone: Clone, statement: str) -> None:
    with psycopg.connect(module_db_clone.urls.app, autocommit=True) as connection:
        connection.execute(statement.encode())
