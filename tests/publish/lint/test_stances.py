"""Topics of which a page may take one stance only: each finds its cases and stays silent beside them."""

from __future__ import annotations

import pytest

from trustcenter.publish.lint.checks import stances
from trustcenter.publish.lint.finding import FAMILIES
from trustcenter.publish.lint.reading import read_page
from trustcenter.publish.lint.words import expand


def _opposed(topic: stances.Topic, case: str) -> int:
    page = read_page("case.md", "# One\n\n" + case.replace(" || ", "\n\n"), "markdown")
    return len(list(stances.opposed(topic, stances.reads(page.passages))))


@pytest.mark.parametrize("topic", stances.topics(), ids=lambda one: str(one.id))
def test_a_topic_finds_and_stays_silent(topic: stances.Topic) -> None:
    """Two stances are found, in either order; one stance, another thing and a limit are not."""
    assert topic.found
    assert topic.silent
    assert topic.family in FAMILIES
    assert len(topic.why) > 20
    assert len(topic.suggestion) > 10
    for case in topic.found:
        assert _opposed(topic, case) == 1, case
        assert _opposed(topic, " || ".join(reversed(case.split(" || ")))) == 1, case
    for case in topic.silent:
        assert _opposed(topic, case) == 0, case


def test_topics_have_names_of_their_own() -> None:
    assert len({topic.id for topic in stances.topics()}) == len(stances.topics())


def test_classes_of_words() -> None:
    """A class stands for its words, and may name another class; counts in braces are left alone."""
    assert "engineers?" in expand("{staff}")
    assert "engineers?" in expand("{person}")
    assert expand(r"\d{1,3}") == r"\d{1,3}"
    with pytest.raises(KeyError):
        expand("{nosuchclass}")
