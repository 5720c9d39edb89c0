"""A passkey in software, for the seed's people: nobody is there to touch a key when the demo fills itself."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode
from fido2.webauthn import AuthenticatorData, CollectedClientData

FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass(frozen=True)
class SoftwarePasskey:
    """One key of one account. Its counter stays zero, as that of a synchronised passkey does."""

    identifier: bytes
    handle: bytes
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def made(cls, handle: bytes) -> SoftwarePasskey:
        """A new key for the account of this handle."""
        return cls(os.urandom(32), handle, ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def parse(cls, text: str) -> SoftwarePasskey:
        """From `text`: base64url of JSON with `id`, `handle` and `key` (PKCS #8)."""
        said = json.loads(websafe_decode(text))
        key = serialization.load_der_private_key(websafe_decode(said["key"]), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(websafe_decode(said["id"]), websafe_decode(said["handle"]), key)

    @property
    def text(self) -> str:
        """All of it, private key included: kept in files of mode 0600."""
        private = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        parts = {"id": _encoded(self.identifier), "handle": _encoded(self.handle), "key": _encoded(private)}
        return _encoded(json.dumps(parts).encode("ascii"))

    @property
    def public_key(self) -> bytes:
        """COSE, as the portal stores it."""
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        return cbor.encode(dict(public))

    def sign(self, options: Mapping[str, Any], origin: str) -> dict[str, Any]:
        """The answer to request options (AuthenticationResponseJSON)."""
        client = CollectedClientData.create("webauthn.get", str(options["challenge"]), origin)
        data = AuthenticatorData.create(sha256(str(options["rpId"]).encode("ascii")), FLAGS, 0)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": client,
            "authenticatorData": data,
            "signature": signature,
            "userHandle": self.handle,
        }
        return {
            "id": _encoded(self.identifier),
            "rawId": _encoded(self.identifier),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: _encoded(part) for name, part in response.items()},
        }


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
