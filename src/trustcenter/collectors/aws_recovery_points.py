"""Recovery points of AWS Backup: age, cadence, encryption, retention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

CALLS = (
    "backup:ListBackupVaults",
    "backup:ListRecoveryPointsByBackupVault",
)


@dataclass(frozen=True, slots=True)
class RecoveryPoint(Located):
    """One recovery point."""

    vault: Annotated[str, Key]
    point: Annotated[str, Key]
    resource: str
    resource_type: str
    status: str
    encrypted: bool
    taken_at: datetime
    since_previous: timedelta | None
    """The time since the one before of the same resource in the same vault; absent for the oldest."""
    newest: bool
    deleted_after: Annotated[int | None, unit("days")]
    """Absent where it is kept for ever."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_recovery_points(aws: Aws, run: Run) -> Population[RecoveryPoint]:
    """Every recovery point in every vault, against the number that each vault counts itself."""

    def read() -> Whole[RecoveryPoint]:
        vaults = listed(aws, aws.places(), "backup", "ListBackupVaults", "BackupVaultList")
        pages = aws.listings(
            [
                AwsCall(
                    "backup", "ListRecoveryPointsByBackupVault", place, {"BackupVaultName": item["BackupVaultName"]}
                )
                for place, item in vaults
            ],
            "RecoveryPoints",
        )
        facts: list[RecoveryPoint] = []
        for (place, vault), points in zip(vaults, pages, strict=True):
            resources: dict[str, list[Any]] = {}
            for point in points:
                resources.setdefault(point["ResourceArn"], []).append(point)
            for series in resources.values():
                series.sort(key=lambda point: point["CreationDate"])
                for number, point in enumerate(series):
                    before = series[number - 1] if number else None
                    facts.append(_fact(place, vault["BackupVaultName"], point, before, number == len(series) - 1))
        expected = sum(item["NumberOfRecoveryPoints"] for _, item in vaults)
        return Whole(facts, expected, method="the vaults' own counts of their recovery points")

    return population(aws, run, read, CALLS)


def _fact(
    place: AwsPlace, vault: str, point: Mapping[str, Any], before: Mapping[str, Any] | None, newest: bool
) -> RecoveryPoint:
    return RecoveryPoint(
        account=place.account,
        region=place.region,
        vault=vault,
        point=point["RecoveryPointArn"].rpartition(":")[2],
        resource=point["ResourceArn"],
        resource_type=point.get("ResourceType", ""),
        status=point["Status"],
        encrypted=point.get("IsEncrypted", False),
        taken_at=point["CreationDate"].astimezone(UTC),
        since_previous=point["CreationDate"] - before["CreationDate"] if before is not None else None,
        newest=newest,
        deleted_after=(point.get("Lifecycle") or {}).get("DeleteAfterDays"),
    )
