"""Drift: two assessments compared, with the catalogues that they were judged against."""

from __future__ import annotations

from collections.abc import Iterator

from trustcenter.assess.declared import Collectors, compare_catalogues
from trustcenter.model.amount import counted
from trustcenter.model.assessment import Assessment, Conclusion, TestConclusion
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.change import Change, ChangeKind
from trustcenter.model.collector import METHODS

SHARE = 0.2
"""A population that lost more than this share of its items since last time is reported as shrunken."""

GROWTH = 1.0
"""One that gained more than this share is reported as grown: logs and backups grow from run to run."""

_ORDER: tuple[Conclusion, ...] = (
    "no_deviations",
    "no_occurrences",
    "not_applicable",
    "waived",
    "inconclusive",
    "deviations",
)
"""Best first."""


def compare(
    before: Assessment,
    before_catalogue: Catalogue | None,
    after: Assessment,
    after_catalogue: Catalogue | None,
    *,
    share: float = SHARE,
    collectors: Collectors | None = None,
) -> tuple[Change, ...]:
    """Every difference between two assessments and, where both are given, their catalogues.

    Assessments may be public ones (without rows): then newly deviating items are seen by their number only.
    """
    old = {(one.control, one.test, one.source): one for one in before.conclusions}
    new = {(one.control, one.test, one.source): one for one in after.conclusions}
    found: list[Change] = []
    for key, conclusion in new.items():
        if key in old:
            found += _conclusion(old[key], conclusion, share)
    declared = before_catalogue is not None and after_catalogue is not None
    found += _gone(before, after, declared)
    if before_catalogue is not None and after_catalogue is not None:
        found += compare_catalogues(before_catalogue, after_catalogue, collectors)
    return tuple(found)


def _subject(conclusion: TestConclusion) -> str:
    return f"{conclusion.control}/{conclusion.test}"


def _words(conclusion: TestConclusion) -> str:
    cause = f" ({conclusion.cause})" if conclusion.cause else ""
    return (conclusion.conclusion + cause).replace("_", " ")


def _conclusion(before: TestConclusion, after: TestConclusion, share: float) -> Iterator[Change]:
    subject = _subject(after)
    if before.conclusion != after.conclusion:
        yield _turned(before, after)
    elif after.conclusion == "deviations":
        yield from _deviating(before, after)
    if METHODS.index(before.method) != METHODS.index(after.method):
        weaker = METHODS.index(after.method) < METHODS.index(before.method)
        sentence = f"{subject} on {after.source} was tested by {before.method}, and is by {after.method} now"
        kind: ChangeKind = "method_weaker" if weaker else "method_stronger"
        yield Change(kind, subject, before.method, after.method, weaker, sentence, after.place)
    if "inconclusive" not in (before.conclusion, after.conclusion):
        yield from _sizes(before, after, share)


def _turned(before: TestConclusion, after: TestConclusion) -> Change:
    """A conclusion that became another one.

    Events that did not happen this time are no worse state, and a deviation that can no longer be seen no better one.
    """
    first, second = before.conclusion, after.conclusion
    worse = _ORDER.index(second) > _ORDER.index(first) or second == "not_applicable"
    kind: ChangeKind = "conclusion_worse" if worse else "conclusion_better"
    if (first, second) == ("no_deviations", "no_occurrences") or (second == "inconclusive" and not worse):
        kind, worse = "conclusion_changed", False
    sentence = f"{_subject(after)} on {after.source} was: {_words(before)}; and is now: {_words(after)}"
    return Change(kind, _subject(after), _words(before), _words(after), worse, sentence, after.place)


def _deviating(before: TestConclusion, after: TestConclusion) -> Iterator[Change]:
    first, second = before.deviating - before.accepted, after.deviating - after.accepted
    known = len(before.deviations) == before.deviating and len(after.deviations) == after.deviating
    fresh = max(second - first, 0)
    if known:
        open_before = {one.key for one in before.deviations if one.waiver is None}
        fresh = len({one.key for one in after.deviations if one.waiver is None} - open_before)
    if fresh:
        items = "item deviates" if fresh == 1 else "items deviate"
        sentence = f"{_subject(after)} on {after.source}: {fresh} {items} that did not before"
        yield Change("more_deviations", _subject(after), str(first), str(second), True, sentence, after.place)
    elif second < first:
        items = counted(second, "item deviates", "items deviate")
        sentence = f"{_subject(after)} on {after.source}: {items}, before it were {first}"
        yield Change("fewer_deviations", _subject(after), str(first), str(second), False, sentence, after.place)


def _sizes(before: TestConclusion, after: TestConclusion, share: float) -> Iterator[Change]:
    """A population, or the part of it that is examined, that is much smaller or larger; each is told once."""
    told = set()
    for what, first, second in (
        ("population", before.size, after.size),
        ("part that is examined", before.examined, after.examined),
    ):
        shrunken = second < first
        if first == 0 or abs(second - first) <= (share if shrunken else GROWTH) * first or (first, second) in told:
            continue
        told.add((first, second))
        kind: ChangeKind = "population_shrunken" if shrunken else "population_grown"
        sentence = f"{_subject(after)} on {after.source}: the {what} had {counted(first, 'item')}, and has {second} now"
        yield Change(kind, _subject(after), str(first), str(second), shrunken, sentence, after.place)


def _gone(before: Assessment, after: Assessment, declared: bool) -> Iterator[Change]:
    """What was judged before and is not any more; controls and tests only where no catalogue says so itself."""
    controls = {one.control for one in after.conclusions}
    tests = {(one.control, one.test) for one in after.conclusions}
    present = {(one.control, one.test, one.source) for one in after.conclusions}
    told: set[str] = set()
    for one in before.conclusions:
        subject = _subject(one)
        if one.control not in controls:
            if not declared and one.control not in told:
                told.add(one.control)
                sentence = f"{one.control} is no longer judged"
                yield Change("control_removed", one.control, one.control, "", True, sentence, one.place)
        elif (one.control, one.test) not in tests:
            if not declared and subject not in told:
                told.add(subject)
                yield Change("test_removed", subject, one.test, "", True, f"{subject} is no longer judged", one.place)
        elif (one.control, one.test, one.source) not in present:
            sentence = f"{subject} is no longer judged on {one.source or 'a missing source'}"
            yield Change("source_removed", subject, one.source, "", bool(one.source), sentence, one.place)
