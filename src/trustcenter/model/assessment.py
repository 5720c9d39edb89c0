"""What the judge says: one conclusion for each declared test and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from trustcenter.model.collector import Holds, Method
from trustcenter.model.fact import Row
from trustcenter.model.place import Place
from trustcenter.model.population import Cause

Conclusion = Literal["no_deviations", "deviations", "waived", "no_occurrences", "inconclusive", "not_applicable"]


FindingKind = Literal[
    "waiver_expired",
    "waiver_not_yet",
    "waiver_unused",
    "waiver_too_long",
    "waiver_self_approved",
    "waiver_unknown",
]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One item that fails a test: the row's key, which conditions it failed, and the waiver that accepts it."""

    key: str
    failed: tuple[str, ...]
    row: Row
    waiver: str | None = None


@dataclass(frozen=True, slots=True)
class TestConclusion:
    """The conclusion of one test on one source.

    Counts are of items: `size` in the whole population, `examined` after `where`, `passed` of those. `values` are the
    aggregates that public claims quote (`min.hash_cost`), `restricted` those that only claims of other tiers quote.
    Public: names, conclusion, cause, evidence, counts, `values`, times. Private: `reason`, `remedy`, `restricted`,
    `deviations`, `place`.
    """

    __test__ = False  # not a test of this repository's own suite

    control: str
    test: str
    source: str
    conclusion: Conclusion
    method: Method
    holds: Holds
    environment: str = ""
    cause: Cause | None = None
    reason: str = ""
    remedy: str = ""
    evidence: tuple[str, ...] = ()
    size: int = 0
    examined: int = 0
    passed: int = 0
    deviating: int = 0
    accepted: int = 0
    accepted_until: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    restricted: Mapping[str, Any] = field(default_factory=dict)
    observed_at: datetime | None = None
    expires_at: datetime | None = None
    deviations: tuple[Deviation, ...] = ()
    place: Place | None = None

    def stale(self, now: datetime) -> bool:
        """Evidence that was seen and has expired since."""
        return self.expires_at is not None and now > self.expires_at


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong that is not an item of a population: an expired, unused or over-long waiver.

    `subject` is the control and test (public); `what` and `place` are private.
    """

    kind: FindingKind
    subject: str
    what: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """All conclusions at one time: judged from the named evidence, by the named judge, against the named catalogue."""

    as_of: datetime
    judge: str
    catalogue: str
    conclusions: tuple[TestConclusion, ...]
    findings: tuple[Finding, ...] = ()

    def of(self, control: str, test: str | None = None) -> tuple[TestConclusion, ...]:
        return tuple(
            conclusion
            for conclusion in self.conclusions
            if conclusion.control == control and (test is None or conclusion.test == test)
        )
