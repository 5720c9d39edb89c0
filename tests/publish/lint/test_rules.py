"""Every rule that is data finds what it must and stays silent where it must, in the cases written beside it."""

from __future__ import annotations

import pytest

from trustcenter.publish.lint.checks import acts, counted, exceptions, exclusive, held, opposites, patterns
from trustcenter.publish.lint.finding import FAMILIES
from trustcenter.publish.lint.page import Corpus
from trustcenter.publish.lint.reading import read_page
from trustcenter.publish.lint.rule_files import data

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


def _under_one_heading(case: str) -> Corpus:
    text = case if case.startswith("#") else f"# One\n\n{case}"
    return Corpus((read_page("case.md", text.replace(" || ", "\n\n"), "markdown"),))


@pytest.mark.parametrize("act", acts.acts(), ids=lambda one: str(one.id))
def test_an_act_that_is_denied_and_done(act: acts.Act) -> None:
    """The denial and what takes it back are found together; a condition, and what customers do, take nothing back."""
    for case in act.found:
        assert any(one.rule.endswith(act.id) for one in acts.check(_under_one_heading(case))), case
    for case in act.silent:
        assert [one.rule for one in acts.check(_under_one_heading(case))] == [], case


def test_what_is_passed_and_what_is_still_to_come() -> None:
    """One examination, held and open, is found; another one, its next step and a provider's are not."""
    cases = data("held")
    for case in cases["found"]:
        for order in (case.split(" || "), case.split(" || ")[::-1]):
            page = read_page("case.md", "\n\n".join(order), "markdown")
            assert [one.rule for one in held.check(Corpus((page,)))] == ["status.held-or-open"], case
    for case in cases["silent"]:
        page = read_page("case.md", case.replace(" || ", "\n\n"), "markdown")
        assert list(held.check(Corpus((page,)))) == [], case


def test_everything_and_what_is_left_out() -> None:
    """A sentence over everything and an exception near it; silent where the limit is said, or is another's."""
    cases = data("exceptions")
    for case in cases["found"]:
        assert len(list(exceptions.check(_under_one_heading(case)))) == 1, case
    for case in cases["silent"]:
        assert list(exceptions.check(_under_one_heading(case))) == [], case


PLANS = "# Plans\n\n| Plan | Included |\n|---|---|\n| Starter | Forms |\n| Team | Forms, {feature} |\n"
ACROSS = "# Plans\n\n| Feature | Starter | Team |\n|---|---|---|\n| SAML single sign-on | – | ✓ |\n"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("We run in three regions: Oregon, Frankfurt, Singapore and Sydney.", ["value.counted"]),
        ("We run in four regions: Oregon, Frankfurt, Singapore and Sydney.", []),
        ("We run in more than three regions: Oregon, Frankfurt, Singapore and Sydney.", []),
        ("SAML single sign-on is included in every plan.\n\n" + PLANS.format(feature="SAML"), ["scope.every-plan"]),
        ("SAML single sign-on is included in every plan.\n\n" + ACROSS, ["scope.every-plan"]),
        ("SSO is included in every plan.\n\nSSO is part of the Growth and Scale plans.", ["scope.every-plan"]),
        ("SAML single sign-on is included in every plan.\n\n" + PLANS.format(feature="phone support"), []),
        ("Backups are part of every plan.\n\n" + PLANS.format(feature="SAML"), []),
        (
            "We use two subprocessors.\n\n# Subprocessors\n\n| Name | Purpose |\n|---|---|\n| A | Mail |\n| B"
            " | Logs |\n"
            "| C | Hosting |\n",
            ["value.counted"],
        ),
        (
            "Two subprocessors receive mail addresses.\n\n# Subprocessors\n\n| Name | Purpose |\n|---|---|\n"
            "| A | Mail |\n"
            "| B | Logs |\n| C | Hosting |\n",
            [],
        ),
    ],
)
def test_what_is_counted_and_what_every_plan_has(text: str, rules: list[str]) -> None:
    """A number against the names or the table behind it; a feature of every plan against the plans."""
    assert [one.rule for one in counted.check(_under_one_heading(text))] == rules
