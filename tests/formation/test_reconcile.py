"""Rows about people that somebody changed behind the application's back are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connections

from esaylov.acts import vault
from esaylov.operations.reconcile_people import people_differences
from tests.acts.election import World
from tests.formation.people import enter_a_file
from tests.registry.people import held, perform_on_people


@pytest.fixture
def people(door: World) -> World:
    perform_on_people()
    enter_a_file()
    assert list(people_differences()) == []
    return door


def superuser(statement: str) -> None:
    with connections["admin"].cursor() as cursor:
        for table in ("registry_mandate", "registry_mandateend", "registry_person", "registry_organisation", "acts_vault",
                      "formation_import", "formation_opinion", "formation_kengash", "formation_discussion"):  # fmt: skip
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE registry_mandate SET role = 'chair' WHERE id = (SELECT max(id) FROM registry_mandate WHERE role = 'member')", "registry_mandate"),
        ("DELETE FROM registry_mandate WHERE id = (SELECT max(id) FROM registry_mandate)", "registry_mandate"),
        ("UPDATE registry_mandate SET commitment = sha256('x') WHERE id = 3", "registry_mandate"),
        ("UPDATE registry_mandate SET proposer = 'ngo' WHERE id = (SELECT max(id) FROM registry_mandate)", "registry_mandate"),
        ("UPDATE registry_mandate SET journal = journal + 100000 WHERE id = 4", "registry_mandate"),
        ("DELETE FROM registry_mandateend", "registry_mandateend"),
        ("UPDATE registry_mandateend SET ground = 'recalled' WHERE ground = 'died'", "registry_mandateend"),
        ("INSERT INTO registry_person (id, journal) VALUES (gen_random_uuid(), 1)", "registry_person"),
        ("UPDATE registry_organisation SET kind = 'ngo'", "registry_organisation"),
        ("UPDATE formation_import SET rows = rows + 1", "formation_import"),
        ("DELETE FROM formation_import", "formation_import"),
        ("UPDATE formation_opinion SET supported = NOT supported", "formation_opinion"),
        ("DELETE FROM formation_opinion", "formation_opinion"),
        ("UPDATE formation_discussion SET present = 1", "formation_discussion"),
        ("UPDATE formation_kengash SET organisation = 'org:x'", "formation_kengash"),
        ("UPDATE acts_vault SET sealed = sealed || '\\x00' WHERE id = 2", "acts_vault"),
        ("UPDATE acts_vault a SET sealed = b.sealed, key = b.key FROM acts_vault b WHERE a.id = 2 AND b.id = 3", "acts_vault"),
    ],
)  # fmt: skip
def test_every_change_is_named(people: World, statement: str, table: str) -> None:
    superuser(statement)
    assert table in {found[0] for found in people_differences()}


def test_what_was_erased_is_not_missed(people: World) -> None:
    erase: Callable[..., None] = vault.erase
    erase(held("door", "tec:n", datetime.now(UTC))[0].person)
    assert list(people_differences()) == []
