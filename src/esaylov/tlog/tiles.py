"""The files of a log: hash tiles and entry bundles of C2SP tlog-tiles, as values; reading and writing is the
caller's.

A `Tile` names one file. Hash tiles have a level from 0 up, entry bundles the level `ENTRIES`. A full file
holds 256 hashes or entries, the rightmost one of each level may be partial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from esaylov.tlog.tree import HASH_SIZE, leaf_hash, node_hash, root_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = -1
MAX_ENTRY = 65_535


class TileError(ValueError):
    """Bytes that are not a tile or an entry bundle of the width they should have, or an entry that is too
    long.
    """


class Tile(NamedTuple):
    """One file of the log: level (0 to 63, or ENTRIES), number within the level, width (1 to 256)."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's prefix, such as `tile/0/x001/234.p/5` (tlog-tiles, "Merkle Tree")."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
        return f"tile/{level}/{name}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def is_full(self) -> bool:
        """True when the file holds 256 hashes or entries and can never change again."""
        return self.width == WIDTH


ReadTile = Callable[[Tile], bytes]


def _level(level: int, count: int, first: int = 0) -> Iterator[Tile]:
    full, rest = divmod(count, WIDTH)
    for index in range(first, full):
        yield Tile(level, index)
    if rest and full >= first:
        yield Tile(level, full, rest)


def tiles_for(size: int) -> list[Tile]:
    """All hash tiles of a tree of `size` leaves, full and partial, by level and index."""
    tiles: list[Tile] = []
    level, count = 0, size
    while count:
        tiles.extend(_level(level, count))
        level, count = level + 1, count >> HEIGHT
    return tiles


def bundles_for(size: int) -> list[Tile]:
    """All entry bundles of a tree of `size` leaves, by index."""
    return list(_level(ENTRIES, size))


def files_for(size: int) -> list[Tile]:
    """Exactly the files that a published log of `size` leaves consists of, besides the checkpoint and the
    key.
    """
    return bundles_for(size) + tiles_for(size)


def new_files(old: int, new: int) -> list[Tile]:
    """The files that a tree of `new` leaves has and one of `old` leaves (old <= new) has not: what must be
    written.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log does not grow from {old} to {new}")
    files = [tile for tile in _level(ENTRIES, new, old >> HEIGHT) if _is_new(tile, old)]
    level, before, after = 0, old, new
    while after:
        files.extend(tile for tile in _level(level, after, before >> HEIGHT) if _is_new(tile, before))
        level, before, after = level + 1, before >> HEIGHT, after >> HEIGHT
    return files


def _is_new(tile: Tile, before: int) -> bool:
    return tile.number * WIDTH + tile.width > before


def obsolete_files(old: int, new: int) -> list[Tile]:
    """The partial files of a tree of `old` leaves that one of `new` leaves no longer has."""
    keep = {(tile.level, tile.number): tile.width for tile in new_files(old, new)}
    partial = [tile for tile in _partial(old) if (tile.level, tile.number) in keep]
    return [tile for tile in partial if keep[tile.level, tile.number] != tile.width]


def _partial(size: int) -> Iterator[Tile]:
    level, count = ENTRIES, size
    while count:
        if count % WIDTH:
            yield Tile(level, count >> HEIGHT, count % WIDTH)
        level, count = level + 1, count if level == ENTRIES else count >> HEIGHT


def split_tile(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes of a hash tile. Raises TileError when `data` is not exactly `width` times 32 bytes."""
    if len(data) != tile.width * HASH_SIZE:
        raise TileError(f"{tile.path}: {len(data)} bytes instead of {tile.width * HASH_SIZE}")
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entry bundle: every entry behind its length as two bytes, big endian (tlog-tiles, "Log entries").

    entries: 1 to 256 of them, each of at most 65,535 bytes, else TileError.
    """
    if not 1 <= len(entries) <= WIDTH:
        raise TileError(f"an entry bundle holds 1 to {WIDTH} entries, not {len(entries)}")
    return b"".join(_prefixed(entries))


def _prefixed(entries: Iterable[bytes]) -> Iterator[bytes]:
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise TileError(f"an entry of {len(entry)} bytes is longer than {MAX_ENTRY}")
        yield len(entry).to_bytes(2, "big")
        yield entry


def decode_bundle(tile: Tile, data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises TileError unless `data` is exactly `width` complete entries."""
    entries: list[bytes] = []
    at, end = 0, len(data)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > end or at > end:
            raise TileError(f"{tile.path}: entry {len(entries)} is cut off")
        entries.append(data[start:at])
    if len(entries) != tile.width:
        raise TileError(f"{tile.path}: {len(entries)} entries instead of {tile.width}")
    return entries


def grow_bundles(old: int, entries: Sequence[bytes], read: ReadTile) -> dict[Tile, bytes]:
    """The entry bundles to write when `entries` are appended to a log of `old` entries.

    read: gives the bytes of a file of the old log; called for its partial bundle only.
    """
    edge = Tile(ENTRIES, old >> HEIGHT, old % WIDTH)
    pending = [*(decode_bundle(edge, read(edge)) if edge.width else []), *entries]
    return {
        tile: encode_bundle(pending[(tile.number - edge.number) * WIDTH :][: tile.width])
        for tile in new_files(old, old + len(entries))
        if tile.level == ENTRIES
    }


def grow_tiles(old: int, leaves: Sequence[bytes], read: ReadTile) -> dict[Tile, bytes]:
    """The hash tiles to write when leaf hashes (32 bytes each) are appended to a log of `old` leaves.

    read: gives the bytes of a file of the old log; called for its partial tiles only, one a level. The tiles
    of level n + 1 hold the roots of the full tiles of level n (tlog-tiles, "Merkle Tree").
    """
    result: dict[Tile, bytes] = {}
    level, before, added = 0, old, list(leaves)
    while added:
        edge = Tile(level, before >> HEIGHT, before % WIDTH)
        pending = [*(split_tile(edge, read(edge)) if edge.width else []), *added]
        chunks = [pending[i : i + WIDTH] for i in range(0, len(pending), WIDTH)]
        for offset, chunk in enumerate(chunks):
            result[Tile(level, edge.number + offset, len(chunk))] = b"".join(chunk)
        added = [root_hash(chunk) for chunk in chunks if len(chunk) == WIDTH]
        level, before = level + 1, before >> HEIGHT
    return result


def grow(old: int, entries: Sequence[bytes], read: ReadTile) -> dict[Tile, bytes]:
    """Every file to write when `entries` are appended to a log of `old` entries (exactly `new_files`)."""
    leaves = [leaf_hash(entry) for entry in entries]
    return grow_bundles(old, entries, read) | grow_tiles(old, leaves, read)


def build(entries: Sequence[bytes]) -> dict[Tile, bytes]:
    """Every file of a log of these entries (exactly `files_for` their number)."""
    return grow(0, entries, _nothing_to_read)


def _nothing_to_read(tile: Tile) -> bytes:
    raise TileError(f"{tile.path}: an empty log has no files")


class TileHashes:
    """Reads the hash of any complete subtree from the tiles of a log: the hash reader of `proofs`.

    Keeps every tile that it read, split into hashes. size: of the log that the tiles belong to.
    """

    def __init__(self, size: int, read: ReadTile) -> None:
        """size: number of leaves; read: gives the bytes of a file of `tiles_for(size)`."""
        self._size = size
        self._read = read
        self._tiles: dict[Tile, list[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """Hash of the `index`-th complete subtree of 2**height leaves. Raises ValueError when it is not
        complete.
        """
        if height < 0 or index < 0 or (index + 1) << height > self._size:
            raise ValueError(f"no complete subtree of height {height} at {index} in a tree of {self._size}")
        level, above = divmod(height, HEIGHT)
        first = index << above
        number = first >> HEIGHT
        count = self._size >> (HEIGHT * level)
        tile = Tile(level, number, min(WIDTH, count - number * WIDTH))
        if tile not in self._tiles:
            self._tiles[tile] = split_tile(tile, self._read(tile))
        start = first % WIDTH
        return _subtree(self._tiles[tile][start : start + (1 << above)])


def _subtree(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
