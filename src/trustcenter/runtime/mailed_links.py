"""Links that are mailed: to set a new password, to join, to confirm an address. Signed, short-lived, usable once.

The token is the row's identifier and an HMAC-SHA-256 over it, its purpose, its end, and the account's address as it is
when the token comes back: after a change of address none issued before it verifies. What decides is the row, consumed
in the transaction of what it allows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What a link allows."""

    RESET = "reset"
    INVITATION = "invitation"
    EMAIL_CHANGE = "email_change"


LIFETIMES: dict[Purpose, timedelta] = {
    Purpose.RESET: timedelta(minutes=15),
    Purpose.INVITATION: timedelta(days=3),
    Purpose.EMAIL_CHANGE: timedelta(minutes=15),
}


class Event(StrEnum):
    """What can happen to a link."""

    OPEN = "open"
    USE = "use"
    SUPERSEDE = "supersede"
    """A newer one was issued, the address changed, or the invitation was withdrawn."""


class Decision(StrEnum):
    """What the policy says about it."""

    VALID = "valid"
    EXPIRED = "expired"
    USED = "used"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class LinkState:
    """One link as stored. Times are UTC."""

    purpose: Purpose
    requested_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    superseded_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """Whether the caller has to store the state."""

    changed: bool


def issued(purpose: Purpose, now: datetime, longest: timedelta | None = None) -> LinkState:
    """A new link; `longest` makes its life shorter, never longer."""
    life = LIFETIMES[purpose] if longest is None else min(LIFETIMES[purpose], longest)
    return LinkState(purpose, now, now + life)


def decide(state: LinkState, event: Event, now: datetime) -> tuple[LinkState, Decision, Facts]:
    """A link that was used, superseded or is over never opens again."""
    if state.used_at is not None:
        return state, Decision.USED, Facts(changed=False)
    if state.superseded_at is not None:
        return state, Decision.SUPERSEDED, Facts(changed=False)
    if event is Event.SUPERSEDE:
        return replace(state, superseded_at=now), Decision.SUPERSEDED, Facts(changed=True)
    if now >= min(state.expires_at, state.requested_at + LIFETIMES[state.purpose]):
        return state, Decision.EXPIRED, Facts(changed=False)
    if event is Event.USE:
        return replace(state, used_at=now), Decision.VALID, Facts(changed=True)
    return state, Decision.VALID, Facts(changed=False)


def token(key: bytes, identifier: UUID, state: LinkState, email: str) -> str:
    """What the mail carries: 64 characters of base64url."""
    return base64.urlsafe_b64encode(identifier.bytes + _mac(key, identifier, state, email)).decode("ascii")


def identifier_of(given: str) -> UUID | None:
    """The row that a token names, whether or not it is genuine; None for what is no token."""
    try:
        raw = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return UUID(bytes=raw[:16]) if len(raw) == 48 else None


def is_genuine(key: bytes, given: str, identifier: UUID, state: LinkState, email: str) -> bool:
    """Constant-time comparison with the token that this row would have for this address."""
    return hmac.compare_digest(token(key, identifier, state, email).encode(), given.encode("utf-8", "surrogatepass"))


def _mac(key: bytes, identifier: UUID, state: LinkState, email: str) -> bytes:
    signed = "\0".join((state.purpose, str(identifier), state.expires_at.isoformat(), email))
    return hmac.new(key, signed.encode("utf-8"), hashlib.sha256).digest()
