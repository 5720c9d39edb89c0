"""The same quantity said twice with different values (rules/values.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from typing import Any

from trustcenter.publish.lint.apart import reported
from trustcenter.publish.lint.checks.channels import same_channel
from trustcenter.publish.lint.checks.levels import floor_kept, no_level
from trustcenter.publish.lint.checks.value_pairs import any_agrees, of_other_things, several_tiers, stricter_client
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import EXTRACTORS, Quantity, tls_minimum
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.same_act import other_acts

_SEGMENT = re.compile(r"[;,·]\s|\s(?:and|while|but|with)\s|\.\s|\s[—–]\s")
_CONTINUES = re.compile(r"(They|It|These|This|Those|Each|Kept|Retained|Stored|Taken|Both|We keep (them|these))\b")
_OWN_SUBJECT = re.compile(
    r"(?:[A-Z][^,.]{2,40}, )?(?!They|It|These|This|Those|Each|Both|All of|Copies)"
    r"[A-Za-z][\w-]+(?: [a-z][\w-]+){1,4} (?:is|are) (?:kept"
    r"|retained|stored|held|deleted)\b"
)
"""`Transaction records are kept` under `Backups` speaks of the records."""
_RETENTION = re.compile(r"\b(?:how long|retention|retain\w*|kept|keep|storage period|period)\b", re.IGNORECASE)
_FEW_WORDS = 45
_LABELS_COUNT = ("value.backup-retention", "value.uptime", "value.deletion-period")
_MEASURES = re.compile(
    r"\b(?:retention|kept|keep|stor\w+|cop(?:y|ies)|how|frequency|schedule|interval|period|age|history|rotation|promise\w*"
    r"|guarantee\w*|commitment|target|objective|agreement|level|production|plans?|end|clos\w+|leav\w+|account|data)\b",
    re.IGNORECASE,
)
"""A label that says what is measured, not of which thing."""
_IS_NONE = re.compile(r"\b(?:(?:is|are)(?: not|n[’']t)) (?:an? |new |any )*$", re.IGNORECASE)
"""`Updates of a model are not new subprocessors` is about updates."""
_OPTION = re.compile(r"(?:You|Customers|Administrators|Owners) (?:can|may) ")
"""What somebody may choose is no value of what there is."""
_EMERGENCY = re.compile(r"\b(?:emergenc\w+|urgent|unplanned|at short notice)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """A quantity that a passage states about a subject, in a scope."""

    passage: Passage
    quantity: Quantity
    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a quantity is about, as rules/values.yaml says."""

    id: str
    name: str
    quantity: str
    about: re.Pattern[str]
    other: re.Pattern[str] | None
    pattern: str
    scopes: dict[str, re.Pattern[str]]
    unscoped: str
    channel: bool
    why: str
    suggestion: str

    def facts(self, passage: Passage) -> Iterator[Fact]:
        """The quantities that this passage states about the subject."""
        text = passage.text
        if self.id == "value.maintenance-notice" and _EMERGENCY.search(text):
            return
        near = text if self.about.search(text) else ""
        earlier = passage.before if _CONTINUES.match(text) else ""
        if not near and not any(self.about.search(part) for part in (earlier, passage.label, passage.heading)):
            return
        own = near or earlier or self.about.search(passage.label) or passage.heading.endswith("?")
        if not own and passage.kind == "sentence" and len(text) > _FEW_WORDS and self.id == "value.deletion-period":
            # A whole sentence under `Retention and deletion` that deletes nothing.
            return
        if (passage.kind == "title" and text.endswith("?")) or reported(text) or passage.planned:
            # A question asserts nothing; what happened once, and what is to come, promises nothing.
            return
        if not near and not earlier and not self.about.search(passage.label) and _OWN_SUBJECT.match(text):
            return
        if self.quantity == "tls" and _OPTION.match(text):
            return
        if not near and not earlier and self._labelled_otherwise(passage):
            return
        if any(_IS_NONE.search(text[: found.start()]) for found in self.about.finditer(text)):
            return
        bare = self.quantity == "tls" and len(text) < 60 and self.about.search(f"{passage.label} {passage.heading}")
        for found in tls_minimum(text, named=True) if bare else EXTRACTORS[self.quantity](text):
            segment = _segment(text, found)
            if self.quantity == "percent" and no_level(text, found):
                continue
            if self.other and self._another(passage, segment, found):
                continue
            asked = passage.heading if passage.heading.endswith("?") and len(text) < 60 else ""
            labelled = self.about.search(asked) or (
                (passage.kind == "badge" or len(text) < 40) and self.about.search(passage.label)
            )
            if labelled and "breach" in self.id and _RETENTION.search(f"{passage.heading} {' '.join(passage.columns)}"):
                # `Incident clips: 90 days` in a table of retention.
                continue
            if self.pattern and not labelled and not _inside(self.pattern, text, found):
                continue
            close = any(scope.search(segment) for scope in self.scopes.values())
            where = segment if close else (passage.label if passage.kind == "badge" else passage.said)
            where = f"{where} {asked}" if asked and not close else where
            named = {name for name, scope in self.scopes.items() if scope.search(where)}
            if passage.cells and passage.label and self.about.search(" ".join(passage.columns)):
                # The column says what is measured, the row of which part.
                named = {passage.label} if not self.about.search(passage.label) else named
            yield Fact(passage, found, frozenset(named))

    def _labelled_otherwise(self, passage: Passage) -> bool:
        """Whether only the heading names the subject, and a label of its own says what this passage is about."""
        if passage.cells or self.about.search(passage.label) or self.id not in _LABELS_COUNT:
            return False
        return bool(passage.label) and not _MEASURES.search(passage.label) and passage.label not in passage.variants

    def _another(self, passage: Passage, segment: str, found: Quantity) -> bool:
        """Whether the quantity belongs to another subject: named in its clause, or nearer before it."""
        assert self.other is not None
        if self.other.search(segment):
            return True
        if self.about.search(segment):
            return False
        if self.about.search(passage.label):
            # The label names the subject: another one counts in the quantity's own clause.
            return False
        if not self.about.search(passage.text):
            return bool(self.other.search(passage.said))
        before = passage.text[: found.start]
        own = max((match.end() for match in self.about.finditer(before)), default=-1)
        others = max((match.end() for match in self.other.finditer(before)), default=-1)
        return others > own or (own < 0 and bool(self.other.search(passage.text)))


@cache
def subjects(name: str = "values") -> tuple[Subject, ...]:
    """All subjects of a data file (`values`, or the more widely recognised `events`), compiled."""
    return tuple(_subject(entry) for entry in data(name)["subjects"])


def _subject(entry: dict[str, Any]) -> Subject:
    def pattern(text: str) -> re.Pattern[str]:
        return re.compile(text, re.IGNORECASE)

    return Subject(
        id=entry["id"],
        name=entry["name"],
        quantity=entry["quantity"],
        about=pattern(entry["about"]),
        other=pattern(entry["except"]) if "except" in entry else None,
        pattern=entry.get("pattern", ""),
        scopes={name: pattern(text) for name, text in entry.get("scopes", {}).items()},
        unscoped=entry.get("unscoped", "none"),
        channel=entry.get("channel", False),
        why=entry["why"],
        suggestion=entry["suggestion"],
    )


def check(corpus: Corpus, name: str = "values") -> Iterator[Finding]:
    """Each pair of passages whose values cannot both be true; one finding a value that is contradicted."""
    held: set[frozenset[tuple[str, int]]] = set()
    for subject in subjects(name):
        stated = [facts for passage in corpus.asserted if (facts := list(subject.facts(passage)))]
        if subject.quantity == "frequency":
            stated = [facts for facts in stated if not _names_a_kind(corpus, subject, facts)]
        told: list[Sequence[Fact]] = []
        for first, second in combinations(stated, 2):
            if of_other_things(subject, first[0].passage, second[0].passage):
                continue
            if not _conflict(subject, first, second) or (subject.channel and not same_channel(corpus, first, second)):
                continue
            if any(_same_values(second, earlier) for earlier in told):
                continue
            if subject.id in _OF_AN_OBJECT and all(
                other_acts(a.passage, a.quantity, b.passage, b.quantity) for a in first for b in second
            ):
                continue
            told.append(second)
            if "backup" in subject.id and several_tiers(first[0].passage, second[0].passage):
                continue
            if "backup" in subject.id and first[0].passage.scheme and any_agrees(first, second):
                continue
            if subject.quantity == "tls" and stricter_client(first, second):
                continue
            pair = frozenset((facts[0].passage.place.file, facts[0].passage.start) for facts in (first, second))
            if subject.id == "value.backup-interval" and pair in held:
                continue
            held.add(pair)
            yield Finding(
                rule=subject.id,
                family="value",
                first=quote(first[0].passage, first[0].quantity.start, first[-1].quantity.end),
                second=quote(second[0].passage, second[0].quantity.start, second[-1].quantity.end),
                why=f"Two values for {subject.name}. {subject.why}",
                suggestion=subject.suggestion,
            )


_OF_AN_OBJECT = ("value.deletion-period", "value.breach-notice", "value.patch-time")
"""Times of which a page has one for each thing that is deleted, told or fixed."""
_NAMES = re.compile(r"\bthe (?:last |latest |same )?$", re.IGNORECASE)


def _names_a_kind(corpus: Corpus, subject: Subject, facts: Sequence[Fact]) -> bool:
    """Whether `the monthly backup` only points at a kind of which another sentence says that it is made monthly."""
    one = facts[0].passage
    if not all(_NAMES.search(one.text[: fact.quantity.start]) for fact in facts):
        return False
    said = [
        found
        for other in corpus.asserted
        if other.start != one.start and subject.about.search(other.context)
        for found in EXTRACTORS["frequency"](other.text)
        if not _NAMES.search(other.text[: found.start])
    ]
    return all(any(fact.quantity.agrees(found) for found in said) for fact in facts)


def _conflict(subject: Subject, first: Sequence[Fact], second: Sequence[Fact]) -> bool:
    if subject.quantity == "percent" and floor_kept(first, second):
        return False
    pairs = [
        (a, b)
        for a in first
        for b in second
        if a.scope == b.scope or (subject.unscoped != "none" and (not a.scope or not b.scope))
    ]
    if subject.unscoped == "all":
        return any(not a.quantity.agrees(b.quantity) for a, b in pairs)
    same = [(a, b) for a, b in pairs if a.scope == b.scope]
    if subject.scopes and not same and any(a.scope or b.scope for a, b in pairs):
        # One of them says for what, the other not: only a full disagreement counts.
        return bool(pairs) and not any(a.quantity.agrees(b.quantity) for a, b in pairs)
    return bool(pairs) and not any(a.quantity.agrees(b.quantity) for a, b in same or pairs)


def _same_values(facts: Sequence[Fact], earlier: Sequence[Fact]) -> bool:
    """Whether a contradicted passage was told already: the same words again are not a second contradiction."""
    return (
        facts[0].passage.start == earlier[0].passage.start
        and facts[0].passage.place.file == earlier[0].passage.place.file
    )


def _segment(text: str, found: Quantity) -> str:
    """The clause around a quantity."""
    left = max((mark.end() for mark in _SEGMENT.finditer(text) if mark.end() <= found.start), default=0)
    right = min((mark.start() for mark in _SEGMENT.finditer(text) if mark.start() >= found.end), default=len(text))
    return text[left:right]


def _inside(pattern: str, text: str, found: Quantity) -> bool:
    written = re.escape(text[found.start : found.end])
    # A clause with a subject of its own, after a semicolon, says nothing of what stands before it.
    left = max((mark.end() for mark in _OWN_CLAUSE.finditer(text) if mark.end() <= found.start), default=0)
    return any(
        match.start() + left <= found.start and match.end() + left >= found.end
        for match in _around(pattern.replace("<Q>", written)).finditer(text[left:])
    )


@lru_cache(maxsize=4096)
def _around(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_OWN_CLAUSE = re.compile(r";\s(?=(?:we|you|it|they|the) )", re.IGNORECASE)
