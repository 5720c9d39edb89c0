"""Contradictions told by the nouns, verbs and figures of both sentences alone: no list names what they are about."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page

LIST = "| Company | For |\n|---|---|\n| Ex Oy | mail |\n| Wy Oy | web |"
DATA = "| Data | Kept |\n|---|---|\n| Names | a year |\n| Chat | a day |"
ROAD = "## Road map\n\n| What | State | When |\n|---|---|---|\n| Signed photo timestamps | not started | Q1 2028 |"
PLANS = "| | Small | Large |\n|---|---|---|\n"
FOUND = [
    (
        "capability.denied-act",
        "Ledgers are sealed for you; Acme cannot unseal them.",
        "When a job starts, our clerk unseals the ledgers with our key.",
    ),
    ("capability.denied-act", "Nobody at Acme can play voicemails.", "Our agents play voicemails to sort them."),
    (
        "status.roadmap",
        "Each parcel photo carries a signed timestamp.",
        ROAD,
    ),
    (
        "scope.plan-figure",
        "Voicemails are kept for 90 days for all customers.",
        f"## Limits\n\n{PLANS}| Voicemail retention | 7 days | 90 days |",
    ),
    ("capability.own-or-shared", "Each tenant gets its own kiln.", "The kiln is shared between tenants in summer."),
    (
        "gap.complete-list",
        "Parcels are photographed by Snapwright before they leave.",
        f"## Subprocessors\n\nThis is the complete list.\n\n{LIST}",
    ),
    (
        "gap.complete-list",
        "Parking tickets of visitors are photographed.",
        f"## Data\n\nThe table lists everything we collect.\n\n{DATA}",
    ),
    (
        "term.one-or-several",
        "## Words\n\n**Depot:** The whole of your company. One customer has one depot.",
        f"## Limits\n\n{PLANS}| Depots | 1 depot | Up to 10 depots |",
    ),
    (
        "term.something-else",
        "“Porter” in this document means the program that fetches jobs.",
        "## Sorting\n\nAt night a porter reads the labels. It is a language model.",
    ),
    (
        "retention.used-longer",
        "Parcel weight records are deleted after 6 months.",
        "The yearly chart draws on parcel weight records from the past three years.",
    ),
    (
        "reference.document-version",
        "The current data processing agreement is version 3.0.",
        "Our DPA (current version: 2.4) is in the archive.",
    ),
    ("gap.address-at-end", "Write to the address given at the end of this page.", "## End\n\n© Acme"),
    (
        "value.outage",
        "Uptime was 99.95% or better in each of the last twelve months.",
        "| Date | What | How long |\n|---|---|---|\n| 1 May 2026 | Portal unavailable | 3 h 20 min |",
    ),
    (
        "staleness.target",
        "Read on.",
        "## Roadmap\n\n| Item | Target | State |\n|---|---|---|\n| Streaming of ledgers | Q3 2025 | in progress |",
    ),
]
SILENT = [
    ("Ledgers are sealed; Acme cannot unseal them.", "Your own clerk unseals the ledgers."),
    ("Acme cannot unseal ledgers without your key.", "At night our clerk unseals the ledgers."),
    (
        "Each parcel photo carries a plain timestamp.",
        ROAD,
    ),
    (
        "Request lines are kept for 90 days for all customers.",
        f"## Limits\n\n{PLANS}| Audit trail | 7 days | 90 days |",
    ),
    ("Each tenant gets its own kiln.", "The oven is shared between tenants in summer."),
    (
        "Parcels are photographed by Ex before they leave.",
        f"## Subprocessors\n\nThis is the complete list.\n\n{LIST}",
    ),
    (
        "“Porter” in this document means the program that fetches jobs.",
        "## Sorting\n\nAt night a porter reads the labels. It is a small program.",
    ),
    (
        "Parcel weight records are deleted after 6 months.",
        "The yearly chart draws on averages of parcel weight records from the past three years.",
    ),
    ("Write to the address given at the end of this page.", "## End\n\n© Acme, privacy@acme.example"),
]


def _rules(first: str, second: str, today: date) -> set[str]:
    return {one.rule for one in lint([read_page("page.md", f"# Page\n\n## Part\n\n{first}\n\n{second}\n")], today)}


@pytest.mark.parametrize(("rule", "first", "second"), FOUND)
def test_found(rule: str, first: str, second: str, today: date) -> None:
    """Both sentences have the same nouns and verbs, and only one can hold."""
    assert rule in _rules(first, second, today)


@pytest.mark.parametrize(("first", "second"), SILENT)
def test_silent(first: str, second: str, today: date) -> None:
    """One word apart from what is found: another actor, another thing, a stated limit."""
    rules = {rule for rule, *_ in FOUND}

    assert _rules(first, second, today) & rules == set()


def test_badges_in_one_line_of_markdown(today: date) -> None:
    """Three marked pieces in a line are a summary, and each needs a sentence below."""
    text = "# Trust\n\n`SOC 2 Type II` `GDPR compliant` `FIPS 140-3`\n\n## Part\n\nOur SOC 2 report is of May 2026.\n\n"
    found = lint([read_page("page.md", f"{text}We act as a processor under the GDPR.\n\nWrite to us.\n")], today)

    assert "FIPS 140-3" in {one.first.text for one in found if one.rule == "unsupported.badge"}
