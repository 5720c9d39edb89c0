"""What was given up at a time, and a sentence that speaks of it as if it were there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.apart import reported
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_ENDED = re.compile(
    r"^(?:\W*\(?\d{4}\)?\W+)?(?P<what>[^.;,]{3,60}?)[ :,]+(?:(?:was|were|is|are|has been|have been) )?(?:\w+ly )?"
    r"(?:dissolved|retired|abolished|given up|switched off|turned off|removed from the (?:product|app|service)"
    r"|discontinued"
    r"|withdrawn|shut down|ended|phased out|decommissioned|disbanded|wound up|on hold|suspended|cancelled|stopped)\b"
    r"(?P<when>[^.;]{0,60})",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:20\d\d|last (?:year|month|spring|summer|autumn|winter)|so far|no longer|since)\b", re.IGNORECASE
)
_NOT_NOW = re.compile(
    r"\b(?:was|were|until|before|formerly|used to|no longer|not|never|no|nobody|instead|replac\w+|since|ended|retired"
    r"|abolished|dissolved|removed|gone|moved|will|planned|if|former|old|switched off|given up|discontinued)\b",
    re.IGNORECASE,
)
_WHY = "It was given up by one sentence; the other still counts on it."
_SUGGEST = "Take it out of every sentence that is about today, or say since when it is back."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding for each thing that ended: the first sentence about today that names all of its words."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.planned and not one.text.endswith("?")]
    for gone in said:
        found = _ENDED.match(gone.said)
        if found is None or not _DATED.search(found["when"]) or re.search(r"\bnot\b", found[0]):
            continue
        what = stems(found["what"])
        if not what or not re.search(r"[A-Z]{2}|[a-z]{4}", found["what"]):
            continue
        for one in said:
            if one.start != gone.start and _counts_on(what, one, gone):
                yield Finding("staleness.ended", "staleness", quote(one), _WHY, _SUGGEST, quote(gone))
                break


def _counts_on(what: frozenset[str], one: Passage, gone: Passage) -> bool:
    """Whether a sentence about today names all words of what ended, nothing else of the same name."""
    if _NOT_NOW.search(one.text) or reported(one.text) or re.search(r"\b20\d\d\b", one.text):
        return False
    return what <= stems(one.said) and one_part(one, gone)
