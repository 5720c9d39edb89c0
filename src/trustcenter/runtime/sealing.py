"""Secrets at rest: sealed with a key that the database does not hold, and bound to the row that they belong to.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D 8.2.2). The row's identity is authenticated with it, so that a
sealed secret copied to another account opens nothing.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trustcenter.errors import TamperedError

_NONCE = 12  # bytes
_VERSION = b"\x01"


class Seal:
    """Seals and opens secrets under one key."""

    def __init__(self, key: bytes) -> None:
        """`key` is any secret of at least 256 bits of randomness; the cipher's key is derived from it."""
        self._cipher = AESGCM(hashlib.sha256(b"trustcenter seal 1:" + key).digest())

    def __repr__(self) -> str:
        return "Seal(...)"

    def close(self, secret: bytes, *, owner: str) -> bytes:
        """The sealed form: version, nonce, ciphertext with its tag."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, owner.encode("utf-8"))

    def open(self, sealed: bytes, *, owner: str) -> bytes:
        """The secret. Raises TamperedError for another key, another owner or a changed byte."""
        if sealed[:1] != _VERSION:
            raise TamperedError("The sealed secret is of no version that we know.", where="seal")
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._cipher.decrypt(nonce, body, owner.encode("utf-8"))
        except InvalidTag as error:
            raise TamperedError("The sealed secret was changed, or belongs to another account or key.") from error
