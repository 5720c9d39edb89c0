"""Cadence and retention of a list of backups: every gap is named, at the beginning and at the end too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.collectors._cadence import cadence

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EVERY, KEEP = timedelta(hours=26), timedelta(days=30)


def daily(days: int, *, without: tuple[int, ...] = ()) -> list[datetime]:
    return [NOW - DAY * at - timedelta(hours=2) for at in range(days) if at not in without]


def test_daily_for_a_month_has_no_gap() -> None:
    found = cadence(daily(40), NOW, every=EVERY, keep=KEEP)
    assert (found.gaps, found.longest, found.taken) == ((), DAY, 30)
    assert found.reaches_back > KEEP


def test_a_missing_day_is_named() -> None:
    (gap,) = cadence(daily(40, without=(7,)), NOW, every=EVERY, keep=KEEP).gaps
    assert str(gap) == "2026-11-12T10:00Z to 2026-11-14T10:00Z"


def test_a_list_that_is_too_short_has_a_gap_at_its_start() -> None:
    (gap,) = cadence(daily(10), NOW, every=EVERY, keep=KEEP).gaps
    assert gap.start == NOW - KEEP


def test_silence_since_the_last_one_is_a_gap() -> None:
    (gap,) = cadence(daily(40, without=(0, 1, 2)), NOW, every=EVERY, keep=KEEP).gaps
    assert gap.end == NOW


def test_nothing_is_one_gap_of_the_whole_period() -> None:
    found = cadence([], NOW, every=EVERY, keep=KEEP)
    assert (found.longest, found.taken, found.reaches_back) == (KEEP, 0, timedelta())
    assert len(found.gaps) == 1


def test_hourly_is_the_same_function() -> None:
    hours = [NOW - timedelta(hours=at) for at in range(24 * 31)]
    assert cadence(hours, NOW, every=timedelta(minutes=65), keep=KEEP).gaps == ()
    del hours[100]
    assert len(cadence(hours, NOW, every=timedelta(minutes=65), keep=KEEP).gaps) == 1


def test_a_backup_of_the_future_is_no_backup() -> None:
    with pytest.raises(ValueError, match="future"):
        cadence([NOW + DAY], NOW, every=EVERY, keep=KEEP)


@given(st.lists(st.integers(0, 60 * 24 * 45), max_size=60))
def test_no_gap_means_that_every_moment_of_the_period_is_near_a_backup(minutes: list[int]) -> None:
    taken = [NOW - timedelta(minutes=one) for one in minutes]
    found = cadence(taken, NOW, every=EVERY, keep=KEEP)
    assert (found.longest > EVERY) == bool(found.gaps)
    for hour in range(24 * 30):
        moment = NOW - timedelta(hours=hour)
        covered = any(one <= moment and moment - one <= EVERY for one in taken)
        named = any(gap.start <= moment <= gap.end for gap in found.gaps)
        assert covered or named or moment - (NOW - KEEP) <= EVERY
