"""Whoever adds an automatic control adds a mutant: the table is held against the controls as they are now."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutations.table import MUTANTS, further

from trustcenter.assess.cases import can_deviate, in_force
from trustcenter.assess.plan import plan
from trustcenter.pipeline.line import Line, open_line

pytestmark = pytest.mark.mutant

ONLY_DECLARED = {
    "declarations": "it repeats what persons state; the controls that read it are manual and claim no more",
    "documents": "it finds what persons wrote; the controls that read it are manual and claim no more",
}
"""Collectors that no automatic control of this instance reads."""


@pytest.fixture(scope="module")
def line(repository: Path) -> Line:
    return open_line(repository, {})


def test_every_test_of_every_automatic_control_has_a_mutant(line: Line) -> None:
    declared = {
        f"{control.id}/{test.id}"
        for control in line.catalogue.controls
        if in_force(control)
        for test in control.tests
        if can_deviate(test)
    }
    assert declared
    covered = {name for mutant in MUTANTS for name in mutant.falls}
    assert not declared - covered, "write a mutant that breaks exactly what these tests look at"
    assert not covered - declared, "these mutants name tests that are not declared"


def test_what_is_left_to_the_long_run_breaks_no_control_that_the_short_one_does_not() -> None:
    later = further()
    short = {name for mutant in MUTANTS if mutant.id not in later for name in mutant.falls}
    every = {name for mutant in MUTANTS for name in mutant.falls}
    assert later
    assert {name.partition("/")[0] for name in short} == {name.partition("/")[0] for name in every}


def test_every_automatic_control_has_a_test_that_can_deviate(line: Line) -> None:
    idle = [
        control.id
        for control in line.catalogue.controls
        if in_force(control) and not any(map(can_deviate, control.tests))
    ]
    assert not idle


def test_mutants_span_the_collectors(line: Line) -> None:
    """Each collector that a control of this instance reads sees a mutant, or no automatic control rests on it."""
    read = {key.collector for key in plan(line.catalogue, line.collectors).fetches}
    spanned = {name for mutant in MUTANTS for name in mutant.collectors}
    assert spanned | ONLY_DECLARED.keys() == read
    assert not spanned & ONLY_DECLARED.keys()


def test_what_only_persons_declare_is_no_automatic_control_s_proof(line: Line) -> None:
    readers = {
        control.id
        for control in line.catalogue.controls
        if in_force(control) and any(test.collector in ONLY_DECLARED for test in control.tests)
    }
    assert not readers


def test_identifiers_are_different() -> None:
    assert len({mutant.id for mutant in MUTANTS}) == len(MUTANTS)
