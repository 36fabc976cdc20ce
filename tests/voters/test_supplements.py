"""Supplements: only after the freeze, numbered, with reason, paper and members who agreed; nobody in the log."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from threading import Thread
from typing import Any

import orjson
import psycopg
import pytest
from django.db import Error as DatabaseError
from django.db import connection
from django.test import Client

from esaylov.acts.models import Checkpoint
from esaylov.custody import client
from esaylov.results.tabulation import Tabulator
from esaylov.voters import access
from esaylov.voters.freezing.models import Mark, Supplement
from esaylov.voters.freezing.queries import shares
from esaylov.voters.freezing.supplements import AddSupplement, SupplementCase
from tests.acts.election import World
from tests.conftest import Clone
from tests.registry.people import accepted, codes
from tests.voters.freezing import ELECTION, central, frozen_world
from tests.voters.listed import enter_voters, person
from tests.voters.precinct_lists import commission, custodian, entered, mandates, mark


@pytest.fixture
def kept(door: World) -> Iterator[World]:
    central()
    enter_voters(40, ("n1-1", "n1-2"))
    with custodian():
        yield door


def records(code: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE code = %s ORDER BY id", [code])
        return [orjson.loads(bytes(record)) for (record,) in cursor.fetchall()]


def test_before_the_freeze_nobody_comes_into_a_supplement(kept: World) -> None:
    assert codes(entered(500, commission()["chair"])) == ["J10"]


def test_entries_are_numbered_and_say_no_person(kept: World) -> None:
    frozen_world()
    by = commission()["secretary"]
    for number in (500, 501):
        accepted(entered(number, by))
    accepted(entered(502, commission("pec:n1-2", 800)["chair"], "n1-2"))
    said = records("voters.add_supplement")
    assert [(one["precinct"], one["number"], one["reason"], one["members"]) for one in said] == [
        ("n1-1", 1, "missing", 2), ("n1-1", 2, "missing", 2), ("n1-2", 1, "missing", 2)
    ]  # fmt: skip
    text = orjson.dumps(said).decode()
    assert not any(value in text for value in person(500).values() if len(value) > 3)
    row = Supplement.objects.get(precinct__code="n1-1", number=1)
    (opened,) = client.open_rows(
        [(row.voter, bytes(row.sealed))], purpose="precinct list", table="voters_supplement"
    )
    assert opened["pinfl"] == person(500)["pinfl"]
    assert opened["paper"].startswith("Passport")


def test_one_voter_has_one_entry(kept: World) -> None:
    frozen_world()
    by = commission()["chair"]
    assert codes(entered(1, by)) == ["J13"]  # in this list already
    accepted(entered(2, by))  # in that of another precinct: entered here, and known by the same number
    assert Supplement.objects.get().voter == 2
    assert codes(entered(2, by)) == ["J14"]
    other = commission("pec:n1-2", 800)["chair"]
    assert codes(mark("early", other, "n1-2", voter=2)) == ["J14"]
    accepted(mark("elsewhere", other, "n1-2", voter=4))
    assert codes(entered(4, by)) == ["J20"]


def test_who_is_sure_of_being_refused_learns_nothing_of_a_pinfl(kept: World) -> None:
    """On the own list, with a vote elsewhere, on no list: the same answer; whoever does ask is seen by the voter."""
    frozen_world()
    here, there = commission()["chair"], commission("pec:n1-2", 800)["chair"]
    accepted(mark("early", there, "n1-2", voter=2))
    for number in (1, 2, 500):
        assert codes(entered(number, here, reason="holiday")) == ["J11"]
    assert not access.looks(1)
    before = len(access.looks(2))
    assert codes(entered(1, here)) == ["J13"]
    assert codes(entered(2, here)) == ["J20"]
    assert [(one.body, one.purpose) for one in access.looks(1)] == [("pec:n1-1", "request")]
    assert len(access.looks(2)) == before + 1


def test_what_an_entry_needs(kept: World) -> None:
    frozen_world()
    by, others = commission()["chair"], mandates
    commission("pec:n1-2", 800)
    assert codes(entered(500, by, reason="because")) == ["J11"]
    assert codes(entered(500, by, members=mandates()[:1])) == ["J12"]
    assert codes(entered(500, by, members=[mandates()[0]] * 2)) == ["J12"]
    assert codes(entered(500, by, members=[mandates()[0], others("pec:n1-2")[0]])) == ["J12"]
    assert codes(entered(500, by, person={"pinfl": "70000000000001"})) == ["J15"]
    assert codes(entered(500, by, person={"birth_date": "2010-01-01"})) == ["J16"]
    assert not Supplement.objects.exists()


def test_whose_term_has_ended_agrees_to_nothing(kept: World, db_clone: Clone) -> None:
    frozen_world()
    by, members = commission()["chair"], mandates()[:2]
    ends = "UPDATE registry_mandate SET valid_until = now() + %s::interval WHERE id = %s"
    with psycopg.connect(db_clone.urls.superuser, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        raw.execute(ends, ["-1 minute", members[1]])
        assert codes(entered(500, by, members=members)) == ["J12"]
        raw.execute(ends, ["1 hour", members[1]])
    accepted(entered(500, by, members=members))


def test_only_officers_of_the_precinct_enter_somebody(kept: World) -> None:
    frozen_world()
    people = commission()
    others = commission("pec:n1-2", 800)
    for actor in (
        people["member"],
        others["chair"],
        central(),
        kept.actors["tec:n"],
        kept.actors["pec:n1-1"],
    ):
        assert codes(entered(500, actor)) == ["A01"]


def test_the_share_of_supplements_raises_an_alert(kept: World) -> None:
    frozen_world()
    by = commission()["chair"]
    accepted(entered(500, by))
    level = Fraction(5, 100)
    assert [(one.added, one.voters, one.alert) for one in shares(ELECTION, level, "n1-1")] == [(1, 20, False)]
    accepted(entered(501, by))
    assert [one.alert for one in shares(ELECTION, level, "n1-1")] == [True]
    assert [one.precinct for one in shares(ELECTION, level) if one.alert] == ["n1-1"]
    assert not shares(ELECTION, level, size=0)
    kept.sequence()
    Tabulator(ELECTION).advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])
    page = Client().get("/en/elections/door/precincts/n1-1/").content.decode()
    assert "Voters on the frozen list" in page
    assert "10.0" in page
    assert "more than the level at which supplements are looked at" in page
    assert "looked at" not in Client().get("/en/elections/door/precincts/n1-2/").content.decode()


def test_nobody_changes_a_supplement(kept: World) -> None:
    frozen_world()
    accepted(entered(500, commission()["chair"]))
    for statement in ("UPDATE voters_supplement SET reason = 'x'", "DELETE FROM voters_supplement"):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_mark_and_an_entry_do_not_pass_each_other(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = commission()["secretary"], commission("pec:n1-2", 800)["secretary"]
    frozen_world()
    record, found = AddSupplement.record, list[Any]()

    def other() -> None:
        found.append(mark("early", here, voter=1))
        connection.close()

    second = Thread(target=other)

    def between(self: AddSupplement, case: SupplementCase) -> dict[str, Any]:
        second.start()
        second.join(0.5)
        return record(self, case)

    monkeypatch.setattr(AddSupplement, "record", between)
    accepted(entered(1, there, "n1-2"))
    second.join()
    assert codes(found[0]) == ["J14"]
    assert (Mark.objects.count(), Supplement.objects.count()) == (0, 1)


def test_an_entry_under_the_keys_of_before_counts(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen_world()
    by = commission()["chair"]
    accepted(entered(500, by))
    digests = client.digests
    monkeypatch.setattr(
        client, "digests", lambda *given, **more: [[b"\1" * 16], *digests(*given, **more)]
    )  # a change of keys has begun
    assert codes(entered(500, by)) == ["J14"]


def test_the_custodian_is_asked_before_anything_is_written(
    kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen_world()
    by, seal, written = commission()["chair"], client.seal_rows, list[object]()

    def asked(*given: Any, **more: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned()")
            written.append(cursor.fetchone()[0])
        return seal(*given, **more)

    monkeypatch.setattr(client, "seal_rows", asked)
    accepted(entered(500, by))
    assert written == [None]


def test_entries_of_persons_who_are_not_listed_have_numbers_of_their_own(kept: World) -> None:
    frozen_world()
    by = commission()["chair"]
    for number in (500, 501):
        accepted(entered(number, by))
    numbers = set(Supplement.objects.values_list("voter", flat=True))
    assert len(numbers) == 2
    assert min(numbers) >= 2**58 > 10 * 20_000_000 * 65_536
    accepted(mark("home-asked", by, voter=min(numbers)))
