"""Subprocessors of the register: how long before they began customers were told, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from trustcenter.collectors._records import records_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.model.records import Subprocessor


@dataclass(frozen=True, slots=True)
class SubprocessorDeclared:
    """One company of the register, as declared: nothing here was asked of the company itself."""

    id: Annotated[str, Key]
    name: str
    role: Literal["subprocessor", "subservice_organisation"]
    active: bool
    """It has begun and has not ended."""
    announced: date
    effective: date
    notice: timedelta
    """From announcement to beginning; negative where it was announced afterwards."""
    region: str
    transfer_basis: str
    agreement: str
    security_page: str
    security_page_secure: bool
    """The address of its security page is an https one."""
    data_count: int
    """How many kinds of personal data it receives."""
    monitored: bool
    """The register names the control that watches it."""
    ended: date | None


@collector(method="representation", kinds=("records",), holds="declared")
def subprocessors(run: Run) -> Population[SubprocessorDeclared]:
    """Subprocessors of the register: notice given, agreement, region, transfer basis, monitoring."""
    records = records_of(run, "subprocessors", Subprocessor)
    today = run.now().date()
    facts = tuple(_fact(record, today) for record in records)
    return Population(
        facts=facts,
        completeness=Completeness(
            "every company of the register, which is itself signed as part of the catalogue",
            len(records),
            len(facts),
            independent=True,
        ),
        query="the register of subprocessors",
        parameters={"register": [record.id for record in records]},
        observed_at=run.now(),
    )


def _fact(record: Subprocessor, today: date) -> SubprocessorDeclared:
    page = urlsplit(record.security_page)
    return SubprocessorDeclared(
        id=record.id,
        name=record.name,
        role=record.role,
        active=record.effective <= today and (record.ended is None or record.ended > today),
        announced=record.announced,
        effective=record.effective,
        notice=record.effective - record.announced,
        region=record.region,
        transfer_basis=record.transfer_basis,
        agreement=record.agreement,
        security_page=record.security_page,
        security_page_secure=page.scheme == "https" and bool(page.hostname),
        data_count=len(record.data),
        monitored=bool(record.monitored_by),
        ended=record.ended,
    )
