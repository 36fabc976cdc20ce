"""From an extract to the list: compared, proposed, approved, applied; and what is refused on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest
from django.db import connection

from esaylov.acts.door import Refused, Result
from esaylov.exchange.residents.normal import pinfl_check_digit
from esaylov.voters import staging
from esaylov.voters.applying import stage_of
from esaylov.voters.keys import sealer
from esaylov.voters.models import Changeset, Former, Voter
from esaylov.voters.staging import StagingError
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters.changing import applied, approve, carried, central, compared, compared_folder, propose
from tests.voters.extracts import extract, resident, rewritten

LATER = "2024-09-02T00:00:00+05:00"


def codes(result: Result) -> list[str]:
    assert isinstance(result, Refused), result
    return [finding.code for finding in result.findings]


def dated(pinfl: str, day: str) -> str:
    """The same number for somebody born on another day (DDMMYY)."""
    number = f"{pinfl[0]}{day}{pinfl[7:13]}"
    return f"{number}{pinfl_check_digit(number)}"


def opened(voter: Voter) -> dict[str, str]:
    record: dict[str, str] = orjson.loads(sealer().open([voter.id], [bytes(voter.sealed)])[0])
    return record


def test_an_empty_list_takes_a_whole_extract(door: World, tmp_path: Path) -> None:
    people = central()
    changeset = compared(tmp_path / "one", [resident(n) for n in range(1, 31)])
    assert changeset.counts["added"] == changeset.counts["taken"] == 30
    assert not Voter.objects.exists(), "nothing is in the list before it was decided"
    done = carried(changeset, people)
    assert done.record["voters"] == Voter.objects.count() == 30
    assert opened(Voter.objects.earliest("id"))["pinfl"] == resident(1)["pinfl"]


def test_a_later_extract_is_compared(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 31)]), people)
    rows = [resident(n) for n in range(3, 33)]
    rows[0] |= {"house": "77"}
    rows[1] |= {"surname": "Boshqayev"}
    rows[2] |= {"status": "died"}
    second = compared(tmp_path / "two", rows, as_of=LATER)
    found = {kind: second.counts[kind] for kind in ("added", "removed", "moved", "changed")}
    assert found == {"added": 2, "removed": 3, "moved": 1, "changed": 1}
    before = {voter.id: bytes(voter.sealed) for voter in Voter.objects.all()}
    carried(second, people)
    assert Voter.objects.count() == 29
    assert sorted(Former.objects.values_list("reason", flat=True)) == ["", "", "died", "gone", "gone"]
    untouched = Voter.objects.exclude(changeset=second.id)
    assert untouched.count() == 25
    assert all(before[voter.id] == bytes(voter.sealed) for voter in untouched)


def test_an_extract_of_the_future_would_keep_every_true_one_out(door: World, tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=2)
    with pytest.raises(StagingError) as refused:
        compared(tmp_path / "one", [resident(1)], as_of=ahead.isoformat())
    assert [finding.code for finding in refused.value.findings] == ["Y15"]
    assert not Changeset.objects.exists()
    fast = datetime.now(UTC) + timedelta(minutes=30)
    assert compared(tmp_path / "two", [resident(1)], as_of=fast.isoformat()).counts["added"] == 1


def test_rows_that_the_list_has_change_nothing_and_are_counted_as_before(
    door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One digest tells that a row says what the list says; the outcome is that of looking at each."""
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 31)]), people)
    rows = [resident(n) for n in range(2, 33)]
    rows[0] |= {"house": "77"}
    rows[1] |= {"status": "died"}
    rows[2] |= {"citizenship": "KAZ"}
    rows[3] |= {"surname": f" {rows[3]['surname']} "}
    rows[4] |= {"region": "1703"}
    rows += [resident(20), resident(40, document=resident(21)["document"])]

    def outcome(name: str) -> tuple[object, ...]:
        changeset = compared(tmp_path / name, rows, as_of=LATER)
        with connection.cursor() as cursor:
            stage = stage_of(changeset.id)
            cursor.execute(f"SELECT kind, content, reason FROM {stage} ORDER BY kind, content, voter, reason")
            staged = cursor.fetchall()
            columns = "file, line, code, field, severity"
            cursor.execute(
                f"SELECT {columns} FROM voters_problem WHERE changeset_id = %s ORDER BY line, code",
                [changeset.id],
            )
            return changeset.counts, staged, cursor.fetchall()

    looked_at: list[int] = []
    compare_rows = staging._Stage._compare
    monkeypatch.setattr(
        staging._Stage,
        "_compare",
        lambda stage, table: (looked_at.append(table.height), compare_rows(stage, table)),
    )
    quick = outcome("two")
    monkeypatch.setattr(
        staging._Stage,
        "_familiar",
        lambda _stage, rows: pl.repeat(None, rows.height, dtype=pl.Int64, eager=True),
    )
    assert outcome("three") == quick
    assert looked_at == [5, 29], "what differs, or has white space around it, alone"


def test_the_proposer_does_not_approve(door: World, tmp_path: Path) -> None:
    people = central()
    changeset = compared(tmp_path / "one", [resident(1)])
    propose(changeset, people["secretary"])
    assert codes(approve(changeset, people["secretary"])) == ["Y03"]
    assert codes(applied(changeset)) == ["Y02"], "what nobody approved is not applied"


def test_two_changesets_at_once(door: World, tmp_path: Path) -> None:
    people = central()
    first = compared(tmp_path / "one", [resident(1)])
    other = compared(tmp_path / "two", [resident(1), resident(2)])
    for changeset in (first, other):
        propose(changeset, people["secretary"])
        approve(changeset, people["chair"])
    applied(first)
    assert codes(applied(other)) == ["Y04"]
    assert Voter.objects.count() == 1


def test_the_same_extract_twice_and_an_older_one(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(1)], as_of=LATER), people)
    with pytest.raises(StagingError, match="Y11"):
        compared(tmp_path / "one", [resident(1)], as_of=LATER)
    with pytest.raises(StagingError, match="Y12"):
        compared(tmp_path / "two", [resident(2)])


def test_changes_that_are_not_those_that_were_approved(door: World, db_clone: object, tmp_path: Path) -> None:
    people = central()
    changeset = compared(tmp_path / "one", [resident(1), resident(2)])
    propose(changeset, people["secretary"])
    approve(changeset, people["chair"])
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {stage_of(changeset.id)} WHERE voter % 2 = 0")
    assert codes(applied(changeset)) == ["Y05"]
    assert not Voter.objects.exists()


def test_what_a_crash_emptied_is_neither_proposed_nor_approved(door: World, tmp_path: Path) -> None:
    """Its table has no write-ahead log: the database empties it when it recovers. An approval would tell voters."""
    people = central()
    lost, proposed = (compared(tmp_path / name, [resident(1), resident(2)]) for name in ("one", "two"))
    accepted(propose(proposed, people["secretary"]))
    with connection.cursor() as cursor:
        for changeset in (lost, proposed):
            cursor.execute(f"DELETE FROM {stage_of(changeset.id)}")
    assert codes(propose(lost, people["secretary"])) == ["Y05"]
    assert codes(approve(proposed, people["chair"])) == ["Y05"]


def test_a_name_exchanged_after_the_approval(door: World, tmp_path: Path) -> None:
    people = central()
    changeset = compared(tmp_path / "one", [resident(1), resident(2)])
    propose(changeset, people["secretary"])
    approve(changeset, people["chair"])
    seal, stage = sealer(), stage_of(changeset.id)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {stage} WHERE voter = (SELECT min(voter) FROM {stage}) RETURNING *")
        *row, sealed = cursor.fetchone()
        record = orjson.loads(seal.open([row[1]], [bytes(sealed)])[0]) | {"surname": "Soxtayev"}
        row.append(seal.seal([row[1]], [orjson.dumps(record)])[0])
        cursor.execute(f"INSERT INTO {stage} VALUES ({','.join(['%s'] * len(row))})", row)
    assert codes(applied(changeset)) == ["Y05"]
    assert not Voter.objects.exists()


def test_a_delta_names_those_it_concerns_only(door: World, tmp_path: Path) -> None:
    people = central()
    with pytest.raises(StagingError, match="Y13"):
        compared(tmp_path / "early", [resident(1, event="adult")], kind="delta")
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 11)]), people)
    rows = [
        resident(1, event="moved", house="99"), resident(2, event="died"), resident(11, event="adult"),
        resident(3, event="document", document="AE0000003"),
    ]  # fmt: skip
    delta = compared(tmp_path / "two", rows, kind="delta", as_of=LATER)
    carried(delta, people)
    assert Voter.objects.count() == 10
    assert {one.reason for one in Former.objects.filter(kind=2)} == {"died"}


def test_a_delta_is_refused_while_the_one_before_is_missing(door: World, tmp_path: Path) -> None:
    """The second day comes after the third: with the third in the list the second would be older, and nobody would miss it."""
    from tests.voters.extracts import AS_OF

    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 4)]), people)
    third = {"kind": "delta", "as_of": "2024-09-03T00:00:00+05:00", "after": LATER}
    rows = [resident(1, event="moved", house="99")]
    with pytest.raises(StagingError, match="Y16") as raised:
        compared(tmp_path / "three", rows, **third)
    (found,) = raised.value.findings
    assert found.fields == ("after",)
    for said in ("extract.json", "after", "02.09.2024 00:00", "01.09.2024 00:00"):
        assert said in found.text["en"], said
    assert not Changeset.objects.filter(kind="delta").exists()
    second = compared(tmp_path / "two", [resident(2, event="died")], kind="delta", as_of=LATER, after=AS_OF)
    with pytest.raises(StagingError, match="Y16"):  # it waits: the list has it not yet
        compared(tmp_path / "three again", rows, **third)
    carried(second, people)
    carried(compared(tmp_path / "three at last", rows, **third), people)
    # One that goes back further says again what the list has; one without the key is taken as ever.
    fourth = "2024-09-04T00:00:00+05:00"
    carried(
        compared(
            tmp_path / "four",
            [resident(1, event="moved", house="98")],
            kind="delta",
            as_of=fourth,
            after=LATER,
        ),
        people,
    )
    compared(tmp_path / "five", rows, kind="delta", as_of="2024-09-06T00:00:00+05:00")


def test_a_faulty_row_removes_nobody(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 6)]), people)
    rows = [resident(n) for n in range(1, 6)]
    rows[0]["surname"] = ""
    second = compared(tmp_path / "two", rows, as_of=LATER)
    assert second.counts["removed"] == 0
    assert second.counts["problems"] == {"V07": 1}
    assert Changeset.objects.get(id=second.id).problems.get().line == 2


@pytest.mark.parametrize(
    ("written", "code"),
    [(b"A, B", "X20"), (b'A "B', "X21"), (b"A\x07B", "X22"), (b"A" * 1_001, "X23")],
    ids=["cells", "quotes", "control", "long"],
)
def test_a_line_that_is_no_row_removes_nobody(door: World, tmp_path: Path, written: bytes, code: str) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 6)]), people)
    rows = [resident(n) for n in range(1, 6)]
    rows[2]["street"] = "STREET"
    second = compared_folder(rewritten(extract(tmp_path / "two", rows, as_of=LATER), b"STREET", written))
    assert second.counts["problems"] == {code: 1}
    assert second.counts["removed"] == 0


def test_the_day_of_an_extract_is_that_of_the_country(door: World, tmp_path: Path) -> None:
    """A register that writes UTC: at 19:30 it is half past midnight of the next day, on which somebody was born."""
    born = resident(2, birth_date="2024-09-02")
    born["pinfl"] = dated(born["pinfl"], "020924")
    found = compared(tmp_path / "one", [resident(1), born], as_of="2024-09-01T19:30:00Z")
    assert found.counts["problems"] == {"V05": 1}, "in order, and no voter yet"
