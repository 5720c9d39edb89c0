"""Ed25519 keys (RFC 8032): encodings, key identifiers, signing and verifying."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from trustcenter.errors import TamperedError, TrustCenterError

_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""DER header of an Ed25519 SubjectPublicKeyInfo (RFC 8410 4); the 32 key bytes follow."""


@dataclass(frozen=True)
class PublicKey:
    """A public Ed25519 key: 32 raw bytes (RFC 8032 5.1.5)."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise TrustCenterError(f"an Ed25519 public key has 32 bytes, not {len(self.raw)}")

    @property
    def der(self) -> bytes:
        """SubjectPublicKeyInfo in DER (RFC 8410 4)."""
        return _SPKI_PREFIX + self.raw

    @property
    def key_id(self) -> str:
        """Lower-case hexadecimal SHA-256 of the DER form; what a DSSE signature names as `keyid`."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> str:
        """SubjectPublicKeyInfo in PEM (RFC 7468 13)."""
        from trustcenter.proof.canonical import encode_base64

        return f"-----BEGIN PUBLIC KEY-----\n{encode_base64(self.der)}\n-----END PUBLIC KEY-----\n"

    @classmethod
    def from_der(cls, data: bytes) -> PublicKey:
        """Raises TrustCenterError when the bytes are not an Ed25519 SubjectPublicKeyInfo."""
        if not data.startswith(_SPKI_PREFIX):
            raise TrustCenterError("not an Ed25519 public key in DER")
        return cls(data[len(_SPKI_PREFIX) :])

    @classmethod
    def from_pem(cls, text: str) -> PublicKey:
        """Raises TrustCenterError when the text is not an Ed25519 public key in PEM."""
        from trustcenter.proof.canonical import decode_base64

        lines = [line.strip() for line in text.strip().splitlines()]
        if lines[:1] != ["-----BEGIN PUBLIC KEY-----"] or lines[-1:] != ["-----END PUBLIC KEY-----"]:
            raise TrustCenterError("not a public key in PEM")
        return cls.from_der(decode_base64("".join(lines[1:-1])))

    def verify(self, signature: bytes, message: bytes, *, where: str | None = None) -> None:
        """Raises TamperedError when the signature over the message is not by this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature as error:
            raise TamperedError(
                f"the signature is not by key {self.key_id[:16]} over these bytes", where=where
            ) from error


class PrivateKey:
    """A private Ed25519 key. Its bytes never show in `repr` or in an error."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if len(seed) != 32:
            raise TrustCenterError("an Ed25519 private key has 32 bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"PrivateKey(key_id={self.public.key_id!r})"

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key from the operating system's random source."""
        import secrets

        return cls(secrets.token_bytes(32))

    @classmethod
    def from_pem(cls, data: bytes, *, where: str | None = None) -> PrivateKey:
        """Raises TrustCenterError when the bytes are not an unencrypted Ed25519 key in PKCS#8 PEM (RFC 8410
        7).
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise TrustCenterError("not a private key in PEM", where=where) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise TrustCenterError("the private key is not an Ed25519 key", where=where)
        return cls(key.private_bytes_raw())

    @property
    def pem(self) -> bytes:
        """PKCS#8 in PEM, not encrypted: whoever writes it decides who may read the file."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Signature of 64 bytes over the message (RFC 8032 5.1.6)."""
        return self._key.sign(message)
