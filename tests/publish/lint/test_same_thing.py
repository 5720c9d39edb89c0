"""What must be shown before two sentences are held against each other: one act, one object, one document."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page


def _rules(text: str, today: date) -> set[str]:
    return {one.rule for one in lint([read_page("page.md", text)], today)}


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("Our list of suppliers is linked below.", "The list of suppliers is not published.", "reference.withheld"),
        ("The harbour board meets on Fridays.", "The harbour board was dissolved in 2024.", "staleness.ended"),
        (
            "All data is erased within 20 days, backups included.",
            "Backups are kept for a quarter of a year, 90 days.",
            "retention.backups",
        ),
    ],
)
def test_one_thing_is_found(first: str, second: str, rule: str, today: date) -> None:
    """In sections of their own."""
    assert rule in _rules(f"# Page\n\n## One\n\n{first}\n\n## Other\n\n{second}\n", today)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A summary of the test report is linked below.", "The test report itself is confidential."),
        ("The list of suppliers can be downloaded below.", "The list of holidays is not published."),
        ("The harbour board meets on Fridays.", "The fish board was dissolved in 2024."),
        ("A red-team test is made every three years.", "A web application test is made every year."),
        ("Provider shall tell Customer of an incident within 36 hours.", "Provider shall answer within two days."),
        ("We tell clients of a breach within 48 hours.", "In May we told all 210 clients in 60 hours."),
        ("All data is erased within 60 days, backups included.", "Backups are kept for 30 days."),
        ("Hosting: Scaleway, Paris and Warsaw", "The crash reports go to Boston."),
        ("Our roles: 1.8 Regions: Virginia, Dublin, Sydney.", "A quiet day."),
        ("Dublin opened in December 2025 and will be in the next report.", "A quiet day."),
    ],
)
def test_two_things_stay_silent(first: str, second: str, today: date) -> None:
    """Objects, parties, documents and times of their own."""
    found = _rules(f"# Page\n\n## One\n\n{first}\n\n## Other\n\n{second}\n", today)
    assert not {one for one in found if one.split(".")[0] in ("value", "staleness", "retention", "reference")}
