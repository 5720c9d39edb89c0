"""Two poles of one property, said of one subject anywhere on the pages (rules/poles.yaml).

Unlike an opposition within a section, the two sentences may stand far apart: what makes them one subject is then a
word that few other sentences of the pages have, or a kind of thing that the rule names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from trustcenter.publish.lint.apart import set_apart
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part, same_section, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.words import pattern

_SOON = pattern(r"\W*{soon}\b")
"""A cell that puts off what its label names."""
_RARE = 5
"""How many sentences may have a word that still tells a subject."""


@dataclass(frozen=True, slots=True)
class Poles:
    """Two things that cannot both hold of one subject; each side has its words and what takes them back."""

    id: str
    family: str
    one: re.Pattern[str]
    other: re.Pattern[str]
    unless: re.Pattern[str] | None
    one_unless: re.Pattern[str] | None
    other_unless: re.Pattern[str] | None
    kinds: tuple[re.Pattern[str], ...]
    """Where given, both must be about one of these, and no rare word is needed."""
    or_near: bool
    """Whether one section makes them one subject too, where the kinds do not."""
    near: bool
    """Whether both must stand under one heading; they need no word in common then."""
    least: int
    """How many words both must share beyond the poles themselves, one of them rare."""
    apart: bool
    """Whether named parts (a severity, a plan, a group of people) are held apart."""
    why: str
    suggestion: str
    found: tuple[str, ...]
    silent: tuple[str, ...]


@cache
def poles() -> tuple[Poles, ...]:
    """All pairs of poles, compiled."""

    def optional(text: str | None) -> re.Pattern[str] | None:
        return pattern(text) if text else None

    return tuple(
        Poles(
            entry["id"],
            entry["family"],
            pattern(entry["one"]),
            pattern(entry["other"]),
            optional(entry.get("unless")),
            optional(entry.get("one_unless")),
            optional(entry.get("other_unless")),
            tuple(pattern(text) for text in entry.get("kinds", ())),
            entry.get("or_near", False),
            entry.get("near", False),
            entry.get("least", 2),
            entry.get("apart", True),
            entry["why"],
            entry["suggestion"],
            tuple(entry["found"]),
            tuple(entry["silent"]),
        )
        for entry in data("poles")["poles"]
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """The pairs of all poles, in reading order; a passage is in one finding of a pair of poles."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?")]
    rare = _rare(said)
    for pair in poles():
        yield from opposed(pair, said, rare)


def opposed(pair: Poles, said: Sequence[Passage], rare: frozenset[str] | None = None) -> Iterator[Finding]:
    """The findings of one pair of poles."""
    known = _rare(said) if rare is None else rare
    firsts = [(one, at) for one in said if (at := _says(pair, pair.one, pair.one_unless, one))]
    seconds = [(one, at) for one in said if (at := _says(pair, pair.other, pair.other_unless, one))] if firsts else []
    told: set[tuple[str, int]] = set()
    for first, at in firsts:
        for second, to in seconds:
            keys = {(first.place.file, first.start), (second.place.file, second.start)}
            if len(keys) == 1 or keys & told or _one_table(first, second):
                continue
            if set_apart(first, second) or (pair.apart and not one_part(first, second)):
                continue
            if not _one_subject(pair, first, second, known):
                continue
            told |= keys
            yield Finding(
                f"{pair.family}.{pair.id}",
                pair.family,
                quote(first, *at),
                pair.why,
                pair.suggestion,
                quote(second, *to),
            )
            break


def _says(pair: Poles, words: re.Pattern[str], limits: re.Pattern[str] | None, one: Passage) -> tuple[int, int] | None:
    """Where the passage says it; a short cell is read with its label."""
    found = words.search(one.text)
    span = found.span() if found else None
    if span is None and one.label and len(one.text) < 80 and not _SOON.match(one.text) and words.search(one.said):
        span = (0, len(one.text))
    if span is None:
        return None
    taken_back = any(limit is not None and limit.search(one.said) for limit in (pair.unless, limits))
    return None if taken_back else span


def _rare(said: Sequence[Passage]) -> frozenset[str]:
    """The words that few of the passages have."""
    count = Counter(stem for one in said for stem in _about(one))
    return frozenset(stem for stem, number in count.items() if number <= _RARE)


def _about(one: Passage) -> frozenset[str]:
    words = stems(one.text) | stems(one.label)
    # A sentence that begins with a pronoun, and a short cell, are about what stands before or above them.
    if re.match(r"(?:They|It|These|This|Those|Each of|Both|All of)\b", one.text):
        words |= stems(one.before[-200:])
    return words | stems(one.heading) if one.heading.endswith("?") else words


def _one_subject(pair: Poles, first: Passage, second: Passage, rare: frozenset[str]) -> bool:
    if pair.near:
        return same_section(first, second)
    if pair.kinds:
        one, other = (
            f"{read.said}\n{f'{read.before[-200:]} {read.heading}' if _points_back(read) else ''}"
            for read in (first, second)
        )
        named = any(kind.search(one) and kind.search(other) for kind in pair.kinds)
        return named or (pair.or_near and same_section(first, second) and bool(first.heading))
    own = stems(
        " ".join(_edges(found[0]) for words in (pair.one, pair.other) for one in (first, second)
                 for found in words.finditer(one.said))
    )  # fmt: skip
    common = (_about(first) & _about(second)) - own
    near = same_section(first, second) and bool(first.heading)
    if near and pair.least == 1 and common:
        return True
    return len(common) >= (1 if near and pair.least < 3 else pair.least) and bool(common & rare)


def _edges(said: str) -> str:
    """The words by which a pole is known; what stands between them is what it is said of."""
    words = said.split()
    return " ".join([*words[:2], *words[-1:]])


def _points_back(one: Passage) -> bool:
    return bool(re.match(r"(?:They|It|These|This|Those|Each (?:of|has|is)|Both|All (?:of|have|are))\b", one.text))


def _one_table(first: Passage, second: Passage) -> bool:
    return bool(first.cells and second.cells) and first.group == second.group
