"""Restores made through AWS Backup: that a backup came back, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, in_utc, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("backup:ListRestoreJobs",)


@dataclass(frozen=True, slots=True)
class RestoreJob(Located):
    """One restore."""

    job: Annotated[str, Key]
    resource_type: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    took: timedelta | None
    validated: str | None
    """What a restore test's own validation said: SUCCESSFUL, FAILED, TIMED_OUT, VALIDATING; absent outside a test."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_restore_jobs(aws: Aws, run: Run) -> Population[RestoreJob]:
    """Every restore that AWS Backup remembers, in every region."""

    def read() -> Whole[RestoreJob]:
        facts = []
        for place, item in listed(aws, aws.places(), "backup", "ListRestoreJobs", "RestoreJobs"):
            started, finished = item["CreationDate"].astimezone(UTC), in_utc(item.get("CompletionDate"))
            facts.append(
                RestoreJob(
                    account=place.account,
                    region=place.region,
                    job=item["RestoreJobId"],
                    resource_type=item.get("ResourceType", ""),
                    status=item["Status"],
                    started_at=started,
                    finished_at=finished,
                    took=finished - started if finished is not None else None,
                    validated=item.get("ValidationStatus"),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
