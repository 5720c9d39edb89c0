"""A claim's state is total: every combination of conclusions has one, and doubt never lets a sentence stand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from trustcenter.model.assessment import Conclusion, TestConclusion
from trustcenter.model.claim_state import HOLDING, STATES, state_of
from trustcenter.model.collector import Holds
from trustcenter.model.control import Claim, Control, NotApplicable, Progress, TestOfControl
from trustcenter.model.place import Place

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PLACE = Place("controls/access/mfa.yaml")
CLAIM = Claim("claim", "It holds.", PLACE)
PROGRESS = {
    None: None,
    "in_progress": Progress("in_progress", "a module", date(2027, 1, 1)),
    "not_done": Progress("not_done", "a module"),
}
SINGLES = list(itertools.product(get_args(Conclusion), get_args(Holds), (False, True)))


def control(*tests, **changes):
    given = {"title": "T", "owner": "security", "nature": "automated", "frequency": "daily", "criteria": ()}
    declared = tuple(TestOfControl(test, timedelta(days=1), PLACE, collector="c") for test in tests)
    return Control(id="access.mfa", place=PLACE, digest="", tests=declared, **{**given, **changes})


def conclusion(kind: Conclusion = "no_deviations", holds: Holds = "tested", stale=False, **changes):
    given = {
        "control": "access.mfa",
        "test": "a",
        "source": "portal",
        "method": "inspection",
        "cause": "denied" if kind == "inconclusive" else None,
        "observed_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=-1 if stale else 23),
        "accepted_until": NOW + timedelta(days=9) if kind == "waived" else None,
    }
    return TestConclusion(conclusion=kind, holds=holds, **{**given, **changes})


def expected(kind, holds, stale):
    """The table of DESIGN.md, "Claims and the page"."""
    if kind == "deviations":
        return "failing"
    if kind == "inconclusive":
        return "unconfirmed"
    if kind == "not_applicable" and not stale:
        return "not_applicable"
    if stale:
        return "stale"
    return {"waived": "accepted_deviation", "no_occurrences": "declared", "no_deviations": holds}[kind]


@pytest.mark.parametrize("progress", list(PROGRESS))
@pytest.mark.parametrize("single", SINGLES)
def test_one_conclusion(single, progress):
    found = state_of(control("a", progress=PROGRESS[progress]), CLAIM, [conclusion(*single)], NOW)
    states = [expected(*single), *([progress] if progress else [])]
    assert found.state == min(states, key=STATES.index)
    assert (found.cause is not None) == (found.state == "unconfirmed")


def test_every_pair_has_the_worse_state_of_the_two():
    for one, other in itertools.product(SINGLES, repeat=2):
        pair = [conclusion(*one, source="a"), conclusion(*other, source="b")]
        found = state_of(control("a"), CLAIM, pair, NOW)
        assert found == state_of(control("a"), CLAIM, pair[::-1], NOW)
        assert found.state == min(expected(*one), expected(*other), key=STATES.index)
        if found.state in HOLDING:
            assert not {one[0], other[0]} & {"deviations", "inconclusive"}


def test_a_declared_test_without_a_conclusion_is_unconfirmed():
    found = state_of(control("a", "b"), CLAIM, [conclusion()], NOW)
    assert (found.state, found.cause) == ("unconfirmed", "missing")


def test_a_claim_rests_only_on_the_tests_that_it_names():
    claim = Claim("claim", "It holds.", PLACE, tests=("a",))
    bad = conclusion("deviations", test="b")
    assert state_of(control("a", "b"), claim, [conclusion(), bad], NOW).state == "tested"
    other = conclusion("deviations", control="access.other")
    assert state_of(control("a", "b"), claim, [conclusion(), other], NOW).state == "tested"


def test_a_control_without_tests_is_not_done():
    assert state_of(control(), CLAIM, [], NOW).state == "not_done"


def test_a_control_that_does_not_apply_says_why():
    given = control("a", not_applicable=NotApplicable("No office.", "security", date(2026, 1, 1)))
    found = state_of(given, CLAIM, [conclusion("deviations")], NOW)
    assert (found.state, found.reason) == ("not_applicable", "No office.")


def test_a_test_that_selected_nothing_says_why_until_its_evidence_expires():
    test = TestOfControl("a", timedelta(days=1), PLACE, collector="c", if_none="No network here.")
    given = replace(control("a"), tests=(test,))
    found = state_of(given, CLAIM, [conclusion("not_applicable")], NOW)
    assert (found.state, found.reason) == ("not_applicable", "No network here.")
    assert state_of(given, CLAIM, [conclusion("not_applicable", stale=True)], NOW).state == "stale"


def test_an_accepted_deviation_fails_from_the_moment_its_waiver_expires():
    until = NOW + timedelta(hours=2)
    waived = [conclusion("waived", accepted_until=until)]
    before = state_of(control("a"), CLAIM, waived, until - timedelta(microseconds=1))
    assert (before.state, before.until) == ("accepted_deviation", until)
    assert state_of(control("a"), CLAIM, waived, until).state == "failing"
    assert state_of(control("a"), CLAIM, [conclusion("waived", accepted_until=None)], NOW).state == "failing"


def test_evidence_holds_until_it_expires_and_not_after():
    fresh = conclusion()
    assert state_of(control("a"), CLAIM, [fresh], fresh.expires_at).state == "tested"
    assert state_of(control("a"), CLAIM, [fresh], fresh.expires_at + timedelta(microseconds=1)).state == "stale"


def test_a_conclusion_that_nobody_knows_never_lets_a_sentence_stand():
    assert state_of(control("a"), CLAIM, [conclusion("splendid")], NOW).state == "unconfirmed"


def test_the_weakest_method_comes_first_and_the_oldest_evidence_counts():
    old = NOW - timedelta(hours=5)
    found = state_of(
        control("a", "b"),
        CLAIM,
        [conclusion(method="probe"), conclusion(test="b", method="representation", observed_at=old)],
        NOW,
    )
    assert (found.methods, found.as_of) == (("representation", "probe"), old)
