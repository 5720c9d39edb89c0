"""Answers to a customer's security questionnaire, quoted from claims and written into a copy of their own workbook."""

from __future__ import annotations

from trustcenter.publish.questionnaire.answer import answer_bytes, answer_file
from trustcenter.publish.questionnaire.deciding import decide
from trustcenter.publish.questionnaire.forms.interface import FormError
from trustcenter.publish.questionnaire.matching import Matcher
from trustcenter.publish.questionnaire.model import (
    Answerable,
    Candidate,
    CriterionText,
    Decision,
    Report,
    Row,
    SheetSummary,
)

__all__ = [
    "Answerable",
    "Candidate",
    "CriterionText",
    "Decision",
    "FormError",
    "Matcher",
    "Report",
    "Row",
    "SheetSummary",
    "answer_bytes",
    "answer_file",
    "decide",
]
