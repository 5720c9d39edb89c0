"""What sets two sentences of a truthful page apart, without a list of subjects."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page
from trustcenter.publish.lint.apart import (
    complements,
    different_years,
    historic,
    opening,
    other_capacities,
    other_complements,
    other_names,
    other_people,
    other_ranks,
    reported,
)
from trustcenter.publish.lint.variants import variants

_TABLE = """# Limits

| | Shared | Dedicated |
|---|---|---|
| Zones | 2 | 3 |

On a shared cluster a write is acknowledged by one replica. A shared cluster costs less.

On a dedicated cluster it is acknowledged by two. Support for the Team and Scale plans is by e-mail.
"""


def test_variants_are_learnt_from_the_page() -> None:
    """Heads of a table that compares, in the form that sentences use, and names before `plans`."""
    assert variants(read_page("a.md", _TABLE).passages) == {"shared", "Team", "Scale"}


def test_columns_that_measure_are_no_variants() -> None:
    """Provider, purpose and country say something of a row."""
    table = "| Provider | Purpose | Country |\n|---|---|---|\n| A | mail | France |\n\nPurpose matters. A Purpose.\n"
    assert variants(read_page("a.md", table).passages) == frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Audio is kept for a day.", "Audio "),
        ("On request, the transcripts are sent.", "the transcripts "),
        ("They are kept for a day.", ""),
        ("Acme shall delete it.", ""),
        ("3.2 SOC 2.", ""),
    ],
)
def test_what_a_sentence_is_about(text: str, expected: str) -> None:
    """The words before its verb; a pronoun and the speaker are no thing."""
    assert opening(text) == expected


def test_names_ranks_and_years() -> None:
    """One noun with names, ranks or years of its own in each sentence."""
    assert other_names("The scope is the Dublin office.", "It leaves out the Toronto office.")
    assert not other_names("The scope is the Dublin office.", "In the Dublin office nobody works.")
    assert other_ranks("Sensors of the first generation", "those of the second and third generation")
    assert not other_ranks("Sensors of the second generation", "those of the second and third generation")
    assert different_years("In 2025 it was 99.8%", "In 2026 it was 99.3%")
    assert not different_years("In 2025 it was 99.8%", "We promise 99.9%")


def test_capacities_complements_and_people() -> None:
    """As what, of what, and for whom: each sentence names its own."""
    assert other_capacities("registered for account information services", "not as a payment initiation service")
    assert other_complements("A breach of the blind is told", "A breach of personal data is told")
    assert not other_complements("A breach of personal data is told", "A breach of personal data is kept")
    assert other_people("required for admins", "candidates can turn it on")
    assert not other_people("required for all users", "members can turn it off")
    assert historic("Before that it was compulsory for owners only.")


def test_names_side_by_side_are_variants() -> None:
    """`Family: ... School: ...` in several paragraphs are two kinds of account."""
    page = "\n\n".join(f"# {n}\n\nFamily: kept for {n} days. School: kept for {n + 1} days." for n in (3, 5, 7))
    assert variants(read_page("a.md", page).passages) == {"Family", "School"}


def test_what_happened_once_promises_nothing() -> None:
    """How long an exercise took is no retention."""
    assert reported("The last exercise took 3 hours.")
    assert not reported("Backups are kept for 30 days.")


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("Audio is deleted within 24 hours. Accounts of guests are deleted 14 days after the move.", 0),
        ("Audio is deleted within 24 hours. Audio is deleted after 14 days.", 1),
        ("Backups are kept for 30 days. A backup was left readable for six days.", 0),
        ("Backups are kept for 30 days. Backups are kept for six days.", 1),
    ],
)
def test_values_of_one_thing_only(said: str, count: int) -> None:
    """Each thing has a value of its own; two values of one thing are still found."""
    findings = lint([read_page("a.md", f"# Data\n\n{said}\n")], date(2026, 11, 21))
    assert len(findings) == count, findings


def test_what_one_names_and_what_it_leaves() -> None:
    """Managed servers and unmanaged ones are two sets; an opinion that is not unqualified is still the one opinion."""
    assert complements("Each managed server is backed up.", "Unmanaged servers are not backed up.")
    assert not complements("The report has a qualified opinion.", "The report has an unqualified opinion.")


def test_what_holds_in_turn(today: date) -> None:
    """During a time nobody can, after it two people can: no contradiction."""
    text = "# Lock\n\nDuring the lock nobody can delete backups. After it, administrators can delete backups.\n"
    assert lint([read_page("a.md", text)], today) == ()
