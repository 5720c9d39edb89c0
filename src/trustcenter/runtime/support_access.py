"""Support access: the vendor's staff acts for a customer, with a reason, for a bounded time, seen by the owner.

(TSC CC6.3; GDPR Articles 28(3)(a) and 29: on instruction only.) While it lasts, the staff has a role of its own that
reads what the customer's people read, and no credential, session, factor or token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_TICKET = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9#_-]{1,39}\Z")


@dataclass(frozen=True)
class Asked:
    """What somebody of the staff asks for."""

    reason: str
    ticket: str
    length: timedelta
    role: str
    stepped_up: bool


@dataclass(frozen=True)
class SupportPolicy:
    """The limits of support access."""

    longest: timedelta = timedelta(hours=1)
    shortest_reason: int = 10
    longest_reason: int = 500

    def problem(self, asked: Asked, *, customer: bool, staff_role: str = "staff") -> str | None:
        """Why it is not given, None when it is. `customer`: the person belongs to a customer, not to the vendor."""
        if asked.role != staff_role or not asked.stepped_up:
            return "Only the vendor's staff asks for this, after a fresh proof of identity."
        if not customer:
            return "There is no such person at a customer."
        if not self.shortest_reason <= len(asked.reason) <= self.longest_reason:
            return f"Give a reason of {self.shortest_reason} to {self.longest_reason} characters."
        if not _TICKET.match(asked.ticket):
            return "Name the ticket: letters, digits, #, - and _."
        if not timedelta(0) < asked.length <= self.longest:
            return f"It lasts for {int(self.longest.total_seconds() // 60)} minutes at most."
        return None

    def live(self, started_at: datetime, expires_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
        """Whether it still lasts; never longer than the policy allows, whatever was stored."""
        return ended_at is None and started_at <= now < min(expires_at, started_at + self.longest)
