"""Unusual sign-ins, places, and the cookie that makes a browser known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import ConfigurationError
from trustcenter.runtime.anomaly import AnomalyPolicy, Decision, History, Reason, SignIn, device_cookie, device_of
from trustcenter.runtime.places import MaxMindFile, Nowhere, Place, TableOfNetworks

POLICY, NOW = AnomalyPolicy(), datetime(2026, 11, 20, 12, tzinfo=UTC)
BERLIN, LISBON, WELLINGTON = Place("DE", 52.5, 13.4), Place("PT", 38.7, -9.1), Place("NZ", -41.3, 174.8)
HOME, OTHER = UUID(int=1), UUID(int=2)
KNOWN = History(frozenset({HOME}), frozenset({"DE"}), BERLIN, NOW)


def reasons(history: History, event: SignIn, now: datetime = NOW) -> tuple[Reason, ...]:
    return POLICY.decide(history, event, now)[2].reasons


def test_the_first_sign_in_and_a_known_device_at_home_are_quiet():
    assert reasons(History(), SignIn(HOME, BERLIN)) == ()
    assert reasons(KNOWN, SignIn(HOME, BERLIN), NOW + timedelta(days=1)) == ()


def test_a_new_device_and_a_new_country_are_told():
    assert reasons(KNOWN, SignIn(OTHER, BERLIN)) == (Reason.NEW_DEVICE,)
    assert reasons(KNOWN, SignIn(HOME, LISBON), NOW + timedelta(hours=4)) == (Reason.NEW_COUNTRY,)
    assert reasons(KNOWN, SignIn(OTHER, None)) == (Reason.NEW_DEVICE,)


def test_a_journey_that_nobody_makes_is_told_even_to_a_known_country():
    visited = History(KNOWN.devices, frozenset({"DE", "NZ"}), BERLIN, NOW)

    assert reasons(visited, SignIn(HOME, WELLINGTON), NOW + timedelta(hours=1)) == (Reason.IMPOSSIBLE_TRAVEL,)
    assert reasons(visited, SignIn(HOME, WELLINGTON), NOW + timedelta(hours=30)) == ()
    assert BERLIN.distance_km(WELLINGTON) == pytest.approx(18_200, rel=0.02)


def test_what_was_told_once_is_known_from_then_on():
    history, decision, _ = POLICY.decide(KNOWN, SignIn(OTHER, LISBON), NOW + timedelta(hours=5))

    assert decision is Decision.ALERT
    assert POLICY.decide(history, SignIn(OTHER, LISBON), NOW + timedelta(hours=6))[1] is Decision.QUIET


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_device_cookie_is_ours_or_nothing(key, other):
    device = uuid4()
    cookie = device_cookie(key, device)

    assert device_of(key, cookie) == device
    assert device_of(other, cookie) == (device if key == other else None)
    assert device_of(key, cookie[:-4] + "AAAA") in (None, device if cookie.endswith("AAAA") else None)


@pytest.mark.parametrize("cookie", [None, "", "x", "é" * 64, "A" * 64, "A" * 5000])
def test_what_is_no_cookie_names_no_device(cookie):
    assert device_of(b"k" * 32, cookie) is None


def test_the_narrowest_network_says_where_an_address_is(tmp_path):
    table = TableOfNetworks(
        [{"network": "127.0.0.0/8", "country": "DE"}, {"network": "127.0.8.0/24", "country": "NZ", "latitude": -41.3}]
    )

    assert table.place("127.0.0.1") == Place("DE")
    assert table.place("127.0.8.9").country == "NZ"
    assert table.place("::1") is None
    assert Nowhere().place("127.0.0.1") is None
    with pytest.raises(ConfigurationError):
        TableOfNetworks([{"network": "everywhere", "country": "DE"}])
    with pytest.raises(ConfigurationError):
        MaxMindFile(tmp_path / "absent.mmdb")
