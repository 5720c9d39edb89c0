"""Tokens of a programming interface: 256 random bits behind a prefix that names them, stored only as SHA-256.

A token has scopes and an end, may be revoked at any time, and shows when it was last used (TSC CC6.1). The prefix lets
a scanner find one that leaked and its owner tell which it was; it opens nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"\A[a-z]{2,8}_[0-9a-z]{8}_[A-Za-z0-9_-]{43}\Z")


class Event(StrEnum):
    """What can happen to a token."""

    USE = "use"
    REVOKE = "revoke"


class Decision(StrEnum):
    """What the policy says about it."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class TokenState:
    """One token as stored. Times are UTC."""

    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What the caller has to store: `changed` says whether anything."""

    changed: bool


@dataclass(frozen=True)
class TokenPolicy:
    """The limits: no token outlives `longest`; `resolution` bounds how often its last use is written."""

    longest: timedelta = timedelta(days=366)
    resolution: timedelta = timedelta(minutes=1)

    def expiry(self, now: datetime, life: timedelta) -> datetime | None:
        """When a token made now ends; None for a life that is not positive or is too long."""
        return now + life if timedelta(0) < life <= self.longest else None

    def decide(self, state: TokenState, event: Event, now: datetime) -> tuple[TokenState, Decision, Facts]:
        """A revoked or expired token never comes back, whatever the event or the order."""
        if state.revoked_at is not None:
            return state, Decision.REVOKED, Facts(changed=False)
        if event is Event.REVOKE:
            return replace(state, revoked_at=now), Decision.REVOKED, Facts(changed=True)
        if now >= state.expires_at:
            return state, Decision.EXPIRED, Facts(changed=False)
        if state.last_used_at is None or now - state.last_used_at >= self.resolution:
            return replace(state, last_used_at=now), Decision.LIVE, Facts(changed=True)
        return state, Decision.LIVE, Facts(changed=False)


def new_token(service: str) -> tuple[str, str]:
    """The prefix that is shown in lists, and the whole token, which is shown once."""
    prefix = f"{service}_" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return prefix, f"{prefix}_{secrets.token_urlsafe(32)}"


def stored_form(token: str) -> bytes:
    """SHA-256 of the token: what the database holds. A slow hash adds nothing to 256 random bits."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header (RFC 6750 2.1); None without one, empty where it has no token's shape."""
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    return value.strip() if scheme.lower() == "bearer" and _SHAPE.match(value.strip()) else ""
