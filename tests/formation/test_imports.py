"""Members of many commissions by one act: who comes in, what is left out, and what a second time changes."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import pytest
from django.db import connection

from esaylov.acts.powers import Actor
from esaylov.acts.vault import read
from esaylov.exchange.pinfl import check_digit
from esaylov.exchange.standalone import verify
from esaylov.exchange.verification import plain
from esaylov.exchange.verification.plain import PLAIN
from esaylov.formation.imports import SUBTREE, Roster
from esaylov.formation.queries import history
from esaylov.operations.reconcile import reconcile
from esaylov.registry.acts import roster
from esaylov.registry.queries import commission_by_code
from tests.acts.election import World, count
from tests.formation.people import enter, enter_a_file, file_of, row, rows
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, held, members


def now() -> datetime:
    return datetime.now(UTC)


def central() -> dict[str, Actor]:
    accepted(enrol())
    return actors_of("", "cec", now())


def test_the_central_commission_enters_every_tier(door: World) -> None:
    chair = central()["chair"]
    file = file_of(rows("tec:n", 1), rows("pec:n1-1", 20), rows("pec:s1-1", 40, 5))
    done = accepted(enter(file, chair))
    assert done.record["tiers"] == {"precinct": 2, "territorial": 1}
    assert (done.record["rows"], done.record["taken"], done.record["refused"]) == (19, 19, 0)
    assert done.record["roles"] == {"chair": 3, "deputy": 3, "member": 10, "secretary": 3}
    assert done.record["proposers"] == {"mahalla": 19}
    assert "Sinovov" not in str(done.record)
    assert [one.role for one in held("door", "pec:n1-1", now())][:3] == ["chair", "deputy", "secretary"]
    person = held("door", "pec:n1-1", now())[0].person
    found = read([person], ("surname", "proposer", "employer", "birth_date"), by=chair, purpose="test")
    assert found[person] == {
        "surname": "Sinovov", "proposer": "mahalla", "employer": "Employer 20", "birth_date": "1980-01-02",
    }  # fmt: skip
    assert list(reconcile()) == []


@pytest.mark.parametrize("size", [0, 1, 2, SUBTREE - 1, SUBTREE, SUBTREE + 1, 5 * SUBTREE + 3])
def test_the_roster_is_the_same_in_steps(size: int) -> None:
    commitments = [sha256(place.to_bytes(4, "big")).digest() for place in range(size)]
    steps = Roster(commitments)
    next(steps.steps(), None)
    assert steps.root() == roster(commitments)


def test_a_second_time_changes_nothing(door: World) -> None:
    chair = central()["chair"]
    file = file_of(rows("pec:n1-1", 20), rows("pec:n1-2", 40))
    first = accepted(enter(file, chair))
    before = [count(f"registry_{table}") for table in ("person", "mandate")] + [count("acts_journal")]
    again = accepted(enter(file, chair))
    assert (again.repeated, again.journal) == (True, first.journal)
    assert codes(enter(file, chair, decision="6")) == ["N06"]
    turned = file_of(rows("pec:n1-2", 40), rows("pec:n1-1", 20))
    assert codes(enter(turned, chair)) == ["N06"]
    assert before == [count(f"registry_{table}") for table in ("person", "mandate")] + [count("acts_journal")]


def test_good_rows_do_not_wait_for_bad_ones(door: World) -> None:
    """A row with a wrong PINFL stays out; corrected, it comes in by a file of its own."""
    chair = central()["chair"]
    bad = row("pec:n1-1", 30, pinfl="70101800000000")
    file = file_of(rows("pec:n1-1", 20), [bad], rows("pec:n1-2", 40, 3), rows("pec:zz", 60))
    done = accepted(enter(file, chair))
    assert (done.record["rows"], done.record["taken"], done.record["refused"]) == (18, 10, 8)
    assert (done.record["commissions"], done.record["left_out"]) == (2, 1)
    assert done.record["findings"] == {"N01": 1}
    assert done.record["problems"] == {"F27": 1}
    second = accepted(enter(file_of([row("pec:n1-1", 30)]), chair, decision="6"))
    assert (second.record["taken"], second.record["standing"]) == (1, 0)
    assert len(held("door", "pec:n1-1", now())) == 8


def test_a_territorial_commission_enters_its_own(door: World) -> None:
    chair = central()["chair"]
    accepted(form_commission("door", "tec:n", chair, members(9, 100)))
    territorial = actors_of("door", "tec:n", now())
    done = accepted(
        enter(file_of(rows("pec:n1-1", 20), rows("pec:s1-1", 40), rows("tec:s", 60)), territorial["chair"])
    )
    assert (done.record["commissions"], done.record["left_out"]) == (1, 2)
    assert done.record["findings"] == {"N02": 2}
    assert held("door", "pec:s1-1", now()) == []
    assert codes(enter(file_of(rows("pec:s1-1", 40)), territorial["chair"])) == ["A01"]
    assert codes(enter(file_of(rows("pec:n1-2", 40)), territorial["member"])) == ["A01"]
    assert codes(enter(file_of(rows("pec:n1-2", 40)), door.actors["tec:n"])) == ["A01"]
    precinct = actors_of("door", "pec:n1-1", now())["chair"]
    assert codes(enter(file_of(rows("pec:n1-2", 40)), precinct)) == ["A01"]


def test_nobody_enters_the_central_commission(door: World) -> None:
    assert codes(enter(file_of(rows("cec", 20, 9)), central()["chair"])) == ["N07"]


def test_roles_change_by_their_own_act(door: World) -> None:
    chair = central()["chair"]
    accepted(enter(file_of(rows("pec:n1-1", 20)), chair))
    turned = rows("pec:n1-1", 20)
    turned[0], turned[3] = row("pec:n1-1", 20, "member"), row("pec:n1-1", 23, "chair")
    assert codes(enter(file_of(turned), chair, decision="6")) == ["N07"]


def test_real_people_stay_out_of_simulations(door: World) -> None:
    real = rows("pec:n1-1", 20)
    real[0] = row("pec:n1-1", 20, "chair", pinfl=f"3020180000000{check_digit('3020180000000')}")
    file = file_of(real)
    assert not file.problems, file.problems
    assert codes(enter(file, central()["chair"])) == ["N08"]


def test_an_unreadable_file(door: World) -> None:
    chair = central()["chair"]
    before = count("acts_journal")
    assert "N05" in codes(enter(file_of(name="members.xlsx"), chair))
    assert count("acts_journal") == before


def test_both_verifiers_take_the_entries(door: World) -> None:
    """Members and kinds of the entries of this room are those that both verifiers expect."""
    central()
    enter_a_file()
    shown = {record["act"]: record for record in entries()}
    for code in ("registry.import_members", "formation.record_discussion", "formation.leave_by_law"):
        assert plain.wrong(PLAIN[code], shown[code]) is None
        assert PLAIN[code] == verify.PLAIN[code]


def entries() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal ORDER BY id")
        return [orjson.loads(bytes(record)) for (record,) in cursor.fetchall()]


def test_the_decision_of_each_commission_is_kept(door: World) -> None:
    """A file of several commissions' decisions: each mandate shows the number of its own (docs/decisions/0072)."""
    chair = central()["chair"]
    file = file_of(
        rows("pec:n1-1", 20, decision="12/4"), rows("pec:n2-1", 40, decision="3"), rows("pec:n1-2", 60)
    )
    accepted(enter(file, chair, decision="77"))

    def shown(code: str) -> set[str]:
        row = commission_by_code("door", code)
        assert row is not None
        return {one.decision for one in history(row.id)}

    assert (shown("pec:n1-1"), shown("pec:n2-1"), shown("pec:n1-2")) == ({"12/4"}, {"3"}, {"77"})
    person = held("door", "pec:n2-1", datetime.now(UTC))[0].person
    assert read([person], ("decision",), by=chair, purpose="test")[person] == {"decision": "3"}
