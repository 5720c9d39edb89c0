"""Which sign-ins the holder is told about: a new device, a new country, a journey that nobody makes.

The first sign-in of an account says nothing: there is nothing to compare it with.
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

from trustcenter.runtime.places import Place

DEVICE_COOKIE = "__Host-device"
DEVICE_COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep one (RFC 6265bis 5.5)


class Reason(StrEnum):
    """What is unusual."""

    NEW_DEVICE = "new_device"
    NEW_COUNTRY = "new_country"
    IMPOSSIBLE_TRAVEL = "impossible_travel"


class Decision(StrEnum):
    """Whether the holder is told."""

    QUIET = "quiet"
    ALERT = "alert"


@dataclass(frozen=True)
class History:
    """What is known of an account's sign-ins."""

    devices: frozenset[UUID] = frozenset()
    countries: frozenset[str] = frozenset()
    last_place: Place | None = None
    last_at: datetime | None = None


@dataclass(frozen=True)
class SignIn:
    """One sign-in that succeeded."""

    device: UUID
    place: Place | None


@dataclass(frozen=True)
class Facts:
    """Why the holder is told, in a fixed order."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class AnomalyPolicy:
    """A journey is impossible when it is longer than `near_km` and faster than `fastest_kmh`."""

    fastest_kmh: float = 1000.0
    near_km: float = 300.0

    def decide(self, state: History, event: SignIn, now: datetime) -> tuple[History, Decision, Facts]:
        """The history with this sign-in in it, and what to tell."""
        reasons = []
        if state.devices and event.device not in state.devices:
            reasons.append(Reason.NEW_DEVICE)
        if event.place is not None and state.countries and event.place.country not in state.countries:
            reasons.append(Reason.NEW_COUNTRY)
        if self._impossible(state, event.place, now):
            reasons.append(Reason.IMPOSSIBLE_TRAVEL)
        known = replace(state, devices=state.devices | {event.device})
        if event.place is not None:
            known = replace(
                known, countries=known.countries | {event.place.country}, last_place=event.place, last_at=now
            )
        return known, Decision.ALERT if reasons else Decision.QUIET, Facts(tuple(reasons))

    def _impossible(self, state: History, place: Place | None, now: datetime) -> bool:
        if place is None or state.last_place is None or state.last_at is None:
            return False
        distance = state.last_place.distance_km(place)
        if distance is None or distance <= self.near_km:
            return False
        passed = max(now - state.last_at, timedelta(0))
        return distance > self.fastest_kmh * (passed / timedelta(hours=1))


def device_cookie(key: bytes, device: UUID) -> str:
    """The identifier of a browser, signed, so that nobody fills the tables with invented ones."""
    return base64.urlsafe_b64encode(device.bytes + _mac(key, device)).decode("ascii")


def device_of(key: bytes, cookie: str | None) -> UUID | None:
    """The browser that a cookie names; None for none, and for one that we did not sign."""
    try:
        raw = base64.b64decode((cookie or "").encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 48:
        return None
    device = UUID(bytes=raw[:16])
    return device if hmac.compare_digest(raw[16:], _mac(key, device)) else None


def _mac(key: bytes, device: UUID) -> bytes:
    return hmac.new(key, b"device:" + device.bytes, hashlib.sha256).digest()
