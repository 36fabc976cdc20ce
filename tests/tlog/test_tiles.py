from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.tlog.proofs import consistency_proof, hash_reader, inclusion_proof, subtree_hash
from esaylov.tlog.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    TileError,
    TileHashes,
    build,
    bundles_for,
    decode_bundle,
    encode_bundle,
    files_for,
    grow,
    new_files,
    obsolete_files,
    split_tile,
    tiles_for,
)
from esaylov.tlog.tree import leaf_hash, root_hash

BIG = 66_000


@cache
def entries() -> list[bytes]:
    """As many small entries as make three levels of tiles."""
    return [str(i).encode() for i in range(BIG)]


@cache
def leaves() -> list[bytes]:
    """Their leaf hashes."""
    return [leaf_hash(entry) for entry in entries()]


@cache
def files() -> dict[Tile, bytes]:
    """The files of the log of all of them."""
    return build(entries())


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(63, 1234067), "tile/63/x001/x234/067"),
        (Tile(1, 12, 17), "tile/1/012.p/17"),
        (Tile(ENTRIES, 0, 255), "tile/entries/000.p/255"),
        (Tile(ENTRIES, 1000000), "tile/entries/x001/x000/000"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path


def test_the_example_of_70000_entries() -> None:
    tiles = tiles_for(70_000)
    assert [tile for tile in tiles if not tile.is_full] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles if tile.is_full] == [*(Tile(0, i) for i in range(273)), Tile(1, 0)]
    assert bundles_for(70_000) == [*(Tile(ENTRIES, i) for i in range(273)), Tile(ENTRIES, 273, 112)]
    assert tiles_for(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert files_for(0) == []


def test_every_tile_hash_is_the_hash_of_its_subtree() -> None:
    for tile, data in files().items():
        if tile.level < 0:
            continue
        span = WIDTH**tile.level
        for i, node in enumerate(split_tile(tile, data)):
            start = (tile.number * WIDTH + i) * span
            if tile.level == 0 or i % 64 == 0:
                assert node == root_hash(leaves()[start : start + span])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 1400), min_size=1, max_size=8))
def test_a_log_grows_into_the_same_files_by_any_steps(sizes: list[int]) -> None:
    store: dict[Tile, bytes] = {}
    read: list[Tile] = []

    def reader(tile: Tile) -> bytes:
        read.append(tile)
        return store[tile]

    for old, new in pairwise([0, *sorted(sizes)]):
        read.clear()
        written = grow(old, entries()[old:new], reader)
        assert set(written) == set(new_files(old, new)) == set(files_for(new)) - set(files_for(old))
        assert set(obsolete_files(old, new)) == set(files_for(old)) - set(files_for(new))
        assert all(not tile.is_full for tile in read)
        for tile in obsolete_files(old, new):
            del store[tile]
        store |= written
    assert store == build(entries()[: max(sizes)])


@given(st.integers(0, 10**7), st.integers(0, 3000))
def test_new_files_are_the_difference(old: int, more: int) -> None:
    # at a real size the difference of the whole lists would take seconds: compare the right edge only
    new = old + more
    written = new_files(old, new)
    assert len(written) == len(set(written))
    for tile in written:
        span = 1 if tile.level == ENTRIES else WIDTH**tile.level
        assert (tile.number * WIDTH + tile.width) * span <= new
        assert (tile.number * WIDTH + tile.width) * span > old
    assert sum(tile.level == ENTRIES for tile in written) == sum(tile.level == 0 for tile in written)
    assert bool(written) == bool(more)


def test_a_log_does_not_shrink() -> None:
    with pytest.raises(ValueError, match="grow"):
        new_files(5, 4)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, BIG), st.data())
def test_hashes_and_proofs_from_tiles_are_those_from_leaves(size: int, data: st.DataObject) -> None:
    store = files()

    def read(tile: Tile) -> bytes:
        whole = store[
            next(t for t in (tile, Tile(tile.level, tile.number), *_edges()) if t in store and _same(t, tile))
        ]
        return whole[: tile.width * 32]

    hashes = TileHashes(size, read)
    assert subtree_hash(0, size, hashes) == root_hash(leaves()[:size])
    index = data.draw(st.integers(0, size - 1))
    plain = hash_reader(leaves())
    assert inclusion_proof(index, size, hashes) == inclusion_proof(index, size, plain)
    old = data.draw(st.integers(0, size))
    assert consistency_proof(old, size, hashes) == consistency_proof(old, size, plain)


def _edges() -> list[Tile]:
    return [tile for tile in files() if not tile.is_full]


def _same(one: Tile, other: Tile) -> bool:
    return (one.level, one.number) == (other.level, other.number)


@pytest.mark.parametrize(("height", "index"), [(0, 100), (7, 0), (2, 25), (-1, 0), (0, -1)])
def test_a_subtree_that_is_not_complete_has_no_hash(height: int, index: int) -> None:
    with pytest.raises(ValueError, match="no complete subtree"):
        TileHashes(100, lambda tile: files()[tile])(height, index)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=WIDTH))
def test_bundles_come_back(some: list[bytes]) -> None:
    assert decode_bundle(Tile(ENTRIES, 0, len(some)), encode_bundle(some)) == some


def test_the_longest_entry_fits_and_a_longer_one_does_not() -> None:
    assert encode_bundle([bytes(65_535)]) == b"\xff\xff" + bytes(65_535)
    with pytest.raises(TileError, match="longer than 65535"):
        encode_bundle([bytes(65_536)])
    with pytest.raises(TileError):
        encode_bundle([])
    with pytest.raises(TileError):
        encode_bundle([b""] * 257)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x00\x01",
        b"\x00\x01a",
        b"\x00\x01a\x00\x02b",
        b"\x00\x01a\x00\x01b\x00",
        b"\x00\x00" * 3,
    ],
)
def test_a_bundle_that_is_not_exact_is_refused(data: bytes) -> None:
    with pytest.raises(TileError, match=r"tile/entries/000\.p/2"):
        decode_bundle(Tile(ENTRIES, 0, 2), data)


def test_a_tile_of_another_length_is_refused() -> None:
    with pytest.raises(TileError, match="32 bytes instead of 64"):
        split_tile(Tile(0, 0, 2), bytes(32))
