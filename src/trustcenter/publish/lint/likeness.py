"""Whether two passages speak of the same thing: subjects by words and synonyms, the part that each is set apart to.

The words are data (rules/likeness.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from trustcenter.publish.lint.apart import opening, set_apart
from trustcenter.publish.lint.courses import other_branches, other_tiers
from trustcenter.publish.lint.page import Passage
from trustcenter.publish.lint.quantities import DURATION, FREQUENCY
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.words import pattern

_QUANTITY = re.compile(rf"{DURATION}|{FREQUENCY}|\b\d[\d.,]*\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:ations?|ings?|ed|es|s|ly)$")
_PRONOUN = re.compile(
    r"(?:They|It|These|This|Those|Each|Both|Yes|No|Never|Always)\b|.*\b(?:turn it|use it|enable it|do so|them)\b"
)


@cache
def _synonyms() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(text, re.IGNORECASE) for name, text in data("likeness")["same"].items()}


@cache
def _common() -> frozenset[str]:
    return frozenset(data("likeness")["common"].split())


@cache
def _parts() -> dict[str, dict[str, re.Pattern[str]]]:
    return {
        name: {part: re.compile(text, re.IGNORECASE) for part, text in members.items()}
        for name, members in data("likeness")["parts"].items()
    }


@cache
def _marks() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in data("likeness")["marked"])


_IRREGULAR = {
    "lent": "lend", "sold": "sell", "kept": "keep", "sent": "send", "seen": "see", "gave": "give",
    "given": "give", "left": "leave", "held": "hold", "told": "tell", "taken": "take", "took": "take",
    "made": "make", "written": "write", "wrote": "write", "chosen": "choose", "built": "build",
    "lost": "lose", "paid": "pay", "bought": "buy", "shown": "show", "known": "know", "broken": "break",
    "copies": "copy", "copied": "copy",
}  # fmt: skip


@cache
def stems(text: str) -> frozenset[str]:
    """What a text is about: synonyms as one word, other words without their ending, quantities and filler left out."""
    found = set()
    for name, words in _synonyms().items():
        text, replaced = words.subn(" ", text)
        found |= {name} if replaced else set()
    for word in re.findall(r"[a-z][a-z-]{2,}", _QUANTITY.sub(" ", text).lower()):
        if word not in _common():
            word = _IRREGULAR.get(word, word)
            found.add(_SUFFIX.sub("", word)[:7] if len(word) > 4 else word)
    return frozenset(found)


def subject(passage: Passage) -> frozenset[str]:
    """What a passage is about; an answer, a cell and a sentence that begins with `it` are about what stands before."""
    return passage.derived("subject", _subject)


def _subject(passage: Passage) -> frozenset[str]:
    words = stems(passage.text) | stems(passage.label)
    short = len(passage.text) < 45 and (passage.heading.endswith("?") or passage.kind in ("badge", "row"))
    if short or _PRONOUN.match(passage.text):
        words |= stems(passage.heading if passage.heading.endswith("?") else passage.before)
    return words


@lru_cache(maxsize=8192)
def parts(text: str) -> dict[str, frozenset[str]]:
    """The parts that a text sets itself apart to, by the kind of part."""
    named = {
        kind: frozenset(name for name, pattern in members.items() if pattern.search(text))
        for kind, members in _parts().items()
    }
    return {kind: members for kind, members in named.items() if members}


@lru_cache(maxsize=8192)
def _marked(text: str) -> tuple[bool, ...]:
    return tuple(mark.search(text) is not None for mark in _marks())


def same_part(first: str, second: str) -> bool:
    """Whether nothing sets the two apart: neither names a member of a set of which the other names only others."""
    if _marked(first) != _marked(second):
        return False
    one, other = parts(first), parts(second)
    return all(one[kind] & other[kind] for kind in one.keys() & other.keys())


def one_part(first: Passage, second: Passage) -> bool:
    """Whether neither its own words nor the names of its page set one passage apart from the other."""
    return (
        same_part(first.said, second.said)
        and not set_apart(first, second)
        and not other_branches(first, second)
        and not other_tiers(first, second)
    )


def other_things(
    first: Passage, second: Passage, *, opening_only: bool = False, without: frozenset[str] = frozenset()
) -> bool:
    """Whether each is about something of its own, of which the other says no word (at all, or to begin with)."""
    one, other = _thing(first) - without, _thing(second) - without
    if set(_WORD.findall(opening(first.text).lower())) & set(_WORD.findall(opening(second.text).lower())):
        return False
    if opening_only:
        return bool(one and other) and not one & other
    return bool(one and other) and not one & (other | stems(second.text)) and not other & stems(first.text)


_TRIGGER = re.compile(r"\b(?:after|following|upon|once|when)\b(?P<event>[^.;]{3,80})", re.IGNORECASE)


def other_triggers(first: Passage, second: Passage) -> bool:
    """Whether each time runs from an event of its own: `after the move`, and `after the contract ends`."""
    one, other = _trigger(first), _trigger(second)
    return bool(one and other) and not one & other


def _trigger(one: Passage) -> frozenset[str]:
    found = [match["event"] for match in _TRIGGER.finditer(one.text)]
    if any(re.match(r" (?:that|this|these|which)\b", event) for event in found) and one.before:
        return stems(list(re.split(r"(?<=[.!?])\s+", one.before))[-1])
    return frozenset(word for event in found for word in stems(re.split(r",\s", event)[0]))


@cache
def _people() -> re.Pattern[str]:
    return pattern(r"\b(?:{staff}|members?|owners?|maintainers?|visitors?|patients?|hires?|people|persons?|joiners?)\b")


def _thing(one: Passage) -> frozenset[str]:
    """What a sentence makes its statement about; `they` stands for what the sentence before speaks of."""
    if re.match(r"(?:They|It|These|Those)\b", one.text) and one.before:
        return stems(list(re.split(r"(?<=[.!?])\s+", one.before))[-1])
    # Whoever does it is no thing: `administrators can turn it off`.
    about = stems(_people().sub(" ", opening(one.text)))
    about = about or (stems(one.part) if one.part and one.kind == "sentence" else about)
    deleted = None if about else _DELETED.search(one.text)
    if deleted is None:
        return about
    return stems(one.text) if re.match(r"(?:it|them)\b", deleted["what"]) else stems(deleted["what"])


_DELETED = re.compile(
    r"\b(?:delet|eras|remov|purg|destroy)\w* (?P<what>(?:it|them)\b|(?:the |your |all |its )?[a-z][\w -]{3,40}?)"
    r"(?= (?:within|after|from|in|at|by)\b|[,.;]|$)",
    re.IGNORECASE,
)


def same_section(first: Passage, second: Passage) -> bool:
    """Whether both stand under one heading of one page."""
    return first.place.file == second.place.file and first.heading == second.heading


def shared(first: Passage, second: Passage, without: Iterable[str] = ()) -> frozenset[str]:
    """The subjects that both passages have."""
    common = (subject(first) & subject(second)) - frozenset(without) - _names(first.text, second.text)
    return common | (_asked(first, second) - frozenset(without))


_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
_CAPITAL = re.compile(r"\b[A-Z][a-z]{2,}")


def _names(first: str, second: str) -> frozenset[str]:
    """No subject, since it names whoever speaks: `Acme` inside one sentence, with a capital in the other too."""
    (inside, capitals), (others, theirs) = _capitals(first), _capitals(second)
    both = (inside | others) & capitals & theirs
    return frozenset(stem for word in both if not _is_synonym(word) for stem in stems(word))


@lru_cache(maxsize=8192)
def _capitals(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(_NAME.findall(text)), frozenset(_CAPITAL.findall(text))


@lru_cache(maxsize=4096)
def _is_synonym(word: str) -> bool:
    return any(pattern.search(word) for pattern in _synonyms().values())


def _asked(first: Passage, second: Passage) -> frozenset[str]:
    """What one paragraph of answers is asked about: both sentences are about it."""
    answers = first.heading.endswith("?") and first.block == second.block and same_section(first, second)
    asked = stems(first.heading) if answers else frozenset()
    # `Does everybody need a login? Yes. The PIN works only on ...`: that is about the PIN.
    heading = set(_WORD.findall(first.heading.lower()))
    apart = any(
        stems(opening(one.text)) and not stems(one.text) & asked and not set(_WORD.findall(one.text.lower())) & heading
        for one in (first, second)
    )
    return frozenset() if apart else asked


_WORD = re.compile(r"[a-z]{5,}")


def _items_apart(first: Passage, second: Passage) -> bool:
    """Items of one list that each begin with a time of its own: `Every five minutes ...`, `Every night ...`."""
    listed = first.group and first.group == second.group and first.place.file == second.place.file
    return bool(
        listed
        and first.block != second.block
        and _ITEM_TIME.match(first.before or first.text)
        and _ITEM_TIME.match(second.before or second.text)
    )


_ITEM_TIME = re.compile(r"(?:every|each|on|once)\b", re.IGNORECASE)


def alike(first: Passage, second: Passage, without: Iterable[str] = ()) -> bool:
    """Whether both speak of the same thing: a third of their subjects within a section; half, and two, across.

    Rows of one table each have a subject of their own and are never alike.
    """
    if first.start == second.start and first.place.file == second.place.file:
        return False
    if first.cells and second.cells and first.group == second.group:
        return False
    if _items_apart(first, second):
        return False
    common = shared(first, second, without)
    if not common:
        return False
    smaller = min(len(subject(first) - frozenset(without)), len(subject(second) - frozenset(without)))
    near = same_section(first, second) and bool(first.heading)
    if len(common) < (1 if near else 2) or len(common) * (3 if near else 2) < smaller:
        return False
    return one_part(first, second)
