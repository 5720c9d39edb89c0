"""Recovery points of AWS Backup: age, encryption, retention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, population
from trustcenter.collectors._aws_series import COUNTED, POINTS, UNDER_WAY, recovery_points
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = POINTS


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
    newest: bool
    """Of the same resource in the same vault, leaving out what is still being made or removed while there is another.

    Whether there are gaps between them is `aws_backup_series`.
    """
    deleted_after: Annotated[int | None, unit("days")]
    """Absent where it is kept for ever."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_recovery_points(aws: Aws, run: Run) -> Population[RecoveryPoint]:
    """Every recovery point in every vault, against the number that each vault counts itself."""

    def read() -> Whole[RecoveryPoint]:
        points, expected = recovery_points(aws)
        newest: dict[tuple[AwsPlace, str, str], tuple[bool, datetime]] = {}
        for place, vault, point in points:
            key = (place, vault, point["ResourceArn"])
            newest[key] = max(newest.get(key, _rank(point)), _rank(point))
        facts = [
            _fact(place, vault, point, _rank(point) == newest[place, vault, point["ResourceArn"]])
            for place, vault, point in points
        ]
        return Whole(facts, expected, method=COUNTED)

    return population(aws, run, read, CALLS)


def _rank(point: Mapping[str, Any]) -> tuple[bool, datetime]:
    """What has ended goes before what has not, whichever is younger."""
    return point["Status"] not in UNDER_WAY, point["CreationDate"]


def _fact(place: AwsPlace, vault: str, point: Mapping[str, Any], newest: bool) -> RecoveryPoint:
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
        newest=newest,
        deleted_after=(point.get("Lifecycle") or {}).get("DeleteAfterDays"),
    )
