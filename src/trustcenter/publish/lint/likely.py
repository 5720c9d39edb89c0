"""What a page probably says in two ways: pairs of sentences that the pair model takes for contradictory.

A rule shows why two sentences do not go together; this only says that they look like pairs that do not. So these
findings stand apart (`likely`). A rule that has not shown itself on pages it was not written for is told only where the
model agrees. All of it is for pages of others, never for an instance, whose CI it would turn red without a reason that
anybody could check.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trustcenter.publish import meaning
from trustcenter.publish.lint.finding import Finding, Quote
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.pair_model import PairModel
from trustcenter.publish.lint.rule_files import data

NEAREST = 12
"""Passages nearest in meaning that each is held against: among them are three of four pairs that contradict each
other."""
MOST = 4_000
"""Pairs that are read, the nearest first: about a minute."""
LONGEST_PAGE = 1_500
"""Passages of a page that are read: a security page of 200 kB has as many."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
Progress = Callable[[int, int], None]
_Pair = tuple[Passage, Passage]


@dataclass(frozen=True, slots=True)
class Read:
    """What rules and model tell together, likely findings last; what rules say alone and the model does not take for
    contradictory; and how many of the pairs that could be read were, and of the passages were not."""

    findings: tuple[Finding, ...]
    doubted: tuple[Finding, ...]
    pairs: int
    left_out: int
    unread: int


@dataclass(frozen=True, slots=True)
class Scored:
    """How likely a pair contradicts itself: the model's log-odds in both orders, and nearness in meaning with them."""

    likeliness: float
    family: str


class Reader:
    """Both models, and how much of them a pair needs."""

    def __init__(self, model: PairModel, encoder: meaning.Encoder) -> None:
        self._model = model
        self._encoder = encoder
        self._settings: Mapping[str, Any] = data("likely")

    def near(self, passages: Sequence[Passage]) -> list[tuple[float, Passage, Passage]]:
        """Each passage with those nearest to it, each pair once in the order of the page, with their nearness."""
        if len(passages) < 2:
            return []
        vectors = self._encoder.encode([said(one) for one in passages])
        pairs: set[tuple[int, int]] = set()
        for row, vector in enumerate(vectors):
            nearness = vectors @ vector
            nearness[row] = -2
            pairs |= {(min(row, int(one)), max(row, int(one))) for one in (-nearness).argsort()[:NEAREST] if one != row}
        return [(float(vectors[one] @ vectors[two]), passages[one], passages[two]) for one, two in sorted(pairs)]

    def score(
        self, pairs: Sequence[tuple[float, Passage, Passage]], least: float, progress: Progress = lambda done, of: None
    ) -> dict[int, Scored]:
        """The pairs that reach `least`, by their numbers: the other order is read of those that may."""
        weight = self._settings["nearness"]
        read = [(said(one), said(other)) for _, one, other in pairs]
        may: dict[int, Scored] = {}
        for done, (number, judgement) in enumerate(self._model.judge(read), 1):
            near, one, other = pairs[number]
            likeliness = judgement.odds + weight * near - self._apart(one, other)
            if likeliness >= least - self._settings["other_order"]:
                may[number] = Scored(likeliness, judgement.family)
            if done % 256 == 0 or done == len(read):
                progress(done, len(read))
        again = sorted(may)
        found: dict[int, Scored] = {}
        for place, judgement in self._model.judge([read[number][::-1] for number in again]):
            number = again[place]
            near, one, other = pairs[number]
            turned = judgement.odds + weight * near - self._apart(one, other)
            likeliness = (may[number].likeliness + turned) / 2
            if likeliness >= least:
                found[number] = Scored(likeliness, may[number].family)
        return found

    def nearness(self, one: Passage, other: Passage) -> float:
        first, second = self._encoder.encode([said(one), said(other)])
        return float(first @ second)

    def _apart(self, one: Passage, other: Passage) -> float:
        """Sentences of one paragraph go on from each other, and a title says little: both must be likelier."""
        apart = 0.0
        if one.block == other.block:
            apart += self._settings["same_block"]
        if "title" in (one.kind, other.kind):
            apart += self._settings["title"]
        return apart


def likely(
    pages: Sequence[Page],
    reader: Reader,
    told: Iterable[Finding],
    progress: Progress = lambda done, of: None,
    *,
    thorough: bool = False,
) -> Read:
    """Pairs of one page each, beside what rules have told; `thorough` tells the less likely ones as well."""
    settings = data("likely")
    kept, doubted = _agreed(pages, reader, tuple(told))
    known = {_places(finding) for finding in (*kept, *doubted)}
    passages = [Corpus((page,)).asserted for page in pages]
    everything = [pair for some in passages for pair in reader.near(some[:LONGEST_PAGE])]
    everything.sort(key=lambda pair: (-pair[0], pair[1].start, pair[2].start))
    chosen = everything[:MOST]
    scored = reader.score(chosen, settings["least_thorough" if thorough else "least"], progress)
    found = []
    for number, score in sorted(scored.items(), key=lambda item: -item[1].likeliness):
        _, one, other = chosen[number]
        if score.family == "value" and _same_figures(one.text, other.text):
            continue
        words = settings["families"][score.family]
        finding = Finding(
            f"likely.{score.family}",
            score.family,
            Quote.of(one),
            words["why"],
            words["suggestion"],
            Quote.of(other),
            likely=True,
        )
        if _places(finding) not in known:
            found.append(finding)
    unread = sum(max(0, len(some) - LONGEST_PAGE) for some in passages)
    return Read((*kept, *found), doubted, len(chosen), len(everything) - len(chosen), unread)


def _agreed(
    pages: Sequence[Page], reader: Reader, told: Sequence[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings that stand, and those of rules that have not shown themselves where the model does not agree."""
    settings = data("likely")
    trusted = frozenset(settings["trusted"])
    asked: list[tuple[float, Passage, Passage]] = []
    whose: list[Finding] = []
    for finding in told:
        pair = _passages(pages, finding) if finding.rule not in trusted else None
        if pair is not None:
            asked.append((reader.nearness(*pair), *pair))
            whose.append(finding)
    agreed = reader.score(asked, settings["agreed"])
    doubted = tuple(finding for number, finding in enumerate(whose) if number not in agreed)
    return tuple(finding for finding in told if finding not in doubted), doubted


def _passages(pages: Sequence[Page], finding: Finding) -> _Pair | None:
    """The passages that a finding quotes from; none where it quotes one, or from two pages."""
    if finding.second is None or finding.first.place.file != finding.second.place.file:
        return None
    page = next(one for one in pages if one.name == finding.first.place.file)
    passages = sorted(page.passages, key=lambda one: one.start)
    starts = [one.start for one in passages]
    one, other = (passages[max(0, bisect_right(starts, quote.start) - 1)] for quote in finding.quotes)
    return one, other


def said(passage: Passage) -> str:
    """The words as the model was trained to see them: label before, standing behind."""
    return f"{passage.said} ({passage.standing})" if passage.standing else passage.said


def _same_figures(one: str, other: str) -> bool:
    """Whether both give figures, and the same: then they do not differ in a value."""
    first, second = (set(_FIGURE.findall(text)) for text in (one, other))
    return bool(first) and first == second


def _places(finding: Finding) -> frozenset[tuple[str, int]]:
    return frozenset((quote.place.file, quote.start) for quote in finding.quotes)
