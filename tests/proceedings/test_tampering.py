"""A row of this room that somebody changed behind the application's back is found."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from esaylov.proceedings.checking import differences
from tests.acts.election import World
from tests.proceedings.acting import perform_on_proceedings, sitting
from tests.registry.people import accepted, enrol, form_commission, members

CHANGES = {
    "proceedings_session": "SET agenda = '[\"Other\"]'",
    "proceedings_attendance": "SET present = present[1:6]",
    "proceedings_decision": "SET text = text || ' not'",
    "proceedings_vote": "SET choice = 'against' WHERE choice = 'for'",
    "proceedings_dissent": "SET text = 'I would.'",
    "proceedings_closing": "SET minutes = '\\x00'::bytea",
    "proceedings_application": "SET kind = 'other'",
    "proceedings_applicationevent": "SET state = 'granted' WHERE state = 'refused'",
    "proceedings_letter": "SET number = number + 1",
    "proceedings_letterrecipient": "SET body = body || 'x'",
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_is_found(door: World, db_clone: Any, table: str) -> None:
    accepted(enrol())
    accepted(form_commission("door", "tec:n", sitting()[0], members(9, 100)))
    perform_on_proceedings()
    assert list(differences()) == []
    with psycopg.connect(db_clone.urls.superuser, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        assert raw.execute(f"UPDATE {table} {CHANGES[table]}").rowcount
    assert list(differences())


@pytest.mark.parametrize("table", ["proceedings_decision", "proceedings_applicationevent"])
def test_a_row_that_is_gone_is_found(door: World, db_clone: Any, table: str) -> None:
    accepted(enrol())
    accepted(form_commission("door", "tec:n", sitting()[0], members(9, 100)))
    perform_on_proceedings()
    with psycopg.connect(db_clone.urls.superuser, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        raw.execute(f"DELETE FROM {table}")
    assert any(found[0] == table for found in differences())
