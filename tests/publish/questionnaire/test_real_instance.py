"""This repository's own claims, as if every test held, asked by customers: right answers, or none."""

from __future__ import annotations

import pytest
from real_questions import MUST_BE_NO, MUST_BE_YES, MUST_STAY_OPEN, NO, OPEN, SAMPLE_FORM, YES
from statements import NOW
from this_instance import catalogue, claims, criteria, fallen

from trustcenter.model.catalogue import Catalogue
from trustcenter.publish.questionnaire import Answerable, Matcher, answer_file, decide

ASKED = (
    *((question, YES) for question in MUST_BE_YES),
    *((question, NO) for question in MUST_BE_NO),
    *((question, OPEN) for question in MUST_STAY_OPEN),
)


@pytest.fixture(scope="module")
def loaded(repository) -> Catalogue:
    return catalogue(repository)


@pytest.fixture(scope="module")
def held(loaded: Catalogue) -> tuple[Answerable, ...]:
    return claims(loaded)


@pytest.fixture(scope="module")
def matcher(loaded: Catalogue, held: tuple[Answerable, ...]) -> Matcher:
    return Matcher(held, criteria(loaded))


def test_sample_form_is_answered_as_judged_by_hand(repository, loaded, held) -> None:
    form = repository / "templates" / "questionnaires" / "sample-customer-form.xlsx"

    report = answer_file(form, None, held, criteria(loaded), NOW)

    got = {row.question: row.verdict if row.outcome == "answered" else OPEN for row in report.rows}
    assert {question: answer for question, answer in got.items() if SAMPLE_FORM[question] != answer} == {}
    assert len(got) == len(SAMPLE_FORM)


@pytest.mark.parametrize(("question", "expected"), ASKED)
def test_further_questions(matcher: Matcher, question: str, expected: str) -> None:
    decision = decide(question, matcher, NOW)

    assert (decision.verdict if decision.outcome == "answered" else OPEN) == expected


def test_every_answer_cites_a_claim_that_stands(matcher: Matcher) -> None:
    """A Yes rests on what is held; a No rests on what is held to the contrary, or on what is not in place."""
    for question in (*SAMPLE_FORM, *MUST_BE_YES, *MUST_BE_NO):
        decision = decide(question, matcher, NOW)
        if decision.outcome == "answered":
            assert decision.claims
            if decision.verdict == YES:
                assert {claim.state for claim in decision.claims} <= {"tested", "documented", "declared"}


@pytest.mark.parametrize(
    "state",
    ["failing", pytest.param("stale", marks=pytest.mark.deep), pytest.param("unconfirmed", marks=pytest.mark.deep)],
)
def test_whichever_claim_falls_its_answers_need_review(loaded, held, matcher: Matcher, state: str) -> None:
    """One by one: an answer that rested on the claim alone is not given any more, and it is not passed over either."""
    questions = (*SAMPLE_FORM, *MUST_BE_YES, *MUST_BE_NO)
    before = {question: decide(question, matcher, NOW) for question in questions}
    missed = []
    checked = 0
    for entry in held:
        mine = [question for question, one in before.items() if entry in one.claims]
        if not mine:
            continue
        now = Matcher([fallen(one, loaded, state) if one is entry else one for one in held], criteria(loaded))
        for question in mine:
            after = decide(question, now, NOW)
            checked += 1
            if entry.claim in {claim.claim for claim in after.claims} and after.outcome == "answered":
                missed.append((question, entry.claim, "still cited"))
            elif before[question].claims == (entry,) and after.outcome != "needs_review":
                missed.append((question, entry.claim, after.outcome))
    assert missed == []
    assert checked >= 50
