"""Questions that ask several things at once: each part must hold, and what cannot be told apart is left to a person."""

from __future__ import annotations

import pytest
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Matcher, decide
from trustcenter.publish.questionnaire.clauses import alternatives, clauses
from trustcenter.publish.questionnaire.form import parts

COMPOUND = (
    ("Is customer data encrypted both at rest and in transit?", "yes"),
    ("Is customer data encrypted at rest and in transit?", "yes"),
    ("Is data encrypted in transit (TLS 1.2 or higher) and at rest (AES-256)?", "yes"),
    ("Do you encrypt data at rest, in transit and in backups?", "yes"),
    ("Do you have documented business continuity and incident response plans?", "yes"),
    ("Do you have a documented incident response plan and do you perform post-incident reviews?", "yes"),
    ("Are backups encrypted and is restoring from backup tested regularly?", "yes"),
    ("Are backups taken at least daily and tested at least quarterly?", "yes"),
    ("Do you conduct background checks and provide security awareness training to employees?", "yes"),
    ("Do employees undergo background checks prior to employment and annual security awareness training?", "yes"),
    ("Are audit logs protected from tampering and retained for at least one year?", "yes"),
    ("Is MFA required for administrators, and are passwords hashed?", "yes"),
    ("Do you perform code reviews and vulnerability scanning of dependencies?", "yes"),
    (
        "Are development, test and production environments separated, "
        "and is production data kept out of test environments?",
        "yes",
    ),
    ("Do you offer SSO and MFA?", "partial"),
    ("Do you support SAML single sign-on and customer-managed encryption keys?", "no"),
    ("Do you notify customers of a data breach within 72 hours and carry out a post-incident review?", "yes"),
    ("Are user access rights reviewed quarterly and revoked within 24 hours of termination?", "yes"),
    ("Do you maintain a list of subprocessors and assess vendors before use?", "yes"),
    ("Do you have a firewall and an intrusion detection system?", "open"),
    ("Do you hold ISO 27001 certification and encrypt data at rest?", "open"),
    ("Are backups encrypted and stored offsite?", "open"),
    ("Do you perform penetration tests and vulnerability scans?", "open|partial"),
    ("Is customer data encrypted at rest and deleted within 30 days after the contract ends?", "yes"),
    ("Are sessions terminated after 30 minutes of inactivity and accounts locked after failed logins?", "yes"),
    ("Do you sell or use customer data to train AI models?", "no"),
    ("Does every employee have an individual account, and is access granted on least privilege?", "yes"),
    ("Are code changes peer reviewed and statically analysed?", "open|yes"),
    ("Can customers export and delete their data?", "open|yes"),
    ("Is access role-based and reviewed at least annually?", "yes"),
)
"""Question and the answers that a careful person may give; `open` leaves it to a person."""

NOT_YES = (
    "Are code changes reviewed and deployed by a second person?",
    "Is code deployed by a second person?",
    "Are backups and audit logs kept for at least 400 days?",
    "Are access rights reviewed and vulnerabilities scanned at least monthly?",
    "Are access rights reviewed and restore tests done monthly?",
    "Are backups encrypted and stored in a second region?",
    "Do you perform code reviews and dynamic application security testing?",
    "Are passwords hashed and rotated every 90 days?",
    "Is data encrypted at rest and in transit with FIPS 140 modules?",
    "Are backups taken hourly and encrypted?",
    "Are backups taken and encrypted hourly?",
    "Are audit logs retained for one year and reviewed daily?",
    "Do you encrypt data at rest and manage keys in an HSM?",
    "Are accounts of leavers disabled within 24 hours and devices collected?",
    "Are backups not encrypted and never tested?",
    "Are backups never encrypted and tested?",
    "Is customer data encrypted at rest and sold to third parties?",
    "Do you scan dependencies and patch critical vulnerabilities within 30 days?",
    "Are employees background checked and polygraphed before employment?",
    "Are you SOC 2 certified and is data encrypted at rest?",
    "Does every customer have a dedicated database, and is data encrypted at rest?",
    "Is data encrypted in transit (TLS 1.3 alone) and at rest (AES-256 with customer keys)?",
    "Is data encrypted in transit (by a VPN) and at rest (AES-256)?",
    "Do you provide quarterly security awareness training to employees?",
    "Do you provide security awareness training to employees and phishing tests to contractors?",
    "Are access rights revoked within 1 hour of termination?",
    "Is customer data deleted within 24 hours of termination of the contract?",
    "Is production data kept out of test environments and logs?",
    "Is production data kept in test environments?",
    "Do you keep or use customer data after the contract ends?",
    "Do you provide security awareness training to customers?",
)

NOT_NO = (
    "Do you encrypt or hash passwords to protect them?",
    "Do you log or monitor access to production?",
    "Do you review or test code before deployment?",
    "Do you sell or encrypt customer data?",
)
"""Of two things at least one is done: a No to one of them is no No to the whole."""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


def said(question: str, matcher: Matcher) -> str:
    decision = decide(question, matcher, NOW)
    return decision.verdict if decision.outcome == "answered" else "open"


def test_four_of_five_are_answered_and_none_otherwise_than_a_person_would(matcher: Matcher) -> None:
    found = {question: said(question, matcher) for question, _ in COMPOUND}
    right = [question for question, wanted in COMPOUND if found[question] in wanted.split("|")]

    assert {q: found[q] for q in found if q not in right and found[q] != "open"} == {}
    assert len(right) >= 0.8 * len(COMPOUND)


@pytest.mark.parametrize("question", NOT_YES)
def test_one_part_that_does_not_hold_is_no_yes(matcher: Matcher, question: str) -> None:
    assert said(question, matcher) != "yes"


@pytest.mark.parametrize("question", NOT_NO)
def test_a_no_to_one_of_two_is_no_no(matcher: Matcher, question: str) -> None:
    assert said(question, matcher) != "no"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Are backups encrypted and tested every month?",
         ("Are backups encrypted?", "Are backups tested every month?")),
        ("Are backups taken and tested monthly?", ("Are backups taken monthly?", "Are backups tested monthly?")),
        ("Do you scan dependencies and review code?", ("Do you scan dependencies?", "Do you review code?")),
        ("Are backups never encrypted and tested?", ("Are backups never encrypted?", "Are backups never tested?")),
        ("Are passwords hashed and never logged?", ("Are passwords hashed?", "Are passwords never logged?")),
        ("Are backups and logs encrypted?", ("Are backups and logs encrypted?",)),
        ("Describe how backups are made and tested.", ("Describe how backups are made and tested.",)),
    ],
)  # fmt: skip
def test_the_subject_goes_with_each_predicate(text: str, parts: tuple[str, ...]) -> None:
    assert clauses(text) == parts


def test_an_aside_stays_with_its_part_and_an_or_asks_both(matcher: Matcher) -> None:
    aside = "Is data encrypted in transit (TLS 1.2) and at rest (AES-256)?"
    assert parts(aside, matcher.words) == (
        "is data encrypted in transit (TLS 1.2)?", "is data encrypted at rest (AES-256)?"
    )  # fmt: skip
    assert parts("Do you have a plan (and is it tested)?", matcher.words) == ("Do you have a plan (and is it tested)?",)
    assert alternatives("Do you sell or use customer data to train models?") == (
        "Do you sell customer data?", "Do you use customer data to train models?"
    )  # fmt: skip
    assert alternatives("Do you have a plan or a policy?") == ("Do you have a plan or a policy?",)
