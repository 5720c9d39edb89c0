"""Paired measurements: two ways to do the same, in turn, and the median of their ratios.

Absolute times depend on the machine and on what else it does; the ratio of two runs that follow each other
hardly does. The first pair warms up and does not count. Where the wall clock shows what else the machine does,
`processor` counts the processor's seconds instead, those of ended children included.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """One comparison.

    Median seconds of both sides and the median ratio of their pairs (ours to the yardstick's).
    """

    name: str
    yardstick: str
    ours_seconds: float
    yardstick_seconds: float
    ratio: float
    lowest: float
    highest: float
    pairs: int
    target: float | None
    note: str


def compare(
    name: str,
    ours: Callable[[], object],
    yardstick: Callable[[], object],
    *,
    against: str,
    pairs: int = 7,
    target: float | None = None,
    note: str = "",
    processor: bool = False,
) -> Result:
    """Run both in turn, `pairs` times after one warm-up, the order changing from pair to pair."""
    clock = _processor if processor else time.perf_counter
    times: list[tuple[float, float]] = []
    for at in range(pairs + 1):
        if at % 2:
            theirs = _seconds(yardstick, clock)
            mine = _seconds(ours, clock)
        else:
            mine = _seconds(ours, clock)
            theirs = _seconds(yardstick, clock)
        if at:
            times.append((mine, theirs))
    ratios = [mine / theirs for mine, theirs in times]
    return Result(
        name,
        against,
        statistics.median(mine for mine, _ in times),
        statistics.median(theirs for _, theirs in times),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        pairs,
        target,
        note,
    )


def report(results: list[Result]) -> None:
    """Print the results as a table, or as JSON when the command line has `--json`."""
    if "--json" in sys.argv:
        print(json.dumps([asdict(each) for each in results], indent=2))
        return
    for each in results:
        target = "" if each.target is None else f"  target {each.target:g}x"
        print(
            f"{each.name}: {each.ratio:.2f}x of {each.yardstick} "
            f"({each.lowest:.2f} to {each.highest:.2f} in {each.pairs} pairs; "
            f"{each.ours_seconds:.3f} s against {each.yardstick_seconds:.3f} s){target}"
        )
        if each.note:
            print(f"  {each.note}")


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def _processor() -> float:
    """Seconds of processor of this process and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
