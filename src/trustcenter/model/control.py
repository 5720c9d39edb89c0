"""Controls, their tests and their claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from trustcenter.model.condition import Condition
from trustcenter.model.fact import FactSchema, Row
from trustcenter.model.place import Place
from trustcenter.model.population import Cause

Nature = Literal["automated", "manual"]
Frequency = Literal["continuous", "per_event", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]
OnFailure = Literal["withdraw", "disclose"]
Tier = Literal["public", "nda", "auditor"]


@dataclass(frozen=True, slots=True)
class CriterionMapping:
    """This control supports that criterion, and why. `pinpoint` keeps `32(1)(b)` where `criterion` is `Art. 32`."""

    framework: str
    criterion: str
    pinpoint: str
    rationale: str


@dataclass(frozen=True, slots=True)
class QueryPart:
    """SQL written in the control; `columns` type its result."""

    sql: str
    columns: FactSchema


@dataclass(frozen=True, slots=True)
class ReconcilePart:
    """A join of two populations, each a test of this control or a collector's id.

    Rows carry `matched` (both, left_only, right_only), `left.FIELD`, `right.FIELD` and the `intervals`: named
    durations between two moments. Rows of a side named in `unmatched` as `passes` do not deviate for being alone.
    """

    left: str
    right: str
    on: tuple[tuple[str, str], ...]
    intervals: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unmatched: Mapping[str, Literal["deviates", "passes"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestOfControl:
    """A procedure: what to look at, which items, what must hold for each, how often to look.

    Exactly one of `collector`, `reconcile` is set; `query` only with the collector `query`. `count` bounds the
    number of items that `where` selects. Evidence older than `every` is stale. `if_none` says why the test does not
    apply where `where` selects nothing of a whole population; without it, nothing selected is nothing that deviates.
    """

    __test__ = False  # not a test of this repository's own suite

    id: str
    every: timedelta
    place: Place
    collector: str | None = None
    sources: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    query: QueryPart | None = None
    reconcile: ReconcilePart | None = None
    where: tuple[Condition, ...] = ()
    expect: tuple[Condition, ...] = ()
    count: tuple[Condition, ...] = ()
    if_none: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each field of `where`, `expect`, `count` stands: `expect.hash_cost`."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What a reader can do to check a claim without trusting us."""

    instruction: str
    command: str
    expect: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One publishable sentence. `{test.passed}`, `{test.size}`, `{test.min.FIELD}`, ... are read from evidence.

    `tests` names the tests it rests on; all of the control's where empty.
    """

    id: str
    say: str
    place: Place
    short: str = ""
    noun: str = "items"
    group: str = ""
    tests: tuple[str, ...] = ()
    on_failure: OnFailure = "withdraw"
    tier: Tier = "public"
    aliases: tuple[str, ...] = ()
    """Other words for what the sentence affirms; a question in these words is answered by it."""
    opposites: tuple[str, ...] = ()
    """Words for what the sentence rules out: a question in these words is answered with No."""
    check: SelfCheck | None = None
    note: str = ""
    asks: str = ""
    """The overview's question that this claim answers, where it answers one."""
    figure: str = ""
    """The kind of chart drawn from the rows of its one test (`model.figure`); empty for none."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A control that is not in place: why, and by when."""

    state: Literal["not_done", "in_progress"]
    missing: str
    target: date | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A control that does not concern this organisation, with the reason, who said so and when."""

    reason: str
    owner: str
    decided: date


CASES_AS_OF = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When cases are judged that do not say when."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a test must conclude of these rows, or of a collector that could not tell.

    `sides` are whole rows in stored form: one list, or two where the test is a join. `expected` is the source's own
    count where it is not the number of rows.
    """

    test: str
    name: str
    conclusion: Literal["no_deviations", "deviations", "no_occurrences", "inconclusive", "not_applicable"]
    place: Place
    sides: tuple[tuple[Row, ...], ...]
    cause: Cause | None = None
    expected: int | None = None
    independent: bool = True
    as_of: datetime = CASES_AS_OF


@dataclass(frozen=True, slots=True)
class Control:
    """What this company does: one YAML file.

    `id` is `domain.name`, the folder and the file's stem. `digest` is over the file's bytes.
    """

    id: str
    title: str
    owner: str
    nature: Nature
    frequency: Frequency
    criteria: tuple[CriterionMapping, ...]
    place: Place
    digest: str
    description: str = ""
    tests: tuple[TestOfControl, ...] = ()
    claims: tuple[Claim, ...] = ()
    progress: Progress | None = None
    not_applicable: NotApplicable | None = None
    request_list: tuple[str, ...] = ()
    """Where an examiner's request list looks for it: access, change, backup, vendor, people, incident, ..."""
    cases: tuple[Case, ...] = ()
    """Pass, fail and denied cases of its tests, run by `trustcenter test`."""

    @property
    def domain(self) -> str:
        return self.id.split(".", 1)[0]

    @property
    def event_driven(self) -> bool:
        return self.frequency == "per_event"
