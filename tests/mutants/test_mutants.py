"""For each mutant: it is really broken, exactly its tests end with deviations, and its sentences fall."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from mutations.mutant import Mutant
from mutations.table import MUTANTS
from mutations.world import World, fallen, resting_on

from trustcenter.model.assessment import Assessment

pytestmark = [pytest.mark.mutant, pytest.mark.live]

each = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)


def conclusions(assessment: Assessment) -> dict[str, str]:
    return {f"{one.control}/{one.test}": one.conclusion for one in assessment.conclusions}


@each
def test_a_mutant_is_caught_where_it_is_broken_and_nowhere_else(world: World, mutant: Mutant) -> None:
    """What is broken shows to a plain client; the real line finds it; every sentence that rests on it falls."""
    assert not mutant.broken(world.scene), "a proof that the good platform gives too proves nothing"
    with ExitStack() as stack:
        scene = mutant.change(world, stack)
        assert mutant.broken(scene), "this mutant breaks nothing"
        line, assessment = world.judged(scene, mutant.collectors)
    expected = conclusions(world.good) | dict.fromkeys(mutant.falls, "deviations")
    assert conclusions(assessment) == expected
    assert fallen(line, assessment) == fallen(world.line, world.good) | resting_on(line, mutant.falls)
    assert not fallen(world.line, world.good) & resting_on(line, mutant.falls)
    for one in assessment.conclusions:
        if one.conclusion == "deviations":
            assert one.place.file.startswith("controls/")
            assert one.place.line > 1


@each
@pytest.mark.deep
def test_a_mutant_falls_alone_where_everything_is_collected(world: World, mutant: Mutant) -> None:
    """Every collector looks at the broken platform: nothing that still holds is called broken."""
    with ExitStack() as stack:
        _, assessment = world.judged(mutant.change(world, stack), None)
    expected = conclusions(world.good) | dict.fromkeys(mutant.falls | mutant.elsewhere, "deviations")
    assert conclusions(assessment) == expected
