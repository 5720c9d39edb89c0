"""Badges of the summary at the top that nothing below carries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.lexicon import topics, topics_in
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas
from trustcenter.publish.lint.quantities import EXTRACTORS

_DENIES = re.compile(r"\b(do not|don.t|not (yet )?(offer|support|available|provided)|no plans|cannot)\b", re.IGNORECASE)
_CLAIMS_NOTHING = re.compile(
    r"\W*(?:(?:none|no|not|never|nothing|without|planned|in progress|under way|on the roadmap|n/?a|tbd|outside)\b"
    r"|[–—-]?\W*$)",
    re.IGNORECASE,
)
"""`Not certified`, `None`, `Planned for 2027`: a badge that says what is not held needs nothing to carry it."""
_DATED = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\b"
)
"""A badge with the date of what it tells carries itself."""
_AT_REST = re.compile(r"\b(at rest|encrypt\w*)\b", re.IGNORECASE)
_TRANSIT = re.compile(r"\b(TLS|SSL|HTTPS|(in|during) (transit|transmission)|end[- ]to[- ]end)\b", re.IGNORECASE)
_ALGORITHM = re.compile(r"\b(AES|ChaCha20|XTS|GCM)\b", re.IGNORECASE)

_SUGGEST = "Write the sentence that carries the badge, with its scope and evidence, or take the badge away."


def check(corpus: Corpus) -> Iterator[Finding]:
    """Each badge needs a sentence below that says the same thing, with the same figures."""
    for page in corpus.pages:
        for badge in page.header:
            yield from _badge(badge, page)


def _badge(badge: Passage, page: Page) -> Iterator[Finding]:
    named = topics_in(badge.label) or topics_in(badge.text)
    if not named or _CLAIMS_NOTHING.match(badge.text):
        return
    body = [one for one in page.body if one.asserted and _carries(one, named)]
    affirmed = [one for one in body if not _DENIES.search(one.text)]
    if not body and _DATED.search(badge.text):
        return
    if not affirmed:
        why = "Only the summary says this: no sentence on the page says what it covers, for whom, or how it was seen."
        denied = quote(body[0]) if body else None
        yield Finding("unsupported.badge", "unsupported", quote(badge), why, _SUGGEST, denied)
        return
    if _ALGORITHM.search(badge.text) and "encryption" in named:
        yield from _algorithm(badge, page)
        if _TRANSIT.search(badge.text) and not any(_TRANSIT.search(one.text) for one in page.body if one.asserted):
            why = "The summary names a version of TLS; no sentence below says how connections are protected."
            yield Finding("unsupported.transit", "unsupported", quote(badge), why, _SUGGEST)
        return
    missing = _missing_value(badge, affirmed)
    if missing:
        why = f"`{missing}` stands in the summary only; what is said below names no such figure."
        yield Finding("unsupported.value", "unsupported", quote(badge), why, _SUGGEST, quote(_nearest(badge, affirmed)))


def _carries(one: Passage, named: frozenset[str]) -> bool:
    """Whether a passage is about one of these topics; a title alone carries nothing."""
    if one.kind == "title":
        return False
    if "residency" in named and areas(one.text):
        return True
    patterns = [topics()[name] for name in named]
    return any(pattern.search(part) for pattern in patterns for part in (one.text, one.label, one.heading))


def _missing_value(badge: Passage, body: Sequence[Passage]) -> str:
    """The badge's figure where nothing below gives one of that kind: a different one is a conflict of values."""
    for kind in ("frequency", "percent", "duration"):
        for found in EXTRACTORS[kind](badge.text):
            if not any(True for one in body for _ in EXTRACTORS[kind](one.text)):
                return badge.text[found.start : found.end]
    return ""


def _nearest(badge: Passage, body: Sequence[Passage]) -> Passage:
    words = topics_in(badge.label)
    own = [one for one in body if any(topics()[name].search(one.text) for name in words)]
    return (own or list(body))[0]


def _algorithm(badge: Passage, page: Page) -> Iterator[Finding]:
    resting = [one for one in page.body if one.asserted and one.kind != "title" and re.search(r"\bat rest\b", one.text)]
    resting += [
        one
        for one in page.body
        if one.asserted and one.kind != "title" and _AT_REST.search(one.text) and one not in resting
    ]
    if not resting or any(_ALGORITHM.search(f"{one.text}") for one in page.body):
        return
    delegated = [
        one
        for one in resting
        if re.search(r"\b(provider|managed|by (AWS|Azure|Google|Render|Heroku|the (cloud|host)))", one.text)
    ]
    why = (
        "The summary names an algorithm; the sentence on encryption at rest names none, so nothing on "
        "the page carries it."
    )
    suggest = (
        "Name the algorithm where the store is described, as its provider reports it, with the provider's document."
    )
    yield Finding("value.algorithm", "value", quote(badge), why, suggest, quote((delegated or resting)[0]))
