"""Before the release a protocol's entry is sealed whole; afterwards it is opened, once, and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from esaylov.acts.models import Checkpoint, Sealed
from esaylov.elections.queries import set_clock
from esaylov.exchange.canonical import dumps
from esaylov.results.models import Total
from esaylov.results.tabulation import Tabulator
from tests.acts.election import AFTERNOON, EDITION, EVENING, RELEASE, World, form, world
from tests.results.rules import replay
from tests.results.test_machine import entries

TAG = b"esaylov sealed v1\0"
FIGURES = form("n1-1", seed=4321)


@pytest.fixture
def early(db_clone: object, tmp_path: Path) -> Iterator[World]:
    """An election with a release time, before it."""
    with world(tmp_path, edition=EDITION + RELEASE, start=AFTERNOON) as made:
        yield made


def everything(world: World) -> bytes:
    """Every public byte of the log."""
    return b"".join(path.read_bytes() for path in sorted((world.data / "log").rglob("*")) if path.is_file())


def total(world: World, contest: str = "list") -> Total:
    size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    assert size is not None
    tabulator = Tabulator(world.election)
    tabulator.advance(size)
    row = tabulator.tables.contests[contest]
    return Total.objects.get(contest_id=row.id, territory_id=row.territory)


def submit(world: World) -> Any:
    response = world.post("protocols", FIGURES, "pec:n1-1", "a-key")
    assert response.status_code == 201
    return response


def test_log_shows_a_hash_alone(early: World) -> None:
    answer = submit(early).json()
    early.sequence()
    (sealed,) = [entry for entry in entries("door") if entry["act"] == "log.sealed"]
    assert set(sealed) == {"v", "act", "election", "edition", "sealed", "simulated"}
    assert sha256(b"\0" + dumps(sealed)).hexdigest() == answer["leaf_hash"]
    public = everything(early)
    for figure in (*FIGURES["lines"].values(), *FIGURES["votes"].values()):
        if figure > 4000:
            # A figure, not four digits somewhere in a hash.
            assert re.search(rb"(?<![0-9a-zA-Z+/])%d(?![0-9a-zA-Z+/=])" % figure, public) is None
    assert b"n1-1" not in public
    assert total(early).received == 0


def test_opened_after_the_release(early: World) -> None:
    answer = submit(early).json()
    early.sequence()
    set_clock("door", EVENING)
    early.sequence()
    log = entries("door")
    (opened,) = [entry for entry in log if entry["act"] == "log.open"]
    sealed = log[[entry["act"] for entry in log].index("log.sealed")]
    value = opened["value"]
    assert sha256(TAG + bytes.fromhex(opened["salt"]) + dumps(value)).hexdigest() == sealed["sealed"]
    votes = list(FIGURES["votes"].values())
    assert (value["precinct"], value["votes"], value["state"]) == ("n1-1", votes, "received")
    assert opened["at"] == EVENING.isoformat()
    assert total(early).votes == votes
    early.sequence()
    assert [entry["act"] for entry in entries("door")].count("log.open") == 1
    assert submit(early).json() == answer


def test_every_seal_has_a_salt_of_its_own(early: World) -> None:
    for precinct in ("n1-1", "n1-2"):
        early.submit(precinct)
    salts = {bytes(row.salt) for row in Sealed.objects.all()}
    assert len(salts) == 2
    assert {len(salt) for salt in salts} == {32}


def test_corrected_before_the_release(early: World) -> None:
    """The correction names the sealed entry's leaf hash; both are opened, the last counts."""
    first = early.post("protocols", form("n1-1", broken=True), "pec:n1-1").json()
    second = early.post("corrections", form("n1-1", seed=9), "pec:n1-1").json()
    assert (first["state"], second["state"], second["version"]) == ("inconsistent", "received", 2)
    early.sequence()
    set_clock("door", EVENING)
    early.sequence()
    values = [entry["value"] for entry in entries("door") if entry["act"] == "log.open"]
    assert [value["version"] for value in values] == [1, 2]
    assert values[1]["replaces"] == first["leaf_hash"]
    assert total(early).votes == list(form("n1-1", seed=9)["votes"].values())


def test_not_sealed_from_the_release_on(early: World) -> None:
    set_clock("door", EVENING.replace(hour=20, minute=0))
    early.submit("n1-1")
    early.sequence()
    assert not Sealed.objects.exists()
    assert replay(entries("door"))["n1-1", "list"].counts


def test_a_second_before_the_release(early: World) -> None:
    set_clock("door", EVENING.replace(hour=20, minute=0) - timedelta(seconds=1))
    early.submit("n1-1")
    early.sequence()
    assert Sealed.objects.count() == 1
    assert "log.open" not in [entry["act"] for entry in entries("door")]


def test_erased_value_stays_a_hash(early: World) -> None:
    submit(early)
    early.sequence()
    Sealed.objects.all().delete()
    set_clock("door", EVENING)
    early.sequence()
    assert [entry["act"] for entry in entries("door")].count("log.open") == 0
    assert total(early).received == 0
