"""The shape of a control file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from trustcenter.model.control import Frequency, Nature, OnFailure, Tier
from trustcenter.model.figure import FigureKind
from trustcenter.model.population import Cause
from trustcenter.strict.shape import Day, Duration, Line, Lines, Moment, Name, Shape, Text, Texts

Word = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
"""A name without dots: tests, claims and intervals, since claims write `{test.passed}`."""

Pairs = Annotated[
    dict[Line, Line],
    BeforeValidator(lambda value: {value: value} if isinstance(value, str) else _from_list(value)),
    Field(min_length=1),
]
"""`person`, `[person, site]`, or `{left field: right field}`."""


def _from_list(value: Any) -> Any:
    return (
        {item: item for item in value} if isinstance(value, list) and all(isinstance(i, str) for i in value) else value
    )


class ColumnShape(Shape):
    """One column of a query's result."""

    type: Literal["text", "integer", "number", "boolean", "duration", "moment", "date", "choice", "texts"]
    nullable: bool = False
    unit: Line | None = None
    key: bool = False
    personal: bool = False
    subject: bool = False
    secret: bool = False
    choices: list[Line] = Field(default=[])


class QueryShape(Shape):
    """SQL written in the control; `columns` type its result, in the order of the result."""

    sql: Text
    columns: dict[Word, ColumnShape] = Field(min_length=1)


class ReconcileShape(Shape):
    """A join of two populations: each a test of this control, or a collector's id."""

    left: Word
    right: Word
    on: Pairs
    intervals: dict[Word, Annotated[list[Line], Field(min_length=2, max_length=2)]] = Field(default={})
    unmatched: dict[Literal["left", "right"], Literal["deviates", "passes"]] = Field(default={})


class TestShape(Shape):
    """A test of control: what to look at, which items, what must hold for each, how often to look.

    `if_none` is the reason for which it does not apply where `where` selects nothing.
    """

    __test__ = False  # not a test of this repository's own suite

    collector: Word | None = None
    reconcile: ReconcileShape | None = None
    query: QueryShape | None = None
    source: Name | None = None
    sources: list[Name] = Field(default=[])
    parameters: dict[Word, Any] = Field(default={})
    where: dict[Line, Any] = Field(default={})
    expect: dict[Line, Any] = Field(default={})
    count: Any = None
    if_none: Annotated[str, StringConstraints(max_length=300)] = ""
    every: Duration | None = None


class SelfCheckShape(Shape):
    """What a reader can do to check the claim without trusting us."""

    instruction: Text
    command: Text
    expect: Text


class ClaimShape(Shape):
    """One publishable sentence, its tests, and what happens when it fails."""

    id: Word
    say: Line
    short: Annotated[str, StringConstraints(max_length=120)] = ""
    noun: Line = "items"
    group: Annotated[str, StringConstraints(max_length=120)] = ""
    tests: list[Word] = Field(default=[])
    on_failure: OnFailure = "withdraw"
    tier: Tier = "public"
    aliases: Lines = Field(default=[])
    opposites: Lines = Field(default=[])
    check: SelfCheckShape | None = None
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""
    asks: Annotated[str, StringConstraints(max_length=300)] = ""
    figure: FigureKind | None = None


class ProgressShape(Shape):
    """Why a control is not in place, and by when."""

    state: Literal["not_done", "in_progress"]
    missing: Text
    target: Day | None = None


class NotApplicableShape(Shape):
    """Why a control does not concern this organisation."""

    reason: Text
    owner: Line
    decided: Day


class CaseShape(Shape):
    """One case of a test: these rows, or this cause, give that conclusion. `trustcenter test` runs it.

    A row writes the fields that the test speaks of; `times` repeats it. `left` and `right` are the sides of a join.
    `expected` is the source's own count where it is not the number of rows; `independent` is false where the filter
    could have shrunk that count too. `as_of` is the time of judging, else noon of 15 January 2026, UTC.
    """

    test: Word
    name: Line
    rows: list[dict[Line, Any]] = Field(default=[])
    left: list[dict[Line, Any]] = Field(default=[])
    right: list[dict[Line, Any]] = Field(default=[])
    cause: Cause | None = None
    expected: Annotated[int, Field(ge=0)] | None = None
    independent: bool = True
    as_of: Moment | None = None
    conclusion: Literal["no_deviations", "deviations", "no_occurrences", "inconclusive", "not_applicable"]


class ControlShape(Shape):
    """A control: one file, `controls/DOMAIN/NAME.yaml`."""

    id: Name
    title: Line
    owner: Line
    nature: Nature
    frequency: Frequency
    criteria: dict[Name, dict[Line, Text]]
    description: Annotated[str, StringConstraints(max_length=10_000)] = ""
    tests: dict[Word, TestShape] = Field(default={})
    claims: list[ClaimShape] = Field(default=[])
    progress: ProgressShape | None = None
    not_applicable: NotApplicableShape | None = None
    request_list: Annotated[Texts, Field(max_length=20)] = Field(default=[])
    cases: list[CaseShape] = Field(default=[])
