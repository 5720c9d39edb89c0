"""How a check ends."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from trustcenter.assess.drift import compare
from trustcenter.assess.verdict import verdict
from trustcenter.model.assessment import Assessment, Finding

PRECEDENCE = (5, 2, 1, 3, 4)
"""As DESIGN.md has it, written out again."""


def assessment(world, *conclusions, findings=()):
    return Assessment(world.now, "1", "sha256:cc", conclusions, findings)


def cases(world):
    """What gives each code."""
    return {
        1: world.conclusion(test="deviating", conclusion="deviations", deviating=2, passed=8),
        3: world.conclusion(test="unseen", conclusion="inconclusive", cause="denied", reason="No."),
        4: world.conclusion(test="old", expires_at=world.now - timedelta(seconds=1)),
    }


@pytest.mark.parametrize("codes", [set(c) for n in range(6) for c in itertools.combinations(range(1, 6), n)])
def test_the_worst_code_wins_in_the_order_of_precedence(world, codes):
    found = [world.conclusion(), *(one for code, one in cases(world).items() if code in codes)]
    ended = verdict(
        assessment(world, *found),
        (),
        world.now,
        tampered=["entry 3"] if 5 in codes else (),
        problems=["a file"] if 2 in codes else (),
    )
    assert ended.code == next((code for code in PRECEDENCE if code in codes), 0)
    assert [reason.code for reason in ended.reasons] == [code for code in PRECEDENCE if code in codes]


def test_a_line_names_the_control_with_file_and_line(world):
    ended = verdict(assessment(world, cases(world)[1]), (), world.now)
    assert ended.lines == (
        "controls/access/second-factor.yaml:8:3: access.second-factor/deviating on portal: 2 of 10 items deviate",
    )


def test_a_waived_deviation_holds_until_its_waiver_expires(world):
    waived = world.conclusion(conclusion="waived", deviating=1, accepted=1, accepted_until=world.now)
    assert verdict(assessment(world, waived), (), world.now - timedelta(seconds=1)).code == 0
    assert verdict(assessment(world, waived), (), world.now).code == 1


def test_a_faulty_waiver_fails_the_check(world):
    finding = Finding("waiver_expired", "access.second-factor/enrolled", "waiver W-1 expired", world.place)
    assert verdict(assessment(world, world.conclusion(), findings=(finding,)), (), world.now).code == 1


def test_a_worse_state_than_last_time_is_drift_and_a_better_one_is_not(world):
    good = assessment(world, world.conclusion())
    waived = assessment(world, world.conclusion(conclusion="waived", accepted_until=world.now + timedelta(days=1)))
    assert verdict(waived, compare(good, None, waived, None), world.now).code == 1
    assert verdict(waived, compare(waived, None, waived, None), world.now).code == 0
    assert verdict(good, compare(waived, None, good, None), world.now).code == 0


def test_not_being_able_to_look_is_told_apart_from_having_seen_worse(world):
    good, unseen = (
        assessment(world, world.conclusion()),
        assessment(world, world.replace(cases(world)[3], test="enrolled")),
    )
    assert verdict(unseen, compare(good, None, unseen, None), world.now).code == 3


def test_an_assessment_of_nothing_holds_nothing(world):
    assert verdict(assessment(world), (), world.now).code == 3


def test_without_an_assessment_only_the_declared_changes_count(world):
    assert verdict(None, (), world.now).code == 0


def test_a_probe_that_contradicts_the_platforms_own_word_stands_first(world):
    """In the same control, on the same source; the probe's own deviation is said too, after it."""
    said = world.conclusion(test="limit", method="observation")
    tried = world.conclusion(test="tried", method="probe", conclusion="deviations", deviating=1, passed=0)
    before = world.conclusion(control="access.other", test="x", conclusion="deviations", deviating=1)
    ended = verdict(assessment(world, before, said, tried), (), world.now)

    assert ended.code == 1
    assert "tried on portal: what was tried contradicts what the platform says of itself (limit holds" in ended.lines[0]
    assert len(ended.lines) == 3


@pytest.mark.parametrize(
    ("said", "tried"),
    [
        ({"conclusion": "deviations", "deviating": 1}, {}),
        ({"conclusion": "inconclusive"}, {}),
        ({"method": "inspection"}, {}),
        ({"source": "another"}, {}),
        ({"control": "access.other"}, {}),
        ({}, {"conclusion": "inconclusive"}),
        ({}, {"conclusion": "no_deviations", "deviating": 0}),
        ({}, {"method": "inspection"}),
    ],
)
def test_nothing_is_called_a_contradiction_that_is_none(world, said, tried):
    """Another control, another source, another kind of looking, or no word to contradict."""
    one = world.conclusion(**{"test": "limit", "method": "observation", **said})
    other = world.conclusion(
        **{"test": "tried", "method": "probe", "conclusion": "deviations", "deviating": 1, **tried}
    )
    ended = verdict(assessment(world, one, other), (), world.now)

    assert not any("contradicts" in line for line in ended.lines)
