"""Quotes out of passages."""

from __future__ import annotations

import re

from trustcenter.model.place import Place
from trustcenter.publish.lint.finding import Quote
from trustcenter.publish.lint.page import Passage
from trustcenter.publish.lint.sentences import clause


def quote(passage: Passage, start: int = 0, end: int | None = None) -> Quote:
    """The passage, or the clause of a long one around `start` and `end`."""
    left, right = clause(passage.text, start, len(passage.text) if end is None else end)
    if left == 0 and right == len(passage.text):
        return Quote.of(passage)
    text = passage.text[left:right].strip()
    left = passage.text.index(text, left)
    # Blanks may be longer in the source than in the passage: positions inside a wrapped sentence are close, not exact.
    column = passage.place.column + left
    place = Place(passage.place.file, passage.place.line, column)
    return Quote(text, place, passage.start + left, passage.start + left + len(text))


def words_of(text: str) -> frozenset[str]:
    """Significant words in lower case, singular."""
    found = re.findall(r"[a-z]{4,}", text.lower())
    return frozenset(word.rstrip("s") for word in found if word not in _COMMON)


_COMMON = {
    "with",
    "that",
    "this",
    "from",
    "your",
    "have",
    "their",
    "them",
    "into",
    "only",
    "also",
    "such",
    "item",
    "items",
    "than",
    "will",
    "full",
    "before",
    "being",
    "what",
    "when",
}
