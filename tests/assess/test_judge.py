"""The judge's rules, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from trustcenter.assess.judge import judge
from trustcenter.model.control import NotApplicable
from trustcenter.model.population import Completeness


def only(world, catalogue, **rows):
    """The one conclusion of a catalogue with one test."""
    assessment = judge(catalogue, world.collectors, world.recorded(catalogue, **rows), as_of=world.now)
    (conclusion,) = assessment.conclusions
    return conclusion


def with_test(world, control=None, **changes):
    return world.catalogue(world.control(world.test(**changes), **(control or {})))


def test_all_items_meet_what_is_expected(world):
    catalogue = with_test(world, expect=(world.condition("cost", "at_least", 12),))
    found = only(world, catalogue, accounts=[world.account("ann"), world.account("bob", cost=13)])
    assert (found.conclusion, found.size, found.examined, found.passed) == ("no_deviations", 2, 2, 2)
    assert found.expires_at == found.observed_at + timedelta(hours=24)
    assert found.evidence
    assert found.method == "inspection"


def test_a_deviation_names_its_row_and_what_it_failed(world):
    catalogue = with_test(world, expect=(world.condition("cost", "at_least", 12),))
    found = only(world, catalogue, accounts=[world.account("ann"), world.account("bob", cost=10)])
    assert (found.conclusion, found.passed, found.deviating) == ("deviations", 1, 1)
    (deviation,) = found.deviations
    assert deviation.key == "account=bob"
    assert deviation.failed == ("cost is at least 12 (found 10)",)


def test_where_limits_what_is_examined(world):
    catalogue = with_test(
        world,
        where=(world.condition("role", "equals", "owner"),),
        expect=(world.condition("cost", "at_least", 12),),
    )
    found = only(world, catalogue, accounts=[world.account("ann"), world.account("bob", role="member", cost=4)])
    assert (found.conclusion, found.size, found.examined) == ("no_deviations", 2, 1)


def test_a_null_meets_no_threshold(world):
    catalogue = with_test(world, expect=(world.condition("cost", "at_most", 99),))
    assert only(world, catalogue, accounts=[world.account(cost=None)]).conclusion == "deviations"


def test_no_evidence_is_missing(world):
    catalogue = world.catalogue()
    (found,) = judge(catalogue, world.collectors, {}, as_of=world.now).conclusions
    assert (found.conclusion, found.cause) == ("inconclusive", "missing")
    assert found.remedy


@pytest.mark.parametrize(
    "cause",
    ["denied", "unreachable", "timed_out", "filtered", "malformed", "unsafe", "unsupported", "erased", "defect"],
)
def test_a_collector_that_could_not_tell_is_inconclusive_with_its_cause(world, cause):
    found = only(world, world.catalogue(), accounts=lambda key: world.broken(key, cause))
    assert (found.conclusion, found.cause, found.reason, found.remedy) == ("inconclusive", cause, "No.", "Grant it.")


@pytest.mark.parametrize(
    "completeness", [None, Completeness("count", 3, 1, independent=True), Completeness("count", None, 1)]
)
def test_an_incomplete_population_is_inconclusive_however_good_its_rows(world, completeness):
    found = only(
        world,
        world.catalogue(),
        accounts=lambda key: world.population(key, [world.account()], completeness=completeness),
    )
    assert (found.conclusion, found.cause) == ("inconclusive", "incomplete")


@pytest.mark.parametrize(
    ("frequency", "independent", "conclusion"),
    [
        ("continuous", True, "no_deviations"),
        ("continuous", False, "inconclusive"),
        ("per_event", True, "no_occurrences"),
        ("per_event", False, "no_occurrences"),
    ],
)
@pytest.mark.parametrize("listed", [0, 1])
def test_nothing_to_examine(world, frequency, independent, conclusion, listed):
    catalogue = with_test(world, {"frequency": frequency}, where=(world.condition("role", "equals", "owner"),))
    rows = [world.account(role="member")] * listed
    found = only(
        world,
        catalogue,
        accounts=lambda key: world.population(
            key, rows, completeness=Completeness("count", listed, listed, independent=independent)
        ),
    )
    assert found.conclusion == conclusion


@pytest.mark.parametrize(
    ("independent", "rows", "conclusion"),
    [(True, [], "not_applicable"), (False, [], "inconclusive"), (True, ["ann"], "no_deviations")],
)
def test_a_test_that_says_why_it_may_not_apply_is_never_held_by_nothing(world, independent, rows, conclusion):
    """Not even for events: a reason is said, and only where the source proves that there is nothing."""
    selected = (world.condition("role", "equals", "owner"),)
    catalogue = with_test(world, where=selected, if_none="Nobody owns anything here.")
    counted = Completeness("count", len(rows), len(rows), independent=independent)
    owners = [world.account(name, role="owner") for name in rows]
    found = only(world, catalogue, accounts=lambda key: world.population(key, owners, completeness=counted))
    assert found.conclusion == conclusion
    assert (found.reason == "Nobody owns anything here.") == (conclusion == "not_applicable")


def test_an_event_that_happened_as_it_must_is_no_deviation(world):
    catalogue = with_test(world, {"frequency": "per_event"})
    assert only(world, catalogue, accounts=[world.account()]).conclusion == "no_deviations"


@pytest.mark.parametrize(("bound", "conclusion"), [(2, "no_deviations"), (3, "deviations")])
def test_a_count_is_judged_on_the_number_selected(world, bound, conclusion):
    catalogue = with_test(
        world,
        where=(world.condition("role", "equals", "owner"),),
        count=(world.condition("count", "at_least", bound),),
    )
    rows = [world.account("ann"), world.account("bob"), world.account("eve", role="member")]
    found = only(world, catalogue, accounts=rows)
    assert found.conclusion == conclusion
    assert [d.failed for d in found.deviations] == (
        [] if conclusion == "no_deviations" else [("number of items is at least 3 (found 2)",)]
    )


def test_a_count_that_nothing_meets_deviates_even_for_events(world):
    catalogue = with_test(world, {"frequency": "per_event"}, count=(world.condition("count", "at_least", 1),))
    assert only(world, catalogue, accounts=[]).conclusion == "deviations"


def test_a_control_that_does_not_apply_says_so_and_fetches_nothing(world):
    reason = NotApplicable("There is no office.", "security", date(2026, 1, 1))
    catalogue = world.catalogue(world.control(not_applicable=reason))
    assert not world.recorded(catalogue)
    found = only(world, catalogue)
    assert (found.conclusion, found.reason) == ("not_applicable", "There is no office.")


@pytest.mark.parametrize(("ahead", "conclusion"), [(4, "no_deviations"), (6, "inconclusive")])
def test_evidence_from_the_future_contradicts(world, ahead, conclusion):
    observed = world.now + timedelta(minutes=ahead)
    found = only(
        world,
        world.catalogue(),
        accounts=lambda key: world.population(key, [world.account()], observed_at=observed),
    )
    assert found.conclusion == conclusion
    assert found.cause == (None if ahead < 5 else "contradicted")


@pytest.mark.parametrize("change", [{"fetch": "sha256:other"}, {"source": "elsewhere"}, {"environment": "production"}])
def test_evidence_of_something_else_contradicts(world, change):
    found = only(world, world.catalogue(), accounts=lambda key: world.population(key, [world.account()], **change))
    assert (found.conclusion, found.cause) == ("inconclusive", "contradicted")


@pytest.mark.parametrize(
    "row",
    [
        {"account": "ann", "role": "owner"},
        {"account": "ann", "role": "owner", "cost": "12"},
        {"account": "ann", "role": "owner", "cost": True},
    ],
)
def test_a_row_that_cannot_be_read_is_malformed_and_never_green(world, row):
    catalogue = with_test(world, expect=(world.condition("cost", "not", 4),))
    found = only(world, catalogue, accounts=[world.account(), row])
    assert (found.conclusion, found.cause) == ("inconclusive", "malformed")


def test_a_choice_that_nobody_declared_is_malformed(world):
    catalogue = with_test(world, expect=(world.condition("role", "not", "member"),))
    found = only(world, catalogue, accounts=[world.account(role="visitor")])
    assert (found.conclusion, found.cause) == ("inconclusive", "malformed")


def test_every_source_of_the_kind_has_its_own_conclusion(world):
    catalogue = world.catalogue(sources=(world.source("one"), world.source("two")))
    assessment = judge(catalogue, world.collectors, world.recorded(catalogue), as_of=world.now)
    assert [conclusion.source for conclusion in assessment.conclusions] == ["one", "two"]


def test_without_a_source_there_is_still_a_conclusion(world):
    catalogue = world.catalogue(sources=())
    (found,) = judge(catalogue, world.collectors, {}, as_of=world.now).conclusions
    assert (found.conclusion, found.cause) == ("inconclusive", "missing")
    assert "platform" in found.reason


def test_values_are_read_for_the_sentences_that_quote_them(world):
    claims = (
        world.claim("At cost {enrolled.min.cost} to {enrolled.max.cost}, {enrolled.list.role}, {enrolled.only.cost}."),
        world.claim("Since {enrolled.min.last_seen}; {enrolled.list.account}.", id="nda", tier="nda"),
    )
    catalogue = world.catalogue(world.control(claims=claims))
    found = only(world, catalogue, accounts=[world.account("ann"), world.account("bob", cost=14)])
    assert found.values == {"min.cost": 12, "max.cost": 14, "list.role": ["owner"]}
    assert found.restricted == {"min.last_seen": "2026-11-20T11:00:00.000000Z"}


def test_a_number_that_not_every_item_has_is_not_quoted(world):
    claims = (world.claim("At cost {enrolled.min.cost}."),)
    catalogue = world.catalogue(world.control(claims=claims))
    found = only(world, catalogue, accounts=[world.account("ann"), world.account("bob", cost=None)])
    assert found.values == {}


def test_the_same_inputs_give_the_same_assessment(world):
    catalogue = with_test(world, expect=(world.condition("cost", "at_least", 12),))
    rows = world.recorded(catalogue, accounts=[world.account(str(n), cost=n) for n in range(20)])
    first = judge(catalogue, world.collectors, rows, as_of=world.now)
    assert first == judge(catalogue, world.collectors, dict(reversed(rows.items())), as_of=world.now)
    assert first != judge(catalogue, world.collectors, rows, as_of=world.now + timedelta(seconds=1))


def test_a_test_that_is_stale_keeps_its_conclusion_and_says_when_it_expired(world):
    found = only(
        world,
        world.catalogue(),
        accounts=lambda key: world.population(key, [world.account()], observed_at=world.now - timedelta(days=3)),
    )
    assert found.conclusion == "no_deviations"
    assert found.stale(world.now)
    assert not replace(found, expires_at=world.now).stale(world.now)
