"""Who receives data by the text, and by the list; figures promised and reached; parts of a page that name others."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.publish.lint import lint, read_page
from trustcenter.publish.lint.places import countries, mislabelled
from trustcenter.publish.lint.rule_files import data

LIST = "\n\n## Subprocessors\n\n| Name | Purpose |\n|---|---|\n| Hetzner | Hosting |\n| Mailgun | Mail |\n"
BASIS = (
    "## Subprocessors\n\n| Name | Place | Transfer basis |\n|---|---|---|\n"
    "| Hetzner | Germany | none |\n| Mailgun | US |"
)


def _rules(text: str, today: date, name: str = "page.md") -> set[str]:
    return {one.rule for one in lint([read_page(name, text)], today)}


@pytest.mark.parametrize("case", data("vendors")["found"])
def test_a_company_that_receives_data_is_listed(case: str, today: date) -> None:
    """A company named in the text and not in the list; silent without a list."""
    assert "scope.unlisted-vendor" in _rules(f"# Page\n\n{case}{LIST}", today)
    assert "scope.unlisted-vendor" not in _rules(f"# Page\n\n{case}", today)


@pytest.mark.parametrize("case", data("vendors")["silent"])
def test_what_receives_nothing_need_not_be_listed(case: str, today: date) -> None:
    """A connector, a company of the past, a company that is listed."""
    assert "scope.unlisted-vendor" not in _rules(f"# Page\n\n{case}{LIST}", today)


def test_each_transfer_has_a_basis_where_a_column_is_for_it(today: date) -> None:
    """An empty cell is a gap outside of the EU only."""
    assert "gap.transfer-basis" in _rules(f"# Page\n\n{BASIS} |\n", today)
    assert "gap.transfer-basis" in _rules(f"# Page\n\n{BASIS} TBD |\n", today)
    assert "gap.transfer-basis" not in _rules(f"# Page\n\n{BASIS} clauses of 2021 |\n", today)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We guarantee 99.99 % availability. Last year we reached 99.7 %.", True),
        ("We guarantee 99.9 % availability. Last year we reached 99.97 %.", False),
        ("We guarantee 99.99 % availability. We missed it last year with 99.7 % and paid credits.", False),
    ],
)
def test_a_promise_and_what_was_reached(text: str, found: bool, today: date) -> None:
    """A lower figure beside the promise, unless the page owns to it."""
    assert ("value.goal-missed" in _rules(f"# Page\n\n{text}\n", today)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("*Last updated: 14 March 2026. We review this page every quarter.*", True),
        ("*Last updated: 14 October 2026. We review this page every quarter.*", False),
        ("Version 4, to be re-approved annually. Approved on: 2 May 2024.", True),
    ],
)
def test_a_page_that_is_reviewed_less_often_than_it_says(text: str, found: bool, today: date) -> None:
    assert ("staleness.interval" in _rules(f"# Page\n\n{text}\n\n## Part\n\nText.\n", today)) is found


def test_places_within_an_area(today: date) -> None:
    """A country is narrower than its area; a place in brackets of an area that it is not in."""
    assert countries("Frankfurt and Belgium") == {"Germany", "Belgium"}
    assert mislabelled("San Francisco (EU)") == ("EU", "San Francisco")
    assert mislabelled("Dublin (EU)") is None
    narrow = "# Page\n\nData stays only in Germany.\n\nThe platform runs on servers in {place}.\n"
    assert "value.residency" in _rules(narrow.format(place="Belgium"), today)
    assert "value.residency" not in _rules(narrow.format(place="Frankfurt"), today)


def test_titles_and_heads_are_no_claims() -> None:
    """A numbered line of its own is a title, several are a list; the first row above a rule names columns."""
    page = read_page("a.txt", "1. General\n\n1.1 We are kind.\n\n2. Security\n\n2.1 Data is encrypted.\n")
    assert [one.heading for one in page.passages if one.kind == "sentence"] == ["1. General", "2. Security"]
    listed = read_page("a.txt", "We promise:\n\n1. Encrypted backups\n\n2. Tested restores\n")
    assert [one.kind for one in listed.passages].count("item") == 2
    table = read_page("a.md", "# A\n\n| Measure | Detail |\n|---|---|\n| Backups | nightly |\n")
    assert [one.label for one in table.passages if one.kind == "badge"] == ["Backups"]
    head = "<h1>A</h1><table><tr><th>Measure</th><th>Detail</th></tr><tr><td>Backups</td><td>nightly</td></tr></table>"
    assert [one.label for one in read_page("a.html", head).passages if one.kind == "badge"] == ["Backups"]


@pytest.mark.parametrize(("kind", "told"), [("found", True), ("silent", False)])
def test_answers_that_are_taken_back(kind: str, told: bool, today: date) -> None:
    """Yes, and not yet; no, and by whom; other subjects and the next time take nothing back."""
    for case in data("replies")[kind]:
        question, answer = case.split(" || ")
        for text in (f"# FAQ\n\n## {question}\n\n{answer}\n", f"Answers\n\nQ1. {question}\n{answer}\n"):
            rules = _rules(text, today, "page.md" if text.startswith("#") else "page.txt")
            assert ("status.answer-taken-back" in rules) is told, text


def test_no_company_outside_and_one_that_is(today: date) -> None:
    """A denial of companies outside an area is held against the list; one with an exception is not."""
    companies = (
        "\n\n## Subprocessors\n\n| Name | Place |\n|---|---|\n| Hetzner | Germany |\n| Chatly Inc. | {place} |\n"
    )
    denial = "# Page\n\nNo processor works outside the European Economic Area{but}."
    outside = companies.format(place="Austin, Texas")
    assert "scope.none-outside" in _rules(denial.format(but="") + outside, today)
    assert "scope.none-outside" not in _rules(denial.format(but="") + companies.format(place="Linz"), today)
    assert "scope.none-outside" not in _rules(denial.format(but=" except for chat") + outside, today)


def test_a_place_of_the_service_promises_nothing_of_others(today: date) -> None:
    """`Region: Stockholm` is where it runs; `only` is a promise."""
    companies = "\n\n## Subprocessors\n\n| Name | Place |\n|---|---|\n| Chatly Inc. | USA |\n"
    facts = "# Page\n\n- Region: {where}\n- TLS: 1.3\n- Passwords: scrypt\n- Backups: daily\n"
    assert "scope.residency" not in _rules(facts.format(where="Stockholm") + companies, today)
    assert "scope.residency" in _rules(facts.format(where="Stockholm only") + companies, today)


def test_what_a_badge_is_carried_by(today: date) -> None:
    """A fact with its label, a list of certificates, a report of auditors need no more; a lapsed one is denied."""
    body = "\n\n## How\n\nWe answer.\n\nWe publish.\n\nWe patch each week.\n"
    assert "unsupported.badge" in _rules(f"# Page\n\nSOC 2 Type II · TLS 1.3 · 99.9% uptime{body}", today)
    assert "unsupported.badge" not in _rules(f"# Page\n\n- SOC 2: Type II\n- TLS: 1.3\n- Uptime: 99.9%{body}", today)
    register = "# Page\n\nSOC 2 Type II · ISO 27001 · HITRUST r2"
    assert "unsupported.badge" not in _rules(register + body, today)
    assert "unsupported.badge" in _rules(f"{register}{body}\nThe HITRUST certificate ran out in 2025.\n", today)
