"""Cadence and retention of backups, computed from the list of backups itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from trustcenter.collectors.interface import Run
from trustcenter.model.collector import Parameter
from trustcenter.model.fact import Field
from trustcenter.model.population import CouldNotTell

PARAMETERS = {
    "every": Parameter(Field("every", "duration"), 26 * 3600, doc="the longest time between two backups"),
    "keep": Parameter(Field("keep", "duration"), 30 * 86400, doc="how far back backups must reach without a gap"),
}
"""What a test may say to a collector that measures a series."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the period in which no backup was taken for longer than allowed."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%dT%H:%MZ} to {self.end:%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often backups were taken in the period, and how far back they reach."""

    taken: int
    gaps: tuple[Gap, ...]
    longest: timedelta
    reaches_back: timedelta
    """From the oldest backup to now; nothing where there is none."""


def cadence(taken: Iterable[datetime], now: datetime, *, every: timedelta, keep: timedelta) -> Cadence:
    """Gaps longer than `every` between `now - keep` and `now`, each named; the beginning and the end count too.

    A backup from before the period begins it: the stretch from it into the period is measured whole. Without one, the
    period begins where it begins, so that a list that is too short for `keep` shows a gap at its start. Raises
    ValueError for a backup of the future.
    """
    moments = sorted(taken)
    if moments and moments[-1] > now:
        raise ValueError("a backup of the future")
    start = now - keep
    before = [one for one in moments if one <= start]
    inside = [one for one in moments if one > start]
    marks = [before[-1] if before else start, *inside, now]
    stretches = list(pairwise(marks))
    return Cadence(
        taken=len(inside),
        gaps=tuple(Gap(one, other) for one, other in stretches if other - one > every),
        longest=max(other - one for one, other in stretches),
        reaches_back=now - moments[0] if moments else timedelta(),
    )


def measured(taken: Iterable[datetime], now: datetime, run: Run, *, since: datetime | None = None) -> Cadence:
    """The cadence by the test's `every` and `keep`; where what is backed up began later, from `since` on.

    Raises CouldNotTell("contradicted") for a backup that is dated after now.
    """
    every, keep = (timedelta(seconds=float(run.parameters[name])) for name in PARAMETERS)
    if since is not None:
        taken, keep = [one for one in taken if one >= since], min(keep, max(now - since, timedelta()))
    try:
        return cadence(taken, now, every=every, keep=keep)
    except ValueError as error:
        raise CouldNotTell("contradicted", "a backup is dated after now", hint="set the clocks right") from error
