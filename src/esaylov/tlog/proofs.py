"""Inclusion and consistency proofs of RFC 6962, sections 2.1.1 and 2.1.2: made from subtree hashes, and
verified.

A hash reader takes (height, index) and gives the hash of the index-th complete subtree of 2**height leaves;
`tiles.TileHashes` is one. Proofs are lists of 32-byte hashes, in the order of the RFC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hmac import compare_digest

from esaylov.tlog.tree import EMPTY_ROOT, HASH_SIZE, node_hash, root_hash

HashReader = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof that does not prove what it should, or one that cannot be made."""


def hash_reader(leaves: Sequence[bytes]) -> HashReader:
    """A hash reader over leaf hashes held in memory (for small trees and tests; it computes each subtree
    anew).
    """

    def read(height: int, index: int) -> bytes:
        return root_hash(leaves[index << height : (index + 1) << height])

    return read


def subtree_hash(begin: int, end: int, read: HashReader) -> bytes:
    """Merkle tree hash of the leaves begin <= i < end, where the range is one that occurs in RFC 6962's
    recursion.
    """
    if begin == end:
        return EMPTY_ROOT
    nodes: list[bytes] = []
    while begin < end:
        height = (end - begin).bit_length() - 1
        if begin:
            height = min(height, (begin & -begin).bit_length() - 1)
        nodes.append(read(height, begin >> height))
        begin += 1 << height
    root = nodes.pop()
    while nodes:
        root = node_hash(nodes.pop(), root)
    return root


def _split(count: int) -> int:
    """The largest power of two below count (RFC 6962, 2.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """Audit path of the leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1). ProofError if it is not
    in it.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(subtree_hash(middle, end, read))
            end = middle
        else:
            path.append(subtree_hash(begin, middle, read))
            begin = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless `proof` shows that the leaf hash stands at `index` in the tree of this size and
    root.

    The walk from the leaf up is the one of RFC 9162, 2.1.3.2, which verifies the same proofs.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    _check_hashes(proof)
    node, number, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if number & 1 or number == last:
            node = node_hash(sibling, node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if not compare_digest(node, root):
        raise ProofError("the inclusion proof leads to another root")


def consistency_proof(old: int, new: int, read: HashReader) -> list[bytes]:
    """Proof that the tree of `new` leaves begins with the one of `old` leaves (RFC 6962, 2.1.2).

    0 <= old <= new; the proof is empty for old = 0 and for old = new. ProofError when old > new.
    """
    if not 0 <= old <= new:
        raise ProofError(f"no consistency proof from {old} to {new}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    begin, end = 0, new
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(subtree_hash(middle, end, read))
            end = middle
        else:
            path.append(subtree_hash(begin, middle, read))
            begin = middle
    if begin:
        path.append(subtree_hash(begin, end, read))
    return path[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless `proof` shows that the new tree begins with the old one (sizes and roots
    given).

    For old = 0 the old root must be that of the empty tree. The walk is the one of RFC 9162, 2.1.4.2.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a log does not grow from {old} to {new}")
    _check_hashes(proof)
    if old in (0, new):
        _check_trivial(old, old_root, new_root, proof)
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ProofError("the consistency proof is too short")
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if number & 1 or number == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof is too short")
    if not compare_digest(first, old_root) or not compare_digest(second, new_root):
        raise ProofError("the consistency proof leads to another root")


def _check_trivial(old: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError("the consistency proof is too long")
    if not compare_digest(old_root, new_root if old else EMPTY_ROOT):
        raise ProofError("trees of the same size have different roots")


def _check_hashes(proof: Sequence[bytes]) -> None:
    if any(len(node) != HASH_SIZE for node in proof):
        raise ProofError("a hash of a proof must have 32 bytes")
