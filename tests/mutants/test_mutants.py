"""For each mutant: it is really broken, exactly its tests end with deviations, and its sentences fall."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import pytest
from mutations.mutant import Mutant
from mutations.page import printed
from mutations.table import MUTANTS, further
from mutations.world import World, fallen, resting_on

from trustcenter.model.assessment import Assessment
from trustcenter.pipeline.line import Line
from trustcenter.publish.questionnaire import Answerable, Matcher, decide

pytestmark = [pytest.mark.mutant, pytest.mark.live]

FURTHER = further()
RUNS = 5
"""Of the whole list, in the long run: each mutant is found every time, whatever those before it left."""
each = pytest.mark.parametrize(
    "mutant",
    [pytest.param(one, id=one.id, marks=[pytest.mark.deep] if one.id in FURTHER else []) for one in MUTANTS],
)
several = pytest.mark.parametrize(
    "time", [pytest.param(n, id=f"run-{n}", marks=[pytest.mark.deep] if n > 1 else []) for n in range(1, RUNS + 1)]
)


def conclusions(assessment: Assessment) -> dict[str, str]:
    return {f"{one.control}/{one.test}": one.conclusion for one in assessment.conclusions}


def reasons(assessment: Assessment) -> str:
    """What was not clean, and the first items that made it so."""
    return "\n".join(
        f"{one.control}/{one.test}: {one.conclusion} {one.cause or ''} {one.reason or ''} "
        + "; ".join(f"{item.key}: {item.failed}" for item in one.deviations[:3])
        for one in assessment.conclusions
        if one.conclusion != "no_deviations"
    )


def the_page_says_so(world: World, line: Line, assessment: Assessment, falls: set[str]) -> None:
    """On the rendered page the sentences that rest on what broke are gone or denied, and every other one stands."""
    before, after = world.page, printed(line, assessment)
    assert set(before.standing) - set(after.standing) == falls, "the sentence that must fall, falls, and nothing else"
    assert {claim: shape for claim, shape in before.shapes.items() if claim not in falls} == after.shapes
    for claim in falls:
        assert after.headlines[claim].startswith('<span class="not">'), after.headlines[claim]
        if after.headlines[claim].startswith('<span class="not">Not currently confirmed:'):
            assert before.standing[claim] not in after.everything, "a withdrawn sentence stands nowhere"
        the_answers_say_so(before.quotable[claim], after.quotable[claim], assessment)
    for claim in after.standing:
        assert not after.headlines[claim].startswith('<span class="not">') or "accepted" in after.headlines[claim]


def the_answers_say_so(before: Answerable, after: Answerable, assessment: Assessment) -> None:
    """What a questionnaire was answered from the sentence while it stood, is left to a person now that it fell."""
    for words in before.aliases:
        question = f"Do you have {words}?"
        stood, fell = (decide(question, Matcher((one,), ()), assessment.as_of) for one in (before, after))
        assert fell.outcome != "answered", (question, fell)
        assert stood.outcome != "answered" or fell.outcome == "needs_review", (question, fell)


@each
@several
def test_a_mutant_is_caught_where_it_is_broken_and_nowhere_else(world: World, mutant: Mutant, time: int) -> None:
    """What is broken shows to a plain client; the real line finds it; every sentence that rests on it falls."""
    assert not mutant.broken(world.scene), "a proof that the good platform gives too proves nothing"
    with ExitStack() as stack:
        scene = mutant.change(world, stack)
        assert mutant.broken(scene), "this mutant breaks nothing"
        line, assessment = world.judged(scene, mutant.collectors)
    expected = conclusions(world.good) | dict.fromkeys(mutant.falls, "deviations")
    assert conclusions(assessment) == expected, reasons(assessment)
    assert fallen(line, assessment) == fallen(world.line, world.good) | resting_on(line, mutant.falls)
    assert not fallen(world.line, world.good) & resting_on(line, mutant.falls)
    the_page_says_so(world, line, assessment, resting_on(line, mutant.falls))
    for one in assessment.conclusions:
        if one.conclusion == "deviations":
            assert one.place.file.startswith("controls/")
            assert one.place.line > 1


@each
@pytest.mark.deep
def test_a_mutant_falls_alone_where_everything_is_collected(world: World, mutant: Mutant) -> None:
    """Every collector looks at the broken platform: nothing that still holds is called broken."""
    whole = replace(world, whole=True)
    with ExitStack() as stack:
        scene = mutant.change(whole, stack)
        assert mutant.broken(scene)
        _, assessment = whole.judged(scene, None)
    expected = conclusions(world.good) | dict.fromkeys(mutant.falls | mutant.elsewhere, "deviations")
    expected |= dict.fromkeys(mutant.unclear, "inconclusive")
    assert conclusions(assessment) == expected, reasons(assessment)
