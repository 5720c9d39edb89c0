"""The delay of guesses: bounded whatever happens, never a lock for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.runtime.guessing import GuessingPolicy, Key, reserve, succeeded
from trustcenter.runtime.throttle import Decision, Event, ThrottlePolicy, ThrottleState, network_of

POLICY = ThrottlePolicy()
START = datetime(2026, 11, 20, tzinfo=UTC)
pauses = st.sampled_from([timedelta(0), timedelta(seconds=3), timedelta(minutes=20), timedelta(hours=5)])


def _fail(state: ThrottleState, now: datetime) -> ThrottleState:
    return POLICY.decide(state, Event.FAILED, now)[0]


def test_five_failures_are_free_and_then_the_wait_doubles():
    assert [POLICY.delay(failures).total_seconds() for failures in range(6, 11)] == [2, 4, 8, 16, 32]


def test_an_attacker_who_never_rests_gets_a_hundred_guesses_a_day():
    """Guessing at the first allowed moment for three days."""
    state, now, guesses = ThrottleState(), START, 0
    while now < START + timedelta(hours=72):
        _, decision, facts = POLICY.decide(state, Event.ATTEMPT, now)
        if decision is Decision.WAIT:
            now += timedelta(seconds=facts.wait_seconds)
            continue
        guesses += 1
        state = _fail(state, now)

    assert 280 <= guesses <= 3 * POLICY.cap


@given(st.lists(st.tuples(st.booleans(), pauses), max_size=700))
def test_no_order_of_failures_and_successes_allows_more_than_two_hundred_guesses_in_24_hours(tries):
    """A holder who signs in between does not give the attacker a fresh start."""
    state, now, wrong = ThrottleState(), START, []
    for right, pause in tries:
        now += pause
        _, decision, facts = POLICY.decide(state, Event.ATTEMPT, now)
        if decision is Decision.WAIT:
            now += timedelta(seconds=facts.wait_seconds)
        state = _fail(state, now)
        if right:
            state, _, _ = POLICY.decide(state, Event.SUCCEEDED, now)
        else:
            wrong.append(now)

    for end in wrong:
        assert sum(end - timedelta(hours=24) < at <= end for at in wrong) <= POLICY.most_in_24_hours


@given(st.lists(st.tuples(st.sampled_from([Event.FAILED, Event.SUCCEEDED]), pauses), max_size=120))
def test_nobody_is_locked_for_ever(events):
    """After the wait that is named the next attempt is allowed, and no wait is longer than a day."""
    state, now = ThrottleState(), START
    for event, pause in events:
        now += pause
        state, _, _ = POLICY.decide(state, event, now)
    _, decision, facts = POLICY.decide(state, Event.ATTEMPT, now)

    assert facts.wait_seconds <= 24 * 3600
    assert (facts.wait_seconds > 0) is (decision is Decision.WAIT)
    assert POLICY.decide(state, Event.ATTEMPT, now + timedelta(seconds=facts.wait_seconds))[1] is Decision.ALLOW


def test_success_clears_the_delay_and_not_the_day():
    state = ThrottleState()
    for _ in range(10):
        state = _fail(state, START)

    cleared = POLICY.decide(state, Event.SUCCEEDED, START)[0]

    assert (cleared.failures, cleared.blocked_until, cleared.of_day) == (0, None, 9)
    assert POLICY.decide(cleared, Event.ATTEMPT, START + timedelta(hours=24))[0] == ThrottleState()


def test_the_first_wait_is_told_once_until_the_count_is_forgotten():
    state, told = ThrottleState(), []
    for _ in range(12):
        state, _, facts = POLICY.decide(state, Event.FAILED, START)
        told.append(facts.begins_to_block)

    assert told == [False] * 5 + [True] + [False] * 6


@given(st.integers(6, 200))
def test_the_wait_never_shrinks_while_failures_go_on(failures):
    assert POLICY.delay(failures) <= POLICY.delay(failures + 1) <= POLICY.longest


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
    ],
)
def test_whoever_holds_a_network_has_one_count_in_it(address, network):
    assert network_of(address) == network


@given(
    st.lists(st.tuples(st.sampled_from([Event.FAILED, Event.SUCCEEDED]), pauses), max_size=120),
    st.sampled_from([timedelta(0), timedelta(hours=3), timedelta(hours=23), timedelta(hours=24), timedelta(hours=30)]),
    st.lists(st.tuples(st.sampled_from(list(Event)), pauses), max_size=120),
)
def test_what_is_not_remembered_decides_as_if_it_had_never_been(past, rest, future):
    """So that a row may be removed, whatever happens afterwards."""
    state, now = ThrottleState(), START
    for event, pause in past:
        now += pause
        state, _, _ = POLICY.decide(state, event, now)
    now += rest
    if POLICY.remembers(state, now):
        assert rest < timedelta(hours=24) or state.blocked_until is not None
        return
    empty = ThrottleState()
    for event, pause in future:
        now += pause
        state, *said = POLICY.decide(state, event, now)
        empty, *said_of_none = POLICY.decide(empty, event, now)
        assert said == said_of_none


GUESSING = GuessingPolicy(POLICY, ThrottlePolicy(free=20, cap=5000))


def _guess(kept: dict[Key, ThrottleState], keys: tuple[Key, ...], now: datetime) -> Decision:
    after, decision, _ = reserve({key: kept.get(key, ThrottleState()) for key in keys}, now)
    kept.update(after)
    return decision


def test_strangers_of_one_account_share_a_count_and_a_known_browser_has_its_own():
    """From wherever they come; and nobody else waits."""
    kept: dict[Key, ThrottleState] = {}
    strangers = [GUESSING.keys(b"k", "ann@x.example", f"192.0.2.{number}", None) for number in range(7)]
    assert [_guess(kept, keys, START) for keys in strangers] == [Decision.ALLOW] * 6 + [Decision.WAIT]
    for keys in (
        GUESSING.keys(b"k", "ann@x.example", "192.0.2.1", UUID(int=1)),
        GUESSING.keys(b"k", "ben@x.example", "192.0.2.1", None),
    ):
        assert _guess(kept, keys, START) is Decision.ALLOW
    assert _guess({}, GUESSING.keys(b"k", "ann@x.example", "192.0.2.1", None), START) is Decision.ALLOW


def test_nothing_is_counted_while_one_waits():
    """Neither against the account nor against the network."""
    keys, kept = GUESSING.keys(b"k", "ann@x.example", "192.0.2.1", None), {}
    while _guess(kept, keys, START) is Decision.ALLOW:
        pass
    before = dict(kept)
    assert _guess(kept, keys, START) is Decision.WAIT
    assert kept == before


def test_a_success_ends_the_delay_of_its_account_and_not_that_of_the_network():
    """Its own attempts are taken back in both; who owns one account guesses no more at another's for it."""
    own, network = GUESSING.keys(b"k", "ann@x.example", "192.0.2.1", None)
    state = ThrottleState(30, START, START + timedelta(minutes=1), START, 30)
    after = {each: succeeded(each, state, 2, START) for each in (own, network)}
    assert (after[own].failures, after[own].of_day, after[own].blocked_until) == (0, 28, None)
    assert (after[network].failures, after[network].of_day, after[network].last_failed_at) == (28, 28, START)
