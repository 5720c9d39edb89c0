"""Merkle trees of RFC 6962 2.1 and RFC 9162 2.1: roots, inclusion and consistency proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from trustcenter.errors import TamperedError

HASH_SIZE = 32
"""Bytes in one hash (SHA-256)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962 2.1)."""

Nodes = Callable[[int, int], bytes]
"""Hash of the complete subtree of 2**level leaves that starts at leaf `index * 2**level`.

`nodes(level, index)`.
"""


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256 of 0x00 and the data (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256 of 0x01 and both children (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """All complete subtrees of a tree in memory; grows by appending and serves as `Nodes`."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def __call__(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; completes at most log2(size) subtrees."""
        self._levels[0].append(leaf)
        level, count = 0, len(self._levels[0])
        while count % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            below = self._levels[level]
            self._levels[level + 1].append(node_hash(below[count - 2], below[count - 1]))
            level, count = level + 1, count // 2

    def root(self, size: int | None = None) -> bytes:
        """Root over the first `size` leaves, all of them by default."""
        return root(len(self) if size is None else size, self)


class CompactRange:
    """The right edge of a tree.

    The fewest hashes from which it can grow and its root be known (RFC 9162 2.1.2).
    """

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        if len(edge) != size.bit_count():
            raise TamperedError(f"a tree of {size} leaves has {size.bit_count()} edge hashes, not {len(edge)}")
        self.size = size
        self._edge = list(edge)

    @classmethod
    def of(cls, size: int, nodes: Nodes) -> CompactRange:
        """The right edge of the tree whose complete subtrees `nodes` gives."""
        edge, start = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                edge.append(nodes(level, start >> level))
                start += 1 << level
        return cls(size, edge)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash and return the complete subtrees that it closes as (level, index, hash), lowest
        first.
        """
        closed = [(0, self.size, leaf)]
        index, level = self.size, 0
        while index & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            index, level = index >> 1, level + 1
            closed.append((level, index, leaf))
        self._edge.append(leaf)
        self.size += 1
        return closed

    def root(self) -> bytes:
        """Root of the tree."""
        if not self._edge:
            return EMPTY_ROOT
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = node_hash(left, found)
        return found


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes (RFC 6962 2.1).

    Level by level: a node without a sibling moves up as it is, which is where the definition's largest
    power of two puts it.
    """
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    sha256 = hashlib.sha256
    while len(level) > 1:
        alone = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)
        ] + alone
    return level[0]


def root(size: int, nodes: Nodes) -> bytes:
    """Root over the first `size` leaves of the tree whose complete subtrees `nodes` gives."""
    return _range_hash(0, size, nodes) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves (RFC 6962 2.1.1).

    Raises ValueError out of range.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, nodes: Nodes) -> list[bytes]:
    """Proof that the tree of `first` leaves is a prefix of that of `second` (RFC 6962 2.1.2).

    Raises ValueError unless 0 <= first <= second. The proof from the empty tree, or to itself, is empty.
    """
    if not 0 <= first <= second:
        raise ValueError(f"no tree of {first} leaves is a prefix of one of {second}")
    if first in (0, second):
        return []
    path: list[bytes] = []
    start, end, whole = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, nodes))
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> None:
    """Check that the leaf hash stands at `index` in the tree with that size and root (RFC 9162 2.1.3.2).

    Raises TamperedError when it does not.
    """
    if not 0 <= index < size:
        raise TamperedError(f"leaf {index} cannot be in a tree of {size} leaves")
    position, last, found = index, size - 1, leaf
    for step in proof:
        _check_hash(step)
        if last == 0:
            raise TamperedError("the inclusion proof is too long")
        if position & 1 or position == last:
            found = node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise TamperedError("the inclusion proof is too short")
    if found != expected:
        raise TamperedError(f"leaf {index} is not in the tree with this root")


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the first tree is a prefix of the second (RFC 9162 2.1.4.2).

    Raises TamperedError when it is not.
    """
    if not 0 <= first <= second:
        raise TamperedError(f"no tree of {first} leaves is a prefix of one of {second}")
    if first in (0, second):
        if proof:
            raise TamperedError("the consistency proof is too long")
        if (first_root != second_root) if first == second else (first_root != EMPTY_ROOT):
            raise TamperedError("the two trees are not consistent")
        return
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        raise TamperedError("the consistency proof is too short")
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        _check_hash(step)
        if last == 0:
            raise TamperedError("the consistency proof is too long")
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise TamperedError("the consistency proof is too short")
    if old != first_root or new != second_root:
        raise TamperedError("the two trees are not consistent")


def _range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    """Hash over leaves [start, end), where start is a multiple of the smallest power of two >= end - start."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, nodes), _range_hash(middle, end, nodes))


def _split(count: int) -> int:
    """The largest power of two smaller than count (RFC 6962 2.1), for count > 1."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_hash(value: bytes) -> None:
    if len(value) != HASH_SIZE:
        raise TamperedError(f"a proof holds a hash of {len(value)} bytes instead of {HASH_SIZE}")
