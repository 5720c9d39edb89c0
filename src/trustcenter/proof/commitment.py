"""Salted commitments: a public value that reveals nothing, and to which a private one can be held later.

A salt has at least 16 random bytes and is used once; without it, a guess cannot be tested against the
commitment.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import canonical, merkle

SALT_BYTES = 16
"""Fewest random bytes in a salt."""


def row_leaf(salt: bytes, row: Mapping[str, Any]) -> bytes:
    """Merkle leaf hash of a row: over the salt's length, the salt and the row in canonical JSON."""
    return stored_row_leaf(_checked(salt), canonical.dumps(dict(row)))


def stored_row_leaf(salt: bytes, row: bytes) -> bytes:
    """`row_leaf` of a row that is stored in canonical JSON: its bytes are hashed as they are."""
    return merkle.leaf_hash(bytes([len(salt)]) + salt + row)


def rows_root(leaves: Sequence[bytes]) -> str:
    """Digest form of the Merkle root over row leaves, in their order."""
    return "sha256:" + merkle.root_of(leaves).hex()


def commit(salt: bytes, name: str, value: object) -> str:
    """Commitment to one named field: HMAC-SHA-256 of `[name, value]` in canonical JSON under the salt."""
    return "hmac-sha256:" + hmac.digest(_checked(salt), canonical.dumps([name, value]), "sha256").hex()


def commit_fields(salts: Mapping[str, bytes], fields: Mapping[str, Any]) -> dict[str, str]:
    """Commitments to all fields.

    Each needs a salt of its own name. Raises TrustCenterError when one is missing.
    """
    if missing := sorted(fields.keys() - salts.keys()):
        raise TrustCenterError(f"no salt for {', '.join(missing)}")
    return {name: commit(salts[name], name, fields[name]) for name in sorted(fields)}


def verify_field(commitment: str, salt: bytes, name: str, value: object) -> None:
    """Raises TamperedError when the field is not what was committed to."""
    if not hmac.compare_digest(commitment, commit(salt, name, value)):
        raise TamperedError(f"the field {name} is not the one that was committed to")


def verify_fields(commitments: Mapping[str, str], salts: Mapping[str, bytes], fields: Mapping[str, Any]) -> None:
    """Check that these are all the fields that were committed to, each as it was. Raises TamperedError."""
    if different := sorted(commitments.keys() ^ fields.keys()):
        raise TamperedError(f"fields and commitments are not about the same: {', '.join(different)}")
    for name in sorted(fields):
        if name not in salts:
            raise TamperedError(f"the salt of the field {name} is missing")
        verify_field(commitments[name], salts[name], name, fields[name])


def _checked(salt: bytes) -> bytes:
    if not SALT_BYTES <= len(salt) <= 255:
        raise TrustCenterError(f"a salt has 16 to 255 bytes, not {len(salt)}")
    return salt
