"""Two poles of one property, said far apart: each pair finds its cases and stays silent beside them."""

from __future__ import annotations

import pytest

from trustcenter.publish.lint.checks import poles
from trustcenter.publish.lint.finding import FAMILIES
from trustcenter.publish.lint.reading import read_page


def _found(pair: poles.Poles, case: str) -> int:
    text = case if case.startswith("#") else f"# One\n\n{case}"
    page = read_page("case.md", text.replace(" || ", "\n\n"), "markdown")
    said = [one for one in page.passages if one.kind != "title"]
    return len(list(poles.opposed(pair, said)))


@pytest.mark.parametrize("pair", poles.poles(), ids=lambda one: str(one.id))
def test_the_poles_find_and_stay_silent(pair: poles.Poles) -> None:
    """Both poles of one thing are found; of two things, or with a limit, they are not."""
    assert pair.found
    assert pair.silent
    assert pair.family in FAMILIES
    for case in pair.found:
        assert _found(pair, case) >= 1, case
    for case in pair.silent:
        assert _found(pair, case) == 0, case


def test_poles_have_names_of_their_own() -> None:
    assert len({pair.id for pair in poles.poles()}) == len(poles.poles())
