"""A machine's rephrasing is used only where it adds nothing; what it adds is refused, and the plain text stands."""

from __future__ import annotations

import pytest
from statements import CRITERIA, NOW, claim

from trustcenter.publish.questionnaire import Decision, Matcher, decide
from trustcenter.publish.questionnaire.draft import consider

LEAVERS = "Accounts of leavers are disabled within 24 hours of their departure."
TLS = "Connections use TLS 1.2 or 1.3; TLS 1.0 and TLS 1.1 are refused."
REST = "Customer data at rest is encrypted with AES-256."
CARD = "We do not store payment card data."


def decided(question: str, sentence: str) -> Decision:
    decision = decide(question, Matcher((claim("one.control/claim", sentence, ""),), CRITERIA), NOW)
    assert decision.outcome == "answered", decision.reason
    return decision


@pytest.mark.parametrize(
    ("question", "sentence", "draft"),
    [
        ("Is customer data encrypted at rest?", REST, "Yes. We encrypt customer data at rest with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Yes, customer data is encrypted with AES-256 at rest."),
        ("Do you store payment card data?", CARD, "No. We do not store payment card data."),
        ("Are accounts of leavers disabled within 24 hours?", LEAVERS,
         "Yes. Within 24 hours of their departure, the accounts of leavers are disabled."),
    ],
)  # fmt: skip
def test_another_order_of_the_same_facts_is_used(question: str, sentence: str, draft: str) -> None:
    assert consider(question, decided(question, sentence), draft).text == draft


@pytest.mark.parametrize(
    ("question", "sentence", "draft"),
    [
        ("Is customer data encrypted at rest?", REST, "Yes. Customer data at rest is encrypted with AES-512."),
        ("Is customer data encrypted at rest?", REST, "Yes. All customer data at rest is encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Yes. Customer data at rest is always encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Yes. Customer data is encrypted with AES-256 under ISO 27001."),
        ("Is customer data encrypted at rest?", REST, "Yes. Data at rest is encrypted, and we are SOC 2 ready."),
        ("Is customer data encrypted at rest?", REST, "Yes. Customer data and backups are encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Yes. Customer data at rest is securely encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "No. Customer data at rest is encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Customer data at rest is encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Yes. Customer data at rest is not encrypted with AES-256."),
        ("Is customer data encrypted at rest?", REST, "Yes. See https://example.test for AES-256."),
        ("Is customer data encrypted at rest?", REST, ""),
        ("Is customer data encrypted at rest?", REST, "Yes. " + "Customer data at rest is encrypted. " * 30),
        ("Do you store payment card data?", CARD, "No. We do store payment card data."),
        ("Do you store payment card data?", CARD, "No. We never store payment card data."),
        ("Are accounts of leavers disabled within 24 hours?", LEAVERS,
         "Yes. Accounts of leavers are disabled after 24 hours."),
        ("Are accounts of leavers disabled within 24 hours?", LEAVERS,
         "Yes. Accounts of leavers are disabled within 24 minutes of their departure."),
        ("Is TLS 1.0 refused?", TLS, "Yes. Connections use TLS 1.0 or 1.3; TLS 1.2 and TLS 1.1 are refused."),
    ],
)  # fmt: skip
def test_what_adds_or_turns_anything_is_refused(question: str, sentence: str, draft: str) -> None:
    decision = decided(question, sentence)

    found = consider(question, decision, draft)

    assert not found.accepted
    assert found.reason
    assert found.text == decision.text


def test_nothing_is_drafted_where_nothing_is_answered() -> None:
    decision = decide("Do you have cyber insurance?", Matcher((), CRITERIA), NOW)

    assert not consider("Do you have cyber insurance?", decision, "Yes. We have cyber insurance.").accepted
