"""Answers that people wrote for questionnaires: reviewed, owned, and valid until a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from trustcenter.model.place import Place

AnswerVerdict = Literal["yes", "no", "partial", "not_applicable", "text"]


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """One answer to the questions listed with it, in one wording each.

    It counts from the day it was `reviewed` to the day it `expires`, and only while every claim named in `claims`
    stands. `reviewed` < `expires`.
    """

    id: str
    questions: tuple[str, ...]
    verdict: AnswerVerdict
    answer: str
    owner: str
    reviewed: date
    expires: date
    place: Place
    claims: tuple[str, ...] = ()
