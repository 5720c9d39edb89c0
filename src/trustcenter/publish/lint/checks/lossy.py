"""How much may be lost, against how often a copy is made: read more widely than the named objective.

Silent where the page tells of a log that is archived in between, or of a copy that follows continuously.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.checks.retention import CONTINUOUS
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import EXTRACTORS, Quantity

_LOSS = re.compile(
    r"\b(?:RPO|recovery point|los(?:e|es|s|t)|missing|re-?enter\w*|entered again|keyed again|typed again|repeated)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:at most|up to|no more than|not more than|less than|under|within|maximum of|never more than|only|RPO"
    r"|recovery point)"
    r"[\w ():,-]{0,24}$",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"\b(?:cop(?:y|ies|ied)|back(?:ed|s)?[- ]?ups?|snapshots?|replicat\w+|synchroni[sz]\w+|synced|mirror\w*"
    r"|dump(?:s|ed)?)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:test\w*|restor\w*|drill\w*|kept|keep|retain\w*|expire\w*|rotat\w*|review\w*|verif\w*|check\w*"
    r"|compar\w*|per cent"
    r"|back[- ]?ups? (?:are|is) (?:then |also )?(?:copied|sent|moved|written)|sample\w*"
    r"|archive\w*)\b",
    re.IGNORECASE,
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a page: the tightest bound, and the most frequent copy that cannot keep it."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?")]
    if any(CONTINUOUS.search(one.text) for one in corpus.asserted):
        return
    bounds = [(one, value) for one in said if _LOSS.search(one.said) for value in _bounds(one)]
    copies = [(one, value) for one in said if _COPY.search(one.text) for value in _intervals(one)]
    if not bounds or not copies:
        return
    first, bound = min(bounds, key=lambda pair: pair[1].high)
    second, often = min(copies, key=lambda pair: pair[1].low)
    if often.low > bound.high and first.start != second.start:
        why = f"A copy every {often.low:g} hours cannot keep a loss of at most {bound.high:g}."
        suggest = "State the loss that the interval can keep, or archive the log in between and say so."
        yield Finding("value.loss", "value", quote(first), why, suggest, quote(second))


def _bounds(one: Passage) -> Iterator[Quantity]:
    labelled = re.search(r"\b(?:RPO|recovery point)\b", one.label, re.IGNORECASE)
    values = list(EXTRACTORS["duration"](one.text))
    if len(values) > 1 and (one.cells or not labelled):
        # Several bounds are of several plans or stores: only the loosest holds for all.
        values = [max(values, key=lambda found: found.high)]
    for found in values:
        if labelled or _BOUND.search(one.text[: found.start]):
            yield found


def _intervals(one: Passage) -> Iterator[Quantity]:
    for found in EXTRACTORS["frequency"](one.text):
        near = one.text[max(0, found.start - 60) : found.end + 40]
        if _COPY.search(near) and not _OTHER.search(near) and not re.search(r"\bthe $", one.text[: found.start]):
            yield found
