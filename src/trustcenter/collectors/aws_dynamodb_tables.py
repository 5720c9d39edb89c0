"""Tables of DynamoDB: recovery to a point in time, keys, protection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, described, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (
    "dynamodb:ListTables",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeContinuousBackups",
)


@dataclass(frozen=True, slots=True)
class DynamoTable(Located):
    """One table. AWS encrypts all of them."""

    table: Annotated[str, Key]
    point_in_time_recovery: bool
    recovery_period: Annotated[int | None, unit("days")]
    own_key: bool
    """Encrypted with a key in KMS rather than one of DynamoDB's own."""
    deletion_protection: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_dynamodb_tables(aws: Aws, run: Run) -> Population[DynamoTable]:
    """Every table in every region."""

    def read() -> Whole[DynamoTable]:
        items = listed(aws, aws.places(), "dynamodb", "ListTables", "TableNames")
        tables = described(aws, items, "dynamodb", "DescribeTable", lambda item: {"TableName": item})
        backups = described(aws, items, "dynamodb", "DescribeContinuousBackups", lambda item: {"TableName": item})
        facts = []
        for (place, name), table, backup in zip(items, tables, backups, strict=True):
            said = (table or {})["Table"]
            recovery = (backup or {})["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
            on = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
            facts.append(
                DynamoTable(
                    account=place.account,
                    region=place.region,
                    table=name,
                    point_in_time_recovery=on,
                    recovery_period=recovery.get("RecoveryPeriodInDays", 35) if on else None,
                    own_key=said.get("SSEDescription", {}).get("Status") == "ENABLED",
                    deletion_protection=said.get("DeletionProtectionEnabled", False),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
