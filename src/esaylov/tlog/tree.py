"""The Merkle tree of RFC 6962, section 2.1, over SHA-256. Hashes are 32 bytes, leaves are hashed entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry) (RFC 6962, 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right) (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of leaf hashes, 32 bytes; of none: SHA-256 of nothing (RFC 6962, 2.1).

    Works level by level: a node without a right neighbour moves up unchanged, which gives the tree that the
    RFC defines by splitting at the largest power of two.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        odd = level.pop() if len(level) % 2 else None
        level = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
        if odd is not None:
            level.append(odd)
    return level[0]


class Frontier:
    """The right edge of a growing tree: what is needed to append leaves and to know the root at any moment.

    `size` is the number of leaves; `nodes` the hashes of the complete subtrees that make it up, largest
    first, one for each bit that is set in `size`. Both together restore a frontier.
    """

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        """Start empty, or go on from a stored frontier. Raises ValueError when `nodes` do not belong to
        `size`.
        """
        self._size = size
        self._nodes = list(nodes)
        if size < 0 or len(self._nodes) != size.bit_count():
            raise ValueError(f"a frontier of {size} leaves does not have {len(self._nodes)} nodes")
        if any(len(node) != HASH_SIZE for node in self._nodes):
            raise ValueError("a node of a frontier must have 32 bytes")

    @property
    def size(self) -> int:
        """Number of leaves so far."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """Hashes of the complete subtrees, largest (leftmost) first."""
        return tuple(self._nodes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes) at the right."""
        node = leaf
        size = self._size
        while size & 1:
            node = node_hash(self._nodes.pop(), node)
            size >>= 1
        self._nodes.append(node)
        self._size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the right, in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Root hash of the tree so far, 32 bytes."""
        if not self._nodes:
            return EMPTY_ROOT
        root = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            root = node_hash(node, root)
        return root
