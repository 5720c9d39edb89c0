"""Reviewed answers by the questions that they were written for: found by the same words, never by similar ones.

What a question's words mean is turned by small ones, so only politeness, articles and whose data it is are overlooked.
The near ones are candidates for a person. An answer that has expired, or that leans on a claim that does not stand, is
a matter for review, with its owner's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from trustcenter.model.reviewed_answer import ReviewedAnswer
from trustcenter.publish.questionnaire.form import clean
from trustcenter.publish.questionnaire.model import HELD, Answerable
from trustcenter.publish.questionnaire.text import words

_POLITE = (
    "a an the please kindly your our you we us do does is are have has company organisation organization vendor"
    " supplier currently any"
)
_OVERLOOKED = frozenset(_POLITE.split())


def normalised(question: str) -> str:
    """The question's own words in order: the same for `Do you hold X?` and `Please, does your company hold X?`."""
    return " ".join(word for word in words(clean(question)) if word not in _OVERLOOKED)


@dataclass(frozen=True)
class Found:
    """A reviewed answer for a question: what it may be quoted as, its verdict, and why it must be reviewed, if so."""

    answerable: Answerable
    verdict: str
    leans_on: tuple[Answerable, ...]
    problem: str


class Library:
    """Reviewed answers, indexed by their questions. `link` is where readers find them."""

    def __init__(self, answers: Sequence[ReviewedAnswer] = (), link: str = "") -> None:
        self._link = link
        self._by_question = {normalised(question): answer for answer in answers for question in answer.questions}

    def find(self, question: str, claims: Mapping[str, Answerable], now: datetime) -> Found | None:
        """The reviewed answer for this question, if one was written."""
        answer = self._by_question.get(normalised(question))
        if answer is None:
            return None
        leans_on = tuple(claims[name] for name in answer.claims if name in claims)
        return Found(_quotable(answer, self._link), answer.verdict, leans_on, _problem(answer, claims, now))

    def in_force(self, now: datetime) -> tuple[Answerable, ...]:
        """The reviewed answers that count today, as claims that may be cited."""
        today = now.astimezone(UTC).date()
        counted = {answer.id: answer for answer in self._by_question.values()}
        return tuple(
            _quotable(answer, self._link) for answer in counted.values() if answer.reviewed <= today < answer.expires
        )


def _problem(answer: ReviewedAnswer, claims: Mapping[str, Answerable], now: datetime) -> str:
    today = now.astimezone(UTC).date()
    if today >= answer.expires:
        return f"the reviewed answer {answer.id} expired on {answer.expires.isoformat()}: ask {answer.owner}"
    if today < answer.reviewed:
        return f"the reviewed answer {answer.id} counts from {answer.reviewed.isoformat()} on"
    for name in answer.claims:
        claim = claims.get(name)
        if claim is None:
            return f"the reviewed answer {answer.id} leans on {name}, which is not published"
        if claim.state not in HELD:
            return f"the reviewed answer {answer.id} leans on {name}, which is {claim.state.replace('_', ' ')}"
    return ""


def _quotable(answer: ReviewedAnswer, link: str) -> Answerable:
    return Answerable(
        claim=f"answers/{answer.id}",
        sentence=answer.answer,
        state="declared",
        methods=("representation",),
        as_of=datetime.combine(answer.reviewed, time(), UTC),
        criteria=(),
        aliases=answer.questions,
        title=f"Reviewed by {answer.owner}",
        link=link,
        missing=None,
    )
