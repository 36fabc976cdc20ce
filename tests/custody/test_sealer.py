"""Sealed values open in their own row under their own key, and nowhere else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.sealer import OVERHEAD, Sealer, generation_of

RECORD = (
    b'{"pinfl":"71234567890123","document":"AB1234567","surname":"Sinovova","street":"Gulzor","house":"12A"}'
)


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring.make(tmp_path / "keys" / "voters.json")


def test_what_is_sealed_opens_in_its_row(ring: Keyring) -> None:
    sealer = Sealer(ring)
    ids, records = [1, 2, -3, 2**40], [RECORD, b"", RECORD, b"x" * 5000]
    sealed = sealer.seal(ids, records)
    assert sealer.open(ids, sealed) == records
    assert [len(value) - OVERHEAD for value in sealed] == [len(record) for record in records]
    assert sealed[0] != sealed[2]
    assert not any(b"Sinovova" in value for value in sealed)
    assert sealer.seal([], []) == sealer.open([], []) == []


@pytest.mark.parametrize("at", [0, 1, 2, 13, 14, 40, -1])
def test_a_changed_byte_does_not_open(ring: Keyring, at: int) -> None:
    sealer = Sealer(ring)
    (value,) = sealer.seal([7], [RECORD])
    changed = bytearray(value)
    changed[at] ^= 1
    with pytest.raises(KeyringError, match="row 7 does not open"):
        sealer.open([7], [bytes(changed)])


@pytest.mark.parametrize("length", [0, 1, 2, 13, 14, 29, 30, 60])
def test_a_cut_value_does_not_open(ring: Keyring, length: int) -> None:
    sealer = Sealer(ring)
    (value,) = sealer.seal([7], [RECORD])
    with pytest.raises(KeyringError, match="row 7 does not open"):
        sealer.open([7], [value[:length]])


def test_a_value_of_another_row_table_or_key_does_not_open(ring: Keyring, tmp_path: Path) -> None:
    sealer = Sealer(ring)
    first, second = sealer.seal([1, 2], [RECORD, RECORD])
    with pytest.raises(KeyringError, match="row 2 does not open"):
        sealer.open([1, 2], [first, first])
    with pytest.raises(KeyringError, match="row 1 does not open"):
        Sealer(ring, b"voters_former").open([1], [first])
    with pytest.raises(KeyringError, match="row 2 does not open"):
        Sealer(Keyring.make(tmp_path / "other.json")).open([2], [second])


def test_both_generations_open_and_new_rows_come_under_the_current_one(ring: Keyring) -> None:
    old = Sealer(ring).seal([5], [RECORD])
    both = Sealer(ring.with_next())
    new = both.seal([5], [RECORD])
    assert [generation_of(value) for value in old + new] == [1, 2]
    assert both.open([5, 5], old + new) == [RECORD, RECORD]
    with pytest.raises(KeyringError, match="generation 1, and the keys of that are not here"):
        Sealer(Keyring.read(ring.path).without(1)).open([5], old)


def test_digests_are_of_field_key_and_generation(ring: Keyring, tmp_path: Path) -> None:
    sealer = Sealer(ring)
    values = [b"71234567890123", b"AB1234567", b""]
    made = {field: sealer.digests(field, values) for field in ("pinfl", "document", "content", "house")}
    every = [one for digests in made.values() for one in digests]
    assert len(set(every)) == len(every)
    assert all(len(one) == 16 for one in every)
    assert Sealer(Keyring.read(ring.path)).digests("pinfl", values) == made["pinfl"]
    assert Sealer(Keyring.make(tmp_path / "other.json")).digests("pinfl", values) != made["pinfl"]
    both = Sealer(ring.with_next())
    assert both.digests("pinfl", values) != made["pinfl"]
    assert both.digests("pinfl", values, 1) == made["pinfl"]
    for field, generation in (("record", 0), ("birth_date", 0), ("pinfl", 3)):
        with pytest.raises(KeyringError, match="no key for"):
            both.digests(field, values, generation)


def test_lists_of_unequal_length_are_refused(ring: Keyring) -> None:
    sealer = Sealer(ring)
    with pytest.raises(ValueError, match="zip"):
        sealer.seal([1, 2], [RECORD])
    with pytest.raises(ValueError, match="zip"):
        sealer.open([1], [])


def test_bulk_is_quick(ring: Keyring) -> None:
    sealer, many = Sealer(ring), 20_000
    ids, records, values = range(many), [RECORD] * many, [b"71234567890123"] * many

    def best(work: object) -> float:
        times = []
        for _ in range(5):
            start = time.process_time()
            work()  # type: ignore[operator]
            times.append(time.process_time() - start)
        return min(times) / many

    assert best(lambda: sealer.seal(ids, records)) < 2e-6
    assert best(lambda: sealer.digests("pinfl", values)) < 1e-6
