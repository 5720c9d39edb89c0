"""Two assessments compared."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from trustcenter.assess.drift import compare
from trustcenter.model.assessment import Assessment, Conclusion, Deviation

GOOD = {"no_deviations", "no_occurrences"}


def assessment(world, *conclusions):
    return Assessment(world.now, "1", "sha256:cc", conclusions)


def changes(world, before, after):
    return compare(assessment(world, before), None, assessment(world, after), None)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(get_args(Conclusion), repeat=2)))
def test_every_turn_of_a_conclusion_is_one_change_and_no_turn_to_the_worse_is_missed(world, before, after):
    found = changes(world, world.conclusion(conclusion=before), world.conclusion(conclusion=after))
    assert len(found) == (before != after)
    if before == after:
        return
    (change,) = found
    assert change.subject == "access.second-factor/enrolled"
    assert change.place == world.place
    if after in GOOD:
        assert not change.weakens
    if (before in GOOD and after not in GOOD) or after in ("deviations", "not_applicable"):
        assert change.weakens
    if (before, after) == ("deviations", "inconclusive"):
        assert change.kind == "conclusion_changed"


def test_nothing_changed(world):
    assert changes(world, world.conclusion(), world.conclusion()) == ()


def deviating(world, *keys, rows=True):
    deviations = tuple(Deviation(key, ("cost is at least 12",), {"account": key}) for key in keys)
    return world.conclusion(
        conclusion="deviations", deviating=len(keys), passed=10 - len(keys), deviations=deviations if rows else ()
    )


def test_new_deviations_are_seen_even_where_as_many_were_repaired(world):
    (change,) = changes(world, deviating(world, "ann"), deviating(world, "bob"))
    assert (change.kind, change.weakens) == ("more_deviations", True)
    assert "bob" not in change.sentence


def test_of_public_assessments_the_number_is_compared(world):
    assert changes(world, deviating(world, "ann", rows=False), deviating(world, "bob", rows=False)) == ()
    (change,) = changes(world, deviating(world, "a", rows=False), deviating(world, "b", "c", rows=False))
    assert (change.kind, change.before, change.after) == ("more_deviations", "1", "2")


def test_fewer_deviations_are_better(world):
    (change,) = changes(world, deviating(world, "ann", "bob"), deviating(world, "ann"))
    assert (change.kind, change.weakens) == ("fewer_deviations", False)


@pytest.mark.parametrize(
    ("size", "kinds"), [(8, []), (7, ["population_shrunken"]), (20, []), (21, ["population_grown"])]
)
def test_a_population_that_lost_more_than_the_share_is_reported(world, size, kinds):
    found = changes(world, world.conclusion(), world.conclusion(size=size))
    assert [change.kind for change in found] == kinds
    assert [change.weakens for change in found] == [kind == "population_shrunken" for kind in kinds]


@pytest.mark.parametrize(("size", "kind"), [(2, "population_shrunken"), (40, "population_grown")])
def test_a_population_that_is_examined_whole_is_reported_once(world, size, kind):
    whole = world.conclusion(examined=10, passed=10, size=10)
    (change,) = changes(world, whole, world.conclusion(examined=size, passed=size, size=size))
    assert (change.kind, "population" in change.sentence) == (kind, True)


def test_a_part_that_shrank_is_reported_though_the_population_did_not(world):
    (change,) = changes(world, world.conclusion(), world.conclusion(examined=2, passed=2))
    assert (change.kind, change.weakens) == ("population_shrunken", True)


def test_an_inconclusive_test_says_nothing_about_sizes(world):
    unknown = world.conclusion(conclusion="inconclusive", cause="denied", size=0, examined=0, passed=0)
    assert [change.kind for change in changes(world, world.conclusion(), unknown)] == ["conclusion_worse"]


def test_a_weaker_method_is_weaker_and_a_stronger_one_is_not(world):
    probe, words = world.conclusion(method="probe"), world.conclusion(method="representation")
    assert [(c.kind, c.weakens) for c in changes(world, probe, words)] == [("method_weaker", True)]
    assert [(c.kind, c.weakens) for c in changes(world, words, probe)] == [("method_stronger", False)]


def test_what_is_no_longer_judged_is_reported_once(world):
    def kinds(kept, gone):
        found = compare(assessment(world, kept, *gone), None, assessment(world, kept), None)
        return [(change.kind, change.weakens) for change in found]

    kept = world.conclusion()
    assert kinds(kept, [world.conclusion(source="other")]) == [("source_removed", True)]
    tests = [world.conclusion(test="other", source=name) for name in ("a", "b")]
    assert kinds(kept, tests) == [("test_removed", True)]
    controls = [world.conclusion(control="access.other", test=name) for name in ("a", "b")]
    assert kinds(kept, controls) == [("control_removed", True)]


def test_a_catalogue_says_itself_what_it_no_longer_declares(world):
    one, other = world.control(), world.control(name="access.other")
    before = assessment(world, world.conclusion(), world.conclusion(control="access.other"))
    after = assessment(world, world.conclusion())
    found = compare(before, world.catalogue(one, other), after, world.catalogue(one))
    assert [(change.kind, change.subject) for change in found] == [("control_removed", "access.other")]
