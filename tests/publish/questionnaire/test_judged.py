"""Answers judged by hand against the sample claims: right or left to a person, never more than the claims say."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Decision, Matcher, decide

FOLDER = Path(__file__).parent / "judged"
JUDGED = {
    row["question"]: row["expected"] for row in map(json.loads, (FOLDER / "answers.jsonl").read_text().splitlines())
}
UNANSWERABLE = (FOLDER / "unanswerable.txt").read_text().splitlines()
LEFT = ("review", "open")


@pytest.fixture(scope="module")
def decided() -> dict[str, Decision]:
    matcher = Matcher(CLAIMS, CRITERIA)
    return {question: decide(question, matcher, NOW) for question in (*JUDGED, *UNANSWERABLE)}


def said(decision: Decision) -> str:
    if decision.outcome == "answered":
        return decision.verdict
    return "review" if decision.outcome == "needs_review" else "open"


def lower_bound(hits: int, total: int) -> float:
    """Wilson's, 95 %."""
    z, share = 1.96, hits / total
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (share + z * z / (2 * total) - reach) / (1 + z * z / total)


def test_no_answer_says_other_than_was_judged(decided: dict[str, Decision]) -> None:
    wrong = {q: said(decided[q]) for q, expected in JUDGED.items() if said(decided[q]) not in (expected, *LEFT)}

    assert len(JUDGED) >= 100
    assert wrong == {}


def test_four_of_five_that_can_be_answered_are(decided: dict[str, Decision]) -> None:
    answerable = [question for question, expected in JUDGED.items() if expected not in LEFT]

    assert sum(said(decided[question]) == JUDGED[question] for question in answerable) >= 0.8 * len(answerable)


def test_the_band_that_is_filled_in_has_a_lower_bound_of_90_in_100(decided: dict[str, Decision]) -> None:
    filled = [
        question
        for question, decision in decided.items()
        if decision.outcome == "answered" and decision.band in ("high", "medium")
    ]
    right = sum(said(decided[question]) == JUDGED.get(question) for question in filled)

    assert lower_bound(right, len(filled)) >= 0.9


def test_at_least_85_in_100_that_no_claim_answers_are_left(decided: dict[str, Decision]) -> None:
    answered = [question for question in UNANSWERABLE if decided[question].outcome == "answered"]

    assert len(UNANSWERABLE) >= 60
    assert len(answered) <= 0.15 * len(UNANSWERABLE), answered
    assert not any(decided[question].verdict == "yes" for question in answered)


def test_what_is_left_says_why(decided: dict[str, Decision]) -> None:
    assert all(decision.reason for decision in decided.values() if decision.outcome != "answered")


@pytest.mark.parametrize("state", ["failing", "stale", "unconfirmed"])
def test_when_everything_falls_nothing_is_answered(state: str) -> None:
    fallen = [
        replace(claim, state=state, sentence=f"{claim.title}: not currently confirmed", aliases=(claim.sentence,))
        for claim in CLAIMS
    ]
    matcher = Matcher(fallen, CRITERIA)

    assert {decide(question, matcher, NOW).outcome for question in JUDGED} <= {"needs_review", "abstained"}
