"""Sessions: limits, ends, tokens, cookies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trustcenter.runtime.routes import Refusal, Route, Standing
from trustcenter.runtime.sessions import (
    Decision,
    Event,
    SessionPolicy,
    Stage,
    cookie_header,
    form_token,
    form_token_matches,
    new_token,
    stage_at_sign_in,
    stored_form,
)

POLICY = SessionPolicy()
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
steps = st.lists(st.tuples(st.sampled_from(Event), st.timedeltas(timedelta(0), timedelta(hours=2))), max_size=30)


def test_an_unused_session_ends_after_the_idle_limit():
    state = POLICY.begin(START)

    assert POLICY.decide(state, Event.REQUEST, START + timedelta(minutes=29))[1] is Decision.LIVE
    assert POLICY.decide(state, Event.REQUEST, START + timedelta(minutes=30))[1] is Decision.IDLE


def test_a_busy_session_ends_after_the_absolute_limit():
    state, now = POLICY.begin(START), START
    while now < START + timedelta(hours=12) - timedelta(minutes=10):
        now += timedelta(minutes=10)
        state, decision, _ = POLICY.decide(state, Event.REQUEST, now)
        assert decision is Decision.LIVE

    assert POLICY.decide(state, Event.REQUEST, START + timedelta(hours=12))[1] is Decision.EXPIRED


def test_a_shortened_policy_binds_sessions_made_before_it():
    """The absolute limit counts from the beginning, whatever end was stored."""
    state = SessionPolicy(absolute=timedelta(days=30)).begin(START)

    assert SessionPolicy(idle=timedelta(days=1)).decide(state, Event.REQUEST, START + timedelta(hours=13))[1] is (
        Decision.EXPIRED
    )


@given(steps)
def test_no_order_of_events_brings_a_session_back(events):
    """Once not live, never live again; and never live beyond either limit."""
    state, now, over = POLICY.begin(START), START, False
    for event, passed in events:
        now += passed
        state, decision, facts = POLICY.decide(state, event, now)
        over = over or decision is not Decision.LIVE
        assert (decision is Decision.LIVE) is not over
        assert over is (state.ended_at is not None)
        assert now < START + POLICY.absolute or over
        assert not (over and decision is Decision.ENDED and facts.changed and event is Event.REQUEST)


def test_tokens_have_256_bits_and_are_stored_hashed():
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) == 43 for token in tokens)
    assert all(len(stored_form(token)) == 32 and token.encode() not in stored_form(token) for token in tokens)


def test_a_form_token_belongs_to_one_session_and_one_key():
    token = form_token(b"k" * 32, "session-one")

    assert form_token_matches(b"k" * 32, "session-one", token)
    assert not form_token_matches(b"k" * 32, "session-two", token)
    assert not form_token_matches(b"x" * 32, "session-one", token)


def test_cookies_meet_the_host_prefix():
    assert cookie_header("__Host-session", "v") == "__Host-session=v; Path=/; HttpOnly; Secure; SameSite=Lax"
    assert "Max-Age=0" in cookie_header("__Host-session", "", seconds=0)


roles = st.sampled_from(["owner", "admin", "member", "staff"])
routes = st.builds(
    lambda callers, stages, step_up: Route("POST", "/x", callers, "x", None, stages, step_up),
    st.frozensets(roles, min_size=1),
    st.frozensets(st.sampled_from(Stage), min_size=1),
    st.booleans(),
)


@given(routes, st.builds(Standing, roles, st.sampled_from(Stage), st.booleans()))
def test_a_route_lets_through_exactly_whom_it_declares(route, standing):
    """Role, stage and step-up, each of them; nobody without a session."""
    allowed = (
        standing.role in route.callers and standing.stage in route.stages and (standing.stepped_up or not route.step_up)
    )

    assert (route.refusal(standing) is None) is allowed
    assert route.refusal(None) is Refusal.SIGN_IN


def test_a_step_up_holds_ten_minutes_and_changes_the_identifier():
    state = POLICY.begin(START)
    assert not POLICY.stepped_up(state, START)

    state, _, facts = POLICY.decide(state, Event.STEP_UP, START)

    assert facts.rotate
    assert POLICY.stepped_up(state, START + timedelta(minutes=9, seconds=59))
    assert not POLICY.stepped_up(state, START + timedelta(minutes=10))
    assert not POLICY.stepped_up(state, START - timedelta(seconds=1))


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_an_organisation_makes_limits_stricter_and_never_wider(idle, absolute):
    tightened = POLICY.tightened(idle, absolute)

    assert tightened.idle == min(POLICY.idle, timedelta(seconds=idle))
    assert tightened.absolute == min(POLICY.absolute, timedelta(seconds=absolute))
    assert tightened.resolution < tightened.idle
    assert POLICY.tightened(None, None).idle == POLICY.idle


def test_an_enrolled_factor_is_always_asked_for():
    assert stage_at_sign_in(factor_enrolled=True, factor_demanded=False) is Stage.SECOND_FACTOR
    assert stage_at_sign_in(factor_enrolled=True, factor_demanded=True) is Stage.SECOND_FACTOR
    assert stage_at_sign_in(factor_enrolled=False, factor_demanded=True) is Stage.ENROLMENT
    assert stage_at_sign_in(factor_enrolled=False, factor_demanded=False) is Stage.FULL
