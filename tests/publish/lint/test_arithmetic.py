"""What follows by computing: minutes from a percentage, what stays after all was deleted, versions of one page."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page


def _rules(text: str, today: date, name: str = "page.md") -> set[str]:
    return {one.rule for one in lint([read_page(name, text)], today)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We commit to 99.99% availability a month, which means no more than 44 minutes of downtime.", True),
        ("We commit to 99.9% availability a month, which means no more than 44 minutes of downtime.", False),
        ("We commit to 99.9% availability a year. That allows at most 9 hours of downtime per year.", False),
        ("We commit to 99.5% availability a year. That allows at most 9 hours of downtime per year.", True),
        ("We commit to 99.9% availability a month. Two outages of more than 15 minutes are described below.", False),
        (
            "Over the last year it was available 99.99% of the year.\n\nOn 3 May 2026 it was down for 5 hours.",
            True,
        ),
        (
            "Over the last year the service was available 99.9% of the year.\n\nOn 3 May 2026 it was down for 5 hours.",
            False,
        ),
        (
            "Over the last year uptime was 99.99% of the year.\n\nIt was unavailable from 9:05 a.m. to 11:50 a.m.",
            True,
        ),
    ],
)
def test_minutes_follow_from_the_percentage(text: str, found: bool, today: date) -> None:
    """A quarter is forgiven, since pages round and months differ."""
    rules = _rules(f"# Page\n\n## Uptime\n\n{text}\n", today)

    assert bool(rules & {"value.downtime", "value.outage"}) is found, rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("All records are erased within 30 days.\n\nTax records are held for 7 years after you leave.", True),
        ("All records are erased within 30 days, except tax records.\n\nTax records are held for 7 years.", False),
        ("All pupil records are deleted within 60 days.\n\nPast pupils are cleared in one batch each July.", True),
        ("All pupil records are deleted within 60 days.\n\nRecords of pupils are backed up each July.", False),
        ("All photos are erased within 30 days.\n\nMeter readings are held for seven years by law.", False),
        ("All your data is deleted at once.\n\nChats stay with us indefinitely after closure.", True),
        ("We keep access logs for six years.\n\nThe access log overwrites the oldest after about 20 months.", True),
        ("We keep access logs for one year.\n\nThe access log overwrites the oldest after about 20 months.", False),
        ("We keep invoices for six years.\n\nThe access log overwrites the oldest after about 20 months.", False),
    ],
)  # fmt: skip
def test_what_stays_after_all_was_deleted(text: str, found: bool, today: date) -> None:
    """A kind that stays longer is among all; one that the promise leaves out, or another kind, is not."""
    rules = _rules(f"# Page\n\n## Retention\n\n{text}\n", today)

    assert bool({one for one in rules if one.startswith("retention.")}) is found, rules


@pytest.mark.parametrize(
    ("top", "bottom", "found"),
    [
        ("This policy (Version 4.2) describes things.", "Security Policy, v4.0.", True),
        ("This policy (Version 4.2) describes things.", "Security Policy, v4.2.", False),
        ("Version 6 replaces version 5.", "This page describes our service.", False),
        ("This page was last updated: 3 May 2026.", "Last updated: 4 March 2025", True),
        ("This page requires TLS version 1.2.", "Our API is at version 3.1.", False),
        ("This policy is effective from 1 March 2026.", "Last reviewed: 3 May 2026", False),
    ],
)
def test_a_page_names_one_version_of_itself(top: str, bottom: str, found: bool, today: date) -> None:
    """By its number, or by dates of one kind; other documents' versions and histories are not its own."""
    middle = "\n\n".join(f"Point {number} says something about the service." for number in range(3))
    rules = _rules(f"# Security Policy\n\n{top}\n\n## Body\n\n{middle}\n\n{bottom}\n", today)

    assert ("reference.version" in rules) is found, rules


def test_a_drawn_text_has_titles_and_cells(today: date) -> None:
    """Titles underlined by a rule, and a table whose columns are set apart by blanks, with a cell on two lines."""
    text = (
        "1. WHO HELPS\n------------\n\n  Amber Inc.     Hosting        Ohio\n  Lingua GmbH    Translation    Berlin,\n"
        "                 of letters     Germany\n  Crate LLC      Storage        Oregon\n"
    )
    page = read_page("page.txt", text)

    assert [one.text for one in page.passages if one.kind == "title"] == ["1. WHO HELPS"]
    rows = [one.cells for one in page.passages if one.cells]
    assert rows[1] == ("Lingua GmbH", "Translation of letters", "Berlin, Germany")
    assert len(rows) == 3


def test_a_line_of_inline_boxes_is_badges() -> None:
    """Three boxes and nothing beside them; a sentence with marked words stays one."""
    badges = read_page(
        "page.html", "<div><span>SOC 2 Type II</span> <span>No fees</span> <span>EU hosting</span></div>"
    )
    prose = read_page("page.html", "<p>We hold <b>SOC 2</b>, <b>ISO 27001</b> and <b>C5</b> today.</p>")

    assert [one.text for one in badges.passages] == ["SOC 2 Type II", "No fees", "EU hosting"]
    assert len(prose.passages) == 1
