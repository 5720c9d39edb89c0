"""Challenges of passkey ceremonies: random, bound to a browser and a purpose, answered once, soon or not at all.

WebAuthn Level 3, 13.4.3: at least 16 random bytes, made by the relying party and never used again.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LIFETIME = timedelta(minutes=5)


class Purpose(StrEnum):
    """What a challenge may be answered for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"


class Decision(StrEnum):
    """What the policy says about an answer."""

    ACCEPTED = "accepted"
    USED = "used"
    EXPIRED = "expired"
    FOREIGN = "foreign"
    """Given to another browser, or for another purpose."""


@dataclass(frozen=True)
class ChallengeState:
    """One challenge as stored, without the challenge itself. `bound` is the stored form of the browser's token."""

    purpose: Purpose
    bound: bytes
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """An answer that came with this browser token for this purpose."""

    purpose: Purpose
    bound: bytes


@dataclass(frozen=True)
class Facts:
    """Seconds that were left, negative when it came too late."""

    left: float


def begin(purpose: Purpose, bound: bytes, now: datetime) -> ChallengeState:
    """A challenge given out now."""
    return ChallengeState(purpose, bound, now + LIFETIME)


def decide(state: ChallengeState, event: Answer, now: datetime) -> tuple[ChallengeState, Decision, Facts]:
    """Any answer uses a challenge up, a refused one too: nobody tries twice on the same."""
    facts = Facts((state.expires_at - now).total_seconds())
    if state.used_at is not None:
        return state, Decision.USED, facts
    after = replace(state, used_at=now)
    if (event.purpose, event.bound) != (state.purpose, state.bound):
        return after, Decision.FOREIGN, facts
    if now >= state.expires_at:
        return after, Decision.EXPIRED, facts
    return after, Decision.ACCEPTED, facts


def new_challenge() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(32)


def stored_form(challenge: bytes) -> bytes:
    """SHA-256 of the challenge."""
    return hashlib.sha256(challenge).digest()
