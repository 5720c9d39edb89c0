"""Sentences and clauses of a block, by their spans."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?][)\"”’]*\s+(?=[\"“(\[]?[A-Z0-9]|\([a-z]{1,3}\) [A-Z])")
_SHORTENED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|Art|Arts|Sec|Inc|Ltd|Corp|Co|St|Dr|Mr|Ms|cf|resp|Vol|Ch|U\.S|a\.m|p\.m)"
    r"|\b[A-Z])\.$"
)
_NUMBER = re.compile(r"\bNos?\.\s+\d")
"""`No. 4` is a number, `No. Backups are` an answer."""
_CLAUSE = re.compile(
    r"[;:—–]\s+|,\s+(?=(?:and|but|or|while|which|so|our|we|all|every|each|data|no)\b)|,\s+(?=\w+ (?:is|are|has|have)\b)"
)

LONGEST_QUOTE = 170
"""A longer sentence is quoted by the clause that matters."""


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, without the blanks around it."""
    start = 0
    for mark in _END.finditer(text):
        # Only the last word before the mark can be a shortened one: long texts are not copied for each sentence.
        if _SHORTENED.search(text[max(start, mark.start() - 12) : mark.start() + 1]):
            continue
        if _NUMBER.search(text[max(0, mark.start() - 5) : mark.end() + 1]):
            continue
        yield start, mark.start() + len(mark[0].rstrip())
        start = mark.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause of a long sentence around `start` and `end`; the whole where it is short enough to quote."""
    if len(text) <= LONGEST_QUOTE:
        return 0, len(text)
    left = max((mark.end() for mark in _CLAUSE.finditer(text) if mark.end() <= start), default=0)
    right = min((mark.start() for mark in _CLAUSE.finditer(text) if mark.start() >= end), default=len(text))
    return left, right
