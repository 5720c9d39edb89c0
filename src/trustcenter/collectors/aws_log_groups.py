"""Log groups of CloudWatch: retention, encryption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("logs:DescribeLogGroups",)


@dataclass(frozen=True, slots=True)
class LogGroup(Located):
    """One log group."""

    group: Annotated[str, Key]
    retention: Annotated[int | None, unit("days")]
    """Absent where logs are kept for ever."""
    own_key: bool
    """Encrypted with a key of the organisation's own; AWS encrypts all of them."""
    deletion_protection: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_log_groups(aws: Aws, run: Run) -> Population[LogGroup]:
    """Every log group in every region."""

    def read() -> Whole[LogGroup]:
        return Whole(
            [
                LogGroup(
                    account=place.account,
                    region=place.region,
                    group=item["logGroupName"],
                    retention=item.get("retentionInDays"),
                    own_key=bool(item.get("kmsKeyId")),
                    deletion_protection=item.get("deletionProtectionEnabled", False),
                )
                for place, item in listed(aws, aws.places(), "logs", "DescribeLogGroups", "logGroups")
            ]
        )

    return population(aws, run, read, CALLS)
