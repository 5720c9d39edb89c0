"""The good platform raises nothing: the same line, the same controls, no mutant."""

from __future__ import annotations

import pytest
from mutations.server import KNOCK, NETWORK
from mutations.world import World, fallen, resting_on

from trustcenter.model.control import Control

pytestmark = [pytest.mark.mutant, pytest.mark.live]


def in_place(control: Control) -> bool:
    return control.progress is None and control.not_applicable is None


WITHOUT_A_NETWORK = {f"{KNOCK} on portal": "not_applicable"}
"""What a machine with no address but loopback has nothing to try: it is not called held there."""


def test_nothing_deviates_and_nothing_is_left_open(world: World) -> None:
    troubled = {
        f"{one.control}/{one.test} on {one.source}": (one.conclusion, one.cause, one.reason, one.deviations)
        for one in world.good.conclusions
        if one.conclusion != "no_deviations"
    }
    assert {name: seen[0] for name, seen in troubled.items()} == ({} if NETWORK else WITHOUT_A_NETWORK), troubled
    assert not world.good.findings


def test_every_sentence_of_a_control_in_place_stands(world: World) -> None:
    controls = world.line.catalogue.controls
    tests = frozenset(f"{control.id}/{test.id}" for control in controls if in_place(control) for test in control.tests)
    tests -= frozenset() if NETWORK else {KNOCK}
    assert not fallen(world.line, world.good) & resting_on(world.line, tests)


@pytest.mark.deep
def test_looking_again_finds_the_same(world: World) -> None:
    """What collectors do to the platform does not break it: a second look is as clean as the first."""
    _, again = world.judged(world.scene, None)
    clean = ("no_deviations", "not_applicable")
    assert [one for one in again.conclusions if one.conclusion not in clean] == []
