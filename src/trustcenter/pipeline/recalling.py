"""Ledger and private store -> populations as the judge gets them: read back and checked, never kept at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trustcenter.assess.plan import Plan
from trustcenter.errors import TamperedError
from trustcenter.ledger.private import Erased
from trustcenter.model.fact import FactSchema, parse_moment
from trustcenter.model.population import Completeness, Period, RecordedPopulation
from trustcenter.model.statement import EVIDENCE, EvidenceStatement
from trustcenter.pipeline.line import Line

PASSING = frozenset({"timed_out", "unreachable"})
"""Causes that pass by themselves: unexpired evidence from before stands. Denial, truncation, tampering never pass."""


@dataclass(frozen=True)
class Found:
    """One evidence statement of the log."""

    digest: str
    index: int
    statement: EvidenceStatement


@dataclass(frozen=True)
class Recalled:
    """The populations to judge, by `FetchKey.digest`, and what a person should be warned of."""

    populations: Mapping[str, RecordedPopulation]
    warnings: tuple[str, ...] = ()


def newest(line: Line, wanted: Iterable[str], lasting: Mapping[str, timedelta], now: datetime,
           *, up_to_size: int | None = None) -> tuple[dict[str, Found], tuple[str, ...]]:  # fmt: skip
    """For each fetch the evidence that counts: the newest, or the one before it while a passing trouble lasts.

    `lasting` says for how long evidence of a fetch is good for the test that is least demanding.
    """
    missing = set(wanted)
    found: dict[str, Found] = {}
    troubled: dict[str, Found] = {}
    warnings: list[str] = []
    for logged in line.ledger.statements(EVIDENCE, up_to_size=up_to_size, newest_first=True):
        stated = EvidenceStatement.parse(logged.statement.predicate)
        if stated.fetch not in missing:
            continue
        one = Found(logged.digest, logged.index, stated)
        if stated.fetch not in troubled and stated.cause not in PASSING:
            found[stated.fetch] = one
        elif stated.fetch not in troubled:
            troubled[stated.fetch] = one
            continue
        elif now - stated.observed > lasting.get(stated.fetch, timedelta()) or stated.cause is not None:
            found[stated.fetch] = troubled[stated.fetch]
        else:
            found[stated.fetch] = one
            warnings.append(
                f"{stated.collector} on {stated.source} is {troubled[stated.fetch].statement.cause} now; "
                f"evidence of {stated.observed:%d %b %Y, %H:%M} UTC stands until it expires"
            )
        missing.discard(stated.fetch)
        if not missing:
            break
    return {**troubled, **found}, tuple(warnings)


def recall(line: Line, plan: Plan, now: datetime, *, up_to_size: int | None = None, reason: str) -> Recalled:
    """The newest populations for a plan, as of a checkpoint. Raises TamperedError for changed rows."""
    lasting: dict[str, timedelta] = {}
    for examination in plan.examinations:
        for part in examination.parts:
            every = examination.test.every
            lasting[part.key.digest] = max(every, lasting.get(part.key.digest, every))
    found, warnings = newest(line, lasting, lasting, now, up_to_size=up_to_size)
    return Recalled({fetch: population(line, one, reason=reason) for fetch, one in found.items()}, warnings)


def population(line: Line, found: Found, *, reason: str) -> RecordedPopulation:
    """One piece of evidence with its private part. Without that part it can not be judged: cause `missing`."""
    stated = found.statement
    common: dict[str, Any] = {
        "evidence": found.digest,
        "fetch": stated.fetch,
        "collector": stated.collector,
        "source": stated.source,
        "environment": stated.environment,
        "observed_at": stated.observed,
    }
    if not line.store.has(found.digest):
        return RecordedPopulation(
            **common, schema=None, rows=(), cause="missing",
            reason="the private part of this evidence is not on this machine", remedy="collect it here",
        )  # fmt: skip
    who, now = "trustcenter", line.now()
    rows = line.store.rows(found.digest, reason=reason, who=who, now=now)
    document = line.store.document(found.digest, reason=reason, who=who, now=now)
    line.store.check(found.digest, stated.root)
    if len(rows) != stated.size:
        raise TamperedError(f"{len(rows)} rows are stored, {stated.size} were signed", where=found.digest)
    schema = FactSchema.from_json(document["schema"]) if document["schema"] is not None else None
    if stated.cause is not None:
        error = document["error"] or {}
        return RecordedPopulation(
            **common, schema=schema, rows=(), cause=stated.cause, reason=error.get("what"), remedy=error.get("hint")
        )
    kept = tuple(row for row in rows if not isinstance(row, Erased))
    if len(kept) < len(rows):
        return RecordedPopulation(
            **common, schema=schema, rows=(), cause="erased",
            reason=f"{len(rows) - len(kept)} of {len(rows)} rows were erased at a person's request",
            remedy="collect again; the signed assessment of that time stands",
        )  # fmt: skip
    period = document["period"]
    return RecordedPopulation(
        **common,
        schema=schema,
        rows=kept,
        completeness=Completeness(**document["completeness"]),
        period=Period(parse_moment(period[0]), parse_moment(period[1])) if period else None,
    )
