"""Not applicable, from the declared scope: only where it says all that is asked, and never against a claim."""

from __future__ import annotations

import pytest
from statements import CLAIMS, CRITERIA, NOW, claim

from trustcenter.publish.questionnaire import Decision, Matcher, decide

DISKS = "Disks belong to the hosting provider, who wipes or destroys them before reuse or disposal."
SCOPE = (
    claim("scope/soc2:CC6.5", DISKS, "Disposal of media", state="not_applicable", missing=DISKS),
    claim("scope/ccpa:1798.136", "We develop and maintain no browser.", "Browsers", state="declared"),
)


def decided(question: str, claims=CLAIMS) -> Decision:
    return decide(question, Matcher(claims, CRITERIA, scope=SCOPE), NOW)


def test_what_a_subservice_organisation_does_is_not_applicable_with_the_reason() -> None:
    decision = decided("Are disks wiped before disposal?")

    assert (decision.outcome, decision.verdict) == ("answered", "not_applicable")
    assert decision.text == f"Not applicable: {DISKS}"
    assert [one.claim for one in decision.claims] == ["scope/soc2:CC6.5"]
    assert decision.band != "high"


def test_what_does_not_concern_us_is_for_a_person_to_say() -> None:
    decision = decided("Do you develop a browser?")

    assert (decision.outcome, decision.verdict) == ("needs_review", "")
    assert "We develop and maintain no browser." in decision.reason


@pytest.mark.parametrize(
    "question", ["Are laptops wiped before disposal?", "Are disks mirrored?", "Do you sell browsers?"]
)
def test_a_wider_or_another_question_is_left_alone(question: str) -> None:
    assert decided(question).outcome == "abstained"


def test_a_claim_goes_first() -> None:
    own = claim("data.media/wiped", "Disks are wiped before disposal.", "Disposal of disks")

    assert decided("Are disks wiped before disposal?", (own,)).verdict == "yes"
