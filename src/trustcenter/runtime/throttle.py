"""Progressive delay of guesses, for one key: an account's strangers, one known device, a network.

Nobody is locked for ever: the wait doubles up to `longest`, the count is forgotten after `forget`, and the cap of a
day opens again with the next day. However successes and failures follow one another, one key allows at most `2 * cap`
failed guesses in any 24 hours (`cap` in each day that these hours touch).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

DAY = timedelta(hours=24)


class Event(StrEnum):
    """What can happen where something is guessed."""

    ATTEMPT = "attempt"
    FAILED = "failed"
    SUCCEEDED = "succeeded"


class Decision(StrEnum):
    """Whether an attempt may go on to be checked."""

    ALLOW = "allow"
    WAIT = "wait"


@dataclass(frozen=True)
class ThrottleState:
    """The failures remembered for one key; `of_day` are those since `day_began_at`."""

    failures: int = 0
    last_failed_at: datetime | None = None
    blocked_until: datetime | None = None
    day_began_at: datetime | None = None
    of_day: int = 0


@dataclass(frozen=True)
class Facts:
    """Seconds to wait, rounded up, zero when allowed; whether this failure was the first that anybody must wait for."""

    wait_seconds: int
    begins_to_block: bool = False


@dataclass(frozen=True)
class ThrottlePolicy:
    """`free` failures cost nothing; then the wait starts at `first` and doubles up to `longest`; `cap` a day."""

    free: int = 5
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=15)
    forget: timedelta = timedelta(hours=24)
    cap: int = 100

    @property
    def most_in_24_hours(self) -> int:
        """The number of guesses that no order of events exceeds."""
        return 2 * self.cap

    def decide(self, state: ThrottleState, event: Event, now: datetime) -> tuple[ThrottleState, Decision, Facts]:
        """Success clears the delay, never the count of the day. A failure while blocked still counts."""
        if state.last_failed_at is not None and now - state.last_failed_at >= self.forget:
            state = replace(state, failures=0, last_failed_at=None, blocked_until=None)
        if state.day_began_at is not None and now - state.day_began_at >= DAY:
            state = replace(state, day_began_at=None, of_day=0)
        if event is Event.SUCCEEDED:
            return self._taken_back(state), Decision.ALLOW, Facts(0)
        begins = False
        if event is Event.FAILED:
            failures, of_day, began = state.failures + 1, state.of_day + 1, state.day_began_at or now
            until = now + self.delay(failures) if failures > self.free else None
            if of_day >= self.cap:
                until = max(until or now, began + DAY)
            begins = failures == self.free + 1
            state = ThrottleState(failures, now, until, began, of_day)
        if state.blocked_until is not None and now < state.blocked_until:
            left = (state.blocked_until - now).total_seconds()
            return state, Decision.WAIT, Facts(max(1, int(-(-left // 1))), begins)
        return state, Decision.ALLOW, Facts(0, begins)

    def remembers(self, state: ThrottleState, now: datetime) -> bool:
        """Whether this state decides anything that an empty one would not, now or later; one that does not may go."""
        failed = state.last_failed_at is not None and now - state.last_failed_at < self.forget
        counted = state.day_began_at is not None and now - state.day_began_at < DAY
        blocked = state.blocked_until is not None and now < state.blocked_until
        return failed or counted or blocked

    def _taken_back(self, state: ThrottleState) -> ThrottleState:
        """An attempt counts as failed before it is checked: that one is taken back, earlier ones of the day stay."""
        of_day = max(0, state.of_day - 1)
        return ThrottleState(day_began_at=state.day_began_at if of_day else None, of_day=of_day)

    def delay(self, failures: int) -> timedelta:
        """The wait after this many failures."""
        doublings = min(max(0, failures - self.free - 1), 30)
        return min(self.first * 2.0**doublings, self.longest)


def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, or the first 64 bits of an IPv6 one, which one customer holds whole.

    A text that is no address counts as itself.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((int(found) >> 64 << 64, 64)))
        found = found.ipv4_mapped
    return str(found)
