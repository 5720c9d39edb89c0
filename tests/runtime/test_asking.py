"""Asking for mails and challenges: strangers never shut the holder out, and what they get is bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.runtime import guessing
from trustcenter.runtime.asking import MOST_MAILS_A_DAY, AskingPolicy, most_within
from trustcenter.runtime.guessing import Key
from trustcenter.runtime.throttle import DAY, Decision, Event, ThrottlePolicy, ThrottleState

POLICY = AskingPolicy()
SECRET = b"a secret of the service"
START = datetime(2026, 11, 20, tzinfo=UTC)
EMAIL = "holder@example.org"
STRANGERS = [f"198.51.100.{number}" for number in range(4)]
HOME = "192.0.2.1"
BROWSER = UUID(int=7)


class Service:
    """The counts of one service, as an adapter keeps them."""

    def __init__(self) -> None:
        self.states: dict[Key, ThrottleState] = {}
        self.sent: list[datetime] = []

    def ask(self, ip: str, now: datetime, known: UUID | None = None) -> int:
        """Seconds to wait; 0 when the mail was sent."""
        held = {key: self.states.get(key, ThrottleState()) for key in POLICY.mails(SECRET, EMAIL, ip, known)}
        after, decision, facts = guessing.reserve(held, now)
        if decision is Decision.WAIT:
            return max(each.wait_seconds for each in facts.values())
        self.states |= after
        self.sent.append(now)
        return 0


asked = st.lists(
    st.tuples(st.sampled_from(STRANGERS), st.sampled_from([timedelta(0), timedelta(minutes=7), timedelta(hours=3)])),
    max_size=60,
)


@given(asked)
def test_whatever_strangers_ask_they_cannot_shut_the_holder_out(past):
    """A known browser is served at once, another within a quarter of an hour, one in their own network in an hour."""
    service, now = Service(), START
    for ip, pause in past:
        now += pause
        service.ask(ip, now)

    assert service.ask(HOME, now, known=BROWSER) == 0
    wait = service.ask(HOME, now)
    assert wait <= 15 * 60
    assert wait == 0 or service.ask(HOME, now + timedelta(seconds=wait)) == 0
    assert service.ask(STRANGERS[0], now) <= 3600


def test_strangers_who_never_rest_leave_a_mail_in_every_quarter_of_an_hour_and_no_more_than_is_said():
    """Two days of asking at the first moment that is allowed, from ever new networks."""
    service, now, number = Service(), START, 0
    while now < START + 2 * DAY:
        number += 1
        now += timedelta(seconds=service.ask(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", now))

    gaps = [after - before for before, after in zip(service.sent, service.sent[1:], strict=False)]
    assert max(gaps) <= timedelta(minutes=15)
    for end in service.sent:
        assert sum(end - DAY < at <= end for at in service.sent) <= MOST_MAILS_A_DAY
    assert MOST_MAILS_A_DAY < 150


def test_one_network_alone_gets_a_mail_an_hour():
    service, now = Service(), START
    while now < START + DAY:
        now += timedelta(seconds=service.ask(STRANGERS[0], now))

    assert len(service.sent) <= most_within(POLICY.in_network, DAY) < 60


small = st.builds(
    ThrottlePolicy,
    free=st.integers(1, 5),
    first=st.just(timedelta(seconds=2)),
    longest=st.sampled_from([timedelta(seconds=8), timedelta(minutes=1)]),
    forget=st.sampled_from([timedelta(minutes=2), timedelta(hours=1)]),
    cap=st.just(1_000_000),
)


@given(small, st.lists(st.sampled_from([timedelta(0), timedelta(seconds=5), timedelta(minutes=3)]), max_size=120))
def test_what_one_key_is_given_in_any_span_is_bounded(policy, pauses):
    state, now, given_at = ThrottleState(), START, []
    for pause in pauses:
        now += pause
        if policy.decide(state, Event.ATTEMPT, now)[1] is Decision.ALLOW:
            state, _, _ = policy.decide(state, Event.FAILED, now)
            given_at.append(now)

    for span in (timedelta(minutes=1), timedelta(minutes=10)):
        for end in given_at:
            assert sum(end - span < at <= end for at in given_at) <= most_within(policy, span)


def test_challenges_are_counted_for_a_network_and_for_an_account_apart():
    of = POLICY.challenge
    assert of(SECRET, "2001:db8::1", None) == of(SECRET, "2001:db8::2", None)
    assert of(SECRET, "192.0.2.1", None) != of(SECRET, "192.0.2.2", None)
    assert of(SECRET, "192.0.2.1", BROWSER) == of(SECRET, "192.0.2.2", BROWSER)


def test_challenges_that_are_answered_rightly_never_make_anybody_wait():
    key, state = POLICY.challenge(SECRET, HOME, None), ThrottleState()
    for number in range(2000):
        held, decision, _ = guessing.reserve({key: state}, START + timedelta(seconds=number))
        assert decision is Decision.ALLOW
        state = guessing.succeeded(key, held[key], 1, START + timedelta(seconds=number))


@pytest.mark.parametrize("rest", [timedelta(0), timedelta(seconds=1), timedelta(minutes=16)])
def test_the_challenges_of_one_network_that_wait_at_a_time_are_bounded(rest):
    """Asked without rest: what is younger than the ten minutes for which a row is kept."""
    policy, state, now, given_at = replace(POLICY.challenges, free=50), ThrottleState(), START, []
    for _ in range(400):
        _, decision, facts = policy.decide(state, Event.ATTEMPT, now)
        if decision is Decision.WAIT:
            now += timedelta(seconds=facts.wait_seconds) + rest
            continue
        state, _, _ = policy.decide(state, Event.FAILED, now)
        given_at.append(now)

    kept = timedelta(minutes=10)
    assert max(sum(end - kept < at <= end for at in given_at) for end in given_at) <= most_within(policy, kept)
