"""A sample that nobody could have picked.

Drawn from the log's root and a number that the auditor chose after it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from trustcenter.errors import TrustCenterError
from trustcenter.proof import canonical
from trustcenter.proof.canonical import digest_hex


def draw(root: str, nonce: str, population: str, size: int, count: int) -> tuple[int, ...]:
    """`count` different row indexes below `size`, in the order drawn; all rows when there are no more.

    `root` is the checkpoint's Merkle root and `population` the evidence's digest, both in `sha256:` form;
    `nonce` is the auditor's own, at least 8 characters, made known only after the checkpoint. Each subset
    of rows is equally likely (Fisher-Yates, with rejection so that no index is favoured). Raises
    TrustCenterError.
    """
    if len(nonce) < 8:
        raise TrustCenterError("the auditor's nonce has at least 8 characters", hint="Roll dice, or use `uuidgen`.")
    if size < 0 or count < 0:
        raise TrustCenterError("a sample's size is not negative")
    digest_hex(root)
    digest_hex(population)
    seed = hashlib.sha256(canonical.dumps(["trustcenter sample", root, nonce, population, size])).digest()
    words = _words(seed)
    # A sparse Fisher-Yates: `moved` holds only the places that differ from their own number.
    moved: dict[int, int] = {}
    drawn = []
    for at in range(min(count, size)):
        other = at + _below(size - at, words)
        drawn.append(moved.get(other, other))
        moved[other] = moved.get(at, at)
    return tuple(drawn)


def _words(seed: bytes) -> Iterator[int]:
    """An endless stream of 64-bit numbers: HMAC-SHA-256 of a counter under the seed."""
    counter = 0
    while True:
        block = hmac.new(seed, counter.to_bytes(8, "big"), hashlib.sha256).digest()
        yield from (int.from_bytes(block[at : at + 8], "big") for at in range(0, 32, 8))
        counter += 1


def _below(limit: int, words: Iterator[int]) -> int:
    """A number below the limit, each equally likely.

    Words beyond the largest multiple of the limit are rejected.
    """
    bound = (1 << 64) - (1 << 64) % limit
    return next(word for word in words if word < bound) % limit
