"""Answers to a customer's security questionnaire, quoted from claims and written into a copy of their own workbook."""

from __future__ import annotations

from trustcenter.publish.questionnaire.answer import answer_file, answer_workbook
from trustcenter.publish.questionnaire.archive import WorkbookError
from trustcenter.publish.questionnaire.deciding import decide
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
    "Matcher",
    "Report",
    "Row",
    "SheetSummary",
    "WorkbookError",
    "answer_file",
    "answer_workbook",
    "decide",
]
