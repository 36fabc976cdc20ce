"""No role above the precinct opens a list, marks or what was found at doors by person: every page of the cabinet, made from the
urlconf, for everybody above; and nobody reads marks but the precinct's own list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

import esaylov
from esaylov.acts.catalogue import catalogue
from esaylov.acts.powers import Power
from esaylov.cabinet.views import asks_of
from esaylov.registry.matrix import ROLES
from tests.acts.election import count
from tests.cabinet.people import WHO, Bench
from tests.cabinet.people import bench as people
from tests.cabinet.test_routes import routes
from tests.registry.people import accepted, actors_of
from tests.voters.doors import house_voters, houses, kept, noted
from tests.voters.freezing import ELECTION, frozen_world
from tests.voters.listed import person
from tests.voters.precinct_lists import custodian, mark

ABOVE = sorted(who for who in WHO if who.startswith(("cec", "tec")))
OWN = {Power.MARK_VOTER, Power.ADD_SUPPLEMENT, Power.CHECK_HOUSEHOLD, Power.TELL_REMOVAL}
"""Powers that open a precinct's voters one by one."""
VOTERS = 24


@pytest.fixture(scope="module")
def town(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A frozen list with marks of each kind, and a house that was visited."""
    with people(tmp_path_factory.mktemp("town")) as made:
        house_voters(VOTERS, ("n1-1", "n2-1"))
        frozen_world(actors_of("", "cec", datetime.now(UTC))["chair"])
        by, there = (
            actors_of(ELECTION, f"pec:{code}", datetime.now(UTC))["chair"] for code in ("n1-1", "n2-1")
        )
        with custodian():
            for voter, kind in ((1, "home-asked"), (3, "early"), (5, "home"), (7, "replaced")):
                accepted(mark(kind, by, voter=voter))
            accepted(mark("elsewhere", there, "n2-1", document=person(9)["document"]))
            kept(noted(by, houses()[0], said={1: "gone", 3: "died"}))
            yield made


@pytest.mark.parametrize("who", ABOVE)
def test_no_page_of_the_cabinet_shows_those_above_a_voter(town: Bench, who: str) -> None:
    names = re.compile(
        "|".join([r"\bTest[0-9]+\b", *(person(number)["document"] for number in range(1, VOTERS + 1))])
    )
    client, before, opened = town.clients[who], count("voters_access"), 0
    for name, address, view in routes():
        asks = asks_of(view)
        answer = client.get(address)
        if asks is not None and asks.power in OWN:
            assert answer.status_code in {403, 405}, name
            assert client.post(address).status_code in {403, 405}, name
        if answer.status_code == 200 and not answer.streaming:
            opened += 1
            found = names.search(answer.content.decode(errors="replace"))
            assert found is None, (name, found)
    assert opened > 10
    assert count("voters_access") == before, "nobody's record was opened"


def test_what_opens_voters_one_by_one_belongs_to_precincts_and_to_persons() -> None:
    for power in OWN:
        assert {grant.tier for grant in ROLES[power]} == {"precinct"}
        assert not any(grant.machine for grant in ROLES[power])
    acts = [one for one in catalogue() if one.act.power in OWN]
    noted_first = {
        Power.CHECK_HOUSEHOLD
    }  # what a day's visits found becomes an act of the platform, without any of it
    assert {one.code.partition(".")[2] for one in acts} == {power.value for power in OWN - noted_first}
    assert {one.path for one in acts} == {None}, "no program of a body asks for them"


def test_marks_are_read_by_the_precinct_s_own_list_alone() -> None:
    """Whoever reads marks is named here, so that nobody reads them unseen."""
    root = Path(esaylov.__file__).parent
    readers = {
        str(path.relative_to(root / "voters"))
        for path in root.rglob("*.py")
        if "migrations" not in path.parts
        and re.search(r"\bMark\.objects\b|\bvoters_mark\b", path.read_text())
    }
    assert readers == {"freezing/marks.py", "freezing/supplements.py", "precinct_list/reading.py"}


def test_the_database_has_no_list_of_those_who_did_not_vote() -> None:
    """Voting in the room is recorded for nobody: no column of an entry, and no table beside marks, says that somebody voted."""
    from esaylov.voters.models import Voter

    columns = {field.column for field in Voter._meta.concrete_fields}
    assert columns == {
        "id", "pinfl", "document", "content", "house", "district", "mahalla", "precinct", "changeset", "sealed"
    }  # fmt: skip
    tables = {table for table in connection.introspection.django_table_names() if "vote" in table}
    assert {table for table in tables if not table.startswith("voters_")} <= {"proceedings_vote"}
