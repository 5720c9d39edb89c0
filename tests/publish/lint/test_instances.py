"""An act ruled out for a kind of thing, and done to one of that kind: each act finds its cases and stays silent."""

from __future__ import annotations

import pytest

from trustcenter.publish.lint.checks import instances
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
