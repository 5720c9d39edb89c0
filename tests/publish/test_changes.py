"""Drift is told by topic: never a count, never a row."""

from __future__ import annotations

from datetime import date

from trustcenter.model.change import Change
from trustcenter.publish.changes import public_changes

ON = date(2026, 11, 20)


def told(given, *changes):
    return [(note.text, note.weakens) for note in public_changes(changes, given.catalogue, ON)]


def test_a_fallen_test_names_the_topic_alone(given):
    change = Change(
        "conclusion_worse", "access.review/test", "no_deviations", "deviations", True, "3 of 11 deviate: canary"
    )
    assert told(given, change) == [("Not confirmed any more: Access reviews", False)]


def test_a_loosened_threshold_is_called_so(given):
    change = Change("threshold_loosened", "access.session-length/test", "15m", "30m", True, "idle at most 30 minutes")
    assert told(given, change) == [("What we ask of it was loosened: Idle sessions", True)]


def test_claims_of_other_tiers_are_not_told(given):
    change = Change("conclusion_worse", "incidents.secret-plan/test", "a", "b", True, "canary")
    assert told(given, change) == []


def test_a_removed_claim_is_told(given):
    assert told(given, Change("claim_removed", "access.gone/old-claim", "x", "", True, "s")) == [
        ("Removed: old claim", True)
    ]
