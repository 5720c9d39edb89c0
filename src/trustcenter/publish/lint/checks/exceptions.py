"""A sentence over everything, and one near it that leaves something out (rules/exceptions.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from trustcenter.publish.lint.apart import reported
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part, same_section, shared, stems, subject
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_WHY = "One sentence covers everything, another names what is left out: the first is false as written."
_SUGGEST = "Say for how many of how many it holds, name what is left out and why, and drop the word that covers all."
_NONE_LEFT = re.compile(
    r"\b(?:no|none|never|nothing|nobody|cannot|refus\w+|reject\w+|block\w+|prevent\w+|forbid\w*|prohibit\w*|removed"
    r"|replaced|instead|no longer|used to|formerly|warn\w*|alert\w*|detect\w*|redirect\w*)\b",
    re.IGNORECASE,
)

_NEGATED = re.compile(r"\b(?:no|not|never|without|\w+n['’]t|may|can|optional\w*)\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:that|which|who) (?:[\w-]+ ){0,3}(?:has|have) not (?:yet )?\w+", re.IGNORECASE)
"""`Files that you have not fetched`: which of them, nothing that is left out."""
_BARE = re.compile(
    r"\b(?:un(?:encrypted|protected|authenticated)|plain ?text|plain HTTP|in the clear)\b", re.IGNORECASE
)

_ASIDE = re.compile(
    r"\b(?:documentation|help (?:pages?|texts?|articles?)|texts? of|translations?|typos?|blog"
    r"|marketing (?:pages?|texts?|site))\b",
    re.IGNORECASE,
)
"""What nobody means by every change or all data."""


@cache
def _words() -> dict[str, re.Pattern[str]]:
    rules = data("exceptions")
    return {name: re.compile(rules[name], re.IGNORECASE) for name in ("all", "left_out", "share", "limits")}


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a sentence over everything: the first exception to it, under the same heading or under its badge."""
    yield from lacking(corpus)
    words = _words()
    said = [one for one in corpus.asserted if one.kind not in ("title", "row") and not one.text.endswith("?")]
    tops = {(one.place.file, one.start) for one in corpus.header}
    whole = [
        (one, found.start())
        for one in said
        if (found := words["all"].search(one.text))
        and not reported(one.text)
        and not words["limits"].search(one.text)
        and not words["left_out"].search(one.text)
    ]
    part = [(one, at) for one in said if (at := _left_out(one)) is not None]
    told: set[tuple[str, int]] = set()
    for first, at in whole:
        for second, to in part:
            if (second.place.file, second.start) in told:
                continue
            badge = (first.place.file, first.start) in tops
            if not words["all"].search(_TIMES.sub(" ", first.text)) and not _MISSED.search(second.text):
                continue
            if _lacks_it(first, second, to) and _about_one(first, second, badge=badge):
                told.add((second.place.file, second.start))
                yield Finding(
                    "absolute.exception", "absolute", quote(first, at, at + 3), _WHY, _SUGGEST, quote(second, to, to)
                )
                break


_WITHOUT = re.compile(
    r"\b(?:may|can|could|is|are|was|were|be)\b[^.;,]{0,50}(?<!incident )(?<!incidents )"
    r"\bwithout (?:an? |any |further |prior |their |another |the |such )?(?P<what>asking (?:anyone|anybody"
    r"|first)|[\w-]{4,}(?: [\w-]{4,})?)"
    r"|\b(?:is|are) exempt(?:ed)? from (?:the |any |all )?(?P<from>[\w-]{4,})",
    re.IGNORECASE,
)


def lacking(corpus: Corpus) -> Iterator[Finding]:
    """`Charts need approval`, and `nurses open charts without asking`: what one demands, the other does without."""
    words = _words()
    said = [one for one in corpus.asserted if one.kind not in ("title", "row") and not one.text.endswith("?")]
    for second in said:
        found = _WITHOUT.search(second.text)
        if found is None or _NONE_LEFT.search(second.text) or words["limits"].search(second.text):
            continue
        demanded = stems(found["what"] or found["from"])
        for first in said:
            if first.start == second.start or _WITHOUT.search(first.text) or words["limits"].search(first.text):
                continue
            if not any(
                demanded & stems(part) and not _NEGATED.search(part) for part in re.split(r"[:;]\s", first.text)
            ):
                continue
            if not one_part(first, second):
                continue
            if same_section(first, second) and first.heading and shared(first, second, demanded):
                quoted = quote(second, found.start(), found.end())
                yield Finding("absolute.without", "absolute", quote(first), _WHY, _SUGGEST, quoted)
                break


_TIMES = re.compile(
    r"\b(?:every|each) (?:\w+ ){0,2}?(?:\w+days?|mornings?|evenings?|half-?(?:year|hour|day)s?|seasons?|spring|summer"
    r"|autumn|winter|January|February|March|April|May|June|July|August|September|October|November|December|times?)\b"
    r"|\bany number of\b",
    re.IGNORECASE,
)
"""How often, or how many: `each Sunday` covers no things."""
_MISSED = re.compile(
    r"\b(?:skipped|missed|did not (?:take place|happen)|(?:was|were) not (?:held|done|made|run|carried out))\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:exempt\w*|excluded|without|bypass\w*|skip\w*|lacks?|misses|missing|declined\w*|refused|opted out"
    r"|(?:do|does|has|have) not|own|FTP|telnet)\b",
    re.IGNORECASE,
)
"""What needs the words after it to say what is lacking."""
_PHRASE = re.compile(r"[^.;:,]*?(?=[.;:,]|$| (?:so|for|because|which|who|and|but|since|as|when|while|in|on|at|by)\b)")
_HANDS = re.compile(
    r"\b(?:automat\w*|by (?:itself|themselves)|no (?:human|manual)|(?:by hand|manually))\b", re.IGNORECASE
)


def _lacked(second: Passage, at: int) -> frozenset[str]:
    """The stems of what the part goes without: `encrypt` in `left unencrypted`, `approv` in `exempt from approvals`."""
    lacked = ""
    for found in _words()["left_out"].finditer(second.text, at):
        phrase = _PHRASE.match(second.text, found.end()) if _OPEN.search(found[0]) else None
        lacked += f" {found[0]} {phrase[0] if phrase else ''}"
    return stems(lacked) - _EMPTY


_EMPTY = stems(
    "exempt exempted exemption excluded exclude bypass bypasses bypassed skip skips skipped lack lacks misses missing"
    " declined refused opted remain remains left stay stays still"
    " currently yet own without not undergo attend use support cover"
    " include apply require run receive pass need follow merge directly alone have has does"
)


_SHARE_OF = re.compile(r"(?:%|per ?cent) of (?P<what>[^.,;:]{3,40})", re.IGNORECASE)


def _lacks_it(first: Passage, second: Passage, at: int) -> bool:
    """Whether what the part goes without is what the other sentence says of everything."""
    cue = second.text[at:]
    if re.match(r"(?:by hand|manually)\b", cue, re.IGNORECASE):
        return bool(_HANDS.search(first.text))
    if re.match(r"still (?:us\w+|ha\w+) (?:our|the|this|that|it)\b", cue, re.IGNORECASE):
        return False
    if _words()["share"].match(second.text, at):
        whose = _SHARE_OF.search(second.text, at)
        return whose is None or bool(stems(whose["what"]) & stems(first.text))
    lacked = _lacked(second, at)
    return not lacked or bool(lacked & stems(first.text if first.before else first.said))


def _left_out(one: Passage) -> int | None:
    """Where the passage says that something is left out, or that less than all of it is done."""
    words = _words()
    if (
        _NONE_LEFT.search(one.text)
        or _ASIDE.search(one.text)
        or re.search(r"\b(?:all|every|each|if|when|once)\b", one.text, re.IGNORECASE)
    ):
        return None
    found = words["left_out"].search(_WHICH.sub(lambda part: " " * len(part[0]), one.text)) or words["share"].search(
        one.text
    )
    return found.start() if found else None


def _about_one(first: Passage, second: Passage, *, badge: bool) -> bool:
    if first.start == second.start or (first.cells and second.cells and first.group == second.group):
        return False
    if not one_part(first, second):
        return False
    words = _words()
    cue = " ".join(found[0] for found in words["all"].finditer(first.text))
    common = shared(first, second, stems(cue))
    if badge:
        # A badge of one word is held only against what is left bare: `AES-256 everywhere`.
        return bool(first.label and stems(first.label) & subject(second) and _BARE.search(second.text))
    smaller = min(len(subject(first)), len(subject(second)))
    if same_section(first, second) and first.heading:
        return len(common) >= 1 and len(common) * 4 >= smaller
    return len(common) >= 2 and len(common) * 2 >= smaller
