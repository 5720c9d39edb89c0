"""Which kinds of data a statement on places is limited to: `patient data stays here` leaves support tickets out."""

from __future__ import annotations

import re

from trustcenter.publish.lint.apart import opening
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Passage

ONLY = re.compile(
    r"\b(only|exclusively|never leaves?"
    r"|all (?:of )?(?:customer |personal |your |our )*(?:data|documents|files|content|information|records"
    r"|processing)"
    r"|solely|always|100 ?%|stays?|remains?)\b",
    re.IGNORECASE,
)
"""Said of all data."""
REACHED = re.compile(
    r"\b(support|help ?desk|service desk|engineers?|staff|personnel|teams?|contractors?|agents?|employees)\b"
    r".{0,30}\bin\b.{0,40}"
    r"\b(work\w*|access\w*|process\w*|view\w*|handl\w*|reach\w*|read)\b",
    re.IGNORECASE,
)
"""People who read data from where they are: it leaves the area although no copy does."""

_GENERAL = re.compile(
    r"\b(?:all|everything|(?:customers?(?:.s?)?|your|personal|our|tenant|user|the|whose)"
    r" (?:personal )?(?:data|content|information)"
    r"|data|content|information|nothing|it|they|residency)\b",
    re.IGNORECASE,
)
_OF_A_KIND = re.compile(
    r"\b(?!(?:all|the|your|our|customer|personal|user|tenant|any|no|of|and|or|production|their|whose)\b)"
    r"[a-z]+ (?:data|content|information|records)\b",
    re.IGNORECASE,
)
_WHICH_DATA = re.compile(
    r"\b(?:gets?|receives?|sees?|coordinates|tickets?|tokens?|notifications?|metadata|invoices?|billing|payments?"
    r"|addresses|names?|numbers?|contacts?|messages|crash\w*|errors?|analytics|marketing|newsletters?)\b",
    re.IGNORECASE,
)
"""A row with these words tells what the company gets."""


def kinds_of(promise: Passage) -> frozenset[str]:
    """The kinds of data that a promise names and is limited to; none where it speaks of data as such."""
    about = opening(promise.text)
    if promise.kind in ("badge", "row") or not about:
        return frozenset()
    if _GENERAL.search(about) and not _OF_A_KIND.search(about):
        return frozenset()
    return stems(about)


_EVERYTHING = re.compile(r"\b(?:data|content|everything|backups?|hosted)\b", re.IGNORECASE)


def of_kinds(kinds: frozenset[str], other: Passage) -> bool:
    """Whether a sentence or a row speaks of one of these kinds, or of data as such."""
    if not kinds or REACHED.search(other.text):
        return True
    if kinds & stems(f"{other.text} {other.label}") and (other.cells or not BESIDE.search(other.text)):
        return True
    if other.cells and not _WHICH_DATA.search(other.text):
        return True
    about = opening(other.text)
    named = _GENERAL.search(about) if about else _EVERYTHING.search(other.text)
    return bool(not other.cells and named and not _OF_A_KIND.search(about))


BESIDE = re.compile(
    r"\b(?:tickets?|push|tokens?|tiles?|invoices?|billing|payments?|crash\w*|marketing|newsletters?"
    r"|(?:e-?)?mails|status page|calls"
    r"|hotline|text messages|SMS|receipts|licen[cs]e checks?)\b",
    re.IGNORECASE,
)
"""What a company holds beside the data of its service."""


def one_matter(first: Passage, second: Passage) -> bool:
    """Whether both speak of one kind of data, or of data as such; what is said of all includes each kind."""
    one, other = kinds_of(first), kinds_of(second)
    if one and other:
        return bool(one & stems(second.text) or other & stems(first.text))
    if bool(one) == bool(other):
        return True
    general = second if one else first
    kind = first if one else second
    return bool(ONLY.search(general.text) or (one or other) & stems(general.text)) or not BESIDE.search(kind.text)
