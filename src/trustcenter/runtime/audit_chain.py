"""The chain of an organisation's audit log, its published heads, and what is wrong with either, by name.

Each event has the next number and `hash = SHA-256(previous hash + content)`; the content is every field in a fixed
order, each as its length in bytes of UTF-8, a colon and its text, a hyphen for null. A head is where a chain stood when
it was signed and published: what is missing behind it was cut off. Pure functions of values; nothing here writes a
chain, the database does (TSC CC7.2, CC7.3: the record on which an evaluation rests is complete and unaltered).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from trustcenter.errors import TamperedError
from trustcenter.proof import note
from trustcenter.proof.canonical import decode_base64, encode_base64
from trustcenter.proof.keys import PrivateKey

GENESIS = bytes(32)
"""The hash before the first event."""

KEY_NAME = "audit-heads"
_TITLE = "heads of audit logs"


@dataclass(frozen=True)
class ChainedEvent:
    """One event as the database keeps it; the order of the fields is the order of its content."""

    organisation_id: str
    seq: int
    at: str
    """RFC 3339 in UTC with six digits of the second."""
    actor_id: str
    acting_for: str | None
    action: str
    entity: str
    entity_id: str
    ip: str
    user_agent: str
    request_id: str
    outcome: str
    before_digest: str | None
    after_digest: str | None
    previous_hash: bytes
    hash: bytes

    @property
    def expected_hash(self) -> bytes:
        """The hash that this content has behind the event before it."""
        return hashlib.sha256(self.previous_hash + content(self)).digest()


CONTENT = tuple(each.name for each in fields(ChainedEvent) if each.name not in ("previous_hash", "hash"))


@dataclass(frozen=True)
class Head:
    """Where one chain stood: its label, which names nobody, the number and the hash of its last event."""

    label: str
    seq: int
    hash: bytes


@dataclass(frozen=True)
class Heads:
    """All chains of a service at one moment."""

    at: datetime
    heads: tuple[Head, ...]

    def of(self, label: str) -> Head | None:
        return next((head for head in self.heads if head.label == label), None)

    @property
    def text(self) -> str:
        """What is signed: a title, the time, one line a chain."""
        lines = [f"{head.label} {head.seq} {encode_base64(head.hash)}" for head in self.heads]
        return "\n".join([_TITLE, self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), *lines]) + "\n"


class Kind(StrEnum):
    """What can be wrong with a chain."""

    GAP = "gap"
    EDIT = "edit"
    REORDERING = "reordering"
    TRUNCATION = "truncation"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, at the number where it shows."""

    kind: Kind
    seq: int
    text: str


def label_of(organisation_id: UUID | str) -> str:
    """The label of an organisation's chain: half of SHA-256 over its identifier, which cannot be guessed."""
    return hashlib.sha256(UUID(str(organisation_id)).bytes).hexdigest()[:32]


def field_form(value: object) -> bytes:
    """One field of the content. Times must have been written as text before."""
    if value is None:
        return b"-"
    data = str(value).encode("utf-8")
    return str(len(data)).encode("ascii") + b":" + data


def content(event: ChainedEvent) -> bytes:
    """The bytes of an event that its hash covers."""
    return b"".join(field_form(getattr(event, name)) for name in CONTENT)


def verify(events: Sequence[ChainedEvent], heads: Iterable[Head] = ()) -> tuple[Finding, ...]:
    """What is wrong with one organisation's whole chain, given in the order of its numbers; empty when nothing is.

    An event whose content does not have its hash was edited; one that stands behind another than it was written behind
    was moved; a number that is left out is a gap; a published head that is not in the chain shows what was cut off.
    """
    found: list[Finding] = []
    hashes = {event.hash for event in events} | {GENESIS}
    previous, expected = GENESIS, 1
    for event in events:
        if event.seq > expected:
            missing = f"event {expected}" if event.seq == expected + 1 else f"events {expected} to {event.seq - 1}"
            found.append(Finding(Kind.GAP, expected, f"{missing} missing"))
        if event.expected_hash != event.hash:
            moved = event.seq == expected and event.previous_hash != previous and event.previous_hash in hashes
            kind = Kind.REORDERING if moved else Kind.EDIT
            words = "stands in the place of another" if moved else "is not what was written"
            found.append(Finding(kind, event.seq, f"event {event.seq} {words}"))
        elif event.seq == expected and event.previous_hash != previous:
            moved = event.previous_hash in hashes
            kind = Kind.REORDERING if moved else Kind.EDIT
            words = "was written behind another event" if moved else "follows an event that was written anew"
            found.append(Finding(kind, event.seq, f"event {event.seq} {words}"))
        previous, expected = event.hash, max(expected, event.seq) + 1
    return (*found, *_against(events, heads))


def _against(events: Sequence[ChainedEvent], heads: Iterable[Head]) -> Iterable[Finding]:
    by_number = {event.seq: event.hash for event in events}
    last = max(by_number, default=0)
    for head in heads:
        if head.seq > last:
            text = f"the log ends at event {last}; a signed head names event {head.seq}"
            yield Finding(Kind.TRUNCATION, last + 1, text)
        elif head.seq in by_number and by_number[head.seq] != head.hash:
            yield Finding(Kind.EDIT, head.seq, f"event {head.seq} is not the one that a signed head names")


def sign(heads: Heads, key: PrivateKey) -> bytes:
    """The heads as a signed note (C2SP signed-note)."""
    return note.sign(heads.text, KEY_NAME, key).to_bytes()


def read(data: bytes, key: note.VerifierKey, *, where: str = "audit-heads") -> Heads:
    """The heads of a note, after its signature was checked. Raises TamperedError."""
    found = note.parse(data, where=where)
    found.verify(key, where=where)
    lines = found.text.splitlines()
    try:
        if lines[0] != _TITLE:
            raise ValueError("no title")
        heads = tuple(
            Head(label, int(number), decode_base64(value, where=where))
            for label, number, value in (line.split(" ") for line in lines[2:])
        )
        return Heads(datetime.fromisoformat(lines[1]), heads)
    except (ValueError, IndexError) as error:
        raise TamperedError("the note does not hold heads of audit logs", where=where) from error
