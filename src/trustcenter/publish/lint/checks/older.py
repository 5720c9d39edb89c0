"""Data that is deleted after a time, and a sentence that still uses what is older: any data, by the words of both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.apart import set_apart
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import Quantity, durations

_GONE = re.compile(
    r"\b(?:delet|eras|purg|destroy|remov|wip|discard|overwrit|expir)\w*|\b(?:kept|retained|stored|held) for\b",
    re.IGNORECASE,
)
_KEPT_COLUMN = re.compile(r"\b(?:kept|keep|retention|retained|how long|deleted|period|stored for)\b", re.IGNORECASE)
_BACK = re.compile(
    r"\b(?:(?:from|over|of|in|across|for|during|using|with) (?:the |their |your |our )?(?:past|last|previous|preceding)"
    r"|going back|go(?:es)? back|reach(?:es|ing)? back|looks? back|history of|as far back as|dating back|back to"
    r"|compar\w+ (?:\w+ ){0,6}with (?:\w+ ){0,4}(?:past|last))\b[^.;\d]{0,12}$",
    re.IGNORECASE,
)
_ANONYMOUS = re.compile(
    r"\b(?:anonymi\w+|aggregat\w*|averag\w+|statistic\w*|counts?|totals?|export\w*|your own copy|not|never|no longer"
    r"|except|unless|older than|in each of|uptime|availab\w*|incidents?|certif\w+)\b",
    re.IGNORECASE,
)
_WHY = "What is deleted after {0:.0f} days cannot be used when it is {1:.0f} days old."
_SUGGEST = (
    "Give the period for which it is really kept, or say from which copy (aggregated, anonymised) the old data comes."
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a sentence that uses old data: the first period of the same data that is shorter."""
    uses = [
        (one, span)
        for one in corpus.asserted
        if not one.cells and one.kind != "title" and not _ANONYMOUS.search(one.text)
        for span in durations(one.text)
        if span.low > 24 and _BACK.search(one.text[: span.start])
    ]
    if not uses:
        return
    kept = [(one, about, period) for one in corpus.asserted if (about := _about(one)) for period in _periods(one)]
    for use, span in uses:
        words = stems(use.text)
        for one, about, period in kept:
            if one.start != use.start and about <= words and span.low > period.high * 1.05 and not set_apart(use, one):
                why = _WHY.format(period.high / 24, span.low / 24)
                yield Finding("retention.used-longer", "retention", quote(one), why, _SUGGEST, quote(use))
                break


def _about(one: Passage) -> frozenset[str]:
    """The stems of what a row or a sentence keeps: two at least, so that one common word is no subject."""
    if one.cells:
        about = stems(one.cells[0])
    elif _GONE.search(one.text) and not re.search(r"\b(?:not|never|unless|account|contract)\b", one.text):
        about = stems(re.split(r"\b(?:is|are|will be)\b", one.text, maxsplit=1)[0])
    else:
        return frozenset()
    return about if len(about) >= 2 else frozenset()


def _periods(one: Passage) -> Iterator[Quantity]:
    """The time after which it is gone: the only one that the passage names."""
    if one.cells and not (_GONE.search(one.text) or _KEPT_COLUMN.search(f"{one.heading} {' '.join(one.columns)}")):
        return
    found = list(durations(one.text))
    if len(found) == 1:
        yield from found
