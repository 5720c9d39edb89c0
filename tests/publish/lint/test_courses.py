"""What is one course and no contradiction: branches, tiers, stages, acts, clients, kinds of data."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page
from trustcenter.publish.lint.clients import clients, other_clients
from trustcenter.publish.lint.courses import deeds, other_stages, schemes, stages, tiers


def test_tiers_are_those_set_side_by_side() -> None:
    """A cadence names a tier where one paragraph tells of several; alone it is a value."""
    several = read_page("a.md", "# Copies\n\nDaily snapshots are kept 7 days. Monthly snapshots are kept a year.\n")
    single = read_page("b.md", "# Copies\n\nDaily backups are made.\n\n# More\n\nWeekly backups are made.\n")

    assert schemes(several.passages) == {"daily", "monthly"}
    assert schemes(single.passages) == frozenset()
    assert tiers("The last full backup of a year is kept.") == {"yearly"}


def test_stages_and_acts_have_names() -> None:
    """Live data and backups are two stages; `erased` and `purged` are one act."""
    assert stages("Live data is deleted.") == {"live"}
    assert other_stages("Live data goes within 5 days.", "Backups go 30 days later.")
    assert not other_stages("All data is deleted within 5 days.", "Backups go 30 days later.")
    assert deeds("It is erased.") == deeds("It is purged.")
    assert deeds("Within a day of confirmation.") == frozenset()


def test_clients_have_minimums_of_their_own() -> None:
    """An app and a browser are two clients; all connections are none."""
    assert clients("All connections use TLS 1.2.") == frozenset()
    assert other_clients("TLS 1.3 for the app.", "TLS 1.2 for browsers.")
    assert other_clients("Points of the G3 series: TLS 1.3.", "G1 and G2 points: TLS 1.2.")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("While on duty, the app sends a position every minute. If off duty, the app sends a position every hour.", []),
        ("Connections use TLS 1.2 at least. The mobile app uses TLS 1.3 only.", []),
        ("Connections use TLS 1.2 at least. The mobile app uses TLS 1.0.", ["value.tls-minimum"]),
        ("Patient data stays in Canada. Support tickets are held in the United States.", []),
        ("All data stays in Canada. Support tickets are held in the United States.", ["value.residency"]),
    ],
)
def test_what_speaks_of_one_thing(text: str, rules: list[str], today: date) -> None:
    """Only values of one thing are held against each other."""
    assert [found.rule for found in lint([read_page("a.md", f"# Security\n\n{text}\n")], today)] == rules
