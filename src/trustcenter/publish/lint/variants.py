"""The plans, editions and modules that a page tells apart, and which of them a text names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from trustcenter.publish.lint.page import Passage

_HEAD = re.compile(r"^[A-Z][\w-]+(?: [\w-]+)?$")
_MEASURE = re.compile(
    r"provider|vendor|purpose|region|location|name|status|standard|framework|sub-?processor|company|task|country"
    r"|activity|topic|area|control|severity|target|entity|item|metric|meaning|where|what|who|how|period|kept|basis"
    r"|data|transfer|role|date|type|owner|notes?|details?|used? (?:by|for)|description|evidence|response",
    re.IGNORECASE,
)
"""A column that says something of each row, no variant of the product."""
_TIER = re.compile(
    r"(?P<names>\b[A-Z][a-z]+(?:(?:, | and |, and | or )[A-Z][a-z]+)*) (?:plans?|tiers?|editions?|packages?|modules?)\b"
)
_FIRST_WORDS = {
    "The", "Our", "All", "Every", "Each", "This", "That", "Any", "These", "Those", "No", "Both", "Other", "We", "For",
    "On",
}  # fmt: skip


def variants(passages: Sequence[Passage]) -> frozenset[str]:
    """The plans, editions and modules that a page tells apart: heads of a table that compares, names before `plan`."""
    found: set[str] = set()
    text = "\n".join(one.text for one in passages if not one.cells)
    for names in {_compared(one) for one in passages if len(one.cells) > 2}:
        if len(names) > 1 and all(_HEAD.match(name) and not _MEASURE.search(name) for name in names):
            found |= {form for name in names if (form := _spoken_of(name, text))}
    found |= _labelled(passages)
    for match in _TIER.finditer(text):
        found |= set(re.findall(r"[A-Z][a-z]+", match["names"])) - _FIRST_WORDS
    codes = re.findall(r"(?<=[a-z(] )\b[A-Z]\d\b|(?<=\()[A-Z]\d\b", text)
    found |= {code for code in codes if codes.count(code) > 1 and code[0] not in "QHA"}
    return frozenset(found)


_LABELLED = re.compile(r"(?:(?:On|For|In|With) )?(?P<names>[A-Z][\w+-]+(?:(?:, | and )[A-Z][\w+-]+)*)(?: plans?)?: ")
_NO_NAME = {"Yes", "No", "Note", "Partly", "Example", "Question", "Answer"}


def _labelled(passages: Sequence[Passage]) -> set[str]:
    """Names that stand side by side before a colon in several paragraphs: `Family: ... School: ...`."""
    beside: dict[str, set[int]] = {}
    blocks: dict[int, set[str]] = {}
    for one in passages:
        match = None if one.kind == "title" else _LABELLED.match(one.said)
        for name in re.split(r", | and ", match["names"]) if match else ():
            beside.setdefault(name, set()).add(one.block)
            blocks.setdefault(one.block, set()).add(name)
    often = {name for name, where in beside.items() if len(where) > 2 and name not in _NO_NAME}
    return {name for name in often if any(len(blocks[where] & often) > 1 for where in beside[name])}


def _compared(row: Passage) -> tuple[str, ...]:
    """The names above the values of a row; the corner of the table may be empty."""
    return row.columns[1:] if len(row.columns) == len(row.cells) else row.columns


def _spoken_of(name: str, text: str) -> str:
    """The form in which sentences use a name: with its capital, or small before a noun; empty where none does."""
    if re.search(rf"(?<![.!?] )(?<!\n)(?<!^)\b{re.escape(name)}\b", text):
        return name
    small = name.lower()
    return small if len(re.findall(rf"\b{re.escape(small)} [a-z]", text)) >= 2 else ""


def named(one: Passage, text: str) -> frozenset[str]:
    """The variants of its page that a text names."""
    return _named(one.variants, text) if one.variants else frozenset()


@lru_cache(maxsize=8192)
def _named(names: frozenset[str], text: str) -> frozenset[str]:
    return frozenset(name for name in names if _word(name).search(text))


@lru_cache(maxsize=1024)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE if name.islower() else 0)
