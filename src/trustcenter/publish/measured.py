"""What was measured over time, read from signed assessments alone: the values behind every chart and the status page.

A moment that no run looked at is not in these values, so nothing can be drawn for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from trustcenter.model.assessment import Assessment, TestConclusion
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.claim_state import HOLDING, state_of
from trustcenter.model.control import Claim, Control
from trustcenter.model.fact import parse_moment
from trustcenter.model.figure import FIGURE_FIELDS, figure_value

Run = tuple[Catalogue, Assessment]
FRESH_DAYS = 90
"""How far back freshness is drawn."""


@dataclass(frozen=True, slots=True)
class FreshDay:
    """One day's least fresh run: how many tests had evidence in date, of all that were judged."""

    on: date
    fresh: int
    tests: int


@dataclass(frozen=True, slots=True)
class Month:
    """One target's availability in one month (UTC). Shares are per cent, rounded down by the collector."""

    month: str
    target: str
    checks: int
    failures: int
    expected_checks: int
    available: float
    observed: float
    confirmed: float
    longest_gap: timedelta
    first_check: datetime
    last_check: datetime
    last_failure: datetime | None


@dataclass(frozen=True, slots=True)
class BackupAge:
    """One base backup that is kept: when it was begun, and whether a restore can use it."""

    taken_at: datetime
    usable: bool


@dataclass(frozen=True, slots=True)
class Drill:
    """One restore that was really done: when it was seen, and how long it took."""

    on: datetime
    took: timedelta


@dataclass(frozen=True, slots=True)
class Figure:
    """A claim's figure: where the claim stands, as of when its rows were seen."""

    claim: str
    page: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that the charts draw. What the page cannot show today is empty, and its `Figure` is None."""

    freshness: tuple[FreshDay, ...] = ()
    uptime: tuple[Month, ...] = ()
    uptime_of: Figure | None = None
    backups: tuple[BackupAge, ...] = ()
    backups_of: Figure | None = None
    drills: tuple[Drill, ...] = ()
    drills_of: Figure | None = None


NOTHING_MEASURED = Measured()


def measured(runs: Sequence[Run], now: datetime) -> Measured:
    """Read the charts' values from the runs, oldest first, the published one last.

    A figure of a claim that does not hold today is left out unless the claim says `disclose`.
    """
    if not runs:
        return Measured()
    catalogue, newest = runs[-1]
    uptime = _figure(catalogue, newest, "uptime", now)
    backups = _figure(catalogue, newest, "backup_ages", now)
    drills = _figure(catalogue, newest, "restore_durations", now)
    return Measured(
        freshness=_freshness([assessment for _, assessment in runs], newest.as_of.date()),
        uptime=tuple(_month(row) for row in uptime[1]) if uptime else (),
        uptime_of=uptime[0] if uptime else None,
        backups=tuple(BackupAge(parse_moment(row["taken_at"]), row["usable"]) for row in backups[1] if row["taken_at"])
        if backups
        else (),
        backups_of=backups[0] if backups else None,
        drills=tuple(_drills(runs)) if drills else (),
        drills_of=drills[0] if drills else None,
    )


def _freshness(assessments: Sequence[Assessment], last: date) -> tuple[FreshDay, ...]:
    days: dict[date, FreshDay] = {}
    for assessment in assessments:
        on = assessment.as_of.date()
        if not last - timedelta(days=FRESH_DAYS) < on <= last:
            continue
        judged = [one for one in assessment.conclusions if one.conclusion != "not_applicable"]
        fresh = sum(one.expires_at is not None and not one.stale(assessment.as_of) for one in judged)
        found = FreshDay(on, fresh, len(judged))
        worst = days.get(on)
        if worst is None or found.fresh * worst.tests <= worst.fresh * found.tests:
            days[on] = found
    return tuple(days[on] for on in sorted(days))


def _drawn(catalogue: Catalogue, kind: str) -> Iterator[tuple[Control, Claim]]:
    """The public claims that draw a figure of this kind."""
    for control, claim in catalogue.claims():
        if claim.figure == kind and claim.tier == "public":
            yield control, claim


def _conclusions(control: Control, claim: Claim, assessment: Assessment) -> list[TestConclusion]:
    return [one for one in assessment.of(control.id) if not claim.tests or one.test in claim.tests]


def _figure(
    catalogue: Catalogue, assessment: Assessment, kind: str, now: datetime
) -> tuple[Figure, list[dict[str, Any]]] | None:
    """The first claim that may show this figure today, and its rows; None where no claim may."""
    for control, claim in _drawn(catalogue, kind):
        own = _conclusions(control, claim, assessment)
        rows = [row for one in own for row in _rows(one, kind)]
        seen = [one.observed_at for one in own if one.observed_at is not None]
        holds = state_of(control, claim, assessment.of(control.id), now).state in HOLDING
        if rows and seen and (holds or claim.on_failure == "disclose"):
            return Figure(claim.short or claim.id, f"{control.domain}.md#{claim.id}", min(seen)), rows
    return None


def _rows(conclusion: TestConclusion, kind: str) -> list[dict[str, Any]]:
    fields = FIGURE_FIELDS[kind]
    stored = conclusion.values.get(figure_value(kind), ())
    return [dict(zip(fields, row, strict=True)) for row in stored]


def _month(row: dict[str, Any]) -> Month:
    times = {
        name: parse_moment(row[name]) if row[name] else None for name in ("first_check", "last_check", "last_failure")
    }
    return Month(**{**row, **times, "longest_gap": timedelta(seconds=row["longest_gap"])})


def _drills(runs: Sequence[Run]) -> Iterator[Drill]:
    """Each drill once, however many assessments rest on it."""
    known: set[tuple[str, ...]] = set()
    for catalogue, assessment in runs:
        for control, claim in _drawn(catalogue, "restore_durations"):
            for one in _conclusions(control, claim, assessment):
                rows = _rows(one, "restore_durations")
                if rows and one.observed_at is not None and one.evidence not in known:
                    known.add(one.evidence)
                    yield Drill(one.observed_at, timedelta(seconds=max(row["took"] for row in rows)))
