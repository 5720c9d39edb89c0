"""Companies that process customers' data for us: notice given, terms agreed, and whether a control watches them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from trustcenter.collectors._records import records_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.model.records import Subprocessor


@dataclass(frozen=True, slots=True)
class SubprocessorEngaged:
    """One company of the register that receives customers' data now, or will."""

    id: Annotated[str, Key]
    name: str
    role: Literal["subprocessor", "subservice_organisation"]
    region: str
    transfer_basis: str | None
    agreement: str | None
    security_page: str | None
    announced: date
    effective: date
    notice: timedelta
    """Between the announcement and the day on which data first reaches it; negative where it was told afterwards."""
    monitored: bool
    """The register names a control that watches it."""
    hosts: tuple[str, ...]
    """Where it is reached: a name, or `*.name` for every name below it."""


@collector(method="inspection", kinds=("records",), holds="documented")
def subprocessors(run: Run) -> Population[SubprocessorEngaged]:
    """Subprocessors of the register that have not ended: notice, agreement, transfer basis, monitoring."""
    records = records_of(run, "subprocessors", Subprocessor)
    today = run.now().date()
    ended = [record for record in records if record.ended is not None and record.ended <= today]
    facts = tuple(_fact(record) for record in records if record not in ended)
    return Population(
        facts=facts,
        completeness=Completeness(
            "every entry of the register, which is itself signed as part of the catalogue, less those that ended",
            len(records) - len(ended),
            len(facts),
            independent=True,
        ),
        query="the register of subprocessors, without those whose work has ended",
        parameters={"register": [record.id for record in records]},
        exclusions=tuple(f"{record.id}: ended {record.ended}" for record in ended),
        observed_at=run.now(),
    )


def _fact(record: Subprocessor) -> SubprocessorEngaged:
    return SubprocessorEngaged(
        id=record.id,
        name=record.name,
        role=record.role,
        region=record.region,
        transfer_basis=record.transfer_basis.strip() or None,
        agreement=record.agreement.strip() or None,
        security_page=record.security_page.strip() or None,
        announced=record.announced,
        effective=record.effective,
        notice=record.effective - record.announced,
        monitored=bool(record.monitored_by.strip()),
        hosts=tuple(host.lower() for host in record.hosts),
    )
