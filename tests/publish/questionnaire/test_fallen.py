"""From a broken test to the answer: whatever falls in an assessment, no answer leans on it any more.

Each conclusion of the sample's assessment is turned in its turn, as a mutant of the platform turns it, and the view is
built anew; the questions are those of the ready forms and of the judged set.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from statements import CRITERIA

from trustcenter.publish.questionnaire import Decision, Matcher, decide
from trustcenter.publish.questionnaire.model import HELD
from trustcenter.publish.questionnaire.ready import forms, quotable

JUDGED = [
    json.loads(line)["question"]
    for line in (Path(__file__).parent / "judged" / "answers.jsonl").read_text().splitlines()
]
QUESTIONS = (*dict.fromkeys((*JUDGED, *(question for form in forms() for _, question in form.items))),)


def answers(view, questions: Sequence[str] = QUESTIONS) -> dict[str, Decision]:
    matcher = Matcher([quotable(claim) for claim in view.claims], CRITERIA)
    return {question: decide(question, matcher, view.as_of) for question in questions}


def broken(given, index: int, how: dict):
    conclusions = list(given.assessment.conclusions)
    conclusions[index] = replace(conclusions[index], **how)
    return replace(given.assessment, conclusions=tuple(conclusions))


@pytest.mark.parametrize(
    "how",
    [
        {"conclusion": "deviations", "deviating": 1, "passed": 0},
        {"conclusion": "inconclusive", "cause": "denied"},
    ],
    ids=["deviations", "inconclusive"],
)
def test_no_answer_leans_on_what_fell(build, given, how) -> None:
    before = answers(build())
    turned = 0
    for index, conclusion in enumerate(given.assessment.conclusions):
        if conclusion.conclusion != "no_deviations":
            continue
        view = build(assessment=broken(given, index, how))
        down = {claim.id for claim in view.claims if claim.shown not in HELD}
        mine = [q for q, one in before.items() if {claim.claim for claim in one.claims if claim.state in HELD} & down]
        if not mine:
            continue
        after = answers(view, mine)
        for question in mine:
            turned += 1
            leaning = {claim.claim for claim in after[question].claims} & down
            assert after[question].verdict != "yes" or not leaning, (question, leaning)
            assert after[question].outcome != "answered" or not leaning, (question, leaning)
    assert turned >= 3


def test_the_same_questions_have_the_same_answers_in_any_order(build) -> None:
    """Nothing of one questionnaire colours another: what was asked before does not matter."""
    matcher = Matcher([quotable(claim) for claim in build().claims], CRITERIA)
    now = build().as_of

    forwards = {question: decide(question, matcher, now) for question in QUESTIONS}
    backwards = {question: decide(question, matcher, now) for question in reversed(QUESTIONS)}
    numbered = {question: decide(f"7.3 {question} (Yes/No/NA)", matcher, now) for question in QUESTIONS}

    assert forwards == backwards
    assert {q: (one.outcome, one.verdict, one.claims) for q, one in forwards.items()} == {
        q: (one.outcome, one.verdict, one.claims) for q, one in numbered.items()
    }
