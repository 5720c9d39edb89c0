"""Accepted deviations: what covers them, until when, and waivers that are wrong themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from trustcenter.assess.judge import judge
from trustcenter.model.catalogue import Organisation


def judged(world, *waivers, accounts=None, **changes):
    test = world.test(expect=(world.condition("cost", "at_least", 12),))
    catalogue = world.catalogue(world.control(test), waivers=waivers, **changes)
    rows = accounts if accounts is not None else [world.account("ann", cost=10), world.account("bob", cost=9)]
    return judge(catalogue, world.collectors, world.recorded(catalogue, accounts=rows), as_of=world.now)


def test_a_waiver_that_covers_all_makes_them_accepted_until_it_expires(world):
    waiver = world.waiver()
    (found,) = judged(world, waiver).conclusions
    assert (found.conclusion, found.deviating, found.accepted) == ("waived", 2, 2)
    assert found.accepted_until == waiver.expires
    assert {deviation.waiver for deviation in found.deviations} == {"W-1"}


def test_one_uncovered_deviation_keeps_the_test_failing(world):
    assessment = judged(world, world.waiver(scope={"account": ("ann",)}))
    (found,) = assessment.conclusions
    assert (found.conclusion, found.deviating, found.accepted, found.accepted_until) == ("deviations", 2, 1, None)
    assert not assessment.findings


def test_two_waivers_together_hold_until_the_first_of_them_expires(world):
    soon = world.now + timedelta(days=3)
    one = world.waiver(scope={"cost": ("10",)})
    other = world.waiver(id="W-2", scope={"account": ("bob", "eve"), "cost": ("9",)}, expires=soon)
    (found,) = judged(world, one, other).conclusions
    assert (found.conclusion, found.accepted_until) == ("waived", soon)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"approver": " Head  of Security "}, "waiver_self_approved"),
        ({"expires": "now"}, "waiver_expired"),
        ({"approved": "tomorrow"}, "waiver_not_yet"),
        ({"expires": "too late"}, "waiver_too_long"),
        ({"test": "other"}, "waiver_unknown"),
        ({"control": "access.other"}, "waiver_unknown"),
    ],
)
def test_a_waiver_that_is_not_in_order_accepts_nothing_and_is_found(world, changes, kind):
    times = {
        "now": world.now,
        "tomorrow": world.now + timedelta(days=1),
        "too late": world.now + timedelta(days=179, seconds=1),
    }
    waiver = world.waiver(**{name: times.get(value, value) for name, value in changes.items()})
    assessment = judged(world, waiver)
    assert assessment.conclusions[0].conclusion == "deviations"
    assert [(finding.kind, finding.place) for finding in assessment.findings] == [(kind, waiver.place)]


def test_a_waiver_may_run_as_long_as_the_organisation_allows_and_not_a_second_longer(world):
    month = Organisation("Sample", "https://sample.example", "The service", longest_waiver=timedelta(days=31))
    assert judged(world, world.waiver(), organisation=month).conclusions[0].conclusion == "waived"
    longer = world.waiver(expires=world.now + timedelta(days=30, seconds=1))
    assert judged(world, longer, organisation=month).conclusions[0].conclusion == "deviations"


def test_it_is_in_force_from_its_first_moment_and_not_at_its_last(world):
    assert judged(world, world.waiver(approved=world.now)).conclusions[0].conclusion == "waived"
    assert judged(world, world.waiver(expires=world.now)).conclusions[0].conclusion == "deviations"


def test_a_waiver_that_accepts_nothing_is_unused(world):
    assessment = judged(world, world.waiver(), accounts=[world.account()])
    assert [finding.kind for finding in assessment.findings] == ["waiver_unused"]
    assert assessment.conclusions[0].conclusion == "no_deviations"


def test_nobody_can_tell_whether_a_waiver_is_used_while_the_test_is_inconclusive(world):
    assessment = judged(world, world.waiver(), accounts=lambda key: world.broken(key, "denied"))
    assert not assessment.findings


@pytest.mark.parametrize("scope", [{"role": ("member",)}, {"nothing": ("x",)}, {"groups": ("staff",)}])
def test_a_scope_that_does_not_match_covers_nothing(world, scope):
    assessment = judged(world, world.waiver(scope=scope))
    assert assessment.conclusions[0].conclusion == "deviations"
    assert [finding.kind for finding in assessment.findings] == ["waiver_unused"]


def test_a_waiver_for_one_source_leaves_the_others_failing(world):
    sources = (world.source("one"), world.source("two"))
    conclusions = judged(world, world.waiver(source="two"), sources=sources).conclusions
    assert [found.conclusion for found in conclusions] == ["deviations", "waived"]
