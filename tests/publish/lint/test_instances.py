"""An act ruled out for a kind of thing, and done to one of that kind: each act finds its cases and stays silent."""

from __future__ import annotations

import pytest

from trustcenter.publish.lint.checks import instances, lossy, only
from trustcenter.publish.lint.page import Corpus
from trustcenter.publish.lint.reading import read_page


def _rules(case: str) -> list[str]:
    text = case if case.startswith("#") else f"# One\n\n{case}"
    page = read_page("case.md", text.replace(" || ", "\n\n"), "markdown")
    return [one.rule for one in instances.check(Corpus((page,)))]


@pytest.mark.parametrize("act", instances.acts(), ids=lambda one: str(one.id))
def test_an_act_ruled_out_and_done(act: instances.Act) -> None:
    """The denial and its instance are found together; another thing, a condition and the owner's own act are not."""
    assert act.found
    assert act.silent
    for case in act.found:
        assert any(rule.endswith(f"instance-{act.id}") for rule in _rules(case)), case
    for case in act.silent:
        assert _rules(case) == [], case


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Only scientists can see test results.\n\nThe sales team cannot see test results.", False),
        ("Only scientists can see test results.\n\nThe sales team also can see test results.", True),
        ("Only scientists can see test results.\n\nScientists can see test results at home.", False),
        ("Access to salaries is limited to managers.\n\nReception can see salaries.", True),
        ("Only nurses can open charts.\n\n| Role | Can see |\n|---|---|\n| Reception | All charts |\n", True),
        ("Only nurses can open charts.\n\n| Role | Can see |\n|---|---|\n| Reception | No charts |\n", False),
    ],
)
def test_only_some_may(text: str, found: bool) -> None:
    """Another role that may do the same; the same role, a denial and another thing take nothing back."""
    page = read_page("case.md", f"# One\n\n{text}\n", "markdown")

    assert bool(list(only.check(Corpus((page,))))) is found


def test_more_is_lost_than_the_copies_allow() -> None:
    """A copy an hour cannot keep ten minutes; one that follows continuously can."""

    def found(text: str) -> int:
        return len(list(lossy.check(Corpus((read_page("case.md", f"# One\n\n{text}\n", "markdown"),)))))

    assert found("Results are copied to a second site every hour.\n\nAt most ten minutes of results are lost.") == 1
    assert found("Results are copied to a second site every minute.\n\nAt most ten minutes of results are lost.") == 0
    assert found("Copies are made every hour, beside continuous archiving.\n\nAt most ten minutes are lost.") == 0
    assert found("Copies are tested every year.\n\nAt most ten minutes of results are lost.") == 0
