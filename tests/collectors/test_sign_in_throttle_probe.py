"""What must hold of the collector `sign_in_throttle_probe`, against an identity service that is not ours."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from trustcenter.collectors.sign_in_throttle_probe import MOST, GuessingTried, sign_in_throttle_probe
from trustcenter.model.population import CouldNotTell


def tried(larch: Any, *flaws: str) -> GuessingTried:
    _, found = larch(sign_in_throttle_probe, *flaws)
    assert found.completeness.holds
    (fact,) = found.facts
    return fact


def test_a_good_service_slows_strangers_down_and_lets_the_holder_in(larch: Any) -> None:
    fact = tried(larch)

    assert fact.guesses == 5
    assert fact.first_wait is not None
    assert timedelta(seconds=1) <= fact.first_wait <= timedelta(seconds=4)
    assert fact.wait_grows and fact.right_refused and fact.elsewhere_refused  # noqa: PT018
    assert fact.known_device_admitted
    assert fact.holder_told


@pytest.mark.parametrize(
    ("flaw", "field"),
    [
        ("flat", "wait_grows"), ("afresh", "wait_grows"), ("right_enters", "right_refused"),
        ("by_network", "elsewhere_refused"), ("shuts_out", "known_device_admitted"), ("silent", "holder_told"),
    ],
)  # fmt: skip
def test_each_flaw_is_seen_where_it_is(larch: Any, flaw: str, field: str) -> None:
    assert getattr(tried(larch, flaw), field) is False


def test_a_service_slower_than_its_waits_is_neither_good_nor_bad(larch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is admitted after the wait was over proves nothing against the service, and what is refused nothing more."""
    clock = iter(range(1000, 10_000_000, 40))
    slow = SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda seconds: time.sleep(seconds))
    monkeypatch.setattr("trustcenter.collectors.sign_in_throttle_probe.time", slow)

    with pytest.raises(CouldNotTell) as caught:
        larch(sign_in_throttle_probe, "right_enters")

    assert caught.value.cause == "timed_out"


def test_guessing_without_end_is_seen(larch: Any) -> None:
    fact = tried(larch, "free")

    assert (fact.guesses, fact.first_wait, fact.right_refused) == (MOST, None, False)


def test_a_service_that_refuses_all_is_no_proof(larch: Any) -> None:
    with pytest.raises(CouldNotTell):
        larch(sign_in_throttle_probe, "denied")
