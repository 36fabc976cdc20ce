"""Freezing lists: prepared in pieces, frozen by one small act, published, provable by each voter, and final."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import Error as DatabaseError
from django.db import connection

from esaylov.acts.identity import identity
from esaylov.elections.models import Election
from esaylov.exchange import verification
from esaylov.exchange.frozen_file import root_of
from esaylov.exchange.standalone import verify
from esaylov.publication.publisher import publish_to
from esaylov.registry.models import Precinct
from esaylov.voters import applying
from esaylov.voters.freezing import preparing
from esaylov.voters.freezing.acts import FreezeCase, FreezeLists
from esaylov.voters.freezing.exporting import export_list, own_proof
from esaylov.voters.freezing.models import FrozenList
from esaylov.voters.freezing.preparing import NotReady, prepare
from esaylov.voters.freezing.queries import proof_of
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.places.acts import RulesCase, SetRules
from esaylov.voters.places.models import Placing
from tests.acts.election import World, count
from tests.registry.people import accepted, codes
from tests.voters.changing import mahalla
from tests.voters.freezing import ELECTION, central, freeze, frozen_world
from tests.voters.listed import enter_voters
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules


def published(door: World, tmp_path: Path) -> tuple[Path, str]:
    """The published folder, and the log's key."""
    door.sequence()
    publish_to(tmp_path / "published")
    known = identity()
    assert known is not None
    return tmp_path / "published", known.verifier_key


def test_lists_are_frozen_published_and_verified(door: World, tmp_path: Path, capsys: Any) -> None:
    enter_voters(90, ("n1-1", "n1-2", None))
    frozen_world()
    assert count("voters_frozen", "journal IS NOT NULL") == 8
    folder, key = published(door, tmp_path)
    table = (folder / "data" / "door" / "frozen.csv").read_text().splitlines()
    assert table[0] == "entry,precinct,voters,root"
    assert [row.split(",")[1:3] for row in table[1:3]] == [["n1-1", "30"], ["n1-2", "30"]]
    assert len(table) == 1 + 8  # a list without voters is a list too
    lines: list[str] = []
    verification.verify(str(folder), lines.append, key=key)
    assert any("8 lists of voters are frozen, 60 voters" in line for line in lines)
    assert verify.main([str(folder), "--key", key]) == 0
    assert "lists of voters: 8 frozen, 60 voters" in capsys.readouterr().out


def test_the_record_says_numbers_and_nobody(door: World) -> None:
    listed = enter_voters(10)
    prepare(ELECTION)
    result = freeze(central())
    said = result.record  # type: ignore[union-attr]
    assert (said["lists"], said["voters"], said["unplaced"]) == (8, 10, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE code = 'voters.freeze_lists'")
        text = bytes(cursor.fetchone()[0]).decode()
    assert not any(value in text for one in listed for value in one.record.values() if len(value) > 3)


def test_each_voter_gets_a_proof_that_both_verifiers_take(door: World, tmp_path: Path, capsys: Any) -> None:
    listed = enter_voters(37)
    frozen_world()
    folder, key = published(door, tmp_path)
    for number, shown in enumerate((proof_of(ELECTION, listed[5].id), own_proof(ELECTION, listed[6].id))):
        assert shown is not None
        assert ("own" in shown) == bool(number)
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(shown))
        lines: list[str] = []
        verification.verify(str(folder), lines.append, key=key, voter=file)
        assert any(f"number {shown['number']} of 37" in line for line in lines)
        assert verify.main([str(folder), "--key", key, "--voter-proof", str(file)]) == 0
        assert f"number {shown['number']} of 37" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"number": 1}, {"number": 0}, {"number": 38}, {"voters": 36}, {"entry": 1}, {"precinct": "n1-2"}, {"precinct": []},
        {"record": "0" * 64}, {"record": 5}, {"root": "0" * 64}, {"path": []}, {"path": ["0" * 64] * 6}, {"path": "no"},
        {"election": "other"}, {"format": "1"}, {"own": {"pinfl": "70000000000000"}}, {"salt": "0" * 64}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_forged_proof_is_refused_by_both(
    forged: tuple[Path, str, dict[str, Any]], tmp_path: Path, change: dict[str, Any]
) -> None:
    folder, key, shown = forged
    file = tmp_path / "proof.json"
    file.write_text(json.dumps({**shown, **change}))
    with pytest.raises(verification.VerificationError):
        verification.verify(str(folder), lambda _: None, key=key, voter=file)
    assert verify.main([str(folder), "--key", key, "--voter-proof", str(file)]) == 1


@pytest.fixture(scope="module")
def forged(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.acts.election import EDITION, world

    folder = tmp_path_factory.mktemp("frozen")
    with world(folder, edition=EDITION) as door:
        listed = enter_voters(37)
        frozen_world()
        place, key = published(door, folder)
        shown = own_proof(ELECTION, listed[20].id)
        assert shown is not None
        assert shown["number"] != 1
        yield place, key, shown


def test_a_killed_preparation_goes_on_where_it_stood(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_voters(80, ("n1-1", "n1-2", "n2-1", "n2-2"))
    monkeypatch.setattr(preparing, "BATCH", 20)

    def killed(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(ELECTION, progress=killed)
    before = dict(FrozenList.objects.values_list("precinct_id", "root"))
    assert len(before) == 1
    assert prepare(ELECTION) == 7
    after = dict(FrozenList.objects.values_list("precinct_id", "root"))
    assert len(after) == 8
    assert all(bytes(after[precinct]) == bytes(root) for precinct, root in before.items())
    assert prepare(ELECTION) == 0


def test_only_what_is_prepared_from_the_list_as_it_stands_is_frozen(door: World) -> None:
    enter_voters(10)
    chair = central()
    assert codes(freeze(chair)) == ["J01"]
    prepare(ELECTION, ["n1-1"])
    assert codes(freeze(chair)) == ["J02"]
    prepare(ELECTION)
    enter_voters(1, first=50)
    assert codes(freeze(chair)) == ["J02"]
    FrozenList.objects.all().delete()
    prepare(ELECTION)
    Changeset.objects.create(
        election=ELECTION, kind="full", base=0, state="applied", made_at="2026-01-01T00:00Z"
    )
    assert codes(freeze(chair)) == ["J01"]
    assert prepare(ELECTION) == 8
    assert not codes(freeze(chair))
    assert codes(freeze(chair)) == ["J01"]


def test_lists_wait_for_voters_to_be_placed(door: World) -> None:
    enter_voters(4)
    chair = central()
    prepare(ELECTION)
    Placing.objects.create(election=ELECTION, mahalla_id=mahalla().id, journal=0)
    assert codes(freeze(chair)) == ["J05"]
    with pytest.raises(NotReady, match="1 mahallas"):
        prepare(ELECTION)


def test_some_precincts_first_and_the_rest_later(door: World) -> None:
    enter_voters(10, ("n1-1", "n1-2"))
    chair = central()
    prepare(ELECTION)
    assert codes(freeze(chair, precincts=["nowhere"])) == ["J03"]
    assert not codes(freeze(chair, precincts=["n1-2"]))
    assert codes(freeze(chair, precincts=["n1-2"])) == ["J04"]
    assert not codes(freeze(chair))
    assert count("voters_frozen", "journal IS NULL") == 0


def test_nobody_changes_a_frozen_list(door: World) -> None:
    enter_voters(4)
    frozen_world()
    for statement in (
        "UPDATE voters_frozen SET size = 3",
        "DELETE FROM voters_frozen",
        "DELETE FROM voters_freeze",
    ):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_frozen_list_with_a_set_clock_is_over_by_that(door: World) -> None:
    """Another election's clock, a rehearsal's, may show a day before."""
    enter_voters(4)
    frozen_world()

    def held() -> int:
        with connection.cursor() as cursor:
            cursor.execute(applying.FROZEN, [datetime(2026, 9, 3, tzinfo=UTC).date()])
            return len(cursor.fetchall())

    assert held() > 0
    later = datetime(2026, 10, 26, tzinfo=UTC)
    Election.objects.using("admin").filter(pk=ELECTION).update(clock_is_set=True, set_time=later)
    assert held() == 0


def test_only_the_central_commission_freezes(door: World) -> None:
    enter_voters(4)
    prepare(ELECTION)
    for code in ("pec:n1-1", "tec:n", "dcec:n1", "dec:c1"):
        assert codes(freeze(door.actors[code])) == ["A01"]


def test_the_owner_of_the_list_recomputes_its_root(door: World, tmp_path: Path) -> None:
    enter_voters(25)
    frozen_world()
    file = tmp_path / "list.jsonl"
    assert export_list(ELECTION, "n1-1", file) == 25
    found = root_of(file)
    row = FrozenList.objects.get(precinct__code="n1-1")
    assert (found.voters, found.root) == (25, bytes(row.root).hex())
    assert file.stat().st_mode & 0o077 == 0
    assert count("voters_access", "purpose = 'freeze'") == 25
    lines = file.read_text().splitlines()
    changed = [lines[0], lines[1].replace("Test", "Tent"), *lines[2:]]
    file.write_text("\n".join(changed) + "\n")
    assert root_of(file).root != found.root


def test_names_are_in_the_order_of_a_printed_list() -> None:
    def record(surname: str, given: str = "A") -> dict[str, str]:
        return {"surname": surname, "given_name": given, "patronymic": ""}

    ids, records = preparing.ordered(
        [1, 2, 3, 4], [record("Жўраев"), record("Karimov", "B"), record("Каримов"), record("Azizov")]
    )
    assert ids == [4, 1, 3, 2]
    assert records[0]["surname"] == "Azizov"
    ids, _ = preparing.ordered([1, 2, 3], [record("Yoqubov"), record("Qodirov"), record("Karimov")])
    assert ids == [3, 2, 1]


def test_a_second_preparation_does_not_come_between(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_voters(20)
    prepare(ELECTION)
    by, record, roots = central(), FreezeLists.record, dict[str, bytes]()
    monkeypatch.setattr(
        preparing,
        "_due",
        lambda *_: {row.id: (row.code, 0) for row in Precinct.objects.filter(election=ELECTION)},
    )  # fmt: skip - it looked what is due before the first one had written

    def other() -> None:
        prepare(ELECTION)
        connection.close()

    second = Thread(target=other)

    def between(self: FreezeLists, case: FreezeCase) -> dict[str, Any]:
        roots.update({row.code: row.root for row in case.lists})
        second.start()
        second.join(0.5)
        return record(self, case)

    monkeypatch.setattr(FreezeLists, "record", between)
    assert not codes(freeze(by))
    second.join()
    stored = FrozenList.objects.filter(journal__isnull=False).values_list("precinct__code", "root")
    assert {code: bytes(root) for code, root in stored} == roots


def test_a_prepared_list_stays_as_it_is(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_voters(20)
    prepare(ELECTION)
    before = {row.precinct_id: bytes(row.root) for row in FrozenList.objects.all()}
    monkeypatch.setattr(
        preparing, "_due", lambda *_: {row.id: (row.code, 0) for row in Precinct.objects.filter(election=ELECTION)}
    )  # fmt: skip
    prepare(ELECTION)
    assert {row.precinct_id: bytes(row.root) for row in FrozenList.objects.all()} == before


def test_voters_who_move_while_lists_are_prepared(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = enter_voters(20, ("n1-1", "n1-2"))
    made = preparing._made

    def moved(*given: Any) -> list[FrozenList]:
        rows = made(*given)
        first, second = Voter.objects.get(id=listed[0].id), Voter.objects.get(id=listed[1].id)
        Voter.objects.filter(id=first.id).update(precinct=second.precinct)
        Voter.objects.filter(id=second.id).update(precinct=first.precinct)
        return rows

    monkeypatch.setattr(preparing, "_made", moved)
    with pytest.raises(NotReady, match="changed"):
        prepare(ELECTION)
    assert not FrozenList.objects.exists()


def test_lists_that_voters_left_or_joined_by_their_addresses_are_prepared_anew(
    door: World, tmp_path: Path
) -> None:
    register(tmp_path / "first", [*street("t-1", NAVOI, range(1, 5)), *street("t-1", "Bobur", range(5, 9))])
    enter_voters(31, (None,))
    accepted(set_rules(door, given(f"n1-1,t-1,{NAVOI},1,4,all", f"n1-2,t-1,{NAVOI},5,8,all")))
    place_all()
    prepare(ELECTION)
    # As many leave n1-1 as stood in n1-2: it is not the size that tells.
    register(tmp_path / "next", street("t-1", NAVOI, range(1, 9)), as_of="2026-11-02T06:00:00+05:00")
    assert place_all() == 16
    assert codes(freeze(central())) == ["J02"]
    assert prepare(ELECTION) == 1
    assert not codes(freeze(central()))
    row = FrozenList.objects.get(precinct__code="n1-2")
    assert set(row.voters) == set(Voter.objects.filter(precinct=row.precinct_id).values_list("id", flat=True))


def test_rules_in_flight_come_before_the_freeze(
    door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(tmp_path / "first", street("t-1", NAVOI, range(1, 9)))
    enter_voters(31, (None,))
    prepare(ELECTION)
    by, record, found = central(), SetRules.record, list[Any]()

    def other() -> None:
        found.append(freeze(by))
        connection.close()

    second = Thread(target=other)

    def between(self: SetRules, case: RulesCase) -> dict[str, Any]:
        second.start()
        second.join(0.5)
        return record(self, case)

    monkeypatch.setattr(SetRules, "record", between)
    accepted(set_rules(door, given("n1-1,t-1,*,,,all")))
    second.join()
    assert codes(found[0]) == ["J05"]
    assert count("voters_frozen", "journal IS NOT NULL") == 0
