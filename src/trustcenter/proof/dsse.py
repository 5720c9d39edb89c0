"""DSSE v1 envelopes: a payload of opaque bytes and the signatures over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import canonical
from trustcenter.proof.keys import PrivateKey, PublicKey


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed (DSSE v1 protocol, PAE)."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True)
class Signature:
    """One signature: which key says so (`keyid`, a hint only), and 64 bytes."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Envelope:
    """Signed bytes. `payload` is what was signed; everything else is read from it."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def parse(cls, data: bytes, *, where: str | None = None, exact: bool = False) -> Envelope:
        """The envelope that JSON bytes hold (DSSE v1 envelope).

        With `exact`, only the bytes that `to_bytes` gives are accepted, so that no byte of a stored file
        can change unseen. Raises TamperedError.
        """
        value = canonical.loads(data, where=where)
        if not isinstance(value, dict) or not {"payload", "payloadType", "signatures"} <= value.keys():
            raise TamperedError("not a DSSE envelope", where=where)
        payload, kind, listed = value["payload"], value["payloadType"], value["signatures"]
        if not (isinstance(payload, str) and isinstance(kind, str) and isinstance(listed, list) and listed):
            raise TamperedError("not a DSSE envelope with at least one signature", where=where)
        envelope = cls(
            canonical.decode_base64(payload, where=where),
            kind,
            tuple(_parse_signature(item, where) for item in listed),
        )
        if exact and envelope.to_bytes() != data:
            raise TamperedError("the envelope is not in its canonical encoding", where=where)
        return envelope

    def to_bytes(self) -> bytes:
        """The envelope in canonical JSON (RFC 8785)."""
        return self._encoded

    def to_dict(self) -> dict[str, Any]:
        """The envelope as a JSON value."""
        return {
            "payload": canonical.encode_base64(self.payload),
            "payloadType": self.payload_type,
            "signatures": [{"keyid": each.keyid, "sig": canonical.encode_base64(each.sig)} for each in self.signatures],
        }

    @property
    def digest(self) -> str:
        """Digest of the payload; it does not depend on who signed."""
        return canonical.digest(self.payload)

    @cached_property
    def _encoded(self) -> bytes:
        return canonical.dumps(self.to_dict())

    @cached_property
    def value(self) -> Any:
        """The payload parsed as JSON. Raises TamperedError."""
        return canonical.loads(self.payload)

    def signed_by(self, key: PrivateKey) -> Envelope:
        """The same payload with one more signature.

        Raises TrustCenterError when this key has signed already.
        """
        if any(each.keyid == key.public.key_id for each in self.signatures):
            raise TrustCenterError(f"key {key.public.key_id[:16]} has signed this envelope already")
        made = key.sign(pre_authentication_encoding(self.payload_type, self.payload))
        return replace(self, signatures=(*self.signatures, Signature(key.public.key_id, made)))

    def verify(
        self, keys: Sequence[PublicKey], *, at_least: int | None = None, where: str | None = None
    ) -> tuple[PublicKey, ...]:
        """The given keys that signed the payload, at least `at_least` of them (all of them by default).

        A signature under a given key's identifier that is false is an error, never skipped. Raises
        TamperedError.
        """
        if not keys:
            raise TamperedError("no key to verify the envelope with", where=where)
        message = pre_authentication_encoding(self.payload_type, self.payload)
        found = []
        for key in keys:
            for each in self.signatures:
                if each.keyid == key.key_id:
                    key.verify(each.sig, message, where=where)
                    found.append(key)
                    break
        needed = len(keys) if at_least is None else at_least
        if len(set(found)) < max(needed, 1):
            raise TamperedError(f"{len(set(found))} of the required {needed} keys signed the envelope", where=where)
        return tuple(found)


def sign(payload: bytes, payload_type: str, *keys: PrivateKey) -> Envelope:
    """An envelope signed by each key. Raises TrustCenterError without a key: signing is never silent."""
    if not keys:
        raise TrustCenterError("an envelope needs at least one signing key")
    envelope = Envelope(payload, payload_type)
    for key in keys:
        envelope = envelope.signed_by(key)
    return envelope


def _parse_signature(item: object, where: str | None) -> Signature:
    if not isinstance(item, Mapping) or not isinstance(item.get("sig"), str):
        raise TamperedError("a signature of the envelope has no `sig`", where=where)
    keyid = item.get("keyid", "")
    if not isinstance(keyid, str):
        raise TamperedError("a signature's `keyid` is not text", where=where)
    return Signature(keyid, canonical.decode_base64(item["sig"], where=where))
