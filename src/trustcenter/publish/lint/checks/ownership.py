"""A thing of its own for each, and the same thing shared or handed on: any thing, by the nouns of both sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trustcenter.publish.lint.apart import set_apart
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_OWN = re.compile(
    r"\b(?:each|every) (?P<whose>(?:[\w-]+ ){0,2}?[\w-]+) (?:gets|has|have|receives|runs (?:in|on)|is (?:given|assigned"
    r"|run (?:in|on)|stored in|kept in)|starts (?:in|on|with)|sits in|lives in|uses|works with|comes with|owns) "
    r"(?:an? |its |their |his or her )(?P<how>(?:own |entirely |completely )*"
    r"(?:fresh|new|clean|own|dedicated|separate|individual|private|unique|personal|distinct|isolated))"
    r" (?P<what>(?:[\w-]+ ){0,2}[\w-]+)",
    re.IGNORECASE,
)
_NONE_SHARED = re.compile(
    r"\b(?P<what>(?:[\w-]+ ){0,2}[\w-]+) (?:is|are) never (?:shared|reused|re-used|recycled|passed on|handed on)"
    r"(?: (?:between|across|among|by|from) (?P<whose>(?:[\w-]+ ){0,2}[\w-]+))?",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\b(?:shar(?:e|es|ed|ing)|reus(?:e|es|ed|ing)|re-us(?:e|es|ed|ing)|handed|recycl\w+|pooled|passed (?:on|from)"
    r"|carried over|in common|jointly|one and the same|the same|a single|one common|surviv\w+|stays? (?:warm|alive)"
    r"|kept (?:warm|alive|running)|next (?:one|job|customer|user|patient|tenant))\b"
    r"|\bfrom (?P<same>\w+) to (?P=same)\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:not|never|no|nobody|none|cannot|neither|without|only if|unless)\b|n[’']t\b", re.IGNORECASE
)
_WHY = "One sentence gives each a thing of its own, another shares it or hands it on."
_SUGGEST = "Say what is separate and what is shared, for how long, and what keeps one's data from the next."


@dataclass(frozen=True, slots=True)
class Own:
    """What each has for itself, and whose it is."""

    passage: Passage
    at: int
    what: frozenset[str]
    whose: frozenset[str]


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a sentence: the first that shares the same thing between the same."""
    said = [one for one in corpus.asserted if one.kind not in ("title",) and not one.text.endswith("?")]
    owns = [own for one in said for own in _own(one)]
    if not owns:
        return
    shared = [one for one in said if _SHARED.search(one.text) and not _TAKEN_BACK.search(one.text)]
    for own in owns:
        for other in shared:
            if other.start == own.passage.start or set_apart(own.passage, other):
                continue
            about = stems(other.text)
            if own.what & about and own.whose & about and not own.what & own.whose & about:
                yield Finding(
                    "capability.own-or-shared",
                    "capability",
                    quote(own.passage, own.at, own.at + 1),
                    _WHY,
                    _SUGGEST,
                    quote(other),
                )
                break


def _own(one: Passage) -> Iterator[Own]:
    for pattern in (_OWN, _NONE_SHARED):
        for found in pattern.finditer(one.text):
            what = stems(re.split(r"\b(?:that|which|for|in|on|with|and|so)\b", found["what"])[0])
            whose = stems(found["whose"] or "")
            if what and whose:
                yield Own(one, found.start(), what, whose)
