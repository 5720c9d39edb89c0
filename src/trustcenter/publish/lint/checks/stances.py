"""Topics of which a page takes one stance in one place and another elsewhere (rules/stances*.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from trustcenter.publish.lint.apart import stated_exception
from trustcenter.publish.lint.checks.patterns import clauses
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.words import pattern

FILES = ("stances_assurance", "stances_access", "stances_data", "stances_operations", "stances_terms")
"""The data files, one an area."""

_SHORT = 60
"""A passage shorter than this is read together with its label, or with the question that it answers."""

_PLAN = re.compile(
    r"\b(?:plans?|tiers?|editions?|free|starter|basic|standard|pro|business|premium|enterprise|critical|high|medium|low)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b20\d\d\b")
_POINTS_BACK = re.compile(
    r"^(?:They|It|These|This|Those|Each|Both|All of)\b|\b(?:turn it|use it|enable it|do so|do it|of them)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Read:
    """A passage as topics read it: with its label where it is short, and with what it is about."""

    passage: Passage
    said: str
    before: str
    """What a pronoun in it stands for."""
    whole: str
    """The whole sentence, which a clause of it is limited by."""
    context: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Stances of which only one can hold, each as the words that take it.

    `about` must be in the passage, its label or its heading; `unless` silences a passage that says it with a limit.
    """

    id: str
    family: str
    about: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    stances: Mapping[str, re.Pattern[str]]
    dated: bool
    """Whether both may be true of different years: sentences of one paragraph with a year tell a history."""
    prefer: str
    """The stance of a passage that has the words of several: `no test was performed` has those of `performed`."""
    kinds: tuple[re.Pattern[str], ...]
    """Where given, both passages must be about one of these."""
    apart: bool
    """Whether parts that are named (a severity, a plan, a group of people) are held apart."""
    why: str
    suggestion: str
    found: tuple[str, ...]
    silent: tuple[str, ...]

    def taken(self, read: Read) -> str:
        """The stance that a passage takes; empty where it takes none, or more than one."""
        if self.about is not None and not self.about.search(read.context):
            return ""
        taken = [name for name, words in self.stances.items() if words.search(read.said)]
        if not taken or (self.unless is not None and self.unless.search(read.whole)):
            return ""
        return self.prefer if self.prefer in taken else taken[0] if len(taken) == 1 else ""


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, compiled."""
    return tuple(_topic(entry) for name in FILES for entry in data(name)["topics"])


def _topic(entry: Mapping[str, Any]) -> Topic:
    return Topic(
        id=entry["id"],
        family=entry["family"],
        about=pattern(entry["about"]) if "about" in entry else None,
        unless=pattern(entry.get("unless", "{conditional}")) if entry.get("unless", True) else None,
        stances={name: pattern(words) for name, words in entry["stances"].items()},
        dated=entry.get("dated", False),
        prefer=entry.get("prefer", ""),
        kinds=tuple(pattern(words) for words in entry.get("kinds", ())),
        apart=entry.get("apart", True),
        why=entry["why"],
        suggestion=entry["suggestion"],
        found=tuple(entry["found"]),
        silent=tuple(entry["silent"]),
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """Each pair of passages that take different stances on a topic; a passage is in one finding a topic."""
    said = reads(corpus.asserted)
    for topic in topics():
        yield from opposed(topic, said)


def reads(passages: Sequence[Passage]) -> list[Read]:
    """What passages say; titles and questions say nothing."""
    found = []
    for one in passages:
        if one.kind == "title" or one.text.endswith("?"):
            continue
        # Two clauses of one sentence can contradict each other as two sentences can.
        parts = list(clauses(one)) if "; " in one.text else []
        for part in parts if len(parts) > 1 else [one]:
            found.append(Read(part, _said(part), _before(part), one.said, _context(one)))
    return found


def opposed(topic: Topic, said: Sequence[Read]) -> Iterator[Finding]:
    """The pairs of one topic, in reading order."""
    taken = [(one, stance) for one in said if (stance := topic.taken(one))]
    told: set[tuple[str, int]] = set()
    for (here, one), (there, other) in combinations(taken, 2):
        first, second = here.passage, there.passage
        keys = {(first.place.file, first.start), (second.place.file, second.start)}
        if one == other or keys & told or len(keys) == 1 or _one_table(first, second):
            continue
        if topic.apart and not one_part(first, second):
            continue
        if stated_exception(first, second):
            continue
        if topic.kinds and not _one_kind(topic, here, there):
            continue
        if topic.dated and first.block == second.block and _YEAR.search(f"{first.text} {second.text}"):
            continue
        told |= keys
        yield Finding(
            f"{topic.family}.{topic.id}", topic.family, quote(first), topic.why, topic.suggestion, quote(second)
        )


def _one_kind(topic: Topic, here: Read, there: Read) -> bool:
    """Whether both are about one kind, by their own words; a heading above both says nothing of either."""
    both = here.passage.heading == there.passage.heading
    one, other = (f"{read.passage.said}\n{read.before}" if both else read.context for read in (here, there))
    return any(kind.search(one) and kind.search(other) for kind in topic.kinds)


def _context(one: Passage) -> str:
    """What a passage is about: its own words, what a pronoun in it stands for, and the heading above."""
    return f"{one.said}\n{_before(one)}\n{one.heading}"


def _before(one: Passage) -> str:
    return one.before[-200:] if _POINTS_BACK.search(one.text) else ""


def _said(one: Passage) -> str:
    if len(one.text) >= _SHORT:
        return one.text
    if one.heading.endswith("?") and re.match(r"(?:yes|no|not|never|always|only)\b", one.text, re.IGNORECASE):
        return f"{one.said} {one.heading}"
    return one.said


def _one_table(first: Passage, second: Passage) -> bool:
    """Rows of one table speak each of something else where their first cells share no word."""
    if not (first.cells and second.cells) or first.group != second.group:
        return False
    if len(first.cells) == len(second.cells) == 2 and not any(_PLAN.search(one.label) for one in (first, second)):
        # A measure and how it is done, one a row: each row is a sentence of its own.
        return False
    labels = [set(re.findall(r"\w{4,}", one.label.lower())) for one in (first, second)]
    return not labels[0] & labels[1]
