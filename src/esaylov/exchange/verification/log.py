"""Every byte under log/: the checkpoint and its key, every tile, every entry bundle, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from esaylov.exchange.verification.store import MissingFile, Store, VerificationError
from esaylov.tlog.checkpoint import Checkpoint, open_checkpoint
from esaylov.tlog.notes import MAX_NOTE, NoteError, Verifier, parse_vkey
from esaylov.tlog.receipt import note_of_file, open_receipt
from esaylov.tlog.tiles import (
    ENTRIES,
    HEIGHT,
    MAX_ENTRY,
    WIDTH,
    Tile,
    TileError,
    decode_bundle,
    files_for,
    tiles_for,
)
from esaylov.tlog.tree import HASH_SIZE, root_hash

Progress = Callable[[str, int, int], None]

CHECKPOINT = "log/checkpoint"
KEY = "log/key"
_KEY_LIMIT = 4096
_BUNDLE_LIMIT = WIDTH * (MAX_ENTRY + 2)


@dataclass(frozen=True)
class VerifiedLog:
    """A log whose every byte is covered by its signed checkpoint: entries and leaf hashes by index."""

    verifier: Verifier
    checkpoint: Checkpoint
    entries: list[bytes]
    leaves: list[bytes]


def find_key(store: Store, pinned: str | None) -> Verifier:
    """The log's key: the pinned one, or (pinned is None) the one that lies beside the log.

    Raises VerificationError when it is malformed, or when log/key is not exactly this key and a newline.
    """
    beside = store.read(KEY, _KEY_LIMIT)
    try:
        verifier = parse_vkey(pinned if pinned is not None else beside.decode("utf-8").removesuffix("\n"))
    except (NoteError, UnicodeDecodeError) as error:
        where = KEY if pinned is None else "the key that was given"
        raise VerificationError(f"{where}: {error}") from error
    if beside != f"{verifier.vkey}\n".encode():
        raise VerificationError(f"{KEY}: differs from the key of {verifier.name}")
    return verifier


def read_checkpoint(store: Store, verifier: Verifier) -> Checkpoint:
    """The signed checkpoint of the log. Raises VerificationError."""
    try:
        checkpoint, _ = open_checkpoint(store.read(CHECKPOINT, MAX_NOTE), verifier)
    except NoteError as error:
        raise VerificationError(f"{CHECKPOINT}: {error}") from error
    if checkpoint.extensions:
        raise VerificationError(f"{CHECKPOINT}: it has extension lines")
    return checkpoint


def read_log(store: Store, verifier: Verifier, checkpoint: Checkpoint, progress: Progress) -> VerifiedLog:
    """Read every bundle and tile of the checkpoint's size and compare them with each other and with the root.

    Raises VerificationError naming the first file that does not hold.
    """
    entries: list[bytes] = []
    leaves: list[bytes] = []
    # One after another: the size is whatever somebody signed, and the first file that is missing ends it.
    count = -(-checkpoint.size // WIDTH)
    for done in range(count):
        progress("entries", done, count)
        bundle = Tile(ENTRIES, done, min(WIDTH, checkpoint.size - done * WIDTH))
        some = _read_bundle(store, bundle)
        hashes = [sha256(b"\x00" + entry).digest() for entry in some]
        tile = Tile(0, bundle.number, bundle.width)
        if _read_tile(store, tile) != b"".join(hashes):
            raise VerificationError(f"log/{tile.path}: differs from the hashes of log/{bundle.path}")
        entries += some
        leaves += hashes
    if _check_levels(store, checkpoint.size, leaves) != checkpoint.root:
        raise VerificationError(f"{CHECKPOINT}: its root is not that of the {checkpoint.size} entries")
    return VerifiedLog(verifier, checkpoint, entries, leaves)


def _read_bundle(store: Store, bundle: Tile) -> list[bytes]:
    found, data = _read(store, bundle, _BUNDLE_LIMIT)
    try:
        return decode_bundle(found, data)[: bundle.width]
    except TileError as error:
        raise VerificationError(f"log/{error}") from error


def _read_tile(store: Store, tile: Tile) -> bytes:
    found, data = _read(store, tile, WIDTH * HASH_SIZE)
    return data if found == tile else data[: tile.width * HASH_SIZE]


def _read(store: Store, tile: Tile, limit: int) -> tuple[Tile, bytes]:
    """A file of the log. A live log may have dropped a partial file for the full one (tlog-tiles, "Partial
    Tiles").
    """
    try:
        return tile, store.read(f"log/{tile.path}", limit)
    except MissingFile:
        full = Tile(tile.level, tile.number)
        if not store.live or tile.is_full:
            raise
        return full, store.read(f"log/{full.path}", limit)


def _check_levels(store: Store, size: int, leaves: list[bytes]) -> bytes:
    """Compare the tiles above level 0 with the leaves; the root. A partial subtree counts as one node, at the
    right.
    """
    above = iter(tile for tile in tiles_for(size) if tile.level > 0)
    tile = next(above, None)
    level, nodes = 0, leaves
    rest: list[bytes] = []
    while True:
        full = len(nodes) >> HEIGHT << HEIGHT
        right = [*nodes[full:], *rest]
        rest = [root_hash(right)] if right else []
        if not full:
            return root_hash(rest)
        nodes = [root_hash(nodes[i : i + WIDTH]) for i in range(0, full, WIDTH)]
        level += 1
        while tile is not None and tile.level == level:
            start = tile.number * WIDTH
            expected = b"".join(nodes[start : start + tile.width])
            if _read_tile(store, tile) != expected:
                raise VerificationError(f"log/{tile.path}: differs from the hashes of the tiles below it")
            tile = next(above, None)


def expected_files(size: int) -> set[str]:
    """Exactly the files that stand under log/ when the checkpoint has this size."""
    return {CHECKPOINT, KEY, *(f"log/{tile.path}" for tile in files_for(size))}


def check_since(log: VerifiedLog, note: bytes) -> Checkpoint:
    """An older checkpoint of the same log, after checking that the log still begins with the entries that it
    signed.
    """
    try:
        older, _ = open_checkpoint(note, log.verifier)
    except NoteError as error:
        raise VerificationError(f"the older checkpoint: {error}") from error
    if older.size > log.checkpoint.size:
        raise VerificationError(
            f"the log has {log.checkpoint.size} entries, the older checkpoint {older.size}"
        )
    if root_hash(log.leaves[: older.size]) != older.root:
        raise VerificationError(
            f"the log does not begin with the {older.size} entries of the older checkpoint"
        )
    return older


def check_receipt(log: VerifiedLog, data: bytes) -> int:
    """Index of the entry that a receipt promised. Raises VerificationError when it is not the log's or not
    kept.
    """
    try:
        receipt = open_receipt(note_of_file(data), log.verifier)
    except NoteError as error:
        raise VerificationError(f"the receipt: {error}") from error
    if receipt.leaf not in log.leaves:
        raise VerificationError(f"the receipt: no entry has the leaf hash {receipt.leaf.hex()}")
    return log.leaves.index(receipt.leaf)
