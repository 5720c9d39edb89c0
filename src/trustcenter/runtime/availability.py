"""Availability from measured checks: what was seen, and what was not looked at.

A gap longer than `grace` intervals is time nobody measured; it is reported as unmeasured and never counted as up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True)
class Check:
    """One measurement; `latency_ms` is None when there was no answer."""

    at: datetime
    ok: bool
    latency_ms: float | None


@dataclass(frozen=True)
class Summary:
    """Checks between the first and the last. `ratio` is None when nothing was measured. Seconds, milliseconds."""

    checks: int
    failed: int
    ratio: float | None
    first_at: datetime | None
    last_at: datetime | None
    unmeasured_seconds: float
    latency_p95_ms: float | None


def summarise(checks: Iterable[Check], interval: timedelta, *, grace: int = 3) -> Summary:
    """Counts checks, failures and unmeasured time; order of the input does not matter."""
    ordered = sorted(checks, key=lambda check: check.at)
    if not ordered:
        return Summary(0, 0, None, None, None, 0.0, None)
    failed = sum(not check.ok for check in ordered)
    unmeasured = 0.0
    for before, after in pairwise(ordered):
        gap = after.at - before.at
        if gap > interval * grace:
            unmeasured += (gap - interval).total_seconds()
    latencies = sorted(check.latency_ms for check in ordered if check.latency_ms is not None)
    p95 = latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))] if latencies else None
    return Summary(
        checks=len(ordered),
        failed=failed,
        ratio=(len(ordered) - failed) / len(ordered),
        first_at=ordered[0].at,
        last_at=ordered[-1].at,
        unmeasured_seconds=unmeasured,
        latency_p95_ms=p95,
    )
