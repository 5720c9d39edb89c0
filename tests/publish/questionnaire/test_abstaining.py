"""Nothing is said where nothing is held."""

from __future__ import annotations

from datetime import timedelta

from statements import CLAIMS, CRITERIA, NOW
from unanswerable import QUESTIONS

from trustcenter.publish.questionnaire import Matcher, decide


def test_abstains_where_no_claim_answers() -> None:
    matcher = Matcher(CLAIMS, CRITERIA)

    answered = [question for question in QUESTIONS if decide(question, matcher, NOW).outcome == "answered"]

    assert len(QUESTIONS) >= 60
    assert len(answered) <= 0.15 * len(QUESTIONS), answered


def test_says_what_is_missing() -> None:
    decision = decide("Do you run a bug bounty programme?", Matcher(CLAIMS, CRITERIA), NOW)

    assert decision.outcome == "abstained"
    assert "bug bounty" in decision.reason


def test_without_claims_everything_is_open() -> None:
    matcher = Matcher((), CRITERIA)

    assert {"abstained"} == {decide(question, matcher, NOW).outcome for question in QUESTIONS}


def test_a_claim_from_the_future_is_not_relied_on() -> None:
    """A clock that runs ahead is a reason to look, not a proof."""
    decision = decide("Are backups encrypted?", Matcher(CLAIMS, CRITERIA), NOW - timedelta(days=30))

    assert decision.outcome == "needs_review"
