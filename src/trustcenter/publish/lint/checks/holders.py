"""An office held by one person in one place and by another elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_OFFICE = (
    r"(?P<office>(?i:data protection officer|DPO|CISO|chief [a-z]+(?: [a-z]+)? officer"
    r"|(?:information )?security officer"
    r"|privacy officer|ombuds(?:person|man|woman)|security official|privacy official|managing director|CEO|CTO"
    r"|complaints officer|compliance officer|head of (?:information )?security|medical director|safeguarding lead))"
)
_TITLE = r"(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.? )?"
_PERSON = rf"{_TITLE}(?P<name>[A-Z][\w’'-]+(?: [A-Z]\.)?(?: [A-Z][\w’'-]+){{1,2}})"
_NAMED = (
    re.compile(rf"\b{_OFFICE}(?: is|,|:| \()\s*{_PERSON}"),
    re.compile(rf"\b{_PERSON}(?: is|,| \()\s*(?:our |the )?{_OFFICE}\b"),
)
_ANOTHER = re.compile(
    r"\b(?:former|previous|until|deputy|acting|was|were|left|predecessor|successor|from 20\d\d|of (?:[A-Z]))",
    re.IGNORECASE,
)
_WHY = "Two people hold one office: a reader does not know to whom to write, nor who answers for it."
_SUGGEST = "Take the name from one register, and print it wherever the office is named."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding an office: the first two places that name different people."""
    held: dict[str, tuple[str, Passage]] = {}
    told: set[str] = set()
    for one in corpus.asserted:
        for office, name in _holders(one):
            earlier = held.setdefault(office, (name, one))
            if office not in told and earlier[0] != name and earlier[1].start != one.start:
                told.add(office)
                yield Finding("value.holder", "value", quote(earlier[1]), _WHY, _SUGGEST, quote(one))


def _holders(one: Passage) -> Iterator[tuple[str, str]]:
    """Each office with the last word of its holder's name."""
    text = one.said
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            around = text[max(0, found.start() - 30) : found.end() + 12]
            if not _ANOTHER.search(around.replace(found[0], "")):
                office = re.sub(r"^dpo$", "data protection officer", found["office"].lower())
                office = re.sub(r"ombuds\w+", "ombudsperson", office)
                yield office, found["name"].rsplit(" ", 1)[-1]
