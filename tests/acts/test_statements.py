"""Statements that travel together: one transaction, whatever goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, connections, transaction

from esaylov.acts import statements
from esaylov.acts.bulk import insert_rows
from esaylov.acts.statements import ask, fetch, together


@pytest.fixture(scope="module", autouse=True)
def table(module_db_clone: Any) -> None:
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "CREATE TABLE trial (n int PRIMARY KEY, text text, data bytea, at timestamptz, many int[])"
        )
        cursor.execute("GRANT SELECT, INSERT, DELETE ON trial TO esaylov_app")


@pytest.fixture(autouse=True)
def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM trial")


def numbers() -> list[int]:
    return [row[0] for row in fetch("SELECT n FROM trial ORDER BY n", [])]


def put(*values: int) -> None:
    for value in values:
        insert_rows("trial", ("n",), [(value,)])


def backend() -> int:
    ((pid,),) = fetch("SELECT pg_backend_pid()", [])
    return int(pid)


def end_backend(pid: int, clone: Any) -> None:
    with psycopg.connect(clone.urls.superuser, autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_all_of_it_is_written_at_the_end() -> None:
    with together():
        put(1)
        assert ask("SELECT count(*) FROM trial", []).rows() == [(1,)]
        put(2)
    assert numbers() == [1, 2]


def test_values_come_back_as_they_went() -> None:
    at = datetime(2026, 10, 25, 20, 0, 1, 500, tzinfo=UTC)
    texts = ["plain", 'quote " and \\ and {brace}, comma', "Oʻzbekiston", ""]
    with together():
        for number, text in enumerate(texts):
            insert_rows(
                "trial", ("n", "text", "data", "at", "many"), [(number, text, b"\0\xff\\", at, "{1,2}")]
            )
        asked = ask(
            "SELECT n, text, data, at, many FROM trial WHERE text = ANY(%s::text[]) ORDER BY n", [texts]
        )
    assert asked.rows() == [(number, text, b"\0\xff\\", at, [1, 2]) for number, text in enumerate(texts)]
    (row,) = fetch("SELECT %s::bool, %s::int, %s::int[], %s::text", [True, None, [3, None], None])
    assert row == (True, None, [3, None], None)


def test_failure_at_the_end_writes_nothing() -> None:
    put(1)
    with pytest.raises(IntegrityError), together():  # noqa: PT012 - it fails when the block ends
        put(2)
        put(1)
        put(3)
    assert numbers() == [1]


def test_failure_of_a_read_comes_with_its_rows() -> None:
    """Whoever catches it there hears of it again at the end: nothing was written."""
    with pytest.raises(DataError, match="division"), together():  # noqa: PT012 - both places are the point
        put(1)
        bad = ask("SELECT 1 / %s::int", [0])
        with pytest.raises(DataError, match="division"):
            bad.rows()
    assert numbers() == []


def test_exception_undoes_what_was_sent() -> None:
    with pytest.raises(KeyError), together():  # noqa: PT012 - what was sent before is the point
        put(1)
        assert ask("SELECT count(*) FROM trial", []).rows() == [(1,)]
        put(2)
        raise KeyError
    assert numbers() == []
    put(7)
    assert numbers() == [7]


def test_exception_before_anything_was_sent() -> None:
    with pytest.raises(KeyError), together():  # noqa: PT012
        put(1)
        raise KeyError
    assert numbers() == []


def test_nothing_to_say() -> None:
    with together():
        pass
    assert numbers() == []


def test_within_another_transaction_it_is_part_of_that() -> None:
    with pytest.raises(KeyError), transaction.atomic():  # noqa: PT012
        with together():
            put(1)
        assert numbers() == [1]
        raise KeyError
    assert numbers() == []


def test_two_blocks_are_two_transactions_and_one_preparation() -> None:
    for value in range(5):
        with together():
            put(value)
    assert numbers() == list(range(5))
    prepared = fetch(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s",
        ['INSERT INTO "trial" ("n") VALUES ($1)'],
    )
    assert prepared == [(1,)]


def test_statement_that_cannot_be_prepared_can_come_again() -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="nowhere"), together():
            ask("SELECT * FROM nowhere", []).rows()
    assert numbers() == []


def test_locks_last_until_the_end() -> None:
    with together():
        ask("SELECT pg_advisory_xact_lock(%s)", [77])
        held = ask(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND pid = pg_backend_pid()",
            [],
        )
        assert held.rows() == [(1,)]
    assert fetch("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77", []) == [(0,)]


def test_each_statement_sees_what_was_committed_before_it(module_db_clone: Any) -> None:
    """READ COMMITTED: what waited for a lock must see what the one before it wrote."""
    with together():
        assert ask("SELECT count(*) FROM trial", []).rows() == [(0,)]
        with psycopg.connect(module_db_clone.urls.app, autocommit=True) as other:
            other.execute("INSERT INTO trial (n) VALUES (5)")
        assert ask("SELECT count(*) FROM trial", []).rows() == [(1,)]


def test_read_on_a_dead_connection_gets_a_new_one(module_db_clone: Any) -> None:
    before = backend()
    end_backend(before, module_db_clone)
    assert backend() != before


def test_block_whose_connection_dies_writes_nothing(module_db_clone: Any) -> None:
    with pytest.raises(OperationalError), together():  # noqa: PT012
        put(1)
        ((pid,),) = ask("SELECT pg_backend_pid()", []).rows()
        end_backend(pid, module_db_clone)
        put(2)
    assert numbers() == []
    with together():
        put(3)
    assert numbers() == [3]


def test_nul_is_refused_before_it_travels() -> None:
    with pytest.raises(DataError), together():
        ask("SELECT %s::text", ["a\0b"]).rows()
    assert numbers() == []


def test_unknown_kind_of_parameter() -> None:
    with pytest.raises(TypeError), together():
        ask("SELECT %s", [1.5]).rows()
    assert statements.fetch("SELECT 1", []) == [(1,)]
