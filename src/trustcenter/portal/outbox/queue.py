"""Queueing a message, and its sealed form: AES-256-GCM, so that a copy of the database opens no reset link."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trustcenter.errors import TamperedError
from trustcenter.runtime.mail import Message


def derived_key(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose, made of a secret that has others (HKDF-Expand of one block, RFC 5869 2.3)."""
    return hmac.new(secret, purpose.encode() + b"\x01", hashlib.sha256).digest()


def seal(key: bytes, message: Message) -> bytes:
    """Nonce and ciphertext."""
    nonce = secrets.token_bytes(12)
    plain = json.dumps([message.to, message.subject, message.text]).encode()
    return nonce + AESGCM(key).encrypt(nonce, plain, b"outbox")


def unseal(key: bytes, sealed: bytes) -> Message:
    """The message. Raises TamperedError when it was not sealed with this key."""
    try:
        return Message(*json.loads(AESGCM(key).decrypt(sealed[:12], sealed[12:], b"outbox")))
    except InvalidTag as error:
        raise TamperedError("A waiting message was not sealed by this service.", where="outbox") from error


async def enqueue(
    connection: Any, key: bytes, organisation_id: UUID, account_id: UUID, kind: str, message: Message
) -> None:
    """Queues a message in the transaction of `connection`, which carries the tenant: both happen or neither."""
    await connection.execute(
        "insert into portal.outbox (organisation_id, account_id, kind, sealed) values (%s, %s, %s, %s)",
        (organisation_id, account_id, kind, seal(key, message)),
    )
