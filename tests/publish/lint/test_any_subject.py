"""Contradictions about subjects that no rule names: quantities, denials, cited articles, links within the page."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page
from trustcenter.publish.lint.likeness import same_part, stems


def _rules(text: str, today: date, name: str = "page.md") -> set[str]:
    return {one.rule for one in lint([read_page(name, text)], today)}


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("Post-mortems are published within five days.", "A post-mortem follows within 10 business days.", "value"),
        ("Maintenance is announced 7 days ahead.", "We give 48 hours' notice of maintenance.", "value"),
        ("The relay runs in three regions.", "The relay runs in a single region.", "value"),
        ("Seals are inspected monthly.", "Seals are inspected twice a year.", "value"),
        ("Relays are inspected.", "Relays are not inspected.", "status.denied"),
        ("Relays are encrypted.", "Relays of the archive are not encrypted yet.", "absolute.denied"),
    ],
)
def test_the_same_thing_said_in_two_ways(first: str, second: str, rule: str, today: date) -> None:
    """In one section, in either order of the two sentences for quantities."""
    found = _rules(f"# Page\n\n## Part\n\n{first}\n\n{second}\n", today)

    assert any(one.startswith(rule) for one in found), found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Critical findings are closed within five days.", "Low findings are closed within 30 days."),
        ("The lead is named within 30 minutes.", "The customer is told within 48 hours."),
        ("Encryption keys are replaced every year.", "Signing keys are replaced every 90 days."),
        ("Customers hear from us within 48 hours.", "The supervisory authority hears from us within 72 hours."),
        ("The examination covers Docs and does not cover Labs.", "The examination covers availability."),
        ("Access is reviewed each quarter.", "Policies are reviewed once a year."),
    ],
)
def test_two_things_stay_two_things(first: str, second: str, today: date) -> None:
    """Parts, people and objects of their own are never held against each other."""
    assert _rules(f"# Page\n\n## Part\n\n{first}\n\n{second}\n", today) == set()


def test_words_that_mean_the_same_are_one_subject() -> None:
    """Synonyms are one word, quantities and filler none."""
    assert stems("Sub-processors are announced within 30 days.") == stems("Notice of a subprocessor: two weeks")
    assert not same_part("critical findings", "low findings")
    assert same_part("critical findings", "findings")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The right of access follows Article 13.", True),
        ("Portability is granted under Article 17.", True),
        ("The right of access follows Article 15.", False),
        ("High-risk systems follow Article 13 of the AI Act.", False),
    ],
)
def test_articles_say_what_they_are_cited_for(text: str, found: bool, today: date) -> None:
    """Against the subjects of the GDPR's articles."""
    assert ("legal.article-mismatch" in _rules(f"# Page\n\n{text}\n", today)) is found


def test_links_within_a_page_lead_somewhere(today: date) -> None:
    """HTML ids and Markdown headings are what a fragment can lead to."""
    page = "<html><body><h1>A</h1><p>See <a href='#gone'>the log</a>.</p><p><a href='#here'>B</a></p><h2 id=here>B</h2>"

    assert "reference.anchor" in _rules(page, today, "page.html")
    assert "reference.anchor" not in _rules(page.replace("#gone", "#here"), today, "page.html")
    assert "reference.anchor" in _rules("# A\n\nSee [the log](#gone) for more.\n\n## Here\n\nText.\n", today)
    assert "reference.anchor" not in _rules("# A\n\nSee [the log](#here) for more.\n\n## Here\n\nText.\n", today)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The report is planned for the first half of 2026.", True),
        ("The report is planned for the second half of 2026.", False),
        ("Observation period April to September 2026; report due in December.", False),
        ("We test our plan every year; the last exercise took place in May 2026.", False),
        ("Multi-region operation is planned for 2028.", False),
    ],
)
def test_targets_that_have_passed(text: str, found: bool, today: date) -> None:
    """Only a date that its own clause speaks of as to come."""
    assert ("staleness.target" in _rules(f"# Page\n\n{text}\n", today)) is found
