"""A software authenticator of the tests: makes and uses passkeys as a browser would, and lies on demand.

It writes its structures itself, so that it shares nothing with the verifier but the specification's text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, AT = 0x01, 0x04, 0x40


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftAuthenticator:
    """One discoverable P-256 key for one site. `origin` is what the browser would write into the client data."""

    origin: str
    domain: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    counter: int = 0

    def register(self, options: dict[str, Any], *, verified: bool = True, **lies: Any) -> dict[str, Any]:
        """The answer to creation options."""
        self.handle = unb64url(options["user"]["id"])
        data = self._data(UP | AT | (UV if verified else 0)) + self._credential()
        # {"fmt": "none", "attStmt": {}, "authData": bytes}
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData" + b"\x59" + struct.pack(">H", len(data)) + data
        client = self._client("webauthn.create", options["challenge"], lies)
        return self._answer({"clientDataJSON": b64url(client), "attestationObject": b64url(attestation)})

    def sign(self, options: dict[str, Any], *, verified: bool = True, count: int | None = None, **lies: Any) -> Any:
        """The answer to request options; the counter grows unless `count` is given."""
        self.counter = self.counter + 1 if count is None else count
        data = self._data(UP | (UV if verified else 0))
        client = self._client("webauthn.get", options["challenge"], lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64url(client),
                "authenticatorData": b64url(data),
                "signature": b64url(signature),
                "userHandle": b64url(self.handle),
            }
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _credential(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
        return bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cose

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **lies}
        return json.dumps(said, separators=(",", ":")).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        identifier = b64url(self.credential_id)
        return {
            "id": identifier, "rawId": identifier, "type": "public-key", "response": response,
            "clientExtensionResults": {},
        }  # fmt: skip
