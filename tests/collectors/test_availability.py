"""Measured availability, month by month."""

from __future__ import annotations

from datetime import timedelta

import pytest
from foreign_platform import AVAILABILITY, ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.availability import availability
from trustcenter.model.population import CouldNotTell

_EVERY_MINUTE = (
    "insert into crm.probes (moment, what, good) select t, 'web', true "
    "from generate_series('2026-09-01Z'::timestamptz, '2026-09-30 23:59Z', '1 minute') t"
)


def test_a_month_without_a_failure_is_whole(breakable: ForeignPlatform) -> None:
    breakable.execute(_EVERY_MINUTE)
    (month,) = collect(availability, run_of(breakable.settings(), AVAILABILITY)).facts
    assert (month.month, month.checks, month.failures) == ("2026-09", 43200, 0)
    assert (month.available, month.observed, month.confirmed) == (100.0, 100.0, 100.0)
    assert month.longest_gap == timedelta(minutes=1)


def test_failures_and_hours_without_a_check_are_told_apart(breakable: ForeignPlatform) -> None:
    """Time in which nobody looked is not called available: it counts against `confirmed`."""
    breakable.execute(
        _EVERY_MINUTE,
        "update crm.probes set good = false where moment >= '2026-09-10Z' and moment < '2026-09-10 01:00Z'",
        "delete from crm.probes where moment >= '2026-09-20Z' and moment < '2026-09-20 10:00Z'",
    )
    seen = collect(availability, run_of(breakable.settings(), AVAILABILITY))
    (month,) = seen.facts
    assert seen.completeness.holds
    assert seen.completeness.independent
    assert (month.checks, month.failures) == (42600, 60)
    assert month.available == pytest.approx(99.859, abs=0.001)
    assert month.observed == pytest.approx(98.611, abs=0.001)
    assert month.confirmed < month.available
    assert month.longest_gap == timedelta(hours=10, minutes=1)


def test_a_log_that_stopped_shows_a_gap_up_to_now(breakable: ForeignPlatform) -> None:
    breakable.execute("insert into crm.probes (moment, what, good) values (now() - interval '40 minutes', 'web', true)")
    months = collect(availability, run_of(breakable.settings(), AVAILABILITY)).facts
    assert max(month.longest_gap for month in months) <= timedelta(minutes=41)
    assert min(month.observed for month in months) < 100


@pytest.mark.parametrize(("age", "observed"), [(50, 100.0), (70, 100.0), (190, 33.333)])
def test_a_check_is_late_after_a_whole_interval(breakable: ForeignPlatform, age: int, observed: float) -> None:
    """A log that has just begun is not blamed for a check that is not due; one that stopped is."""
    breakable.execute(
        f"insert into crm.probes (moment, what, good) values (now() - interval '{age} seconds', 'web', true)"
    )
    months = collect(availability, run_of(breakable.settings(), AVAILABILITY)).facts
    if len(months) == 1:  # two in the first seconds of a month
        assert months[0].observed == observed


def test_silence_since_the_server_started_is_no_month_s_but_counts(breakable: ForeignPlatform) -> None:
    """A month that began long before says nothing of now: time since the last start is held to account by itself."""
    breakable.execute(
        "insert into crm.probes (moment, what, good) select now() - n * interval '1 day', 'web', true "
        "from generate_series(1, 40) n"
    )
    months = collect(availability, run_of(breakable.settings(), AVAILABILITY)).facts
    for month in months:
        gap = month.longest_gap_since_start
        assert timedelta() < gap < timedelta(hours=20)  # the server is as old as this test run
        assert month.observed_since_start == (0.0 if gap >= timedelta(seconds=60) else 100.0)


def test_a_service_that_was_stopped_and_started_again_is_looked_at_now(breakable: ForeignPlatform) -> None:
    """The night it was off is in `due_ever`, and not in what is asked of the time since its start."""
    breakable.execute(
        "insert into crm.probes (moment, what, good) select now() - interval '14 hours' + n * interval '1 minute', "
        "'web', true from generate_series(0, 59) n",
        "insert into crm.probes (moment, what, good) select greatest(pg_postmaster_start_time(), "
        "now() - interval '40 seconds'), 'web', true",
    )
    months = collect(availability, run_of(breakable.settings(), AVAILABILITY)).facts
    for month in months:
        assert (month.checks_ever, month.due_ever) == (61, 14 * 60)
        assert month.observed_since_start == 100.0


def test_an_empty_log_is_an_empty_population_with_its_count(foreign: ForeignPlatform) -> None:
    seen = collect(availability, run_of(foreign.settings(), AVAILABILITY))
    assert seen.facts == ()
    assert (seen.completeness.expected, seen.period) == (0, None)


@pytest.mark.parametrize("interval", [0, -5, "60", True])
def test_an_interval_that_is_none_is_unsupported(foreign: ForeignPlatform, interval: object) -> None:
    with pytest.raises(CouldNotTell) as caught:
        collect(availability, run_of(foreign.settings(), {**AVAILABILITY, "interval": interval}))
    assert caught.value.cause == "unsupported"
