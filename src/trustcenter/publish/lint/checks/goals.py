"""A figure that is promised, and a worse one that was reached, with no word on what followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import Quantity, percentages

_ABOUT = re.compile(r"\b(?:uptime|availab\w*|SLA|service level|reachable)\b", re.IGNORECASE)
_PROMISED = re.compile(r"\b(?:guarantee\w*|promise\w*|commit\w*|SLA|ensure\w*|service level)\b", re.IGNORECASE)
_REACHED = re.compile(
    r"\b(?:reached|achieved|measured|was|were|observed|actual\w*|recorded|saw|stood at|had|last (?:year|quarter|month)"
    r"|in 20\d\d|over the past)\b",
    re.IGNORECASE,
)
_ADMITTED = re.compile(
    r"\b(?:credits?|credited|refund\w*|missed|miss|fell short|below (?:the|our) (?:target|promise|objective)|durab\w*"
    r"|target|objective|aim|goal|storage)\b",
    re.IGNORECASE,
)
"""What says that a promise was not kept, or that it was none."""
_WHY = "The figure that was reached is below the one that is promised, and nothing says what followed."
_SUGGEST = "Print the measured figure beside the promise, and say what a miss gives to customers."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a promise: the first lower figure that was reached, unless the page owns to the miss."""
    if any(_ADMITTED.search(one.text) and _ABOUT.search(one.context) for one in corpus.asserted):
        return
    stated = [
        (one, value)
        for one in corpus.asserted
        if one.kind != "title" and _ABOUT.search(f"{one.said} {one.before} {one.heading}")
        for value in percentages(one.text)
    ]
    promised = [(one, value) for one, value in stated if _PROMISED.search(_near(one, value))]
    reached = [(one, value) for one, value in stated if _REACHED.search(_near(one, value))]
    for first, promise in promised:
        for second, figure in reached:
            if 90 <= figure.high < promise.low and first.start != second.start and not _PROMISED.search(second.text):
                yield Finding("value.goal-missed", "value", quote(first), _WHY, _SUGGEST, quote(second))
                return


def _near(one: Passage, value: Quantity) -> str:
    """The words around a figure, with the label of a short passage."""
    said = one.text[max(0, value.start - 60) : value.end + 40]
    if re.search(r"\bwould\b|[’']d (?:have|be)\b|[’']d've\b|\bwould[’']ve\b", one.text):
        # What never was.
        return ""
    return f"{one.label} {said}" if len(one.text) < 60 else said
