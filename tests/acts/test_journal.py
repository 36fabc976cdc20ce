"""The journal can only grow: neither the application nor the owner of the schema changes it, and who does is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from esaylov.acts.identity import identity
from esaylov.acts.logstore import LogStore
from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import append_log_entry, log_members
from esaylov.operations.reconcile import reconcile
from esaylov.publication.models import Publication
from esaylov.registry.models import Precinct
from esaylov.server.database import append_only_tables
from esaylov.tlog.checkpoint import open_checkpoint
from esaylov.tlog.notes import parse_vkey
from esaylov.tlog.tiles import ENTRIES, bundles_for, decode_bundle
from esaylov.tlog.tree import leaf_hash, root_hash
from esaylov.voters.doors.models import HouseCheck, Round
from esaylov.voters.freezing.models import Freeze, Mark, Supplement
from esaylov.voters.models import Access as LookAt
from esaylov.voters.models import Assignment, AssignmentEnd, Changeset, Pair, RequestDecision, Search
from esaylov.voters.models import Request as VoterRequest
from esaylov.voters.notices.models import NoticePeriod, Told
from tests.acts.election import World, count, form
from tests.formation.people import enter_a_file
from tests.proceedings.acting import perform_on_proceedings
from tests.registry.people import perform_on_people

COLUMN = {
    "acts_journal": "body", "acts_entry": "position", "acts_checkpoint": "note", "acts_logidentity": "origin",
    "polling_turnout": "voters", "results_protocol": "state", "results_ruling": "kind",
    "results_contestdecision": "kind", "publication_publication": "manifest",
    "elections_move": "number", "acts_access": "purpose", "registry_person": "journal",
    "registry_organisation": "kind", "registry_mandate": "role", "registry_mandateend": "ground",
    "proceedings_session": "number", "proceedings_attendance": "sequence", "proceedings_closing": "at",
    "proceedings_decision": "title", "proceedings_vote": "choice", "proceedings_dissent": "text",
    "proceedings_application": "number", "proceedings_applicationevent": "state", "proceedings_letter": "number",
    "formation_import": "rows", "formation_discussion": "minutes", "formation_opinion": "supported",
    "formation_kengash": "organisation", "formation_filedecision": "decision",
    "proceedings_letterrecipient": "body", "proceedings_letterreading": "what",
    "voters_changesetstep": "step", "voters_freeze": "lists", "voters_supplement": "reason", "voters_mark": "kind",
    "voters_access": "purpose", "voters_pairstep": "step", "voters_housecheck": "answered", "voters_doorround": "visits", "voters_request": "kind",
    "voters_requestdecision": "verdict", "voters_requesttaken": "changeset",
    "voters_assignment": "why", "voters_assignmentend": "changeset", "voters_noticeperiod": "notices", "voters_told": "voter",
}  # fmt: skip


def acted(door: World) -> None:
    """A row in every append-only table."""
    for precinct in ("n1-1", "n1-2", "n2-1", "n2-2"):
        door.post("turnout", {"precinct": precinct, "voters": 3}, f"pec:{precinct}")
        door.submit(precinct, "k")
    door.post("acceptances", {"precinct": "n1-1", "contest": "k", "decision": "1"}, "cec")
    assert door.post("certifications", {"contest": "k", "decision": "2"}, "cec").status_code == 201
    move = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00", "decision": "3"}
    assert door.post("moves", move, "cec").status_code == 201
    perform_on_people()
    enter_a_file()
    take_a_step()
    perform_on_proceedings()
    journal = append_log_entry(
        "publication.publish", log_members("publication.publish") | {"manifest": "", "size": 0}
    )
    Publication.objects.create(journal_id=journal, manifest=b"", size=0)
    door.sequence()


@pytest.fixture
def rows(door: World) -> World:
    acted(door)
    return door


def take_a_step() -> None:
    """A changeset of the voter list with one step, and a look at an entry."""
    now = datetime.now(UTC)
    changeset = Changeset.objects.create(kind="full", base=0, made_at=now)
    changeset.steps.create(step="proposed", person=uuid4(), at=now, journal=1)
    LookAt.objects.create(at=now, voter=1, purpose="look-up")
    of = {"election": "door", "precinct": Precinct.objects.get(code="n1-1"), "voter": 1}
    Freeze.objects.create(journal=1, election="door", lists=1, voters=1, unplaced=0, sha256=b"", at=now)
    Supplement.objects.create(
        **of,
        journal=1,
        number=1,
        pinfl=uuid4(),
        listed=True,
        reason="missing",
        members=[1],
        sealed=b"",
        at=now,
    )
    Mark.objects.create(**of, id=uuid4(), kind="early", day=now.date())
    visited = dict.fromkeys(
        ("number", "district", "mahalla", "house", "entries", "answered", "follow", "missing", "checked"), 1
    )
    HouseCheck.objects.create(
        journal=1, election="door", precinct=of["precinct"], sealed=b"", day=now.date(), **visited
    )
    Round.objects.create(
        journal=1,
        election="door",
        precinct=of["precinct"],
        number=1,
        day=now.date(),
        last=1,
        visits=1,
        checked=1,
        noted=b"",
    )
    asked = VoterRequest.objects.create(
        id=1, journal=1, election="door", number="R-1", kind="home", precinct=of["precinct"], code=b"", sealed=b"",
        territory=of["precinct"].territory, received_at=now, due=now,
    )  # fmt: skip
    asked.taken.create(changeset=1)
    RequestDecision.objects.create(
        request=asked, journal=2, verdict="granted", body="pec:n1-1", late=False, sealed=b"", at=now
    )
    assigned = Assignment.objects.create(**of, why="request", changeset=1)
    AssignmentEnd.objects.create(assignment=assigned, changeset=2)
    NoticePeriod.objects.create(changeset=1, journal=1, begins=now, ends=now, notices=1, told=1)
    Told.objects.create(changeset=1, voter=1, precinct=of["precinct"], day=now.date(), mandate=1, journal=1)
    search = Search.objects.create(at=now, seconds=1, entries=2, pairs=1, model=b"")
    pair = Pair.objects.create(
        search=search, first=1, second=2, first_district=1, second_district=1, weight=9.0, levels=[]
    )
    pair.steps.create(step="proposed", verdict="unclear", person=uuid4(), at=now, journal=1)


def statements(table: str) -> Iterator[tuple[str, sql.Composed]]:
    name, column = sql.Identifier(table), sql.Identifier(COLUMN[table])
    yield "update", sql.SQL("UPDATE {} SET {} = {}").format(name, column, column)
    yield "delete", sql.SQL("DELETE FROM {}").format(name)
    yield "truncate", sql.SQL("TRUNCATE {} CASCADE").format(name)


@pytest.mark.parametrize("role", ["app", "admin", "superuser"])
def test_append_only(rows: World, db_clone: Any, role: str) -> None:
    """The application's role lacks the right; the owner and a superuser meet the trigger."""
    assert {table for table in append_only_tables() if not table.startswith("accounts_")} == set(COLUMN)
    with psycopg.connect(getattr(db_clone.urls, role), autocommit=True) as connection:
        for table in COLUMN:
            before = count(table)
            assert before, table
            for what, statement in statements(table):
                with pytest.raises(psycopg.Error) as refused:
                    connection.execute(statement)
                denied = isinstance(refused.value, psycopg.errors.InsufficientPrivilege)
                assert denied is (role == "app"), (table, what, refused.value)
            assert count(table) == before


def test_application_cannot_switch_the_trigger_off(rows: World, db_clone: Any) -> None:
    with psycopg.connect(db_clone.urls.app, autocommit=True) as connection:
        for statement in (
            "ALTER TABLE acts_journal DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "DROP TABLE acts_journal CASCADE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_log_verifies(rows: World) -> None:
    known, last = identity(), Checkpoint.objects.order_by("-size").first()
    assert known is not None
    assert last is not None
    head, _ = open_checkpoint(last.note.encode(), parse_vkey(known.verifier_key))
    store = LogStore(rows.data / "log")
    entries = [entry for tile in bundles_for(head.size) for entry in decode_bundle(tile, store.read(tile))]
    assert all(tile.level == ENTRIES for tile in bundles_for(head.size))
    assert len(entries) == head.size
    assert root_hash([leaf_hash(entry) for entry in entries]) == head.root
    assert (rows.data / "log" / "checkpoint").read_text() == last.note


def test_nothing_differs(rows: World) -> None:
    assert [str(row) for row in reconcile() if "projection" not in row.table] == []


TAMPERED = [
    ("acts_journal", "UPDATE acts_journal SET body = 'tec:s' WHERE code = 'results.accept_protocol'"),
    ("acts_journal", "UPDATE acts_journal SET record = record || ' '::bytea WHERE code = 'results.certify'"),
    ("results_protocol", "UPDATE results_protocol SET votes[1] = votes[1] + 1 WHERE journal_id ="
     " (SELECT min(journal_id) FROM results_protocol)"),
    ("results_protocol", "UPDATE results_protocol SET state = 'inconsistent'"),
    ("results_ruling", "UPDATE results_ruling SET kind = 'return'"),
    ("results_contestdecision", "UPDATE results_contestdecision SET number = '9'"),
    ("polling_turnout", "UPDATE polling_turnout SET voters = 900"),
    ("polling_turnout", "DELETE FROM polling_turnout"),
    ("elections_option", "UPDATE elections_option SET ballot_order = 9 WHERE code = 'eve'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "statement"), TAMPERED, ids=[f"{t}-{i}" for i, (t, _) in enumerate(TAMPERED)]
)
def test_superusers_change_is_found(rows: World, db_clone: Any, table: str, statement: str) -> None:
    assert not [row for row in reconcile() if row.table == table]
    with psycopg.connect(db_clone.urls.superuser, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        assert connection.execute(statement).rowcount > 0
    found = [str(row) for row in reconcile()]
    assert any(table.rsplit("_", maxsplit=1)[-1] in row for row in found), found


def test_answers_name_the_entry_that_stands_in_the_log(rows: World) -> None:
    body = rows.submit("s1-1").json()
    rows.sequence()
    assert count("acts_entry", f"leaf_hash = '\\x{body['leaf_hash']}'::bytea") == 1
    assert rows.post("protocols", form("s1-1"), "pec:s1-1").json()["leaf_hash"] == body["leaf_hash"]
