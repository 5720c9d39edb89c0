"""What sets two sentences apart without any list of subjects: what each speaks of, and what each reports.

Truthful pages name a plan, a product or a place for each value, tell what an exercise took, and mark the exception.
"""

from __future__ import annotations

import re
from functools import lru_cache

from trustcenter.publish.lint.page import Passage
from trustcenter.publish.lint.variants import named
from trustcenter.publish.lint.words import pattern

_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|will|shall|may|can|cannot|must|do|does|did|took|gets?|stays?|remains?"
    r"|accepts|supports|requires|refuses|uses|sends|holds|needs?|goes|lasts?|lives|runs|leaves?|expires?|ends?"
    r"|keeps?|kept|sits?|takes?|removes?|deletes?|covers?"
    r"|carr(?:y|ies)|moves?|follows?|works?|shows?|contains?|include[sd]?)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^(?:[^,]{3,60}), (?=[a-z\d])")
_SPEAKER = re.compile(
    r"^(?:we|you|it|they|this|these|that|those|there|nobody|nothing|each|both|all|he|she|i|everything|if|when|once)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def opening(text: str) -> str:
    """What a sentence makes its statement about: the words before its first verb; empty for a pronoun or a speaker."""
    aside = _ASIDE.match(text)
    rest = text[aside.end() :] if aside and _FINITE.search(text[aside.end() :]) else text
    fragment = rest.split("; ")[0]
    if fragment != rest and _FINITE.search(fragment) is None:
        # `TLS 1.3 between the extension and the service; ...`
        return fragment if len(fragment) <= 60 else ""
    between = _BETWEEN.match(rest)
    if between is not None:
        return between[0]
    verb = _FINITE.search(rest)
    if verb is None or verb.start() > 90 or _SPEAKER.match(rest):
        return ""
    # `Acme shall delete` names the speaker, `Audio is deleted` the thing.
    acts = _DEED.match(rest[verb.start() :])
    return "" if acts and _ONE_NAME.match(rest[: verb.start()]) else rest[: verb.start()]


_BETWEEN = re.compile(
    r"(?:Between [\w -]{3,40}? and|Towards?) (?:the |our |your )?[\w-]+ (?=\w+ (?:is|are|use)\b|we\b|it\b)"
)
_DEED = re.compile(r"(?:shall|will|may|can|must|keeps|deletes|removes|has|does)\b(?! (?:\w+ )?be\b)", re.IGNORECASE)
_ONE_NAME = re.compile(r"(?:[\d.]+ )?[A-Z][\w-]+ $")


_PLACE = re.compile(
    r"\b(?:the|our|its|an?|in|of|from) (?P<name>[A-Z][\w-]+) "
    r"(?P<head>(?!shall|will|must|without|with|within|before|after|when|that|which|does|cannot|plan)[a-z]{4,})\b",
    re.IGNORECASE,
)


def other_names(first: str, second: str) -> bool:
    """`The Dublin office` and `the Toronto office`: one noun, set apart by names that the other does not have."""
    one, other = _by_head(first), _by_head(second)
    return any(not one[head] & other[head] for head in one.keys() & other.keys()) and not any(
        one[head] & other[head] for head in one.keys() & other.keys()
    )


@lru_cache(maxsize=8192)
def _by_head(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for match in _PLACE.finditer(text):
        if match["name"][0].isupper() and match["head"][0].islower():
            found.setdefault(match["head"].rstrip("s"), set()).add(match["name"])
    return {head: frozenset(words) for head, words in found.items()}


_REPORTED = re.compile(
    r"\b(?:had been|took|wrote|lasted|happened|occurred|we missed|(?:was|were) (?:\w+ )?(?:left|down"
    r"|unavailable|found|fixed|restored"
    r"|back|closed|mended|told|reported|lost|shown|misused|reachable))\b"
    r"|\bon (?:\w+ ){1,2}occasions?\b"
    r"|\bwe (?:\w+ )?(?:told|informed|notified|wrote to|restored|fixed|paid|answered) (?:all |the |them|every)"
    r"|(?:^|; |, |\d |[a-z]{3,}s )(?<!are )(?<!is )(?<!be )told,? in \d"
    r"|\b(?:in|during) the (?:[\w-]+ )?(?:year|half-year|quarter|months?) (?:to|until|ended)\b"
    r"|\b(?:last|latest|most recent|in) (?:\w+ )?(?:exercise|drill|test|rehearsal)\b.{0,40}\b(?:took|was|were)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def reported(text: str) -> bool:
    """Whether a sentence tells what happened once: how long an outage or an exercise took promises nothing."""
    return bool(_REPORTED.search(text))


_YEAR = re.compile(r"\b20\d\d\b")


def different_years(first: str, second: str) -> bool:
    """Whether each tells of a year of its own."""
    one, other = set(_YEAR.findall(first)), set(_YEAR.findall(second))
    return bool(one and other) and not one & other


_EXCEPTION = re.compile(
    r"\b(?:(?:is|are) (?:an|the) exceptions?|instead|of (?:its|their) own(?! (?:for|per) ))\b", re.IGNORECASE
)


def stated_exception(first: Passage, second: Passage) -> bool:
    """Whether the later of two sentences of one section says itself that it tells the exception."""
    if first.place.file != second.place.file or first.heading != second.heading:
        return False
    earlier, later = sorted((first, second), key=lambda one: one.start)
    if _EXCEPTION.search(later.text) or (_one_paragraph(first, second) and _SAVE.search(earlier.text)):
        return True
    near = _one_paragraph(first, second) and not _WHOLE.search(earlier.text)
    return near and bool(named(later, later.text)) and bool(_LIMITS.match(later.text))


_SAVE = re.compile(r"\b(?:save|except) for (?:one|two|a few)\b|\bwith (?:one|two|a few) exceptions?\b", re.IGNORECASE)
"""The exception is announced, and follows."""
_WHOLE = re.compile(r"\b(?:all|every|each|any|regardless)\b", re.IGNORECASE)
_LIMITS = re.compile(r"(?:on|for|in|with)\b", re.IGNORECASE)
"""`On the Enterprise plan ...`, right after what holds for the others."""


def set_apart(first: Passage, second: Passage) -> bool:
    """Whether the page itself tells the two apart: by the variant that each names, or by a name before one noun."""
    one, other = named(first, first.said), named(second, second.said)
    if one and other and not one & other:
        return True
    examined, examines = attested(first), attested(second)
    if examined and examines and not examined & examines:
        return True
    if _one_paragraph(first, second) and first.part and second.part and first.part != second.part:
        return True
    if _one_paragraph(first, second) and _in_turn(first.text, second.text):
        return True
    if historic(first.text) != historic(second.text):
        return True
    return (
        complements(first.text, second.text)
        or complements(second.text, first.text)
        or other_names(first.text, second.text)
        or other_ranks(first.text, second.text)
        or other_complements(first.text, second.text)
        or other_capacities(first.text, second.text)
    )


def _one_paragraph(first: Passage, second: Passage) -> bool:
    return first.place.file == second.place.file and first.block == second.block


_DURING = re.compile(r"(?:during|while|until|before|within|up to|at first|initially)\b", re.IGNORECASE)
_AFTER = re.compile(r"(?:after|afterwards|thereafter|then|later|once|from then|from that)\b", re.IGNORECASE)


def _in_turn(first: str, second: str) -> bool:
    """`During it nobody can delete; after it two administrators can`: what holds first, and what holds then."""
    return any(_DURING.match(one) and _AFTER.match(other) for one, other in ((first, second), (second, first)))


_BEFORE = re.compile(
    r"^(?:before that|until then|before (?:\w+ )?20\d\d|(?:it|this|that) was \w+ in version)\b"
    r"|\b(?:prior to (?:this|that|then)|before this|back then|in the past|in those days)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def historic(text: str) -> bool:
    """Whether a sentence tells how it was before: `Before that it was compulsory for owners only`."""
    return bool(_BEFORE.search(text))


_COMPLEMENTARY = re.compile(r"\b(?:un|non-?)(?P<stem>[a-z]{4,}) (?P<head>[a-z]{3,}s)\b", re.IGNORECASE)


def complements(first: str, second: str) -> bool:
    """`Each managed server` and `unmanaged servers`: what one names is what the other leaves to others."""
    return any(
        re.search(rf"\b{re.escape(found['stem'])} {re.escape(found['head'].rstrip('s'))}", first, re.IGNORECASE)
        for found in _COMPLEMENTARY.finditer(opening(second))
    )


_CAPACITY = re.compile(
    r"\b(?:as an?|for) (?P<what>[a-z]+ [a-z]+) (?:services?|institutions?|agents?|facilit(?:y|ies))\b", re.IGNORECASE
)


def other_capacities(first: str, second: str) -> bool:
    """`Registered for account information services`, `not authorised as a payment initiation service provider`."""
    one, other = ({found.lower() for found in _CAPACITY.findall(text)} for text in (first, second))
    return bool(one and other) and not one & other


_WHOM = re.compile(r"\bfor (?:our |the )?(?P<who>[a-z]+s)\b|^(?P<they>[a-z]+s) (?:can|may|must|need)\b", re.IGNORECASE)
_ANYONE = {"users", "accounts", "customers", "plans", "logins", "sign-ins", "systems", "services", "this", "members"}


def other_people(first: str, second: str) -> bool:
    """`Required for admins; candidates can turn it on`: each clause names those for whom it holds."""
    one, other = ({(m["who"] or m["they"]).lower() for m in _WHOM.finditer(text)} for text in (first, second))
    return bool(one and other) and not one & other and not (one | other) & _ANYONE


_COMPLEMENT = re.compile(
    r"\b(?P<head>[a-z]{4,}) of (?:the |a |an |your |our )?(?P<what>[a-z]+(?: [a-z]+)?)", re.IGNORECASE
)
_EMPTY = {"data", "customer", "customers", "all", "any", "each", "every", "your", "our", "the", "or", "and", "that"}


def other_complements(first: str, second: str) -> bool:
    """`A breach of personal data is ...` and `a breach of the blind is ...`: one noun, each of something else."""
    one, other = _complements(opening(first)), _complements(opening(second))
    return any(not one[head] & other[head] for head in one.keys() & other.keys())


@lru_cache(maxsize=8192)
def _complements(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for match in _COMPLEMENT.finditer(text):
        words = frozenset(match["what"].lower().split()) - _EMPTY
        if words:
            found[match["head"].lower().rstrip("s")] = words
    return found


@lru_cache(maxsize=8192)
def _examinations(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\W|IEC|DSS|Plus", "", found).lower() for found in _ATTESTED.findall(text))


_ATTESTED = pattern("{attested}")


def attested(one: Passage) -> frozenset[str]:
    """The examinations that a passage names, by itself or in its label."""
    return _examinations(one.said)


_RANK = re.compile(
    r"\b(?P<ranks>(?:first|second|third|fourth|fifth)(?:(?:,| and| or|, and) (?:first|second|third|fourth|fifth))*)"
    r"[ -](?P<head>generation|series|line|batch|level|phase|stage|edition)\b",
    re.IGNORECASE,
)


def other_ranks(first: str, second: str) -> bool:
    """`Sensors of the first generation` and `of the second and third generation`."""
    one, other = _ranks(first), _ranks(second)
    return bool(one and other) and not one & other


def _ranks(text: str) -> set[str]:
    return {
        f"{rank} {match['head']}".lower()
        for match in _RANK.finditer(text)
        for rank in re.findall(r"(?i)first|second|third|fourth|fifth", match["ranks"])
    }
