"""Policies and reports of the register: whether they are there, what they are by digest, when they were reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from trustcenter.collectors._records import digest_of, records_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.model.records import Document
from trustcenter.sources.interface import Files


@dataclass(frozen=True, slots=True)
class DocumentHeld:
    """One document of the register."""

    id: Annotated[str, Key]
    title: str
    kind: str
    owner: str
    tier: Literal["public", "nda", "auditor"]
    held: Literal["here", "elsewhere"]
    """`elsewhere`: the register gives no path, so nothing could be opened."""
    present: bool
    """The file was found and is not empty."""
    digest: str | None
    """SHA-256 of the file as found, `sha256:...`."""
    size: int | None
    dated: date
    review_by: date
    review_overdue: bool
    period_start: date | None
    period_end: date | None


@collector(method="inspection", kinds=("records",), holds="documented")
def documents(files: Files, run: Run) -> Population[DocumentHeld]:
    """Documents of the register: presence, digest, dates, period and review."""
    records = records_of(run, "documents", Document)
    today = run.now().date()
    facts = tuple(_fact(files, record, today) for record in records)
    return Population(
        facts=facts,
        completeness=Completeness("every document of the register, which is itself signed as part of the catalogue",
                                  len(records), len(facts), independent=True),
        query="the register of documents; SHA-256 of each file that it names",
        parameters={"register": [record.id for record in records]},
        observed_at=run.now(),
    )  # fmt: skip


def _fact(files: Files, record: Document, today: date) -> DocumentHeld:
    digest = None if record.path is None else digest_of(files, record.path)
    size = files.size(record.path) if record.path is not None and digest is not None else None
    return DocumentHeld(
        id=record.id,
        title=record.title,
        kind=record.kind,
        owner=record.owner,
        tier=record.tier,
        held="elsewhere" if record.path is None else "here",
        present=bool(size),
        digest=digest,
        size=size,
        dated=record.dated,
        review_by=record.review_by,
        review_overdue=record.review_by < today,
        period_start=record.period_start,
        period_end=record.period_end,
    )
