from __future__ import annotations

from itertools import pairwise

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.tlog.proofs import (
    ProofError,
    consistency_proof,
    hash_reader,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from esaylov.tlog.tree import EMPTY_ROOT, Frontier, leaf_hash, root_hash

# The entries and roots that implementations of Certificate Transparency have tested RFC 6962 with since 2013
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ENTRY_LISTS = st.lists(st.binary(max_size=40), max_size=70)


def oracle(entries: list[bytes]) -> pymerkle.InmemoryTree:
    """The tree of pymerkle, which follows RFC 9162 (the same trees and proofs as RFC 6962)."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree


@pytest.mark.parametrize("size", range(9))
def test_vectors_of_rfc6962_implementations(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES[:size]]
    frontier = Frontier()
    frontier.extend(leaves)
    assert root_hash(leaves).hex() == ROOTS[size]
    assert frontier.root().hex() == ROOTS[size]


@given(ENTRY_LISTS)
def test_root_is_the_oracles(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    frontier = Frontier()
    frontier.extend(leaves)
    expected = oracle(entries).get_root() if entries else EMPTY_ROOT
    assert root_hash(leaves) == frontier.root() == expected


@given(ENTRY_LISTS, st.data())
def test_a_stored_frontier_goes_on_where_it_was(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    stop = data.draw(st.integers(0, len(leaves)))
    first = Frontier()
    first.extend(leaves[:stop])
    second = Frontier(first.size, first.nodes)
    second.extend(leaves[stop:])
    assert (second.size, second.root()) == (len(leaves), root_hash(leaves))


@pytest.mark.parametrize(("size", "nodes"), [(1, []), (3, [bytes(32)]), (1, [bytes(31)]), (-1, [bytes(32)])])
def test_a_frontier_that_does_not_belong_to_its_size_is_refused(size: int, nodes: list[bytes]) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier(size, nodes)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_inclusion_proofs_are_the_oracles_and_verify(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, hash_reader(leaves))
    path = oracle(entries).prove_inclusion(index + 1, size).path
    assert [leaves[index], *proof] == list(path)
    verify_inclusion(leaves[index], index, size, proof, root_hash(leaves[:size]))


def subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) as RFC 6962, 2.1.2 has it (pymerkle's consistency proofs have another form)."""
    if old == len(leaves):
        return [] if whole else [root_hash(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if old <= split:
        return [*subproof(old, leaves[:split], whole), root_hash(leaves[split:])]
    return [*subproof(old - split, leaves[split:], False), root_hash(leaves[:split])]


@given(st.integers(1, 70), st.data())
def test_consistency_proofs_are_those_of_the_rfc_and_verify(new: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(new)]
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, hash_reader(leaves))
    assert proof == subproof(old, leaves, True)
    verify_consistency(old, new, root_hash(leaves[:old]), root_hash(leaves), proof)


@given(st.integers(1, 60), st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, hash_reader(leaves))
    root = root_hash(leaves)
    changed = data.draw(st.sampled_from(list(_changes(proof))))
    with pytest.raises(ProofError):
        verify_inclusion(leaves[index], index, size, changed, root)
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
    if size > 1:
        with pytest.raises(ProofError):
            verify_inclusion(leaves[index], (index + 1) % size, size, proof, root)


@given(st.integers(2, 60), st.data())
def test_a_changed_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(new)]
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_proof(old, new, hash_reader(leaves))
    old_root, new_root = root_hash(leaves[:old]), root_hash(leaves)
    changed = data.draw(st.sampled_from(list(_changes(proof))))
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, new_root, changed)
    with pytest.raises(ProofError):
        verify_consistency(old, new, leaf_hash(b"x"), new_root, proof)
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, leaf_hash(b"x"), proof)


def _changes(proof: list[bytes]) -> list[list[bytes]]:
    longer = [*proof, bytes(32)]
    flipped = [[*proof[:i], bytes([node[0] ^ 1]) + node[1:], *proof[i + 1 :]] for i, node in enumerate(proof)]
    shorter = [proof[:-1]] if proof else []
    swapped = [[b, a] for a, b in pairwise(proof)] if len(proof) == 2 else []
    short_hash = [[proof[0][:31], *proof[1:]]] if proof else []
    return [longer, *flipped, *shorter, *swapped, *short_hash]


def test_the_empty_tree_and_impossible_sizes() -> None:
    read = hash_reader([leaf_hash(b"a")])
    root = root_hash([leaf_hash(b"a")])
    verify_consistency(0, 1, EMPTY_ROOT, root, consistency_proof(0, 1, read))
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    with pytest.raises(ProofError):
        verify_consistency(0, 1, root, root, [])
    with pytest.raises(ProofError):
        verify_consistency(1, 1, root, leaf_hash(b"b"), [])
    with pytest.raises(ProofError):
        verify_consistency(2, 1, root, root, [])
    with pytest.raises(ProofError):
        consistency_proof(2, 1, read)
    with pytest.raises(ProofError):
        inclusion_proof(1, 1, read)
    with pytest.raises(ProofError):
        verify_inclusion(root, 1, 1, [], root)
