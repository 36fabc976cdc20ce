"""Single changes on their way into a changeset: a correction, another precinct, somebody new, somebody who comes back."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from django.db import connection

from esaylov.custody.client import CustodianDown
from esaylov.registry.models import Precinct
from esaylov.voters import rotation
from esaylov.voters.applying import stage_of
from esaylov.voters.blocks import Kind
from esaylov.voters.entering import Given, stage_given
from esaylov.voters.importing import take_back
from esaylov.voters.keys import sealer
from esaylov.voters.linkage.searching import _entries
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.staging import StagingError
from tests.acts.election import World
from tests.voters.changing import ELECTION, carried, central, compared
from tests.voters.extracts import DISTRICT, mahalla, resident
from tests.voters.listed import person
from tests.voters.precinct_lists import custodian

LATER, LAST = "2024-09-02T00:00:00+05:00", "2024-09-03T00:00:00+05:00"


def entry(number: int) -> Voter:
    """The entry of an invented person."""
    (digest,) = sealer().digests("pinfl", [person(number)["pinfl"].encode()])
    return Voter.objects.get(pinfl=digest.hex())


def record(voter: Voter) -> dict[str, str]:
    said: dict[str, str] = orjson.loads(sealer().open([voter.id], [bytes(voter.sealed)])[0])
    return said


def staged(*given: Given) -> Changeset:
    changeset = stage_given(ELECTION, "request", given)
    assert changeset is not None
    assert changeset.state == "compared"
    return changeset


def corrected(number: int, **more: str) -> Given:
    voter = entry(number)
    said = {name: value for name, value in record(voter).items() if name != "register"} | more
    return Given(Kind.CHANGED, voter.id, said, voter.district, voter.mahalla, voter.precinct)


def test_decided_entries_go_into_the_list(door: World, tmp_path: Path) -> None:
    people = central()
    rows = [resident(n) for n in range(1, 11)]
    carried(compared(tmp_path / "one", rows), people)
    precinct = Precinct.objects.get(election=ELECTION, code="n1-1").id
    before = {n: entry(n) for n in (1, 2, 3)}
    with custodian():
        assert stage_given(ELECTION, "request", []) is None
        made = staged(
            corrected(1, surname="Toʻgʻriyev"),
            Given(Kind.MOVED, before[2].id, None, 0, 0, precinct, "request"),
            Given(Kind.ADDED, None, person(50), DISTRICT, mahalla().id, precinct),
            Given(Kind.REMOVED, before[3].id, None, 0, 0, None, "died"),
        )
    assert {kind: made.counts[kind] for kind in ("added", "removed", "moved", "changed")} == {
        "added": 1, "removed": 1, "moved": 1, "changed": 1,
    }  # fmt: skip
    carried(made, people)
    after = entry(1)
    assert record(after)["surname"] == "Toʻgʻriyev"
    assert after.content == before[1].content, "the register's row is the same"
    assert entry(2).precinct == precinct
    assert bytes(entry(2).sealed) == bytes(before[2].sealed)
    assert record(entry(50)) == person(50)
    assert not Voter.objects.filter(id=before[3].id).exists()
    same = compared(tmp_path / "two", [*rows, resident(50)], as_of=LATER)
    assert (same.counts["changed"], same.counts["moved"], same.counts["removed"]) == (0, 0, 0)
    assert same.counts["added"] == 1, "only who was removed"
    new = compared(tmp_path / "three", [resident(1, surname="Yangiyev"), *rows[1:], resident(50)], as_of=LAST)
    assert new.counts["changed"] == 1, "what the register says anew wins"
    carried(new, people)
    assert record(entry(1)) == person(1) | {"surname": "Yangiyev"}


def test_who_was_removed_comes_back_as_they_were(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 5)]), people)
    was = entry(4)
    carried(compared(tmp_path / "two", [resident(n) for n in range(1, 4)], as_of=LATER), people)
    with custodian():
        back = staged(Given(Kind.ADDED, was.id, None, 0, 0, was.precinct))
        carried(back, people)
        now = entry(4)
        same = ("id", "content", "document", "house", "district", "mahalla")
        assert [getattr(now, name) for name in same] == [getattr(was, name) for name in same]
        with pytest.raises(StagingError) as raised:
            stage_given(ELECTION, "request", [Given(Kind.ADDED, was.id, None, 0, 0, None)])
    assert [one.code for one in raised.value.findings] == ["Y100"]
    carried(take_back(back.id, ELECTION), people)
    assert not Voter.objects.filter(id=was.id).exists()


def test_what_cannot_be_staged_leaves_nothing(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 4)]), people)
    last = Changeset.objects.latest("id").id
    voter = entry(1)

    def refused(*given: Given) -> list[str]:
        with pytest.raises(StagingError) as raised:
            stage_given(ELECTION, "request", given)
        return [one.code for one in raised.value.findings]

    with custodian():
        assert refused(Given(Kind.ADDED, None, person(1), DISTRICT, mahalla().id, None)) == ["Y100"]
        assert refused(Given(Kind.MOVED, 999, None, 0, 0, None)) == ["Y101"]
        moved = Given(Kind.MOVED, voter.id, None, 0, 0, None)
        assert refused(moved, moved) == ["Y102"]
        correction = corrected(1, surname="Toʻgʻriyev")
    with pytest.raises(CustodianDown):
        stage_given(ELECTION, "request", [correction])
    assert Changeset.objects.latest("id").id == last
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [stage_of(last + 1)])
        assert cursor.fetchone()[0] is None


def test_a_correction_lasts_under_new_keys(door: World, tmp_path: Path) -> None:
    """The register's own row stays known of a corrected entry, whatever keys it lies under; nobody else sees that it is there."""
    people = central()
    rows = [resident(n) for n in range(1, 4)]
    carried(compared(tmp_path / "one", rows), people)
    with custodian():
        carried(staged(corrected(1, surname="Toʻgʻriyev", house="19")), people)
        carried(staged(corrected(1, given_name="Boshqa")), people)
    rotation.rotate(grace=0)
    same = compared(tmp_path / "two", rows, as_of=LATER)
    assert not any(same.counts[kind] for kind in ("added", "removed", "moved", "changed"))
    said = record(entry(1))
    assert (said["surname"], said["given_name"], said["house"]) == ("Toʻgʻriyev", "Boshqa", "19")
    tables = list(_entries(sealer(), None))
    assert sum(table.height for table in tables) == 3
    assert "register" not in tables[0].columns
