"""Extracts imported for an election, changesets taken back, and the loop that applies what is approved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from esaylov.voters import applying
from esaylov.voters.importing import apply_one, import_extract, take_back
from esaylov.voters.models import Changeset, Former, Voter
from esaylov.voters.staging import StagingError
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters.changing import ELECTION, approve, carried, central, compared, propose
from tests.voters.extracts import extract, mahalla, resident

LATER = "2024-09-02T00:00:00+05:00"
LATEST = "2024-09-03T00:00:00+05:00"


def contents() -> set[tuple[int, str, bytes]]:
    return {(voter.id, str(voter.content), bytes(voter.sealed)) for voter in Voter.objects.all()}


def test_the_loop_applies_what_two_persons_approved(door: World, tmp_path: Path) -> None:
    people = central()
    mahalla()
    changeset = import_extract(extract(tmp_path / "one", [resident(1), resident(2)]), ELECTION)
    assert not apply_one(set())
    accepted(propose(changeset, people["secretary"]))
    assert not apply_one(set())
    accepted(approve(changeset, people["chair"]))
    assert apply_one(set())
    assert Voter.objects.count() == 2
    assert Changeset.objects.get().state == "applied"


def test_a_changeset_is_taken_back_as_a_whole(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 11)]), people)
    before = contents()
    rows = [resident(n) for n in range(3, 13)]
    rows[0] |= {"house": "77"}
    rows[1] |= {"surname": "Boshqayev"}
    second = compared(tmp_path / "two", rows, as_of=LATER)
    carried(second, people)
    assert contents() != before
    back = take_back(second.id, ELECTION)
    assert {kind: back.counts[kind] for kind in ("added", "removed", "moved", "changed")} == {
        "added": 2, "removed": 2, "moved": 1, "changed": 1,
    }  # fmt: skip
    done = carried(back, people)
    assert done.record["reverses"] == second.id
    assert contents() == before
    assert Changeset.objects.get(id=second.id).state == "reversed"
    assert Former.objects.filter(ended=back.id, reason="reversed").count() == 2


def test_what_was_changed_since_is_not_taken_back(door: World, tmp_path: Path) -> None:
    people = central()
    first = compared(tmp_path / "one", [resident(1), resident(2)])
    carried(first, people)
    carried(compared(tmp_path / "two", [resident(1, house="9"), resident(2)], as_of=LATER), people)
    with pytest.raises(StagingError, match="Y07"):
        take_back(first.id, ELECTION)


def test_one_after_another_is_taken_back(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(1), resident(2), resident(5)]), people)
    before = contents()
    rows = [resident(1, house="9"), resident(2), resident(3), resident(4)]
    second = compared(tmp_path / "two", rows, as_of=LATER)
    carried(second, people)
    rows = [resident(1, house="10"), resident(2), resident(3, house="11"), resident(5, house="12")]
    third = compared(tmp_path / "three", rows, as_of=LATEST)
    carried(third, people)
    with pytest.raises(StagingError, match="Y07: 4 "):
        take_back(second.id, ELECTION)
    carried(take_back(third.id, ELECTION), people)
    carried(take_back(second.id, ELECTION), people)
    assert contents() == before
    assert Voter.objects.count() == 3


def test_nobody_comes_back_who_left_again_since(door: World, tmp_path: Path) -> None:
    """Removed by the changeset that is to be taken back, listed again under another number, then dead."""
    people = central()
    carried(compared(tmp_path / "one", [resident(1), resident(2)]), people)
    second = compared(tmp_path / "two", [resident(1)], as_of=LATER)
    carried(second, people)
    carried(compared(tmp_path / "three", [resident(1), resident(2)], as_of=LATEST), people)
    died = [resident(2, event="died")]
    carried(compared(tmp_path / "four", died, kind="delta", as_of="2024-09-04T00:00:00+05:00"), people)
    with pytest.raises(StagingError, match="Y07: 1 "):
        take_back(second.id, ELECTION)


def test_after_a_reversal_the_list_goes_on(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 4)]), people)
    second = compared(tmp_path / "two", [resident(n) for n in range(1, 6)], as_of=LATER)
    carried(second, people)
    carried(take_back(second.id, ELECTION), people)
    third = compared(tmp_path / "three", [resident(n) for n in range(1, 7)], as_of=LATEST)
    assert third.counts["added"] == 3
    carried(third, people)
    assert Voter.objects.count() == 6


def test_a_reversal_is_read_and_written_piece_by_piece(
    door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that has written and then scans the whole list would hold back the log for as long."""
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 11)]), people)
    before = contents()
    second = compared(tmp_path / "two", [resident(n, house="77") for n in range(3, 16)], as_of=LATER)
    carried(second, people)
    run, written = applying._execute, list[object]()

    def asked(statement: str, values: Any = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned()")
            written.extend(row for row in cursor.fetchone() if "INSERT" in statement)
        run(statement, values)

    monkeypatch.setattr(applying, "PIECE", 3, raising=False)
    monkeypatch.setattr(applying, "_execute", asked)
    back = take_back(second.id, ELECTION)
    monkeypatch.undo()
    assert len(written) > 8
    assert set(written) == {None}
    assert (back.counts["added"], back.counts["removed"], back.counts["moved"]) == (2, 5, 8)
    carried(back, people)
    assert contents() == before


def test_a_reversal_beside_which_the_list_changed_is_given_up(
    door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 4)]), people)
    second = compared(tmp_path / "two", [resident(n) for n in range(1, 6)], as_of=LATER)
    carried(second, people)
    waiting = compared(tmp_path / "three", [resident(n) for n in range(1, 7)], as_of=LATEST)
    stage = applying.stage_reversal

    def meanwhile(changeset: int, reverses: int) -> None:
        stage(changeset, reverses)
        carried(waiting, people)

    with monkeypatch.context() as between:
        between.setattr(applying, "stage_reversal", meanwhile)
        with pytest.raises(StagingError, match="Y103"):
            take_back(second.id, ELECTION)
    left = Changeset.objects.get(reverses=second.id)
    assert left.state == "failed"
    assert not applying.is_staged(left.id)
    carried(take_back(waiting.id, ELECTION), people)


def test_a_large_load_makes_the_same_indexes_again(
    door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def indexes() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'voters_voter' ORDER BY 1"
            )
            return list(cursor.fetchall())

    before = indexes()
    monkeypatch.setattr("esaylov.voters.applying.LARGE", 1)
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 11)]), central())
    assert indexes() == before
    assert Voter.objects.count() == 10
