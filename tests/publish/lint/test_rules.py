"""Every rule that is data finds what it must and stays silent where it must, in the cases written beside it."""

from __future__ import annotations

import pytest

from trustcenter.publish.lint.checks import exclusive, opposites, patterns
from trustcenter.publish.lint.finding import FAMILIES
from trustcenter.publish.lint.page import Corpus
from trustcenter.publish.lint.reading import read_page

RULES = patterns.rules()


def _findings(rule: patterns.Rule, case: str) -> int:
    return len(list(rule.check(Corpus((read_page("case.txt", case.replace(" || ", "\n\n"), "text"),)))))


@pytest.mark.parametrize(
    ("rule", "case"), [(rule, case) for rule in RULES for case in rule.found], ids=lambda one: getattr(one, "id", None)
)
def test_the_rule_finds(rule: patterns.Rule, case: str) -> None:
    """The case contradicts itself, and the rule says so."""
    assert _findings(rule, case) >= 1, case


@pytest.mark.parametrize(
    ("rule", "case"), [(rule, case) for rule in RULES for case in rule.silent], ids=lambda one: getattr(one, "id", None)
)
def test_the_rule_is_silent(rule: patterns.Rule, case: str) -> None:
    """The case is the truthful way to say it."""
    assert _findings(rule, case) == 0, case


def test_each_rule_has_its_own_name_cases_and_family() -> None:
    """A rule without a case of each kind is not tested at all."""
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.found, rule.id
        assert rule.silent, rule.id
        assert rule.family in FAMILIES, rule.id
        assert len(rule.why) > 20, rule.id
        assert len(rule.suggestion) > 10, rule.id


def _opposed(opposition: opposites.Opposition, case: str) -> int:
    page = read_page("case.md", case.replace(" || ", "\n\n"), "markdown")
    said = [one for one in page.passages if one.kind != "title"]
    return len(list(opposites.opposed(opposition, said)))


@pytest.mark.parametrize("opposition", opposites.oppositions(), ids=lambda one: str(one.id))
def test_the_opposition_finds_and_stays_silent(opposition: opposites.Opposition) -> None:
    """Opposite words of one thing are found; opposite words of two things, or parts, are not."""
    assert opposition.found
    assert opposition.silent
    assert opposition.family in FAMILIES
    for case in opposition.found:
        assert _opposed(opposition, f"# One\n\n{case}" if not case.startswith("#") else case) >= 1, case
    for case in opposition.silent:
        assert _opposed(opposition, f"# One\n\n{case}") == 0, case


@pytest.mark.parametrize("alternatives", exclusive.sets(), ids=lambda one: str(one.name))
def test_the_only_one_of_a_set(alternatives: exclusive.Alternatives) -> None:
    """Another member named elsewhere takes the word back; the same one, and another for something else, does not."""

    def found(case: str) -> list[exclusive.Finding]:
        return list(exclusive.check(Corpus((read_page("case.txt", case.replace(" || ", "\n\n"), "text"),))))

    assert alternatives.found
    assert alternatives.silent
    for case in alternatives.found:
        assert len(found(case)) == 1, case
    for case in alternatives.silent:
        assert found(case) == [], case
