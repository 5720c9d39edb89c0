"""Codes of an authenticator app: time-based one-time passwords of six digits, each accepted once.

Sources: RFC 6238 (steps of 30 seconds, SHA-1, as every authenticator app computes them) over RFC 4226. RFC 6238 5.2:
a verifier accepts a code once and looks one step to either side for drifting clocks. OWASP ASVS 5.0 V6.5.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import pyotp

PERIOD = 30  # seconds
DIGITS = 6
DRIFT = 1
"""Steps before and after the present one whose code is accepted."""
SECRET_BYTES = 20
"""160 bits, as RFC 4226 4 recommends."""


class Decision(StrEnum):
    """What the policy says about a code."""

    ACCEPTED = "accepted"
    REPLAYED = "replayed"
    """The right code of a step that was used already, or of one before it."""
    WRONG = "wrong"


@dataclass(frozen=True)
class TotpState:
    """One enrolled app as stored: the last step of which a code was accepted, and when the enrolment was confirmed."""

    last_step: int | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class Attempt:
    """A code as somebody typed it, against the secret in base32."""

    secret: str
    code: str

    def __repr__(self) -> str:
        return "Attempt(...)"


@dataclass(frozen=True)
class Facts:
    """The step whose code it was and how far that is from the present one; None where it is no code at all."""

    step: int | None = None
    drift: int | None = None


@dataclass(frozen=True)
class TotpPolicy:
    """How far clocks may drift."""

    drift: int = DRIFT

    def decide(self, state: TotpState, event: Attempt, now: datetime) -> tuple[TotpState, Decision, Facts]:
        """Accepts the code of a step near `now` and after the last accepted one. The first acceptance confirms.

        Every step of the window is computed and compared in constant time, whichever matches.
        """
        present = step_at(now)
        given = normalised(event.code)
        matching = [
            step
            for step in range(present - self.drift, present + self.drift + 1)
            if step >= 0 and hmac.compare_digest(code_at(event.secret, step).encode(), given.encode())
        ]
        if not matching:
            return state, Decision.WRONG, Facts()
        fresh = [step for step in matching if state.last_step is None or step > state.last_step]
        if not fresh:
            return state, Decision.REPLAYED, Facts(matching[-1], matching[-1] - present)
        after = replace(state, last_step=fresh[0], confirmed_at=state.confirmed_at or now)
        return after, Decision.ACCEPTED, Facts(fresh[0], fresh[0] - present)


def new_secret() -> str:
    """160 random bits in base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def step_at(now: datetime) -> int:
    """The number of the time step (RFC 6238 4.2)."""
    return int(now.timestamp()) // PERIOD


def code_at(secret: str, step: int, *, digits: int = DIGITS, digest: Callable[..., Any] = hashlib.sha1) -> str:
    """The code of one step."""
    return pyotp.HOTP(secret, digits=digits, digest=digest).at(step)


def normalised(code: str) -> str:
    """The digits of a code as people type it, with spaces; empty where it is no code of six ASCII digits."""
    digits = "".join(code.split())
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""


def provisioning_uri(secret: str, *, issuer: str, account: str) -> str:
    """The `otpauth://` address that a QR code carries. Parameters are the defaults that every app knows."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}&period={PERIOD}&digits={DIGITS}"
