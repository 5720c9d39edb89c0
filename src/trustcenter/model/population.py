"""Populations: what a collector saw, and how it knows that it saw all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from trustcenter.errors import TrustCenterError
from trustcenter.model.fact import FactSchema, Row

F = TypeVar("F")

Cause = Literal[
    "denied",  # the source refused: rights are missing
    "unreachable",  # no connection, name or route
    "timed_out",
    "incomplete",  # fewer items than the source's own count, half a page, no independent count
    "filtered",  # the source hides rows from this reader
    "malformed",  # an answer that cannot be what was asked for
    "contradicted",  # two views of the same thing disagree
    "unsafe",  # the probe's safety class forbids it in this environment
    "unsupported",  # the source cannot show this (say, no access to its backup files)
    "missing",  # no evidence was collected
    "erased",  # rows were erased at a person's request
    "defect",  # our own error: never blamed on the source
]


class CouldNotTell(TrustCenterError):
    """A collector could not establish its population: a typed cause, never an empty population."""

    exit_code = 3

    def __init__(self, cause: Cause, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what, where=where, hint=hint)
        self.cause: Cause = cause


@dataclass(frozen=True, slots=True)
class Completeness:
    """How we know that the population is whole.

    `expected` comes from `method`, and is `independent` when the filter or right that limits the listing cannot
    have shrunk it too (a count by another path, a catalogue, a declared register). `got` is what was listed.
    """

    method: str
    expected: int | None
    got: int
    independent: bool = False

    @property
    def holds(self) -> bool:
        return self.expected is not None and self.expected == self.got


@dataclass(frozen=True, slots=True)
class Period:
    """The time that the population covers, `start` inclusive, `end` exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Population(Generic[F]):
    """The complete set that a collector examined: typed facts, never a verdict.

    `query` and `parameters` say exactly what was asked, so that an auditor can ask it again; `exclusions` are
    declared; `notes` are for the auditor (versions seen, what could not be arranged).
    """

    facts: tuple[F, ...]
    completeness: Completeness
    query: str
    observed_at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict)
    period: Period | None = None
    exclusions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    source_clock: datetime | None = None
    """What the source's own clock said, to record its offset."""
    actor: str | None = None
    """Who read: the role or account in the source."""
    permissions: str | None = None
    """A text listing the actor's rights; its digest is recorded."""
    rows: tuple[Row, ...] = ()
    """For generic collectors only (`query`): rows already in stored form, described by `schema`."""
    schema: FactSchema | None = None


@dataclass(frozen=True, slots=True)
class RecordedPopulation:
    """One piece of evidence as the judge gets it: read back from ledger and private store, facts as stored rows.

    `cause` is set when the collector could not tell; then there are no rows and no completeness.
    """

    evidence: str  # digest of the statement, `sha256:...`
    fetch: str  # digest of what was asked: collector, source, parameters (`FetchKey.digest`)
    collector: str
    source: str
    environment: str
    schema: FactSchema | None
    rows: tuple[Row, ...]
    observed_at: datetime
    completeness: Completeness | None = None
    cause: Cause | None = None
    reason: str | None = None
    remedy: str | None = None
    period: Period | None = None
