"""Cases are judged by the judge itself: what is wrong in a control, or in a case, is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from trustcenter.assess import cases
from trustcenter.assess.cases import lacking, run_cases
from trustcenter.model.condition import Condition
from trustcenter.model.control import CASES_AS_OF, Case
from trustcenter.model.place import Place


def row(cost: int | None = 12, account: str = "anna") -> dict[str, Any]:
    return {"account": account, "role": "owner", "cost": cost, "last_seen": None, "groups": []}


def case(conclusion: str, *rows: dict[str, Any], **more: Any) -> Case:
    return Case("enrolled", "a case", conclusion, Place("controls/access/second-factor.yaml", 20, 5), (rows,), **more)


@pytest.fixture
def results(world):
    """Run cases on a control that wants a cost of 12."""
    test = world.test(expect=(Condition("cost", "at_least", 12),))

    def run(*given: Case):
        control = world.control(test, cases=given)
        return run_cases(world.catalogue(control), world.collectors, control)

    return run


def test_pass_fail_and_denied_conclude_what_they_must(results):
    found = results(
        case("no_deviations", row(12)),
        case("deviations", row(8)),
        case("deviations", row(None)),
        case("inconclusive", cause="denied"),
    )
    assert [result.holds for result in found] == [True] * 4


def test_a_case_that_demands_something_else_fails_and_says_what_came_of_it(results):
    found = results(case("no_deviations", row(8)), case("inconclusive", row(12)), case("deviations", cause="denied"))
    assert [result.holds for result in found] == [False] * 3
    assert [result.words for result in found] == [
        "deviations: expected: cost is at least 12 (found 8)",
        "no deviations",
        "inconclusive (denied): accounts could not tell",
    ]


def test_the_cause_must_be_the_one_written(results):
    """A control that cannot even be planned is inconclusive too, but not because somebody was denied."""
    (found,) = results(case("inconclusive", cause="timed_out"))
    assert found.holds
    assert found.found.cause == "timed_out"


def test_half_a_listing_and_an_empty_one_are_never_green(results):
    found = results(
        case("inconclusive", row(12), expected=2),
        case("inconclusive", independent=False),
        case("no_deviations"),
    )
    assert [result.holds for result in found] == [True] * 3
    assert [result.found.cause for result in found] == ["incomplete", "incomplete", None]


def test_a_waiver_makes_no_case_green(world):
    test = world.test(expect=(Condition("cost", "at_least", 12),))
    control = world.control(test, cases=(case("deviations", row(8)),))
    waiver = world.waiver(approved=CASES_AS_OF - timedelta(days=1), expires=CASES_AS_OF + timedelta(days=30))
    (found,) = run_cases(replace(world.catalogue(control), waivers=(waiver,)), world.collectors, control)
    assert found.holds


def test_a_test_without_a_source_shows_nothing(world):
    control = world.control(world.test(), cases=(case("no_deviations", row()),))
    (found,) = run_cases(world.catalogue(control, sources=()), world.collectors, control)
    assert (found.holds, found.words) == (False, "the test takes place on no source")


def test_what_is_not_shown_is_named(world):
    test = world.test(expect=(Condition("cost", "at_least", 12),))
    control = world.control(test, cases=(case("no_deviations", row()), case("inconclusive", cause="timed_out")))
    assert [kind for _, kind in lacking(control)] == ["fail", "denied"]
    assert lacking(replace(control, nature="manual")) == ()
    assert lacking(world.control(world.test())) == ()


def test_a_judge_that_is_green_when_blind_is_caught(results, monkeypatch):
    """The cases test the judge as much as the control."""
    real = cases.judge

    def blind(*given: Any, **more: Any) -> Any:
        seen = real(*given, **more)
        return replace(
            seen, conclusions=tuple(replace(one, conclusion="no_deviations", cause=None) for one in seen.conclusions)
        )

    monkeypatch.setattr(cases, "judge", blind)
    assert [result.holds for result in results(case("inconclusive", cause="denied"))] == [False]
