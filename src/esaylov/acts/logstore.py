"""The log's public files: tiles, entry bundles, checkpoint, key. All of them follow from the database."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from esaylov.tlog.tiles import ENTRIES, WIDTH, Tile, TileHashes, decode_bundle, files_for, grow
from esaylov.tlog.tree import EMPTY_ROOT, HASH_SIZE, Frontier, leaf_hash


def read_hashes(folder: Path, tile: Tile) -> bytes:
    """A tile of hashes of the log in a folder, at any size that it had; a partial tile that was filled since is the start of the
    full one. Raises FileNotFoundError."""
    try:
        return (folder / tile.path).read_bytes()
    except FileNotFoundError:
        return (folder / tile._replace(width=WIDTH).path).read_bytes()[: tile.width * HASH_SIZE]


class LogStore:
    """A folder with the log's files. Files are written whole or not at all; the checkpoint last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, tile: Tile) -> bytes:
        """Bytes of a tile or entry bundle. Raises FileNotFoundError."""
        return (self.folder / tile.path).read_bytes()

    def append(self, size: int, entries: Sequence[bytes]) -> None:
        """Writes what the log of `size` entries needs for some more."""
        for tile, data in grow(size, entries, self.read).items():
            self._write(self.folder / tile.path, data)
            if tile.is_full:
                shutil.rmtree(self.folder / f"{tile.path}.p", ignore_errors=True)

    def frontier(self, size: int) -> Frontier:
        """The tree's right edge at a size, computed from the level-0 tiles. Raises OSError or ValueError when files are
        missing or damaged."""
        nodes: list[bytes] = []
        reader = TileHashes(size, self.read)
        start = 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                nodes.append(reader(height, start >> height))
                start += 1 << height
        return Frontier(size, nodes)

    def holds(self, size: int, root: bytes) -> bool:
        """Whether all files for a size are there, and those that it grows from give the root."""
        if size == 0:
            return root == EMPTY_ROOT
        try:
            if not all((self.folder / tile.path).is_file() for tile in files_for(size)):
                return False
            return self.frontier(size).root() == root and self._end_is_whole(size)
        except (OSError, ValueError):
            return False

    def _end_is_whole(self, size: int) -> bool:
        """Whether the last entry bundle, which grows, holds the entries whose hashes stand beside it."""
        number, last = divmod(size - 1, WIDTH)
        bundle = Tile(ENTRIES, number, last + 1)
        entries = decode_bundle(bundle, self.read(bundle))
        return b"".join(map(leaf_hash, entries)) == self.read(Tile(0, number, last + 1))

    def keep_only(self, size: int) -> None:
        """Removes partial tiles that are not those of a size."""
        wanted = {tile.path for tile in files_for(size)}
        for folder in (self.folder / "tile").rglob("*.p"):
            for path in folder.iterdir():
                if path.relative_to(self.folder).as_posix() not in wanted:
                    path.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()

    def sweep(self) -> None:
        """Removes what a killed writer left unfinished. (One sequencer writes at a time.)"""
        for path in self.folder.rglob(".*"):
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Removes every tile; they will be written again from the database."""
        shutil.rmtree(self.folder / "tile", ignore_errors=True)

    def write_checkpoint(self, note: str, verifier_key: str) -> None:
        """Publishes a checkpoint, and the key beside it."""
        self._write(self.folder / "key", (verifier_key + "\n").encode())
        self._write(self.folder / "checkpoint", note.encode())

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(data)
        temporary.replace(path)
