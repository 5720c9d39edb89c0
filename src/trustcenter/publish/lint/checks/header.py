"""Badges of the summary at the top that nothing below carries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.lexicon import topics, topics_in
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas

_DENIES = re.compile(
    r"\b(do not|don.t|not (yet )?(offer|support|available|provided|assessed|certified|renewed|promise)|no plans|cannot"
    r"|ran out|expired|lapsed|withdrawn|suspended|paused|in (?:the )?remediation|no (?:SLA|bounty|rewards?))\b",
    re.IGNORECASE,
)
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

_AUDITORS = re.compile(
    r"\baudit(?:or)?(?:s|'s|s')? reports?\b|\breports? (?:of|by|from) (?:our|the|its|an?) (?:\w+ )?auditors?\b",
    re.IGNORECASE,
)
"""What carries a badge of SOC 2 without its name."""
_EXAMINED = frozenset(
    "soc2 iso27001 pci fedramp hitrust fips cyber_essentials star tisax irap c5 hipaa".split()  # noqa: SIM905
)

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
    if _is_fact(badge, page):
        # `- TLS: 1.3` in a list of facts is a statement, and needs no other to carry it.
        yield from _algorithm(badge, page) if _ALGORITHM.search(badge.text) and "encryption" in named else ()
        return
    body = [one for one in page.body if one.asserted and _carries(one, named)]
    affirmed = [one for one in body if not _DENIES.search(one.text)]
    if not body and (_DATED.search(badge.text) or _register(page)):
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


def _is_fact(badge: Passage, page: Page) -> bool:
    """Whether it is an item of a list, with a label of its own."""
    if badge.kind != "badge" or not badge.label or badge.cells:
        return False
    return sum(one.group == badge.group for one in page.header) > 1


def _register(page: Page) -> bool:
    """Whether the summary is a list of examinations and nothing else: it tells them, and sums nothing up."""
    return all(topics_in(f"{one.label} {one.text}") <= _EXAMINED for one in page.header)


def _carries(one: Passage, named: frozenset[str]) -> bool:
    """Whether a passage is about one of these topics; a title alone carries nothing."""
    if one.kind == "title":
        return False
    if "residency" in named and areas(one.text):
        return True
    if "soc2" in named and _AUDITORS.search(one.text):
        return True
    patterns = [topics()[name] for name in named]
    return any(pattern.search(part) for pattern in patterns for part in (one.text, one.label, one.heading))


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
