"""Rules that are data: one pattern that fails by itself, or two that do not go together (rules of the families)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from trustcenter.model.place import Place
from trustcenter.publish.lint.apart import other_people, set_apart
from trustcenter.publish.lint.finding import Finding, Quote
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_ON_THE_WAY = re.compile(
    r"\b(?:in|as an?|private|public|open|closed) (?:\w+ )?(?:beta|preview|pilot)\b|\bearly access\b|\bpilot with\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
FILES = (
    "absolute",
    "ambiguity",
    "capability",
    "gap",
    "governance",
    "hedge",
    "legal",
    "optionality",
    "retention",
    "scope",
    "status",
    "term",
)
"""The rule files, one a family."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a passage must say, be about, and not say. Each is a pattern over its words or its context."""

    say: re.Pattern[str]
    about: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def match(self, one: Passage) -> tuple[int, int] | None:
        """Where the passage says it: the words' span, or the whole where the label is part of what is said."""
        if one.kind == "title" or one.text.endswith("?"):
            return None
        # The rarest words first: most sentences have none of them.
        found = self.say.search(one.text)
        if found is None and not (one.label and not one.before and self.say.search(one.said)):
            return None
        if self.unless and self.unless.search(one.said):
            return None
        if self.about is not None and not self.about.search(one.context):
            return None
        # The label of a paragraph is said with its first sentence.
        return found.span() if found is not None else (0, len(one.text))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as written. `page_unless` silences it wherever a page says that. `most` bounds its findings."""

    id: str
    family: str
    first: Wanted
    second: tuple[Wanted, ...]
    """What must not stand beside it, the plainest contradiction first; empty where the first fails by itself."""
    alone: bool
    page_unless: re.Pattern[str] | None
    kinds: tuple[re.Pattern[str], ...]
    """Where given, both sentences must be about one of these."""
    most: int
    why: str
    suggestion: str
    found: tuple[str, ...]
    silent: tuple[str, ...]

    def check(self, corpus: Corpus) -> Iterator[Finding]:
        """The rule's findings, at most `most`."""
        if self.page_unless and self.page_unless.search(corpus.text):
            return
        count = 0
        for one in corpus.asserted if self.second else corpus.passages:
            if count >= self.most:
                return
            if self.family == "status" and self.second and _ON_THE_WAY.search(one.said):
                # In beta now, for everybody later: one course.
                continue
            inside = self._within(one) if self.second and "; " in one.text else None
            if inside is not None:
                count += 1
                yield inside
                continue
            match = None if self.second and one.planned else self.first.match(one)
            if match is None:
                continue
            other = self._second(one, corpus.asserted) if self.second else None
            if self.second and other is None and not self.alone:
                continue
            count += 1
            yield Finding(self.id, self.family, quote(one, *match), self.why, self.suggestion, other)

    def _within(self, one: Passage) -> Finding | None:
        """The finding that two clauses of one sentence make: `all code is reviewed; founders merge without`."""
        parts = list(clauses(one))
        for first in parts if len(parts) > 1 else ():
            match = self.first.match(first)
            for second in parts if match is not None else ():
                if second is first or other_people(first.text, second.text):
                    continue
                if any(wanted.match(second) for wanted in self.second):
                    return Finding(self.id, self.family, Quote.of(first), self.why, self.suggestion, Quote.of(second))
        return None

    def _one_kind(self, one: Passage, other: Passage) -> bool:
        # What stands in brackets is named in passing.
        first, second = (
            f"{_BRACKETS.sub(' ', read.said)} {read.heading if read.heading.endswith('?') else ''}"
            for read in (one, other)
        )
        return not self.kinds or any(kind.search(first) and kind.search(second) for kind in self.kinds)

    def _second(self, one: Passage, passages: Sequence[Passage]) -> Quote | None:
        for wanted in self.second:
            for other in passages:
                if other.place.file == one.place.file and (other.start == one.start or _one_table(one, other)):
                    continue
                # The words first: few sentences have them, and what sets two apart takes longer to see.
                match = wanted.match(other)
                if match and not set_apart(one, other) and self._one_kind(one, other):
                    return quote(other, *match)
        return None


@cache
def rules() -> tuple[Rule, ...]:
    """All rules of all families."""
    return tuple(_rule(family, entry) for family in FILES for entry in data(family)["rules"])


def check(corpus: Corpus) -> Iterator[Finding]:
    """What the rules of all families find."""
    for rule in rules():
        yield from rule.check(corpus)


def _rule(family: str, entry: dict[str, Any]) -> Rule:
    return Rule(
        id=f"{family}.{entry['id']}",
        family=family,
        first=_wanted(entry["first"]),
        second=tuple(_wanted(one) for one in _list(entry.get("second", []))),
        alone=entry.get("alone", False),
        page_unless=_pattern(entry.get("page_unless")),
        kinds=tuple(re.compile(text, re.IGNORECASE) for text in entry.get("kinds", ())),
        most=entry.get("most", 3 if "second" in entry else 20),
        why=entry["why"],
        suggestion=entry["suggestion"],
        found=tuple(entry["found"]),
        silent=tuple(entry["silent"]),
    )


def _one_table(one: Passage, other: Passage) -> bool:
    """Rows of one table, each for its own role or plan, do not contradict each other."""
    return bool(one.cells and other.cells) and one.group == other.group and one.label != other.label


def clauses(one: Passage) -> Iterator[Passage]:
    """The parts of a sentence between semicolons."""
    at = 0
    for part in one.text.split("; ") if one.end - one.start == len(one.text) else ():
        place = Place(one.place.file, one.place.line, one.place.column + at)
        before = f"{one.before} {one.text[:at]}".strip()
        yield replace(one, text=part, place=place, start=one.start + at, end=one.start + at + len(part), before=before)
        at += len(part) + 2


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _wanted(entry: str | dict[str, str]) -> Wanted:
    words = {"say": entry} if isinstance(entry, str) else entry
    say = _pattern(words["say"])
    assert say is not None
    return Wanted(say, _pattern(words.get("about")), _pattern(words.get("unless")))


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text, re.IGNORECASE) if text else None
