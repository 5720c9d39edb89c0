"""Recovery codes: the way back for somebody whose phone is gone. Shown once, kept as keyed hashes, each used once.

A code has 120 random bits, so that a fast hash is enough (OWASP ASVS 5.0 V6.5.2: from 112 bits on); the key comes from
outside the database all the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

COUNT = 10
_BYTES = 15
_GROUP = 6


class Decision(StrEnum):
    """What the policy says about a code."""

    ACCEPTED = "accepted"
    USED = "used"
    WRONG = "wrong"


@dataclass(frozen=True)
class RecoveryState:
    """The codes of one account: stored form to the time of use, None where unused."""

    codes: dict[bytes, datetime | None]


@dataclass(frozen=True)
class Attempt:
    """The stored form of a code that somebody typed."""

    stored: bytes


@dataclass(frozen=True)
class Facts:
    """How many codes are left, so that the holder can be told in time."""

    left: int


def decide(state: RecoveryState, event: Attempt, now: datetime) -> tuple[RecoveryState, Decision, Facts]:
    """Accepts a code that exists and was never used; it is used from then on."""
    known = [stored for stored in state.codes if hmac.compare_digest(stored, event.stored)]
    if not known:
        return state, Decision.WRONG, Facts(_left(state))
    if state.codes[known[0]] is not None:
        return state, Decision.USED, Facts(_left(state))
    after = RecoveryState({**state.codes, known[0]: now})
    return after, Decision.ACCEPTED, Facts(_left(after))


def new_codes() -> tuple[str, ...]:
    """Ten codes of 24 letters and digits in groups of six, as they are shown."""
    return tuple(_grouped(base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()) for _ in range(COUNT))


def stored_form(key: bytes, account: str, code: str) -> bytes:
    """What the database holds: an HMAC over account and code, whatever spaces, hyphens and capitals were typed."""
    plain = "".join(letter for letter in code.lower() if letter.isascii() and letter.isalnum())
    return hmac.new(key, f"recovery:{account}:{plain}".encode(), hashlib.sha256).digest()


def looks_like_one(code: str) -> bool:
    """Whether this has the length of a recovery code and not that of an app's code."""
    return sum(letter.isalnum() for letter in code) == len(base64.b32encode(bytes(_BYTES)))


def _grouped(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _left(state: RecoveryState) -> int:
    return sum(used is None for used in state.codes.values())
