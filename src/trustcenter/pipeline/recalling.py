"""Ledger and private store -> populations as the judge gets them: read back and checked, never kept at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from trustcenter.assess.plan import Plan
from trustcenter.errors import TamperedError
from trustcenter.ledger.logged import Logged
from trustcenter.ledger.private import Committed, Revealed
from trustcenter.model.fact import FactSchema, Row, parse_moment
from trustcenter.model.population import Completeness, Period, RecordedPopulation
from trustcenter.model.statement import EVIDENCE, EvidenceStatement
from trustcenter.pipeline.keeping import binding
from trustcenter.pipeline.line import Line

PASSING = frozenset({"timed_out", "unreachable"})
"""Causes that pass by themselves: unexpired evidence from before stands. Denial, truncation, tampering never pass."""


ROWS_AT_HAND = 100_000
"""How many rows are held in memory between two tests that read the same population, apart from those being read."""


@dataclass(frozen=True)
class Found:
    """One evidence statement of the log."""

    digest: str
    index: int
    statement: EvidenceStatement
    private: str | None = None
    """The digest by which it binds its private part."""


def found_in(logged: Logged) -> Found:
    """The evidence that a log entry holds."""
    said = EvidenceStatement.parse(logged.statement.predicate)
    return Found(logged.digest, logged.index, said, binding(logged))


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
        one = found_in(logged)
        stated = one.statement
        if stated.fetch not in missing:
            continue
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
    return Recalled(Recollection(line, found, reason=reason), warnings)


class Recollection(Mapping[str, RecordedPopulation]):
    """Populations by `FetchKey.digest`, each read and checked when it is judged: a few in memory, never all of them.

    What is read is logged as revealed when this is made. Looking one up raises TamperedError where it is not what was
    signed.
    """

    def __init__(self, line: Line, found: Mapping[str, Found], *, reason: str) -> None:
        self._found = dict(found)
        here = [one.digest for one in found.values() if line.store.has(one.digest)]
        revealed = line.store.reveal(sorted(here), reason=reason, who="trustcenter", now=line.now())
        self._revealed: Revealed = revealed
        self._kept: dict[str, RecordedPopulation] = {}
        self._rows = 0

    def __getitem__(self, fetch: str) -> RecordedPopulation:
        if fetch not in self._kept:
            read = population(self._revealed, self._found[fetch])
            self._make_room(len(read.rows))
            self._kept[fetch] = read
        return self._kept[fetch]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, fetch: object) -> bool:
        return fetch in self._found

    def _make_room(self, rows: int) -> None:
        """Forget the oldest, so that no more than ROWS_AT_HAND rows are held where that can be."""
        self._rows += rows
        while self._kept and self._rows > ROWS_AT_HAND:
            self._rows -= len(self._kept.pop(next(iter(self._kept))).rows)


def population(revealed: Revealed, found: Found) -> RecordedPopulation:
    """One piece of evidence with its private part. Without that part it can not be judged: cause `missing`.

    Raises TamperedError where a field or a row of the private part is not the one that was committed to.
    """
    stated = found.statement
    common: dict[str, Any] = {
        "evidence": found.digest,
        "fetch": stated.fetch,
        "collector": stated.collector,
        "source": stated.source,
        "environment": stated.environment,
        "observed_at": stated.observed,
    }
    if found.digest not in revealed.digests:
        return RecordedPopulation(
            **common, schema=None, rows=(), cause="missing",
            reason="the private part of this evidence is not on this machine", remedy="collect it here",
        )  # fmt: skip
    part = revealed.part(Committed(found.digest, stated.root, stated.commitments, found.private))
    document, rows = part.document, part.rows
    if len(rows) != stated.size:
        raise TamperedError(f"{len(rows)} rows are stored, {stated.size} were signed", where=found.digest)
    schema = FactSchema.from_json(document["schema"]) if document["schema"] is not None else None
    if stated.cause is not None:
        error = document["error"] or {}
        return RecordedPopulation(
            **common, schema=schema, rows=(), cause=stated.cause, reason=error.get("what"), remedy=error.get("hint")
        )
    if part.erased:
        return RecordedPopulation(
            **common, schema=schema, rows=(), cause="erased",
            reason=f"{part.erased} of {len(rows)} rows were erased at a person's request",
            remedy="collect again; the signed assessment of that time stands",
        )  # fmt: skip
    period = document["period"]
    return RecordedPopulation(
        **common,
        schema=schema,
        rows=tuple(cast("list[Row]", rows)),
        completeness=Completeness(**document["completeness"]),
        period=Period(parse_moment(period[0]), parse_moment(period[1])) if period else None,
    )
