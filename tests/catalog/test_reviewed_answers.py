"""Reviewed answers: read as written, refused where dates, claims or questions contradict each other."""

from __future__ import annotations

from datetime import date

import pytest

from trustcenter.errors import Problems

ANSWERS = """\
answers:
  - id: insurance
    questions: [Do you have cyber insurance?, Are you insured against cyber events?]
    verdict: "yes"
    answer: We hold a policy with a cover of 5 million.
    owner: finance
    reviewed: 2026-10-01
    expires: 2027-10-01
"""


@pytest.fixture
def answers(loaded):
    def load(text):
        return loaded(answers=text).answers

    return load


def test_they_are_read_as_written(answers):
    (answer,) = answers(ANSWERS)
    assert answer.questions == ("Do you have cyber insurance?", "Are you insured against cyber events?")
    assert (answer.verdict, answer.owner, answer.expires) == ("yes", "finance", date(2027, 10, 1))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("expires: 2027-10-01", "expires: 2026-09-01", "expires before it counts"),
        ("expires: 2027-10-01", "expires: 2029-10-01", "at most"),
        ("expires: 2027-10-01", "claims: [no.such/claim]\n    expires: 2027-10-01", "there is no claim"),
        ("Are you insured against cyber events?", "do you HAVE cyber insurance?", "two questions"),
        ("owner: finance", "", "owner"),
        ('verdict: "yes"', "verdict: maybe", "answers.yaml:4"),
        ("    owner: finance", "    owner: finance\n    ownr: x", "ownr"),
        ("[Do you have cyber insurance?, Are you insured against cyber events?]", "[]", "at least 1 item"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(answers, old, new, words):
    assert old in ANSWERS
    with pytest.raises(Problems) as error:
        answers(ANSWERS.replace(old, new))
    assert words in str(error.value)
    assert "controls/answers.yaml:" in str(error.value)
