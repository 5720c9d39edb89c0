"""Merkle trees against RFC 6962's vectors, a naive reading of its definition, and every proof that must
fail.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TamperedError
from trustcenter.proof import merkle

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/merkle.json").read_text())
sizes = st.integers(min_value=1, max_value=70)


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % at) for at in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(naive_root(hashes[:split]), naive_root(hashes[split:]))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tree(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes.fromhex(each)) for each in VECTORS["leaves"][:size]]
    assert merkle.root_of(hashes).hex() == VECTORS["roots"][size]
    assert merkle.Tree(hashes).root().hex() == VECTORS["roots"][size]


@given(st.integers(min_value=0, max_value=300))
def test_growing_gives_the_defined_root(size: int) -> None:
    hashes = leaves(size)
    assert merkle.root_of(hashes) == naive_root(hashes) == merkle.Tree(hashes).root()


@given(sizes, st.data())
def test_a_range_taken_up_again_grows_to_the_same_root(size: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(min_value=0, max_value=size))
    tree = merkle.Tree(leaves(size))
    grown = merkle.CompactRange.of(cut, tree)
    for leaf in leaves(size)[cut:]:
        grown.append(leaf)
    assert grown.root() == tree.root()


@given(sizes, st.data())
def test_every_leaf_can_be_proved_at_every_size(size: int, data: st.DataObject) -> None:
    tree = merkle.Tree(leaves(size + 20))
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = merkle.inclusion_proof(index, size, tree)
    merkle.verify_inclusion(index, size, tree(0, index), proof, naive_root(leaves(size)))


@given(sizes, st.data())
def test_no_changed_inclusion_proof_verifies(size: int, data: st.DataObject) -> None:
    tree = merkle.Tree(leaves(size))
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = merkle.inclusion_proof(index, size, tree)
    leaf, root = tree(0, index), tree.root()
    wrong = [(index, size, leaf, [*proof, root]), (index, size, merkle.leaf_hash(b"other"), proof)]
    wrong += [(other, size, leaf, proof) for other in range(-1, size + 1) if other != index]
    wrong += [(index, size, leaf, proof[:at] + proof[at + 1 :]) for at in range(len(proof))]
    wrong += [(index, size, leaf, [*proof[:at], root, *proof[at + 1 :]]) for at in range(len(proof))]
    wrong += [(index, size, leaf, [*proof[:at], b"short", *proof[at + 1 :]]) for at in range(len(proof))]
    for case in wrong:
        with pytest.raises(TamperedError):
            merkle.verify_inclusion(*case, root)


@given(st.integers(min_value=0, max_value=70), st.data())
def test_every_prefix_is_consistent_and_nothing_else(second: int, data: st.DataObject) -> None:
    tree = merkle.Tree(leaves(second))
    first = data.draw(st.integers(min_value=0, max_value=second))
    proof = merkle.consistency_proof(first, second, tree)
    old, new = tree.root(first), tree.root()
    merkle.verify_consistency(first, second, old, new, proof)
    other = merkle.leaf_hash(b"other")
    wrong = [(first, second, other, new, proof), (first, second, old, new, [*proof, other])]
    wrong += [(first, second, old, new, proof[:at] + proof[at + 1 :]) for at in range(len(proof))]
    wrong += [(first, second, old, new, [*proof[:at], other, *proof[at + 1 :]]) for at in range(len(proof))]
    if first > 0:
        wrong += [(first, second, old, other, proof)]
    for case in wrong:
        with pytest.raises(TamperedError):
            merkle.verify_consistency(*case)


def test_proofs_outside_of_the_tree_are_refused() -> None:
    tree = merkle.Tree(leaves(3))
    with pytest.raises(ValueError, match="leaf 3"):
        merkle.inclusion_proof(3, 3, tree)
    with pytest.raises(ValueError, match="prefix"):
        merkle.consistency_proof(4, 3, tree)
    with pytest.raises(TamperedError, match="prefix"):
        merkle.verify_consistency(4, 3, tree.root(), tree.root(), [])
    with pytest.raises(TamperedError, match="edge"):
        merkle.CompactRange(3, [tree.root()])
