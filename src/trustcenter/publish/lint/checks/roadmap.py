"""A row of what is still to come, and a sentence that says it of today: any feature, by the words of the row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_STATE = re.compile(
    r"\b(?:planned|not (?:yet )?(?:started|begun|built|available|scheduled)|in (?:design|development|progress|build"
    r"|discovery|beta|preview)|under (?:evaluation|way|consideration|construction)|design|build|idea|backlog|to ?do"
    r"|exploring|considering|prototype|research|scoping|later|next|upcoming)\b",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"\broad ?map\b|\broute map\b|\b(?:coming|planned|upcoming|what(?:.s| is) (?:next|coming))\b"
    r"|\b(?:what comes next|plans ahead|later)\b",
    re.I,
)
_COLUMN = re.compile(r"\b(?:target|state|status|stage|when|planned|expected|due|timing|eta|quarter)\b", re.IGNORECASE)
_DONE = re.compile(
    r"\b(?:live|done|shipped|released|complet\w+|generally available|GA|in (?:force|place))\b", re.IGNORECASE
)
_TO_COME = re.compile(
    r"\b(?:not|cannot|will|plan\w*|road ?map|soon|later|going to|expect\w*|in (?:beta|preview|progress)|pilot"
    r"|would|may|might|ask|yet|until|once|if|when|20\d\d|optional\w*|on request)\b|n[’']t\b|\?$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|second|additional|further|another|new|other|wider|full|extend\w*|improv\w*|better)\b", re.I
)
"""What is to come on top of what there is."""
_WHY = "The plan says that this is still to come; the sentence gives it to the reader today."
_SUGGEST = "Render the sentence from the state of the plan: until it is released, say so where it is promised."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a row of a plan: the first sentence of today that has the words of the row."""
    rows = [(one, words) for one in corpus.passages if one.asserted and len(words := _planned(one)) >= 2]
    if not rows:
        return
    said = [
        (one, _roots(f"{one.text} {one.heading}" if one.heading.endswith("?") else one.text))
        for one in corpus.asserted
        if one.kind in ("sentence", "item", "badge") and not one.planned and not _TO_COME.search(one.text)
    ]
    for row, words in rows:
        for one, about in said:
            if len(words & about) * 4 >= len(words) * 3 and one.heading != row.heading and len(words & about) >= 2:
                yield Finding("status.roadmap", "status", quote(one), _WHY, _SUGGEST, quote(row))
                break


def _planned(row: Passage) -> frozenset[str]:
    """The stems of what a row says is to come; none where it is no such row."""
    if not row.cells and row.label and _COMING.search(row.heading) and _STATE.search(row.text.removeprefix(row.label)):
        # `Sign-in by card: planned for 2027`, under a heading of what is to come.
        return _roots(row.label) if not _MORE.search(row.label) else frozenset()
    if len(row.cells) < 2:
        return frozenset()
    if not (_COMING.search(row.heading) or sum(bool(_COLUMN.search(name)) for name in row.columns) >= 2):
        return frozenset()
    rest = " ".join(row.cells[1:])
    if not _STATE.search(rest) or _DONE.search(rest) or _MORE.search(row.cells[0]):
        return frozenset()
    return _roots(row.cells[0])


def _roots(text: str) -> frozenset[str]:
    """Stems without a silent e: `picture` and `pictures`."""
    return frozenset(stem.removesuffix("e") for stem in stems(text))
