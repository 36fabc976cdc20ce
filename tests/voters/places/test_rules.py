"""Rules are set by decision: what is wrong with them is said, voters follow them, and nothing of it names a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from django.db import connection

from esaylov.acts.door import Accepted, Refused
from esaylov.registry.models import Precinct
from esaylov.voters import placing
from esaylov.voters.models import Mahalla, Rule, Voter
from esaylov.voters.places.models import Coverage, Placing
from esaylov.voters.places.waiting import wait_for
from esaylov.voters.placing import compiled
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters.listed import enter_voters
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, listed_in, place_all, register, set_rules


@pytest.fixture
def town(door: World, tmp_path: Path) -> World:
    """Twenty houses of one street in the first mahalla, two in the second; eighty voters in houses 1 to 20, four in each."""
    register(tmp_path / "addresses", [*street("t-1", NAVOI, range(1, 21)), *street("t-2", "Bobur", [1, 2])])
    enter_voters(79, [None])
    return door


def number(code: str) -> int:
    return Precinct.objects.get(election="door", code=code).id


def codes(result: object) -> list[str]:
    assert isinstance(result, Refused), result
    return [finding.code for finding in result.findings]


def test_voters_follow_the_rules(town: World) -> None:
    done = set_rules(town, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,20,all"))
    assert isinstance(done, Accepted)
    assert place_all() == 79
    first, second = number("n1-1"), number("n1-2")
    assert Voter.objects.filter(precinct=first).count() == 39
    assert Voter.objects.filter(precinct=second).count() == 40
    assert not Placing.objects.exists()
    assert Coverage.objects.get(mahalla__code="t-1").uncovered == 0


def test_what_changes_while_it_is_placed_is_placed_again(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second extract of addresses comes while the first one's houses are placed."""
    before = placing.place

    def meanwhile(election: str, mahallas: Sequence[int]) -> int:
        moved = before(election, mahallas)
        wait_for(mahallas)
        return moved

    accepted(set_rules(town, given("n1-1,t-1,*,,,all")))
    place_all()
    wait_for(Mahalla.objects.values_list("id", flat=True))
    monkeypatch.setattr(placing, "place", meanwhile)
    placing.place_waiting()
    assert Placing.objects.count() == Mahalla.objects.count()
    monkeypatch.undo()
    place_all()
    assert not Placing.objects.exists()


def test_the_entry_says_counts_and_a_hash(town: World) -> None:
    rules = given(f"n1-1,t-1,{NAVOI},1,10,all", "n1-1,t-2,*,,,all")
    done = set_rules(town, rules)
    assert isinstance(done, Accepted)
    assert {key: done.record[key] for key in ("precincts", "rules", "ended", "mahallas", "table", "decision")} == {
        "precincts": 1, "rules": 2, "ended": 0, "mahallas": 2, "table": rules.sha256, "decision": "7",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE id = %s", [done.journal])
        entry = orjson.loads(bytes(cursor.fetchone()[0]))
    assert entry["table"] == rules.sha256
    assert NAVOI not in str(entry)


def test_rules_of_a_precinct_are_replaced_whole(town: World) -> None:
    set_rules(town, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,20,all"))
    again = set_rules(town, given(f"n1-1,t-1,{NAVOI},1,10,odd"), "8")
    assert isinstance(again, Accepted)
    assert again.record["ended"] == 1
    assert Rule.objects.filter(ended__isnull=False).count() == 1
    assert [(one.precinct, one.parity) for one in compiled("door").rules] == [
        ("n1-1", "odd"),
        ("n1-2", "all"),
    ]
    place_all()
    assert Voter.objects.filter(precinct=None).count() == 20  # houses 2, 4, 6, 8, 10
    assert Coverage.objects.get(mahalla__code="t-1").uncovered == 5


def test_moving_and_moving_back_restores(town: World) -> None:
    first = [f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,20,all"]
    set_rules(town, given(*first))
    place_all()
    before = listed_in()
    set_rules(town, given(f"n1-1,t-1,{NAVOI},1,14,all", f"n1-2,t-1,{NAVOI},15,20,all"), "8")
    assert place_all() == 16
    assert listed_in() != before
    set_rules(town, given(*first), "9")
    assert place_all() == 16
    assert listed_in() == before


def test_a_precinct_may_lose_all_its_rules(town: World) -> None:
    set_rules(town, given(f"n1-1,t-1,{NAVOI},,,all"))
    place_all()
    done = set_rules(town, given(also=["n1-1"]), "8")
    assert isinstance(done, Accepted)
    assert (done.record["rules"], done.record["ended"]) == (1, 1)
    place_all()
    assert Voter.objects.filter(precinct=None).count() == 79


def test_the_same_rules_again(town: World) -> None:
    rules = given(f"n1-1,t-1,{NAVOI},1,10,all")
    first, again = set_rules(town, rules), set_rules(town, rules)
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert again.repeated
    assert codes(set_rules(town, rules, "8")) == ["H10"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["n9-9,t-1,*,,,all"], "H02"),
        (["n1-1,t-1,*,,,all", "s1-1,t-1,*,,,all"], "H03"),
        (["n1-1,t-9,*,,,all"], "H05"),
        ([f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},10,12,even"], "H07"),
        (["n1-1,t-1,*,,,all", f"n1-2,t-1,{NAVOI},10,12,even"], "H07"),
        ([f"n1-1,t-1,{NAVOI},9,3,all"], "B06"),
        ([f"n1-1,t-1,{NAVOI},x,3,all"], "B05"),
        ([f"n1-1,t-1,{NAVOI},1,3,left"], "B07"),
        (["n1-1,t-1,*,1,3,all"], "B08"),
        ([",t-1,*,,,all"], "B02"),
        ([f"n1-1,t-1,{NAVOI},{house},{house},all" for house in range(1, 302)], "H12"),
        ([], "H01"),
    ],
)
def test_what_is_wrong_is_said(town: World, rows: list[str], code: str) -> None:
    assert code in codes(set_rules(town, given(*rows)))
    assert not Rule.objects.exists()


def test_an_overlap_names_street_and_houses(town: World) -> None:
    set_rules(town, given(f"n1-1,t-1,{NAVOI},1,10,all"))
    done = set_rules(town, given(f"n1-2,t-1,{NAVOI},7,20,odd"), "8")
    assert isinstance(done, Refused)
    text = done.findings[0].text["en"]
    assert (done.findings[0].code, "odd houses 7–10" in text, NAVOI in text) == ("H07", True, True)


def test_small_precincts_and_unknown_streets_are_warnings(town: World) -> None:
    done = set_rules(town, given("n1-1,t-2,*,,,all", "n1-1,t-1,Amir Temur,,,all"))
    assert isinstance(done, Accepted)
    assert "H08" in {finding.code for finding in done.findings}


def test_a_precinct_commission_sets_none(town: World) -> None:
    assert codes(set_rules(town, given("n1-1,t-1,*,,,all"), code="pec:n1-1")) == ["A01"]
    assert codes(set_rules(town, given("n1-1,t-1,*,,,all"), code="tec:s")) == ["A01"]
    assert isinstance(set_rules(town, given("n1-1,t-1,*,,,all"), code="cec"), Accepted)


def test_a_house_that_nobody_knows_follows_the_whole_mahalla_alone(town: World, tmp_path: Path) -> None:
    register(tmp_path / "later", street("t-1", NAVOI, range(1, 11)), as_of="2026-11-02T06:00:00+05:00")
    set_rules(town, given(f"n1-1,t-1,{NAVOI},,,all"))
    place_all()
    assert Voter.objects.filter(precinct=None).count() == 40
    set_rules(town, given("n1-1,t-1,*,,,all"), "8")
    place_all()
    assert not Voter.objects.filter(precinct=None).exists()


def test_new_addresses_are_placed_too(town: World, tmp_path: Path) -> None:
    register(tmp_path / "less", street("t-1", NAVOI, range(1, 11)), as_of="2026-11-02T06:00:00+05:00")
    set_rules(town, given(f"n1-1,t-1,{NAVOI},,,all"))
    place_all()
    register(tmp_path / "more", street("t-1", NAVOI, range(1, 21)), as_of="2026-11-03T06:00:00+05:00")
    assert Placing.objects.get().mahalla.code == "t-1"
    assert place_all() == 40


def test_a_frozen_list_keeps_its_borders_and_its_voters(town: World, tmp_path: Path) -> None:
    from tests.voters.freezing import frozen_world

    set_rules(town, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,15,all"))
    place_all()
    frozen_world()
    before = listed_in()
    assert "H13" in codes(set_rules(town, given(f"n1-2,t-1,{NAVOI},11,20,all"), "8"))
    register(tmp_path / "less", street("t-1", NAVOI, range(6, 21)), as_of="2026-11-02T06:00:00+05:00")
    place_all()
    kept = {voter: place for voter, place in listed_in().items() if before[voter] is not None}
    assert kept == {voter: place for voter, place in before.items() if place is not None}
