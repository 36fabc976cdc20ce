"""The voter list goes over to new keys: beside a working site, killed in the middle, and to the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.apps import apps
from django.db import connection, models

from esaylov.custody.client import Custody
from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.place import socket_of
from esaylov.custody.sealer import Sealer, generation_of
from esaylov.voters import keys, locks, rotation
from esaylov.voters.blocks import Kind
from esaylov.voters.doors.noting import Noted
from esaylov.voters.entering import Given, OwnKeys, stage_given
from esaylov.voters.freezing.models import FrozenList, Supplement
from esaylov.voters.importing import take_back
from esaylov.voters.models import Address, Changeset, Former, KeyCheck, Voter
from esaylov.voters.places.models import Placing
from esaylov.voters.staging import StagingError
from tests.acts.election import World
from tests.conftest import Clone
from tests.custody.conftest import Running, working
from tests.registry.people import accepted, codes
from tests.voters.changing import carried, central, compared
from tests.voters.doors import house_voters, houses, noted
from tests.voters.extracts import mahalla, resident
from tests.voters.freezing import frozen_world
from tests.voters.listed import enter_voters, person
from tests.voters.precinct_lists import commission, custodian, entered

MANY = 120


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 25)


def changed_list(folder: Path) -> list[dict[str, str]]:
    """A list that was changed once, so that there are former entries; returns the register's rows now."""
    people = central()
    rows = [resident(number) for number in range(1, MANY + 1)]
    carried(compared(folder / "first", rows), people)
    rows = [row | ({"house": "77"} if at < 10 else {}) for at, row in enumerate(rows[:-5])]
    carried(compared(folder / "second", rows, as_of="2024-09-02T00:00:00+05:00"), people)
    return rows


def house(street: str, number: str) -> None:
    from esaylov.exchange.residents.normal import fold_street

    Address.objects.create(
        mahalla=mahalla(), street=street, street_key=fold_street(street), house=number, digest=5
    )


def every() -> list[tuple[int, bytes]]:
    rows: Sequence[Any] = [
        *Voter.objects.values_list("id", "sealed"), *Former.objects.values_list("voter", "sealed"),
    ]  # fmt: skip
    return [(row, bytes(sealed)) for row, sealed in rows]


def opened(ring: Keyring) -> list[dict[str, str]]:
    ids, sealed = zip(*every(), strict=True)
    return sorted(
        (orjson.loads(one) for one in Sealer(ring).open(ids, sealed)), key=lambda one: sorted(one.items())
    )


def check_digests(ring: Keyring) -> None:
    """Each entry's digests are of the generation that its record lies under."""
    sealer = Sealer(ring)
    for row in [*Voter.objects.all(), *Former.objects.all()]:
        sealed = bytes(row.sealed)
        under = generation_of(sealed)
        record = orjson.loads(sealer.open([getattr(row, "voter", row.id)], [sealed])[0])
        for name in ("pinfl", "document"):
            (digest,) = sealer.digests(name, [record[name].encode()], under)
            assert getattr(row, name) == UUID(bytes=digest)


def test_everything_goes_over_and_no_register_sees_a_difference(door: World, tmp_path: Path) -> None:
    rows = changed_list(tmp_path)
    house("Navoiy koʻchasi", "77")
    old = keys.keyring()
    before, kept = opened(old), old.path.read_bytes()
    changed = rotation.rotate(grace=0)
    assert changed == {
        "voters_voter": MANY - 5,
        "voters_former": 15,
        "voters_frozen": 0,
        "voters_supplement": 0,
        "voters_request": 0,
        "voters_requestdecision": 0,
        "voters_housecheck": 0,
    }
    ring = Keyring.read(old.path)
    assert (ring.current, sorted(ring.generations)) == (2, [2])
    assert {row.generation: bytes(row.value) for row in KeyCheck.objects.all()} == ring.check()
    assert opened(ring) == before
    check_digests(ring)
    with pytest.raises(KeyringError, match="generation 2, and the keys of that are not here"):
        opened(old)
    assert Voter.objects.filter(house=Address.objects.get().digest).count() == 10
    again = compared(tmp_path / "third", rows, as_of="2024-09-03T00:00:00+05:00")
    assert {kind: again.counts[kind] for kind in ("added", "removed", "moved", "changed")} == dict.fromkeys(
        ("added", "removed", "moved", "changed"), 0
    )
    old.path.write_bytes(kept)
    with pytest.raises(KeyringError, match="no generation 2"):
        keys.keyring()


def test_requests_and_what_was_decided_go_over(door: World) -> None:
    from datetime import UTC, datetime

    from esaylov.registry.models import Precinct
    from esaylov.voters.requests.models import Request, RequestDecision

    ring, now = keys.keyring(), datetime.now(UTC)
    precinct = Precinct.objects.filter(election="door").first()
    assert precinct is not None
    said = [
        Sealer(ring, table).seal([9], [b'{"reason":"x"}'])[0]
        for table in (b"voters_request", b"voters_requestdecision")
    ]
    request = Request.objects.create(
        id=9, journal=7, election="door", number="R-1", kind="home", precinct=precinct, territory=precinct.territory, code=b"",
        sealed=said[0], received_at=now, due=now,
    )  # fmt: skip
    RequestDecision.objects.create(
        request=request, journal=8, verdict="granted", body="pec", late=False, sealed=said[1], at=now
    )
    changed = rotation.rotate(grace=0)
    assert (changed["voters_request"], changed["voters_requestdecision"]) == (1, 1)
    rows = ((b"voters_request", Request), (b"voters_requestdecision", RequestDecision))
    for table, model in rows:
        (sealed,) = model.objects.values_list("sealed", flat=True)  # type: ignore[attr-defined]
        assert Sealer(keys.keyring(), table).open([9], [bytes(sealed)]) == [b'{"reason":"x"}']


def test_what_was_found_at_doors_goes_over_with_its_house(door: World) -> None:
    from datetime import date

    from esaylov.exchange.residents.normal import house_key
    from esaylov.registry.models import Precinct
    from esaylov.voters.doors.models import HouseCheck

    ring, known = keys.keyring(), enter_voters(1)[0]
    precinct = Precinct.objects.get(election="door", code="n1-1")
    said = {name: known.record[name] for name in ("street", "house")} | {"said": "1=died", "salt": "00"}
    sealed = Sealer(ring, b"voters_housecheck").seal([precinct.id], [orjson.dumps(said)])[0]
    counts = dict.fromkeys(("district", "number", "entries", "answered", "follow", "missing", "checked"), 1)
    HouseCheck.objects.create(
        journal=7, election="door", precinct=precinct, mahalla=known.mahalla, house=known.house_digest, sealed=sealed,
        day=date(2026, 10, 1), **counts,
    )  # fmt: skip
    assert rotation.rotate(grace=0)["voters_housecheck"] == 1
    row, sealer = HouseCheck.objects.get(), Sealer(keys.keyring(), b"voters_housecheck")
    assert orjson.loads(sealer.open([precinct.id], [bytes(row.sealed)])[0]) == said
    digest = sealer.digests("house", [house_key("t-1", said["street"], said["house"])])[0]
    assert row.house == int.from_bytes(digest[:8], signed=True) == Voter.objects.get(id=1).house


def test_frozen_lists_keep_their_secrets(door: World) -> None:
    from esaylov.registry.models import Precinct

    ring = keys.keyring()
    precinct = Precinct.objects.filter(election="door").first()
    assert precinct is not None
    secret = Sealer(ring, b"voters_frozen").seal([precinct.id], [b'{"secret":"00"}'])[0]
    FrozenList.objects.create(
        election="door", precinct=precinct, size=0, root=b"", voters=[], records=b"", secret=secret, base=0, rules=0, journal=7
    )  # fmt: skip
    assert rotation.rotate(grace=0)["voters_frozen"] == 1
    (row,) = FrozenList.objects.all()
    assert Sealer(keys.keyring(), b"voters_frozen").open([precinct.id], [bytes(row.secret)]) == [
        b'{"secret":"00"}'
    ]
    with connection.cursor() as cursor, pytest.raises(Exception, match="Cannot update"):
        cursor.execute("UPDATE voters_frozen SET secret = ''")


def test_supplements_go_over(door: World) -> None:
    """Their rows are append-only for everybody but the schema's owner, who seals them anew."""
    from datetime import UTC, datetime

    from esaylov.registry.models import Precinct

    ring = keys.keyring()
    precinct = Precinct.objects.filter(election="door").first()
    said = person(5) | {"paper": "passport"}
    sealed = Sealer(ring, b"voters_supplement").seal([905], [orjson.dumps(said)])[0]
    digest = Sealer(ring).digests("pinfl", [said["pinfl"].encode()])[0]
    Supplement.objects.create(
        journal=3, election="door", precinct=precinct, number=1, voter=905, pinfl=UUID(bytes=digest), listed=False,
        reason="missing", members=[], sealed=sealed, at=datetime.now(UTC),
    )  # fmt: skip
    assert rotation.rotate(grace=0)["voters_supplement"] == 1
    (row,) = Supplement.objects.all()
    new = keys.keyring()
    assert Sealer(new, b"voters_supplement").open([905], [bytes(row.sealed)]) == [orjson.dumps(said)]
    assert row.pinfl == UUID(bytes=Sealer(new).digests("pinfl", [said["pinfl"].encode()])[0])


def test_every_sealed_column_of_the_room_is_taken_over() -> None:
    """Whoever adds a table with sealed values names it in rotation.PLACES."""
    known = {(place.table, place.column) for place in rotation.PLACES}
    for model in apps.get_app_config("voters").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.BinaryField) and field.name in ("sealed", "secret", "record"):
                assert (model._meta.db_table, field.column) in known


def test_none_begins_while_changes_wait(door: World, tmp_path: Path) -> None:
    central()
    waiting = compared(tmp_path / "first", [resident(1)])
    with pytest.raises(rotation.RotationError, match=rf"changesets wait \({waiting.id}\)"):
        rotation.rotate(grace=0)
    assert keys.keyring().current == 1
    Changeset.objects.update(state=Changeset.State.DISCARDED)
    rotation.rotate(grace=0)
    assert keys.keyring().current == 2


def test_a_comparison_that_was_killed_is_in_nobodys_way(door: World) -> None:
    left = Changeset.objects.create(election="door", kind="full", base=0, made_at=datetime.now(UTC))
    rotation.rotate(grace=0)
    left.refresh_from_db()
    assert left.state == "failed"
    assert keys.keyring().current == 2


def test_none_begins_beside_a_comparison(door: World) -> None:
    """Nor the other way round: half of the list would seem to be gone, and as many to be new."""
    keys.keyring()
    with locks.kept(locks.COMPARISON, "admin"), pytest.raises(rotation.RotationError, match="being compared"):
        rotation.rotate(grace=0)
    with locks.kept(locks.COMPARISON, "admin"), pytest.raises(StagingError, match="Y14"):
        take_back(1, "door")
    assert keys.keyring().current == 1


def test_nothing_is_taken_back_or_staged_between_the_keys(door: World, tmp_path: Path) -> None:
    changed_list(tmp_path)
    last, voter = Changeset.objects.latest("id"), Voter.objects.earliest("id")
    given = Given(Kind.CHANGED, voter.id, person(1), voter.district, voter.mahalla, None)
    old = keys.keyring()

    class Switched(OwnKeys):
        """A custodian that takes up new keys in the middle."""

        def seal_rows(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[bytes]:
            return OwnKeys(Sealer(old.with_next())).seal_rows(rows)

    with pytest.raises(KeyringError, match="are being changed"):
        stage_given("door", "request", [given], custodian=Switched(Sealer(old)))
    assert Changeset.objects.latest("id") == last
    keys.keyring()
    with pytest.raises(KeyringError, match="are being changed"):
        take_back(last.id, "door")
    rotation.rotate(grace=0)
    assert take_back(last.id, "door").counts["added"] == 5


def switched_before_sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation begins, and its custodian has the new keys, between a digest and what is sealed."""
    from esaylov.custody import client

    old, seal = keys.keyring(), client.seal_rows

    def later(*given: Any, **more: Any) -> list[bytes]:
        rotation._await_custodian(old.with_next())
        return seal(*given, **more)

    monkeypatch.setattr(client, "seal_rows", later)


def test_no_supplement_comes_under_two_keys(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its PINFL would have a digest of the old keys beside a record of the new ones: no rotation would look at it again."""
    enter_voters(4)
    frozen_world()
    by = commission()["chair"]
    with custodian():
        with monkeypatch.context() as between:
            switched_before_sealing(between)
            with pytest.raises(KeyringError, match="are being changed"):
                entered(500, by)
        assert not Supplement.objects.exists()
        accepted(entered(500, by))  # both keys are known now: digest and record are of the new ones
        rotation.rotate(grace=0)
        rotation._await_custodian(keys.keyring())
        assert codes(entered(500, by)) == ["J14"]


def test_no_visit_is_noted_between_the_keys(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house would have the digest of before beside what is sealed under the new keys."""
    from esaylov.voters.doors.models import HouseCheck

    house_voters(8)
    central()
    by = commission()["member"]
    with custodian():
        switched_before_sealing(monkeypatch)
        with pytest.raises(KeyringError, match="are being changed"):
            noted(by, houses()[0], missing=1)
        keys.keyring()
        with pytest.raises(KeyringError, match="are being changed"):
            noted(by, houses()[0], missing=1)
        assert not HouseCheck.objects.exists()
        monkeypatch.undo()
        rotation.rotate(grace=0)
        assert noted(by, houses()[0], missing=1) == Noted(1)


def test_no_register_is_compared_between_the_keys(door: World) -> None:
    enter_voters(3)
    keys.keyring().with_next()
    with pytest.raises(KeyringError, match="esaylov keys rotate brings it to its end"):
        keys.sealer()
    rotation.rotate(grace=0)
    assert keys.sealer().generations == (2,)


def test_nobody_is_placed_between_the_keys(door: World) -> None:
    """Houses are matched by digests: between the generations they would be matched with nothing, and voters lose their precinct."""
    from esaylov.voters.placing import place_waiting

    (voter,) = enter_voters(1)
    Placing.objects.create(election="door", mahalla_id=voter.mahalla, journal=0)
    keys.keyring().with_next()
    keys.keyring()
    assert place_waiting() is None
    assert Voter.objects.get().precinct == voter.precinct
    rotation.rotate(grace=0)
    assert place_waiting() == 1  # no rule leads to its precinct


def test_somebody_entered_twice_stops_it_with_both_generations_kept(door: World) -> None:
    (voter,) = enter_voters(1)
    both = keys.keyring().with_next()
    digest = UUID(bytes=Sealer(both).digests("pinfl", [voter.record["pinfl"].encode()])[0])
    sealed = Sealer(both).seal([900], [orjson.dumps(voter.record)])[0]
    Voter.objects.create(
        id=900, pinfl=digest, document=digest, content=digest, house=0, district=1, mahalla=voter.mahalla, changeset=0,
        sealed=sealed,
    )  # fmt: skip
    with pytest.raises(rotation.RotationError, match="entered twice"):
        rotation.rotate(grace=0)
    assert len(Keyring.read(both.path).generations) == 2
    Voter.objects.filter(id=900).delete()
    rotation.rotate(grace=0)
    check_digests(keys.keyring())


@pytest.mark.parametrize("left", ["check value", "keys", "both"])
def test_a_kill_at_the_end_is_no_harm(door: World, left: str) -> None:
    """The last steps: the database forgets the old generation, then the file does."""
    enter_voters(30)
    both = keys.keyring().with_next()
    keys.keyring()
    if left != "both":
        rotation._pass(both, Counter(), lambda *_: None)
        KeyCheck.objects.filter(generation=1).delete()
        if left == "check value":
            both.without(1)
    rotation.rotate(grace=0)
    ring = keys.keyring()
    assert len(ring.generations) == 1
    assert len(opened(ring)) == 30


def test_a_custodian_answers_for_both_meanwhile(
    door: World, db_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.acts.identity import data_folder
    from esaylov.custody import client

    voters = enter_voters(60)
    monkeypatch.setattr(client.custody, "_place", lambda: socket_of(data_folder()))
    with working(data_folder()) as running:
        both = keys.keyring().with_next()
        rotation._await_custodian(both)
        place = rotation.PLACES[0]
        batch = next(rotation._batches(place, both.current))
        assert rotation._write(place, batch, Sealer(both), Sealer(both)) == 25
        found = look_up(running, [voter.record["document"] for voter in voters])
        assert found == [voter.record for voter in voters]
        rotation.rotate(grace=0)
        limit = time.monotonic() + 60
        while sorted(running.custody.checks()) != [2]:
            assert time.monotonic() < limit
            time.sleep(0.05)
        assert look_up(running, [voter.record["document"] for voter in voters]) == found


def look_up(running: Running, documents: list[str]) -> list[dict[str, str]]:
    found = []
    for under in running.custody.digests("document", documents, purpose="request"):
        rows = Voter.objects.filter(document__in=[UUID(bytes=one) for one in under]).values_list(
            "id", "sealed"
        )
        found += running.custody.open_rows([(row, bytes(sealed)) for row, sealed in rows], purpose="request")
    return sorted(found, key=lambda record: record["document"])


def test_a_custodian_with_another_file_is_not_waited_for_in_vain(
    door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "CUSTODIAN_SECONDS", 0.5)
    enter_voters(3)
    with working(tmp_path / "other") as running:
        other: Custody = running.custody
        monkeypatch.setattr(rotation.client, "checks", other.checks)
        with pytest.raises(rotation.RotationError, match="does not take up the new keys"):
            rotation.rotate(grace=0)
    assert len(opened(Keyring.read(keys.keyring().path))) == 3


ROTATING = """
import django; django.setup()
from esaylov.voters import rotation
rotation.BATCH = 4
rotation.rotate(grace=0)
"""


@pytest.mark.parametrize("rows", [1, 40, 110])
def test_kill_9_in_the_middle(door: World, db_clone: Clone, rows: int) -> None:
    from esaylov.acts.identity import data_folder

    enter_voters(MANY)
    environment = {**os.environ, **db_clone.environment, "ESAYLOV_DATA": str(data_folder())}
    keys.keyring()
    process = subprocess.Popen([sys.executable, "-c", ROTATING], env=environment)
    limit = time.monotonic() + 60
    while sum(generation_of(sealed) == 2 for _, sealed in every()) < rows:
        assert time.monotonic() < limit
        assert process.poll() in (None, 0)
    process.send_signal(signal.SIGKILL)
    process.wait()
    ring = keys.keyring()
    assert opened(ring) == opened(ring)
    check_digests(ring)
    assert {one["document"] for one in opened(ring)} == {person(at)["document"] for at in range(1, MANY + 1)}
    while True:  # PostgreSQL frees the dead client's lock when it notices
        try:
            rotation.rotate(grace=0)
            break
        except rotation.RotationError:
            assert time.monotonic() < limit
    ring = keys.keyring()
    assert (
        len(ring.generations) == 1
    )  # the second, or the third where the killed one had just come to its end
    check_digests(ring)
    assert len(opened(ring)) == MANY
