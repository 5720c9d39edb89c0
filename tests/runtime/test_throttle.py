"""The delay of failed sign-ins: bounded guesses, never a lock for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trustcenter.runtime.throttle import Decision, Event, ThrottlePolicy, ThrottleState

POLICY = ThrottlePolicy()
START = datetime(2026, 11, 20, tzinfo=UTC)


def _fail(state: ThrottleState, now: datetime) -> ThrottleState:
    return POLICY.decide(state, Event.FAILED, now)[0]


def test_five_failures_are_free_and_then_the_wait_doubles():
    assert [POLICY.delay(failures).total_seconds() for failures in range(6, 11)] == [2, 4, 8, 16, 32]


def test_an_attacker_who_never_rests_gets_a_bounded_number_of_guesses_a_day():
    """Guessing at the first allowed moment for 24 hours: at most 111 tries on one account."""
    state, now, guesses = ThrottleState(), START, 0
    while now < START + timedelta(hours=24):
        _, decision, facts = POLICY.decide(state, Event.ATTEMPT, now)
        if decision is Decision.WAIT:
            now += timedelta(seconds=facts.wait_seconds)
            continue
        guesses += 1
        state = _fail(state, now)

    assert 90 < guesses <= 111


@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=3)), max_size=60))
def test_nobody_waits_longer_than_the_longest_wait(pauses):
    state, now = ThrottleState(), START
    for pause in pauses:
        now += pause
        state = _fail(state, now)

    assert POLICY.decide(state, Event.ATTEMPT, now + POLICY.longest)[1] is Decision.ALLOW


def test_success_and_time_clear_the_count():
    state = ThrottleState()
    for _ in range(10):
        state = _fail(state, START)

    assert POLICY.decide(state, Event.SUCCEEDED, START)[0] == ThrottleState()
    assert POLICY.decide(state, Event.ATTEMPT, START + timedelta(hours=24))[0] == ThrottleState()


@given(st.integers(6, 200))
def test_the_wait_never_shrinks_while_failures_go_on(failures):
    assert POLICY.delay(failures) <= POLICY.delay(failures + 1) <= POLICY.longest
