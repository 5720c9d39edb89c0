"""Reviewed answers for questionnaires, `controls/answers.yaml`: their shape and their checks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from trustcenter.catalog.problem_list import Part
from trustcenter.catalog.records import unique
from trustcenter.model.reviewed_answer import AnswerVerdict, ReviewedAnswer
from trustcenter.strict.shape import Day, Line, Name, Shape, Text, suggest

LONGEST = timedelta(days=400)
"""How long an answer may count before somebody reads it again."""
ClaimName = Annotated[str, StringConstraints(max_length=160, pattern=r"^[a-z0-9._-]+/[a-z0-9._-]+$")]


class ReviewedAnswerShape(Shape):
    """What a person answers to a question that no claim speaks of."""

    id: Name
    questions: Annotated[list[Line], Field(min_length=1, max_length=50)]
    verdict: AnswerVerdict
    answer: Text
    owner: Line
    reviewed: Day
    expires: Day
    claims: list[ClaimName] = Field(default=[])


class ReviewedAnswersShape(Shape):
    """controls/answers.yaml: reviewed answers for questionnaires."""

    answers: list[ReviewedAnswerShape]


def reviewed_answers_of(shape: ReviewedAnswersShape, claims: Collection[str], root: Part) -> tuple[ReviewedAnswer, ...]:
    """The answers, each within its dates, each question in one place only, each named claim one that exists."""
    found = []
    asked: list[tuple[str, Part]] = []
    for index, said in enumerate(shape.answers):
        part = root.below("answers", index)
        if said.expires <= said.reviewed:
            part.below("expires").problem("it expires before it counts", "`expires` is later than `reviewed`")
        elif said.expires - said.reviewed > LONGEST:
            what = f"an answer counts for {LONGEST.days} days at most"
            part.below("expires").problem(what, "have it reviewed again by then")
        for position, claim in enumerate(said.claims):
            if claim not in claims:
                part.below("claims", position).problem(f"there is no claim `{claim}`", suggest(claim, claims))
        asked += [
            (" ".join(question.casefold().split()), part.below("questions", position))
            for position, question in enumerate(said.questions)
        ]
        found.append(
            ReviewedAnswer(
                id=said.id,
                questions=tuple(said.questions),
                verdict=said.verdict,
                answer=said.answer.strip(),
                owner=said.owner,
                reviewed=said.reviewed,
                expires=said.expires,
                place=part.place,
                claims=tuple(said.claims),
            )
        )
    unique(((one.id, root.below("answers", index, "id")) for index, one in enumerate(found)), "answers")
    unique(asked, "questions")
    return tuple(found)
