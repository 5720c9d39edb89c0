"""Reviewed answers: given for their own questions only, and only while they and what they lean on stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from statements import CLAIMS, CRITERIA, NOW, claim

from trustcenter.model.place import Place
from trustcenter.model.reviewed_answer import ReviewedAnswer
from trustcenter.publish.questionnaire import Decision, Matcher, decide
from trustcenter.publish.questionnaire.library import Library, normalised

INSURED = ReviewedAnswer(
    id="insurance",
    questions=("Do you have cyber insurance?",),
    verdict="yes",
    answer="We hold a cyber policy.",
    owner="finance",
    reviewed=date(2026, 10, 1),
    expires=date(2027, 10, 1),
    place=Place("controls/answers.yaml", 2, 5),
)


def decided(question: str, answer: ReviewedAnswer = INSURED, claims=CLAIMS, now: datetime = NOW) -> Decision:
    return decide(question, Matcher(claims, CRITERIA, library=Library((answer,), "https://trust.example")), now)


@pytest.mark.parametrize(
    "question",
    [
        "Do you have cyber insurance?",
        "4.2 Does your company have cyber-insurance? (Yes/No)",
        "Do you have any cyber insurance",
    ],
)
def test_the_same_question_has_the_same_answer_in_every_form(question: str) -> None:
    decision = decided(question)

    assert (decision.outcome, decision.verdict) == ("answered", "yes")
    assert decision.text == "Yes. We hold a cyber policy."
    assert [one.claim for one in decision.claims] == ["answers/insurance"]
    assert decision.claims[0].state == "declared"


@pytest.mark.parametrize(
    "question",
    ["Do you not have cyber insurance?", "Do you have cyber insurance of 10 million?", "Is cyber insurance optional?"],
)
def test_another_question_has_not(question: str) -> None:
    assert decided(question).outcome != "answered"


def test_expired_it_names_its_owner() -> None:
    decision = decided("Do you have cyber insurance?", now=datetime(2027, 10, 1, tzinfo=UTC))

    assert decision.outcome == "needs_review"
    assert "expired on 2027-10-01" in decision.reason
    assert "finance" in decision.reason


def test_before_its_day_it_does_not_count() -> None:
    assert decided("Do you have cyber insurance?", now=datetime(2026, 9, 30, tzinfo=UTC)).outcome == "needs_review"


@pytest.mark.parametrize("state", ["failing", "stale", "unconfirmed", "not_done", "in_progress"])
def test_it_falls_with_the_claim_that_it_leans_on(state: str) -> None:
    leaning = replace(INSURED, claims=("risk.cover/held",))
    cover = claim("risk.cover/held", "The cover is looked at each year.", "Cover")

    assert decided("Do you have cyber insurance?", leaning, (cover,)).outcome == "answered"
    fallen = decided("Do you have cyber insurance?", leaning, (replace(cover, state=state),))
    assert fallen.outcome == "needs_review"
    assert "risk.cover/held" in fallen.reason
    assert decided("Do you have cyber insurance?", leaning, ()).outcome == "needs_review"


def test_a_failing_claim_that_speaks_of_the_question_outweighs_it() -> None:
    answer = replace(INSURED, questions=("Are backups encrypted?",), answer="Backups are encrypted.")
    backups = claim("continuity.backups/encrypted", "Backups are encrypted.", "Encrypted backups", state="failing")

    assert decided("Are backups encrypted?", answer, (backups,)).outcome == "needs_review"


def test_negations_are_never_overlooked() -> None:
    assert normalised("Do you sell data?") != normalised("Do you not sell data?")
    assert normalised("Is data never sold?") != normalised("Is data sold?")
