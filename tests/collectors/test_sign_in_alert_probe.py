"""What must hold of the collector `sign_in_alert_probe`, against an identity service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest

from trustcenter.collectors.sign_in_alert_probe import SignInAlert, sign_in_alert_probe
from trustcenter.model.population import CouldNotTell


def alerts(larch: Any, *flaws: str) -> dict[str, SignInAlert]:
    _, found = larch(sign_in_alert_probe, *flaws)
    assert found.completeness.holds
    return {fact.situation: fact for fact in found.facts}


def test_a_good_service_tells_of_what_is_new_and_of_nothing_else(larch: Any) -> None:
    found = alerts(larch)

    assert {name: (fact.mailed, fact.recorded) for name, fact in found.items()} == {
        "new_device": (True, True), "known_device": (False, False), "new_place": (True, True),
    }  # fmt: skip


def test_alarms_without_cause_are_seen(larch: Any) -> None:
    assert (alerts(larch, "always_told")["known_device"].mailed, True) == (True, True)


def test_a_place_that_alarms_nobody_is_seen(larch: Any) -> None:
    assert not alerts(larch, "no_place")["new_place"].mailed


def test_silence_after_a_known_device_says_nothing_where_nothing_is_ever_mailed(larch: Any) -> None:
    found = alerts(larch, "silent")

    assert (found["new_device"].mailed, found["known_device"].mailed, found["new_place"].mailed) == (False, None, False)


def test_a_service_that_refuses_all_is_no_proof(larch: Any) -> None:
    with pytest.raises(CouldNotTell):
        larch(sign_in_alert_probe, "denied")
