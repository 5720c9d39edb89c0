"""What must hold of the collector `password_policy_probe`, against an identity service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest

from trustcenter.collectors.password_policy_probe import COMMON, PasswordAttempt, password_policy_probe
from trustcenter.model.population import CouldNotTell


def taken(larch: Any, *flaws: str) -> set[tuple[str, str]]:
    _, found = larch(password_policy_probe, *flaws)
    assert found.completeness.holds
    facts: tuple[PasswordAttempt, ...] = found.facts
    assert {(fact.endpoint, fact.kind) for fact in facts} >= {("change", "eleven"), ("change", "context")}
    return {(fact.endpoint, fact.kind) for fact in facts if fact.accepted}


def test_a_good_policy_takes_twelve_characters_and_nothing_else(larch: Any) -> None:
    app, found = larch(password_policy_probe)

    assert {(fact.endpoint, fact.kind) for fact in found.facts if fact.accepted} == {
        ("change", "twelve"), ("reset", "twelve"),
    }  # fmt: skip
    assert sum(fact.kind == "common" for fact in found.facts) == 3 * len(COMMON)
    assert app.invited == {}


@pytest.mark.parametrize(("flaw", "kind"), [("short", "eleven"), ("common", "common"), ("own_words", "context")])
def test_a_weaker_policy_is_seen_at_each_place(larch: Any, flaw: str, kind: str) -> None:
    assert {(place, kind) for place in ("change", "reset", "invitation")} <= taken(larch, flaw)


def test_a_service_that_refuses_all_is_no_proof(larch: Any) -> None:
    with pytest.raises(CouldNotTell):
        larch(password_policy_probe, "denied")
