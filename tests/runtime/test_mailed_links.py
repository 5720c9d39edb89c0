"""Mailed links: signed, short, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.runtime.mailed_links import (
    LIFETIMES,
    Decision,
    Event,
    Purpose,
    decide,
    identifier_of,
    is_genuine,
    issued,
    token,
)

KEY, NOW = b"k" * 32, datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_reset_link_lives_fifteen_minutes():
    state = issued(Purpose.RESET, NOW)

    assert LIFETIMES[Purpose.RESET] == timedelta(minutes=15)
    assert decide(state, Event.OPEN, NOW + timedelta(minutes=14, seconds=59))[1] is Decision.VALID
    assert decide(state, Event.USE, NOW + timedelta(minutes=15))[1] is Decision.EXPIRED


@given(st.lists(st.tuples(st.sampled_from(Event), st.timedeltas(timedelta(0), timedelta(minutes=8))), max_size=30))
def test_no_order_of_events_uses_a_link_twice_or_late(events):
    state, now, uses, superseded = issued(Purpose.RESET, NOW), NOW, 0, False
    for event, passed in events:
        now += passed
        state, decision, _ = decide(state, event, now)
        if event is Event.USE and decision is Decision.VALID:
            uses += 1
            assert not superseded
            assert now < NOW + timedelta(minutes=15)
        superseded = superseded or (event is Event.SUPERSEDE and uses == 0)
    assert uses <= 1


def test_a_token_verifies_for_its_row_its_purpose_and_its_address_alone():
    identifier, state = uuid4(), issued(Purpose.RESET, NOW)
    made = token(KEY, identifier, state, "maren@fernhill.example")

    assert identifier_of(made) == identifier
    assert is_genuine(KEY, made, identifier, state, "maren@fernhill.example")
    assert not is_genuine(KEY, made, identifier, state, "new@fernhill.example")
    assert not is_genuine(KEY, made, uuid4(), state, "maren@fernhill.example")
    assert not is_genuine(b"x" * 32, made, identifier, state, "maren@fernhill.example")
    assert not is_genuine(KEY, made, identifier, issued(Purpose.INVITATION, NOW), "maren@fernhill.example")
    later = issued(Purpose.RESET, NOW + timedelta(seconds=1))
    assert not is_genuine(KEY, made, identifier, later, "maren@fernhill.example")


@given(st.integers(0, 47), st.integers(1, 255))
def test_no_changed_byte_is_genuine(place, change):
    import base64

    identifier, state = UUID(int=5), issued(Purpose.RESET, NOW)
    raw = bytearray(base64.urlsafe_b64decode(token(KEY, identifier, state, "a@b.example")))
    raw[place] ^= change
    forged = base64.urlsafe_b64encode(bytes(raw)).decode()

    assert not is_genuine(KEY, forged, identifier_of(forged), state, "a@b.example")


@pytest.mark.parametrize("given", ["", "x", "%%%", "a" * 63, "a" * 65, "é" * 64, "a" * 64 + "\n", "a" * 10_000])
def test_what_is_no_token_names_no_row(given):
    assert identifier_of(given) is None
