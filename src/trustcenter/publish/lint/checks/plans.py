"""A figure that is said to hold for everybody, and a table that gives each plan a figure of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import EXTRACTORS

_EVERYBODY = re.compile(
    r"\b(?:for|to|of|by|on|in|with|gives?) (?:all|every|each|any) (?!paid|paying|enterprise)[a-z]"
    r"|\b(?:all|every|each) (?:customers?|plans?|accounts?|tiers?|subscribers?|users?|tenants?|workspaces?) "
    r"(?:gets?|has|have|receives?|includes?|comes?)\b|\bregardless of (?:the |your )?(?:plan|tier)\b"
    r"|\bwhatever (?:the|your) plan\b|\bfor everyone\b|\bfor everybody\b",
    re.IGNORECASE,
)
"""Whoever it holds for: the row and its plans tell whether the table is of the same."""
_MEASURE = frozenset(
    """
retention kept keep period history time limit target reply response max maximum minimum per the and for
""".split()  # noqa: SIM905
)
_KINDS = ("duration", "percent", "frequency")
_SUGGEST = "Say the figure of each plan, from the table that the product is configured by, or the smallest of them."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a sentence for everybody: the first row of the same thing with other figures of the same unit."""
    rows = [one for one in corpus.asserted if len(one.cells) >= 3 and len(set(one.cells[1:])) > 1]
    if not rows:
        return
    for one in corpus.asserted:
        if one.cells or one.kind == "title" or not _EVERYBODY.search(one.text):
            continue
        for kind in _KINDS:
            values = {round(found.low, 3) for found in EXTRACTORS[kind](one.text)}
            row = next((row for row in rows if values and _differs(row, one, kind, values)), None)
            if row is not None:
                why = "The sentence gives everybody one figure; the table gives some plans another."
                yield Finding("scope.plan-figure", "scope", quote(one), why, _SUGGEST, quote(row))
                break


def _differs(row: Passage, one: Passage, kind: str, values: set[float]) -> bool:
    """Whether the row is about what the sentence is about, and at least two of its cells have figures, one another."""
    label = _words(row.cells[0])
    # `Request logs` are no `Audit log`: each word of the label but those of the measure.
    said, about = _words(one.said), stems(one.said)
    if not label or not all(word in said or (stems(word) and stems(word) <= about) for word in label):
        return False
    cells = [{round(found.low, 3) for found in EXTRACTORS[kind](cell)} for cell in row.cells[1:]]
    given = [cell for cell in cells if cell]
    return len(given) >= 2 and len({min(cell) for cell in given}) >= 2 and any(not cell & values for cell in given)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]{3,}", text.lower())) - _MEASURE
