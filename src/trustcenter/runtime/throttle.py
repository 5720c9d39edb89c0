"""Progressive delay of failed sign-ins, by account and by network.

Nobody is locked for ever: the wait doubles up to `longest` and the count is forgotten after `forget`. So one key allows
at most `free + log2(longest / first) + forget / longest` guesses in `forget`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Event(StrEnum):
    """What can happen at the sign-in form."""

    ATTEMPT = "attempt"
    FAILED = "failed"
    SUCCEEDED = "succeeded"


class Decision(StrEnum):
    """Whether an attempt may go on to be checked."""

    ALLOW = "allow"
    WAIT = "wait"


@dataclass(frozen=True)
class ThrottleState:
    """The failures remembered for one key."""

    failures: int = 0
    last_failed_at: datetime | None = None
    blocked_until: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """Seconds to wait, rounded up; zero when allowed."""

    wait_seconds: int


@dataclass(frozen=True)
class ThrottlePolicy:
    """`free` failures cost nothing; then the wait starts at `first` and doubles up to `longest`."""

    free: int = 5
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=15)
    forget: timedelta = timedelta(hours=24)

    def decide(self, state: ThrottleState, event: Event, now: datetime) -> tuple[ThrottleState, Decision, Facts]:
        """Success clears the key. A failure while blocked still counts."""
        if state.last_failed_at is not None and now - state.last_failed_at >= self.forget:
            state = ThrottleState()
        if event is Event.SUCCEEDED:
            return ThrottleState(), Decision.ALLOW, Facts(0)
        if event is Event.FAILED:
            failures = state.failures + 1
            state = ThrottleState(failures, now, now + self.delay(failures) if failures > self.free else None)
        if state.blocked_until is not None and now < state.blocked_until:
            left = (state.blocked_until - now).total_seconds()
            return state, Decision.WAIT, Facts(max(1, int(-(-left // 1))))
        return state, Decision.ALLOW, Facts(0)

    def delay(self, failures: int) -> timedelta:
        """The wait after this many failures."""
        doublings = min(max(0, failures - self.free - 1), 30)
        return min(self.first * 2.0**doublings, self.longest)
