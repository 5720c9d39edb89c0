"""Sign-in sessions: opaque 256-bit identifiers, stored only as SHA-256, with an idle and an absolute limit.

The cookie is `__Host-session` (RFC 6265bis 4.1.3.2): Secure, Path=/, no Domain, HttpOnly, SameSite=Lax.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

COOKIE = "__Host-session"
ANONYMOUS_COOKIE = "__Host-form"  # binds the sign-in form's token before there is a session


class Stage(StrEnum):
    """How far a sign-in got. Which stages reach a route is the route's own declaration."""

    SECOND_FACTOR = "second_factor"
    """The first factor was right; the second is awaited."""
    ENROLMENT = "enrolment"
    """The person must register a second factor before anything else."""
    FULL = "full"


class Method(StrEnum):
    """How a person proved who they are in this session."""

    PASSWORD = "password"  # noqa: S105 - a word, no secret
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


class Event(StrEnum):
    """What can happen to a session."""

    REQUEST = "request"
    SIGN_OUT = "sign_out"
    REVOKE = "revoke"
    STEP_UP = "step_up"
    """The person proved again who they are, for something dangerous."""
    PRIVILEGED = "privileged"
    """Something dangerous was done."""


class Decision(StrEnum):
    """What the policy says about it."""

    LIVE = "live"
    IDLE = "idle"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True)
class SessionState:
    """One session as stored. Times are UTC."""

    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    stage: Stage = Stage.FULL
    methods: frozenset[Method] = frozenset()
    stepped_up_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What the caller has to do: store the state when it `changed`, give a new identifier when told to `rotate`."""

    changed: bool
    rotate: bool = False


@dataclass(frozen=True)
class SessionPolicy:
    """The limits. `resolution` bounds how often a request writes its last-seen time; `step_up` how long one holds."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    resolution: timedelta = timedelta(seconds=30)
    step_up: timedelta = timedelta(minutes=10)

    def tightened(self, idle_seconds: int | None, absolute_seconds: int | None) -> SessionPolicy:
        """The limits of an organisation that asked for stricter ones; wider ones have no effect."""
        idle = self.idle if idle_seconds is None else min(self.idle, timedelta(seconds=idle_seconds))
        absolute = (
            self.absolute if absolute_seconds is None else min(self.absolute, timedelta(seconds=absolute_seconds))
        )
        return replace(self, idle=idle, absolute=absolute, resolution=min(self.resolution, idle / 10))

    def begin(
        self, now: datetime, stage: Stage = Stage.FULL, methods: frozenset[Method] = frozenset({Method.PASSWORD})
    ) -> SessionState:
        """A new session; made at every sign-in, so an identifier from before is never promoted."""
        return SessionState(
            created_at=now, last_seen_at=now, expires_at=now + self.absolute, stage=stage, methods=methods
        )

    def decide(self, state: SessionState, event: Event, now: datetime) -> tuple[SessionState, Decision, Facts]:
        """An ended or expired session never comes back, whatever the event or the order.

        A step-up and every privileged action give a new identifier: the one that others may have seen is worthless.
        """
        if state.ended_at is not None:
            return state, Decision.ENDED, Facts(changed=False)
        if event in (Event.SIGN_OUT, Event.REVOKE):
            return replace(state, ended_at=now), Decision.ENDED, Facts(changed=True)
        if now >= min(state.expires_at, state.created_at + self.absolute):
            return replace(state, ended_at=now), Decision.EXPIRED, Facts(changed=True)
        if now - state.last_seen_at >= self.idle:
            return replace(state, ended_at=now), Decision.IDLE, Facts(changed=True)
        if event is Event.STEP_UP and state.stage is Stage.FULL:
            return replace(state, last_seen_at=now, stepped_up_at=now), Decision.LIVE, Facts(changed=True, rotate=True)
        if event is Event.PRIVILEGED:
            return replace(state, last_seen_at=now), Decision.LIVE, Facts(changed=True, rotate=True)
        if now - state.last_seen_at >= self.resolution:
            return replace(state, last_seen_at=now), Decision.LIVE, Facts(changed=True)
        return state, Decision.LIVE, Facts(changed=False)

    def advance(self, state: SessionState, method: Method, stage: Stage) -> tuple[SessionState, Facts]:
        """A further factor was right: the session moves to `stage` under a new identifier."""
        return replace(state, methods=state.methods | {method}, stage=stage), Facts(changed=True, rotate=True)

    def stepped_up(self, state: SessionState, now: datetime) -> bool:
        """Whether the last step-up still holds."""
        at = state.stepped_up_at
        return at is not None and timedelta(0) <= now - at < self.step_up


def stage_at_sign_in(*, factor_enrolled: bool, factor_demanded: bool) -> Stage:
    """Where a sign-in with a first factor gets. A factor that is enrolled is always asked for."""
    if factor_enrolled:
        return Stage.SECOND_FACTOR
    return Stage.ENROLMENT if factor_demanded else Stage.FULL


def new_token() -> str:
    """256 bits of randomness, as the cookie carries them."""
    return secrets.token_urlsafe(32)


def stored_form(token: str) -> bytes:
    """SHA-256 of the token: what the database holds, useless as a cookie."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def form_token(key: bytes, token: str) -> str:
    """The anti-forgery value of a session: an HMAC of its identifier, so that nothing more is stored."""
    return hmac.new(key, b"form:" + token.encode("utf-8"), hashlib.sha256).hexdigest()


def form_token_matches(key: bytes, token: str, given: str) -> bool:
    """Constant-time comparison of a submitted anti-forgery value."""
    return hmac.compare_digest(form_token(key, token), given)


def cookie_header(name: str, value: str, *, seconds: int | None = None) -> str:
    """A Set-Cookie value with every attribute the `__Host-` prefix demands; `seconds=0` deletes it."""
    life = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{name}={value}; Path=/{life}; HttpOnly; Secure; SameSite=Lax"
