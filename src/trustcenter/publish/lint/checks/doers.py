"""Who does or may not do something, and where, as the words around the verb tell."""

from __future__ import annotations

import re

from trustcenter.publish.lint.apart import opening
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Passage

_NOT = re.compile(
    r"\b(?:(?:do|does|did|will|shall|may|can|could|would) (?:not|never)|cannot|\w+n['’]t|never|stores? nothing|not"
    r"|(?:keeps?|holds?|stores?|has|have|sees?|contains?|receives?) (?:no|nothing|none))\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?|stays?|remains?) (?:\w+ ){0,3}$", re.IGNORECASE)
_BE = re.compile(r"\b(?:is|are|was|were|be|been)\b", re.IGNORECASE)
_ANYBODY = re.compile(
    r"\b(?:we|you|our (?:company|service|platform|software|product|systems?|people|teams?|staff|side)|us|company"
    r"|service|platform|product|software|nobody|no|none|nothing|anyone|anybody|staff|employees?|people|personnel|engineers?"
    r"|developers?|team|neither|there|who|which|that|one|all)\b",
    re.IGNORECASE,
)
"""Whoever stands for the company as a whole: what is denied of them is denied of all of them."""
_IT = re.compile(r"\W*(?:it|they|he|she)\b", re.IGNORECASE)
_NAME = re.compile(r"(?:[\d.]+ )?[A-Z][\w-]*[^\Ws] ?$")
_PLACE = re.compile(
    r"\b(?:in|on|at|inside|within) (?:(?:the|our|your|a|an|any|its|their|this|these|those) )?"
    r"(?P<what>[\w-]+(?: (?!is\b|are\b|and\b|or\b|but\b|for\b|by\b|to\b|of\b|with\b)[\w-]+){0,3})",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(
    r"(?:any (?:way|form)|full|general|principle|transit|rest|all|addition|time|once|turn|part)\b", re.IGNORECASE
)


def denied_doer(one: Passage, at: int, verb: int) -> frozenset[str]:
    """Of whom alone the verb in the clause from `at` is denied: `Relays do not store video`; empty for the company."""
    before = one.text[at:verb]
    if _PASSIVE.search(before):
        return frozenset()
    mark = _NOT.search(one.text[at : verb + 24])
    who = before[: mark.start()] if mark else before
    if _IT.match(who) or not who.strip():
        who = _spoken_of(one, at)
    return (
        frozenset()
        if _ANYBODY.search(who) or _BE.search(who) or _NAME.fullmatch(who)
        else stems(" ".join(who.split()[:3]))
    )


def _spoken_of(one: Passage, at: int) -> str:
    """What a pronoun in the clause from `at` stands for: whatever the clause or sentence before begins with."""
    earlier = one.text[:at].strip()
    if not earlier:
        earlier = re.split(r"(?<=[.!?])\s+", one.before)[-1] if one.before else ""
    return opening(earlier)


def denied_place(text: str) -> frozenset[str]:
    """Where alone something is denied, by the words after the verb: `not logged in the French app`."""
    found = _PLACE.search(text)
    return stems(found["what"].split()[-1]) if found and not _NO_PLACE.match(found["what"]) else frozenset()
