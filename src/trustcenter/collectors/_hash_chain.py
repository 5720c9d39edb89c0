"""A hash chain of audit events, computed again from the stored fields, and the signed note of where it stood.

The form is the platform's published one: `hash = SHA-256(previous + content)`, the content each field as its length in
bytes of UTF-8, a colon and its text, a hyphen for null; the first event follows 32 zero bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Interface, IPv6Interface
from typing import Any
from uuid import UUID

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.model.population import CouldNotTell
from trustcenter.proof import note
from trustcenter.proof.keys import PublicKey

_BEGIN = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """One event: its number, what it says it follows, the hash it says it has, and the hash it really has."""

    number: int
    previous: bytes
    hash: bytes
    computed: bytes


@dataclass(slots=True)
class Verdict:
    """What one walk along a chain came upon."""

    gaps: int = 0
    edited: int = 0
    moved: int = 0
    notes: list[str] | None = None

    def say(self, text: str) -> None:
        self.notes = [*(self.notes or ()), text]


@dataclass(frozen=True, slots=True)
class SignedHeads:
    """A verified note: when it was signed, and for each label the number and hash of the last event."""

    at: datetime
    heads: Mapping[str, tuple[int, bytes]]


def link(row: Mapping[str, Any], number: str, previous: str, stored: str, content: Sequence[str]) -> Link:
    """A row as a link. Raises CouldNotTell for a number or a hash that is none."""
    try:
        before, own = bytes(row[previous]), bytes(row[stored])
        covered = b"".join(_form(row[name]) for name in content)
        return Link(int(row[number]), before, own, hashlib.sha256(before + covered).digest())
    except (TypeError, ValueError, KeyError) as error:
        raise CouldNotTell("malformed", "an event has no number or hash of a chain") from error


def walk(links: Sequence[Link]) -> Verdict:
    """Along one chain in the order of its numbers."""
    found = Verdict()
    known = {each.hash for each in links} | {_BEGIN}
    before, due = _BEGIN, 1
    for each in links:
        if each.number != due:
            found.gaps += 1
            found.say(f"gap before event {each.number}: event {due} is due")
        elif each.previous != before and each.previous in known:
            found.moved += 1
            found.say(f"event {each.number} stands behind another than it was written behind")
        elif each.previous != before:
            found.edited += 1
            found.say(f"event {each.number} follows an event that is not there any more")
        elif each.computed != each.hash:
            found.edited += 1
            found.say(f"event {each.number} is not what was written")
        before, due = each.hash, each.number + 1
    return found


def read_heads(data: bytes, key: str) -> SignedHeads:
    """The published heads, signature checked. Raises CouldNotTell: `contradicted`, `malformed`."""
    try:
        public = PublicKey.from_pem(key)
        found = note.parse(data, where="published heads")
        found.verify(*(note.VerifierKey(each.name, public) for each in found.signatures[:1]), where="published heads")
    except TamperedError as error:
        raise CouldNotTell("contradicted", f"the published heads do not verify: {error.what}") from error
    except TrustCenterError as error:
        raise CouldNotTell("malformed", f"the published heads cannot be read: {error.what}") from error
    try:
        _, at, *lines = found.text.splitlines()
        parts = [line.split(" ") for line in lines]
        heads = {label: (int(number), base64.b64decode(value, validate=True)) for label, number, value in parts}
        return SignedHeads(datetime.fromisoformat(at).astimezone(UTC), heads)
    except ValueError as error:
        raise CouldNotTell("malformed", "the published heads are not lines of label, number and hash") from error


def label_of(tenant: object) -> str:
    """Under what label a tenant's head is published: half of SHA-256 over its identifier."""
    raw = tenant.bytes if isinstance(tenant, UUID) else str(tenant).encode()
    return hashlib.sha256(raw).hexdigest()[:32]


def _form(value: Any) -> bytes:
    if value is None:
        return b"-"
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    elif isinstance(value, (IPv4Interface, IPv6Interface)):
        value = value.ip
    text = str(value).encode("utf-8")
    return str(len(text)).encode("ascii") + b":" + text
