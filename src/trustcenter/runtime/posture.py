"""The posture document: what the service observes about itself, signed, short-lived, bound to the caller's nonce.

It carries values, never verdicts. A DSSE envelope (Ed25519) over canonical JSON; `issued_at` and `expires_at` in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import canonical, dsse
from trustcenter.proof.keys import PrivateKey, PublicKey

PAYLOAD_TYPE = "application/vnd.trustcenter.posture.v1+json"
LIFETIME = timedelta(minutes=5)
_NONCE = re.compile(r"\A[A-Za-z0-9_-]{16,128}\Z")


class NonceRefusedError(TrustCenterError):
    """The caller's nonce is not 16 to 128 characters of base64url: a document without one could be replayed."""


def issue(observed: Mapping[str, Any], *, nonce: str, now: datetime, key: PrivateKey) -> dsse.Envelope:
    """Signs observed values. Raises NonceRefusedError."""
    if not _NONCE.match(nonce):
        raise NonceRefusedError("A nonce of 16 to 128 characters (A-Z a-z 0-9 - _) is needed.", where="nonce")
    document = {
        "type": PAYLOAD_TYPE,
        "nonce": nonce,
        "issued_at": instant(now),
        "expires_at": instant(now + LIFETIME),
        "observed": dict(observed),
    }
    return dsse.sign(canonical.dumps(document), PAYLOAD_TYPE, key)


def check(data: bytes, *, nonce: str, now: datetime, key: PublicKey) -> Mapping[str, Any]:
    """The observed values of an envelope. Raises TamperedError: signature, type, nonce, time."""
    envelope = dsse.Envelope.parse(data, where="trust-posture")
    envelope.verify([key], where="trust-posture")
    document = envelope.value
    if envelope.payload_type != PAYLOAD_TYPE or document.get("type") != PAYLOAD_TYPE:
        raise TamperedError("The document is not a posture document.", where="trust-posture")
    if document["nonce"] != nonce:
        raise TamperedError("The document answers another nonce.", where="trust-posture")
    issued, expires = (datetime.fromisoformat(document[name]) for name in ("issued_at", "expires_at"))
    if not issued - timedelta(seconds=30) <= now < min(expires, issued + LIFETIME):
        raise TamperedError("The document is not valid at this time.", where="trust-posture")
    observed: Mapping[str, Any] = document["observed"]
    return observed


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
