"""All checks over a corpus, each finding once, in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from trustcenter.publish.lint.checks import (
    acts,
    articles,
    complete,
    counted,
    defined,
    denials,
    documents,
    downtime,
    ended,
    events,
    exceptions,
    exclusive,
    goals,
    header,
    held,
    holders,
    instances,
    leftovers,
    lossy,
    older,
    only,
    opposites,
    ownership,
    patterns,
    payload,
    plans,
    poles,
    references,
    replies,
    residency,
    retention,
    roadmap,
    same_subject,
    staleness,
    stances,
    standards,
    universals,
    values,
    vendors,
    versions,
    withheld,
)
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Page


def lint(pages: Sequence[Page], today: date) -> tuple[Finding, ...]:
    """What contradicts itself in these pages, held against each other; `today` decides what is out of date."""
    corpus = Corpus(tuple(pages))
    found: dict[object, Finding] = {}
    same: set[tuple[str, frozenset[tuple[str, int]]]] = set()
    for finding in _all(corpus, today):
        # Two rules of one family that quote the same pair say one thing.
        if finding.second is None or (finding.family, _pair(finding)) not in same:
            found.setdefault(finding.key, finding)
        same.add((finding.family, _pair(finding)))
    # A pair that a rule of its own has named is told in that rule's words only.
    told = {_pair(finding) for finding in found.values()}
    for general in (
        events,
        leftovers,
        lossy,
        same_subject,
        opposites,
        acts,
        held,
        exceptions,
        stances,
        poles,
        instances,
        only,
        roadmap,
        plans,
        ownership,
        complete,
        defined,
        older,
        denials,
    ):
        for finding in general.check(corpus):
            if _pair(finding) not in told:
                told.add(_pair(finding))
                found.setdefault(finding.key, finding)
    order = {page.name: number for number, page in enumerate(pages)}
    return tuple(
        sorted(
            _without_repeats(found.values()), key=lambda one: (order[one.first.place.file], one.first.start, one.rule)
        )
    )


def _all(corpus: Corpus, today: date) -> Iterator[Finding]:
    standing = list(standards.check(corpus))
    yield from standing
    yield from standards.disclaimers(corpus, standing)
    for check in (
        values,
        residency,
        exclusive,
        header,
        payload,
        retention,
        references,
        withheld,
        ended,
        replies,
        documents,
        counted,
        articles,
        goals,
        universals,
        vendors,
        downtime,
        versions,
        holders,
        patterns,
    ):
        yield from check.check(corpus)
    yield from staleness.check(corpus, today)


def _pair(finding: Finding) -> frozenset[tuple[str, int]]:
    """The places that a finding holds against each other."""
    return frozenset((quote.place.file, quote.start) for quote in finding.quotes)


def _without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """A sentence that fails by itself is not told again where a pair of the same family already quotes it."""
    everything = list(findings)
    paired = {
        (one.family, quote.place.file, quote.start)
        for one in everything
        if one.second is not None
        for quote in one.quotes
    }
    return [
        one
        for one in everything
        if one.second is not None or (one.family, one.first.place.file, one.first.start) not in paired
    ]
