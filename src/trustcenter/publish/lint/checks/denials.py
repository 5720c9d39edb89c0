"""What one sentence says cannot or never happens to a thing, and another plainly does to it, whatever verb and thing.

The denied verb and the head of its object are compared by their stems. Conditions on the denial, what the customer does
and what is itself denied are no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trustcenter.publish.lint.apart import historic, opening, reported, set_apart
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import same_part, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_CANNOT = re.compile(
    r"\b(?P<how>cannot|can[’']t|can not|(?:will|do|does|shall|may|would|could) (?:not|never)"
    r"|(?:do|does|wo)n[’']t|never|(?:has|have) no (?:way|means|ability) to"
    r"|(?:is|are) (?:not able|unable|technically unable) to)\s+(?:(?:ever|also|even|itself|ourselves) )?"
    r"(?P<verb>[a-z]{4,}) (?P<what>[^.;:]{2,80})",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:nobody|no one|none of|no (?:\w+ )?(?:employee|engineer|person|human|member)|not even)\b[^.;:]{0,60}?"
    r"\b(?:can|may|is able to|ever) (?P<verb>[a-z]{4,}) (?P<what>[^.;:]{2,80})",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:(?:is|are|will be|can be) (?:never|not ever|under no circumstances)|(?:cannot|can never|can[’']t) be) "
    r"(?P<verb>[a-z]{4,}(?:ed|en|t|d|n))\b(?P<what>)[^.;:]{0,50}",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^(?:Only|Nobody but|No one but) (?:the |a |an |our |your )?(?P<who>[\w’' -]{3,40}?) (?:can|may)"
    r" (?P<verb>[a-z]{4,}) "
    r"(?P<what>[^.;:]{3,80})"
)
_DENYING = re.compile(r"^Only |not|n[’']t|never|no\b|nobody|none|unable|under no", re.IGNORECASE)
_BOUNDED = re.compile(
    r"\b(?:unless|except\w*|apart from|other than|until|if|beyond|more than|before|by default|only|without|yet|while"
    r"|during|in plain|outside(?: of)?|guarantee\w*|where|other|more|longer|again|older|directly|at present|currently"
    r"|from|for|to train|in order|alone)\b",
    re.IGNORECASE,
)
"""What limits a denial, so that a plain sentence about the same act need not contradict it."""
_NEGATED = re.compile(
    r"\b(?:not|never|no|nobody|none|cannot|neither|nor|without|unable|refus\w+|prevent\w*|block\w*|stops?|stopped"
    r"|instead|if|unless|only|whether|would|could|should|right to)\b|n[’']t\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:you|your|customers?|users?|owners?|patients?|members?|administrators?|clients?|browsers?|devices?"
    r"|the (?:app|device|phone|card))\b",
    re.IGNORECASE,
)
_EMPTY_VERBS = frozenset(
    """
have make take give need want work apply mean include cover allow require accept offer provide list know
think keep hold hand show tell claim consider become count depend appear seem come stand exist support
request charge ask answer write find help limit affect reach replace leave bill expect plan treat believe
enter start
""".split()  # noqa: SIM905
)
_PRONOUN = re.compile(r"^(?:it|them|this|these|those|any of it|any of them)\b", re.IGNORECASE)
_TAIL = re.compile(r"\b(?:and|or|but|with|by|in|on|at|from|for|to|when|as|so|because|which|that|who|of)\b")
_WHY = "One sentence says that this never or cannot happen, another does it to the same thing."
_SUGGEST = "Say who or what does it, when and with which key or right; take back the sentence that rules it out."


@dataclass(frozen=True, slots=True)
class Denial:
    """A verb that is ruled out, and the stems of what it would be done to."""

    passage: Passage
    verb: str
    what: frozenset[str]
    at: int
    but: frozenset[str] = frozenset()
    """Who may, where only they may."""


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a denial: the first sentence that does the same to the same."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?") and not one.planned]
    texts = [(one, one.text.lower()) for one in said if not one.cells and not historic(one.text)]
    for one in said:
        for denial in _denials(one):
            other = next(
                (
                    (second, at)
                    for second, lower in texts
                    if denial.verb[:5] in lower and (at := _does(second, denial)) is not None
                ),
                None,
            )
            if other is not None:
                quoted = quote(other[0], other[1], other[1] + 1)
                family = "absolute" if denial.but else "capability"
                first = quote(one, denial.at, denial.at + 1)
                yield Finding(f"{family}.denied-act", family, first, _WHY, _SUGGEST, quoted)
                break


def _denials(one: Passage) -> Iterator[Denial]:
    if one.cells or one.text.count(" ") < 3:
        return
    for pattern in (_CANNOT, _NOBODY, _PASSIVE, _ONLY) if _DENYING.search(one.text) else ():
        for found in pattern.finditer(one.text):
            verb = found["verb"].lower()
            rest = found[0][found.start("verb") - found.start() :]
            if verb in _EMPTY_VERBS or _BOUNDED.search(rest) or re.match(r"(?:You|Your|If)\b", one.text):
                continue
            if re.search(r"\b(?:you|customers?|users?)\s*$", one.text[: found.start()], re.IGNORECASE):
                continue
            what = _head(found["what"]) if pattern is not _PASSIVE else stems(one.text[: found.start()][-70:])
            if _PRONOUN.match(found["what"]):
                what = stems(opening(one.text)) or _head(one.text)
            root = _root(verb)
            if what and len(root) >= 4:
                but = stems(found["who"]) if pattern is _ONLY else frozenset()
                yield Denial(one, root, what - {root}, found.start("verb"), but)


def _root(verb: str) -> str:
    return re.sub(r"(?:ing|ed|es|e|s)$", "", verb)


def _head(text: str) -> frozenset[str]:
    """The stems of the noun phrase that begins a text."""
    return stems(_TAIL.split(text, maxsplit=1)[0])


def _does(one: Passage, denial: Denial) -> int | None:
    """Where the passage does the denied act to the same thing; nothing where it does not."""
    first = denial.passage
    if one.start == first.start and one.place.file == first.place.file:
        return None
    verb = re.search(rf"\b(?P<verb>{re.escape(denial.verb)}(?:e?s|e?d|ing|e)?)\b(?P<after>[^.;:]*)", one.text.lower())
    if verb is None or verb.end("verb") < 6:
        return None
    left = max((mark.end() for mark in re.finditer(r"[;:]\s|, (?:but|while) ", one.text[: verb.start()])), default=0)
    before = one.text[left : verb.start()]
    after = one.text[verb.end("verb") : verb.end()]
    if denial.but & stems(before):
        return None
    active = re.match(r"^ (?:the|your|our|a|an|all|any|each|every|it|them|those|these|[a-z]{3,})\b", after)
    passive = re.search(r"\b(?:is|are|gets?|be|being) (?:\w+ly )?$", before)
    if passive:
        about = stems(before)
    elif (active and re.search(r"s$|[^e]ing$", verb["verb"])) or re.search(
        r"\b(?:we|they|can|may|to|and|who|\w{3,}s) $", before
    ):
        about = _head(after)
    else:
        return None
    if not denial.what or not denial.what & about:
        return None
    if _NEGATED.search(re.sub(r"^(?:When|Once|After)[^,]*, ", "", before)) or _OWN.search(before):
        return None
    if re.search(r"\b(?:if|unless|only|with your|at your|on (?:your )?request)\b", after) or reported(one.text):
        return None
    if set_apart(first, one) or not same_part(first.said, one.said):
        return None
    return verb.start()
