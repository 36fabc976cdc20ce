"""Marks: one vote each nationwide, a day and no time, and nobody above the precinct who could list who has not voted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest
from django.db import IntegrityError, connection
from pydantic import ValidationError

from esaylov.acts.catalogue import catalogue
from esaylov.acts.powers import Power
from esaylov.registry.matrix import ROLES
from esaylov.voters.freezing.models import Mark
from tests.acts.election import World
from tests.registry.people import accepted, codes
from tests.voters.freezing import central, frozen_world
from tests.voters.listed import enter_voters, person
from tests.voters.precinct_lists import commission, custodian, mark


@pytest.fixture
def kept(door: World) -> Iterator[World]:
    central()
    enter_voters(40, ("n1-1", "n1-2"))
    with custodian():
        yield door


def test_a_mark_has_a_day_and_no_time_and_names_nobody(kept: World) -> None:
    frozen_world()
    accepted(mark("early", commission()["secretary"], voter=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT record, at FROM acts_journal WHERE code = 'voters.mark_voter'")
        record, at = cursor.fetchone()
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'voters_mark'"
        )
        columns = dict(cursor.fetchall())
    said = orjson.loads(bytes(record))
    assert set(said) == {
        "act", "at", "body", "edition", "election", "kind", "number", "precinct", "simulated", "v"
    }  # fmt: skip
    assert said["at"].endswith("T00:00:00+05:00")
    assert at.astimezone(UTC).strftime("%H:%M:%S") == "19:00:00"
    assert (said["kind"], said["number"]) == ("early", 1)
    assert columns["day"] == "date"
    assert "timestamp with time zone" not in columns.values()
    assert "journal" not in columns


def test_nobody_votes_twice(kept: World) -> None:
    frozen_world()
    here, there = commission()["chair"], commission("pec:n1-2", 800)["chair"]
    accepted(mark("early", here, voter=1))
    assert codes(mark("home", here, voter=1)) == ["J21"]
    assert codes(mark("elsewhere", there, "n1-2", document=person(1)["document"])) == ["J20"]
    accepted(mark("elsewhere", there, "n1-2", document=person(3)["document"]))
    again = mark("early", here, voter=3)
    assert codes(again) == ["J20"]
    assert "n1-2" not in str(again.findings), "where it was is not told"
    with pytest.raises(IntegrityError):
        Mark.objects.create(
            id="7d8a0e5c-0000-4000-8000-000000000000", election="door", voter=1, kind="home", day="2026-10-25",
            precinct_id=Mark.objects.filter(voter=1).values_list("precinct_id", flat=True)[0],
        )  # fmt: skip


def test_marks_that_are_no_votes_stand_beside_them(kept: World) -> None:
    frozen_world()
    by = commission()["deputy"]
    for kind in ("home-asked", "home", "replaced"):
        accepted(mark(kind, by, voter=5))
    assert codes(mark("home-asked", by, voter=5)) == ["J22"]


def test_only_own_voters_are_marked(kept: World) -> None:
    by = commission()["chair"]
    accepted(mark("home-asked", by, voter=1))  # before the freeze the list at hand counts
    assert codes(mark("home-asked", by, voter=2)) == ["J23"]
    frozen_world()
    assert codes(mark("early", by, voter=2)) == ["J23"]
    assert codes(mark("early", by, voter=4_000)) == ["J23"]
    assert codes(mark("elsewhere", by, document="AD9999999")) == ["J25"]


@pytest.mark.parametrize(
    "who", [{}, {"voter": 1, "document": "AD0000001"}, {"document": "AD0000001", "kind": "early"}]
)
def test_who_is_marked_is_told_in_one_way(kept: World, who: dict[str, object]) -> None:
    kind = str(who.pop("kind", "elsewhere"))
    with pytest.raises(ValidationError):
        mark(kind, central(), **who)


def test_no_role_above_the_precinct_marks_or_holds_a_power_over_marks(kept: World) -> None:
    frozen_world()
    people = commission()
    others = commission("pec:n1-2", 800)
    for actor in (
        people["member"], others["chair"], central(), *(kept.actors[code] for code in ("tec:n", "dcec:n1", "dec:c1", "pec:n1-1")),
    ):  # fmt: skip
        assert codes(mark("early", actor, voter=1)) == ["A01"]
    for power in (Power.MARK_VOTER, Power.ADD_SUPPLEMENT):
        assert {grant.tier for grant in ROLES[power]} == {"precinct"}
        assert not any(grant.machine for grant in ROLES[power])
    assert all(listed.path is None for listed in catalogue() if listed.code == "voters.mark_voter")


def test_the_calendar_says_when(clocked: World) -> None:
    by = commission()["chair"]
    assert codes(mark("early", by, voter=1)) == ["J24"]
    assert codes(mark("home", by, voter=1)) == ["J24"]
    accepted(mark("home-asked", by, voter=1))


@pytest.fixture
def clocked(db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An election before its days of voting."""
    from tests.acts.election import EDITION, world

    steps = """
[calendar]
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "early-voting"
title = {en = "Early"}
opens = {before = 10}
closes = {before = 3}

[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
"""
    start = datetime.fromisoformat("2026-10-01T09:00:00+05:00")
    with world(tmp_path_factory.mktemp("clocked"), edition=EDITION + steps, start=start) as made:
        central()
        enter_voters(4)
        yield made
