"""What must hold of the collector `second_factor_probe`, against a service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest

from trustcenter.collectors.second_factor_probe import FactorAttempt, second_factor_probe, until_a_step_is_young
from trustcenter.model.population import CouldNotTell

MAPPING = {
    "people": {"page": "/api/people", "items": "items", "field": "id", "email": "mail"},
    "enable": "/people/{account_id}/on", "disable": "/people/{account_id}/off", "reset": "/people/{account_id}/bare",
    "begin": "/app", "confirm": "/app/confirm", "enrolment_page": "/enrol",
    "while_enrolling": ["POST /door", "POST /key/options", "POST /key", "POST /code", "POST /out", "GET /enrol",
                        "POST /app", "POST /app/confirm"],
}  # fmt: skip


def probed(alder: Any, *flaws: str) -> list[FactorAttempt]:
    app, found = alder(second_factor_probe, *flaws, **MAPPING)
    new = app.people["new"]
    assert found.completeness.holds
    assert (new.enabled, new.app, new.recovery) == (False, None, set()), "the new owner is as before"
    return list(found.facts)


def wrong(facts: list[FactorAttempt]) -> set[str]:
    return {fact.attempt for fact in facts if fact.outcome != ("accepted" if fact.legitimate else "refused")}


def test_a_good_service_asks_for_the_factor_everywhere(alder: Any) -> None:
    facts = probed(alder)

    assert wrong(facts) == set()
    tried = {fact.attempt for fact in facts if fact.about == "enforcement"}
    assert {"GET /lobby", "GET /api/letters", "POST /api/letters", "DELETE /support/{access}"} <= tried
    assert {fact.about for fact in facts} == {"enforcement", "code", "recovery_code", "rotation"}
    assert sum(fact.legitimate for fact in facts) == 3


def test_every_route_that_answers_is_named_and_none_is_changed(alder: Any) -> None:
    """Where reading was not refused, no change is tried: an owner without a factor could damage something."""
    facts = probed(alder, "unenforced")

    assert {"GET /lobby", "GET /api/letters", "GET /api/record"} <= wrong(facts)
    changes = [fact for fact in facts if fact.about == "enforcement" and fact.attempt.startswith(("POST", "DELETE"))]
    assert {fact.outcome for fact in changes} == {"not_tried"}


def test_a_change_that_answers_is_the_last_one_that_is_tried(alder: Any) -> None:
    facts = [fact for fact in probed(alder, "half_enforced") if fact.about == "enforcement"]

    assert {fact.attempt for fact in facts if fact.outcome == "accepted"} == {"POST /api/letters"}
    after = [fact.outcome for fact in facts]
    assert set(after[after.index("accepted") + 1 :]) == {"not_tried"}


def test_what_a_slow_platform_showed_beyond_doubt_is_not_forgotten(alder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at a code of two steps ahead takes a turn of the clock; the code of two steps ago was taken anyhow."""
    monkeypatch.setattr(f"{second_factor_probe.function.__module__}.MARGIN", 40)

    assert wrong(probed(alder, "distant")) == {"a code of two steps ago registers"}


@pytest.mark.parametrize(("into", "waits"), [(0, 1.2), (1, 0.2), (1.2, 0), (15, 0), (24, 0), (24.5, 6.7), (29.8, 1.4)])
def test_no_code_is_looked_at_about_the_turn_of_a_step(into: float, waits: float) -> None:
    """A code of two steps ahead is one of one step ahead a moment later, and that one opens rightly."""
    assert until_a_step_is_young(1_800_000_000 + into) == pytest.approx(waits, abs=1e-6)


@pytest.mark.parametrize(
    ("flaw", "attempts"),
    [
        ("alone", {"the password alone of an owner with a factor"}),
        ("distant", {"a code of two steps ago registers", "a code of two steps ahead signs in"}),
        ("no_drift", {"a code of one step ahead signs in"}),
        ("code_again", {"a code that signed in, again"}),
        ("recovery_again", {"a recovery code, again"}),
        ("same_identifier", {"the session identifier from before the second factor"}),
    ],
)
def test_each_flaw_is_seen_where_it_is(alder: Any, flaw: str, attempts: set[str]) -> None:
    assert wrong(probed(alder, flaw)) == attempts


def test_refusals_after_the_session_ended_prove_nothing(alder: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(second_factor_probe, "sudden_end", **MAPPING)

    assert caught.value.cause == "contradicted"


def test_a_service_that_refuses_all_is_no_proof(alder: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(second_factor_probe, "denied", **MAPPING)

    assert caught.value.cause == "denied"


def test_a_new_owner_whom_nobody_knows_is_incomplete(alder: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(second_factor_probe, **MAPPING, canary_new_email="nobody@ash.example")

    assert caught.value.cause == "incomplete"
