"""Availability as it was measured, month by month: checks, failures, and the time in which nobody looked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Completeness, CouldNotTell, Period, Population
from trustcenter.sources.interface import Sql


@dataclass(frozen=True, slots=True)
class AvailabilityMonth:
    """One target in one calendar month (UTC), as far as it was measured. Shares are percentages, rounded down."""

    target: Annotated[str, Key]
    month: Annotated[str, Key]
    """`2026-11`."""
    checks: int
    failures: int
    available: Annotated[float, unit("%")]
    """Checks that succeeded, of those that were made."""
    expected_checks: int
    """What the interval asks for between the first moment that had to be measured and the last."""
    observed: Annotated[float, unit("%")]
    """Checks made, of those expected: the rest of the time nobody looked."""
    confirmed: Annotated[float, unit("%")]
    """Checks that succeeded, of those expected: time in which nobody looked counts as down."""
    longest_gap: timedelta
    """Between two checks, up to the end of the month or to now."""
    first_check: datetime
    last_check: datetime
    last_failure: datetime | None
    """The newest check of the month that did not succeed."""
    checks_ever: int
    """Of the target, not the month: all checks made since the first one."""
    due_ever: int
    """Of the target: what the interval asks for from its first check up to now, months without any included."""
    observed_since_start: Annotated[float, unit("%")]
    """Of the target: checks made, of those due since the database server was last started."""
    longest_gap_since_start: timedelta
    """Of the target: the longest time without a check since that start (or its first check), up to now."""


@collector(method="inspection", kinds=("platform", "postgresql"))
def availability(db: Sql, run: Run) -> Population[AvailabilityMonth]:
    """The platform's own availability log, aggregated by target and month.

    Mapping: `table`, `at`, `target`, `ok` (a boolean column), `interval` (seconds between two checks). The first month
    is measured from the first check on; a gap since the last check counts. A service that is stopped together with its
    database, as a demo is, can be held to the time since their last start; the rest is in `due_ever`.
    """
    interval = run.setting("interval")
    if isinstance(interval, bool) or not isinstance(interval, (int, float)) or interval <= 0:
        raise CouldNotTell(
            "unsupported", "`interval` is not a number of seconds", hint="check the mapping of `interval`"
        )
    table, at = postgresql.quoted(run.setting("table")), postgresql.column(run, "at")
    target, ok = postgresql.column(run, "target"), postgresql.column(run, "ok")
    query = f"""select target, month, count(*) as checks, count(*) filter (where ok is not true) as failures,
  min(at) as first_check, max(at) as last_check, max(at) filter (where ok is not true) as last_failure,
  max(at - previous) filter (where to_char(previous, 'YYYY-MM') = month) as longest_gap,
  count(*) filter (where at >= started) as since_start, min(at) filter (where at >= started) as first_since_start,
  max(at - previous) filter (where previous >= started) as gap_since_start, started
from (select {target}::text as target, {at} as at, {ok} as ok, to_char({at}, 'YYYY-MM') as month,
        lag({at}) over (partition by {target} order by {at}) as previous, pg_postmaster_start_time() as started
      from {table}) checks
group by target, month, started order by target, month"""  # noqa: S608 - names quoted by `quoted`
    rows = db.rows(query)
    expected, method, independent = postgresql.count(db, table)
    clock = postgresql.server_clock(db)
    facts = tuple(
        _month(row, float(interval), clock, target)
        for months in _by_target(rows)
        for target in [_target(months, float(interval), clock)]
        for row in months
    )
    return Population(
        facts=facts,
        completeness=Completeness(
            "checks summed over all months and targets, against " + method,
            expected,
            sum(fact.checks for fact in facts),
            independent,
        ),
        query=query,
        parameters={"interval": interval},
        observed_at=run.now(),
        period=Period(min(fact.first_check for fact in facts), clock) if facts else None,
        source_clock=clock,
        actor=db.actor,
        permissions=postgresql.rights(db),
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """What is known of a target over all its months."""

    first: datetime
    checks_ever: int
    due_ever: int
    observed_since_start: float
    longest_gap_since_start: timedelta


def _by_target(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if not row["target"] or not row["month"]:
            raise CouldNotTell("malformed", "a check has no target or no time", hint="check the mapping")
        found.setdefault(row["target"], []).append(row)
    return list(found.values())


def _target(months: Sequence[Mapping[str, Any]], interval: float, clock: datetime) -> _Target:
    first, last = postgresql.utc(months[0]["first_check"], "at"), postgresql.utc(months[-1]["last_check"], "at")
    end = max(clock, last)
    start = max(postgresql.utc(months[0]["started"], "pg_postmaster_start_time"), first)
    since = [postgresql.utc(row["first_since_start"], "at") for row in months if row["first_since_start"]]
    gaps = [row["gap_since_start"] for row in months if row["gap_since_start"]]
    ever, made = sum(int(row["checks"]) for row in months), sum(int(row["since_start"]) for row in months)
    # what was due before the first check since the start is in the gap: a start takes its time
    due = _due(made, end - min(since, default=start), interval)
    return _Target(
        first,
        ever,
        _due(ever, end - first, interval),
        _share(made, due) if due else 100.0,
        max([*gaps, min(since, default=end) - start, end - (last if since else start)]),
    )


def _due(made: int, time: timedelta, interval: float) -> int:
    return max(made, math.floor(time.total_seconds() / interval))


def _month(row: Mapping[str, Any], interval: float, clock: datetime, target: _Target) -> AvailabilityMonth:
    first, last = postgresql.utc(row["first_check"], "at"), postgresql.utc(row["last_check"], "at")
    start = max(_first_of(row["month"]), target.first)
    end = min(_next_month(row["month"]), max(clock, last))
    checks, failures = int(row["checks"]), int(row["failures"])
    # a month that is over has room for a last, shorter interval; now, a check is late after a whole one
    intervals = (end - start).total_seconds() / interval
    expected = max(checks, math.floor(intervals) if end == clock else math.ceil(intervals))
    gaps = [row["longest_gap"] or timedelta(), first - start, end - last]
    return AvailabilityMonth(
        target=row["target"],
        month=row["month"],
        checks=checks,
        failures=failures,
        available=_share(checks - failures, checks),
        expected_checks=expected,
        observed=_share(checks, expected),
        confirmed=_share(checks - failures, expected),
        longest_gap=max(gaps),
        first_check=first,
        last_check=last,
        last_failure=postgresql.utc(row["last_failure"], "at") if row["last_failure"] else None,
        checks_ever=target.checks_ever,
        due_ever=target.due_ever,
        observed_since_start=target.observed_since_start,
        longest_gap_since_start=target.longest_gap_since_start,
    )


def _share(part: int, whole: int) -> float:
    """Percent with three decimals, rounded down: 99.9996 is never shown as 100."""
    return part * 100_000 // whole / 1000


def _first_of(month: str) -> datetime:
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)


def _next_month(month: str) -> datetime:
    year, number = int(month[:4]), int(month[5:])
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
