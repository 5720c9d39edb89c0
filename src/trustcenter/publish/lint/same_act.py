"""Whether two quantities measure one act on one object: what the clause of each says is done, and to what."""

from __future__ import annotations

import re

from trustcenter.publish.lint.courses import deeds
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Passage
from trustcenter.publish.lint.quantities import Quantity

_CLAUSE = re.compile(r"[;:.]\s|\s[—–]\s|,\s(?:and|but|while|so|the|in \w+ (?:is|are))\b")
_ORIGIN = re.compile(
    r"\b(?:after|following|from|since|once|upon|of) (?:\w+ing|becoming|awareness|discovery|confirm\w+)\b.*$"
)
"""What a time runs from is no object of the act."""
_NOTICE = re.compile(r"\b(?:notices?|warnings?|hears?|learns?|word)\b", re.IGNORECASE)
_DEEDS = stems(
    "delete erase notify notice inform tell announce answer respond restore fix patch revoke review test testing rotate"
    " renew publish post send confirm export provide apply train training scan assess audit assessment exercise drill"
    " approve report update copy pay check verify complete happen follow take place made done run"
)
_AUTHORITY = re.compile(r"\b(?:authorit(?:y|ies)|regulators?|commissioners?|ICO|attorneys? general)\b", re.IGNORECASE)
_FEW = 2
_SHORT = 45


def other_acts(first: Passage, one: Quantity, second: Passage, other: Quantity) -> bool:
    """Whether the clauses of two quantities name other acts, or one act on objects of which neither names the other's.

    Where not both name an act, more must be in common: two objects, or all that one of them speaks of.
    """
    if _authority(first, one) != _authority(second, other):
        return True
    acts = [_acts(passage, value) for passage, value in ((first, one), (second, other))]
    if all(acts) and not acts[0] & acts[1]:
        return True
    mine, theirs = _objects(first, one), _objects(second, other)
    if not mine or not theirs:
        return False
    if not mine & theirs:
        return True
    return not all(acts) and len(mine & theirs) < _FEW and not (mine <= theirs or theirs <= mine)


def _clause(one: Passage, value: Quantity) -> str:
    """The clause of a quantity with its label; with the question, where it is a few words."""
    text = one.text
    left = max((mark.end() for mark in _CLAUSE.finditer(text) if mark.end() <= value.start), default=0)
    right = min((mark.start() for mark in _CLAUSE.finditer(text) if mark.start() >= value.end), default=len(text))
    # `It is gone within a day` speaks of the clause before.
    left = 0 if re.match(r"(?:it|they|this|these)\b", text[left:], re.IGNORECASE) else left
    said = text[left:right]
    if len(stems(said)) < _FEW:
        said = text
    replies = len(said) < _SHORT or re.match(r"(?:yes|no|they|it)\b", text, re.IGNORECASE)
    asked = one.heading if replies and one.heading.endswith("?") else ""
    return " ; ".join(part for part in (one.label or one.part, _ORIGIN.sub("", said), asked) if part)


def _acts(one: Passage, value: Quantity) -> frozenset[str]:
    # A clause without a verb goes on with that of its sentence.
    return next((acts for said in (_clause(one, value), one.said) if (acts := _deeds(said))), frozenset())


def _deeds(said: str) -> frozenset[str]:
    return deeds(said) | (frozenset({"notif"}) if _NOTICE.search(said) else frozenset())


def _authority(one: Passage, value: Quantity) -> bool:
    """Whether the time is one towards an authority: the law sets it, whatever customers are promised."""
    return bool(_AUTHORITY.search(_clause(one, value)))


def _objects(one: Passage, value: Quantity) -> frozenset[str]:
    return stems(_clause(one, value)) - _DEEDS
