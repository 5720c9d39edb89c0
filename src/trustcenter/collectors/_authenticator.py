"""A passkey in software: what a browser and its authenticator would answer, and what they never would.

Structures are those of Web Authentication Level 3 (5.8.1, 6.1, 6.5); the key is ECDSA on P-256 (COSE algorithm -7).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from trustcenter.model.population import CouldNotTell

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags of authenticator data: user present, user verified, credential data included."""


@dataclass(slots=True)
class Passkey:
    """One discoverable key. Its counter stays zero, as that of a synchronised passkey does, unless somebody counts."""

    identifier: bytes
    handle: bytes
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    count: int = 0

    @classmethod
    def made(cls) -> Passkey:
        """A new key that no site knows yet."""
        return cls(os.urandom(32), b"", ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def of(cls, text: str) -> Passkey:
        """A key from a setting: base64url of JSON with `id`, `handle` and `key` (PKCS #8). Raises CouldNotTell."""
        try:
            said = json.loads(from_base64url(text))
            key = serialization.load_der_private_key(from_base64url(said["key"]), None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise ValueError("not a key on a curve")
            return cls(from_base64url(said["id"]), from_base64url(said["handle"]), key)
        except (ValueError, KeyError, TypeError) as error:
            raise CouldNotTell(
                "unsupported", "the canary's passkey cannot be read", hint="use the one that the platform's seed wrote"
            ) from error

    def register(
        self, options: Mapping[str, Any], origin: str, *, verified: bool = True, **lies: Any
    ) -> dict[str, Any]:
        """The answer to creation options (RegistrationResponseJSON). Raises CouldNotTell("malformed")."""
        try:
            self.handle = from_base64url(options["user"]["id"])
            domain = str(options["rp"]["id"])
        except (KeyError, TypeError, ValueError) as error:
            raise CouldNotTell("malformed", "the options of a registration lack site or user") from error
        data = self._data(lies.pop("domain", domain), PRESENT | ATTESTED | (VERIFIED if verified else 0))
        data += bytes(16) + len(self.identifier).to_bytes(2, "big") + self.identifier + self._cose()
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59" + len(data).to_bytes(2, "big") + data
        client = self._client("webauthn.create", options, origin, lies)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def sign(self, options: Mapping[str, Any], origin: str, *, verified: bool = True, **lies: Any) -> dict[str, Any]:
        """The answer to request options (AuthenticationResponseJSON). Raises CouldNotTell("malformed")."""
        domain = options.get("rpId")
        if not isinstance(domain, str):
            raise CouldNotTell("malformed", "the options of a passkey lack their site")
        data = self._data(lies.pop("domain", domain), PRESENT | (VERIFIED if verified else 0))
        client = self._client("webauthn.get", options, origin, lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle)

    def _data(self, domain: str, flags: int) -> bytes:
        return hashlib.sha256(domain.encode("utf-8")).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        """The public key: a CBOR map of kty EC2, alg ES256, curve P-256, x and y."""
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y

    def _client(self, kind: str, options: Mapping[str, Any], origin: str, lies: Mapping[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options.get("challenge"), "origin": origin, "crossOrigin": False, **lies}
        return json.dumps(said, separators=(",", ":")).encode("utf-8")

    def _answer(self, **parts: bytes) -> dict[str, Any]:
        identifier = to_base64url(self.identifier)
        return {
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: to_base64url(part) for name, part in parts.items()},
        }


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
