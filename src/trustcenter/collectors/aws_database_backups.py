"""Automated backups of RDS: cadence and retention, computed from the snapshots that exist; each gap is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from trustcenter.collectors._aws import Whole, in_utc, listed, population
from trustcenter.collectors._aws_series import Kept, Series, series
from trustcenter.collectors._cadence import PARAMETERS
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = (
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "rds:DescribeDBClusters",
    "rds:DescribeDBClusterSnapshots",
)
_AUTOMATIC = {"automated", "awsbackup"}


@dataclass(frozen=True, slots=True)
class DatabaseBackups(Series):
    """The automatic snapshots of one database: RDS's own and AWS Backup's. What persons make by hand is no cadence."""

    database: Annotated[str, Key]
    of: Annotated[Literal["instance", "cluster"], Key]
    created_at: datetime | None
    """A database that is younger than `keep` needs backups from then on."""
    restorable_until: datetime | None
    replica: bool
    """A copy of another database, which has the backups."""


@collector(method="inspection", kinds=("aws",), calls=CALLS, parameters=PARAMETERS)
def aws_database_backups(aws: Aws, run: Run) -> Population[DatabaseBackups]:
    """Every cluster and every instance outside of one, those without any backup included, with its gaps."""

    def read() -> Whole[DatabaseBackups]:
        alone = [
            (place, item)
            for place, item in listed(aws, aws.places(), "rds", "DescribeDBInstances", "DBInstances")
            if not item.get("DBClusterIdentifier")
        ]
        clusters = listed(aws, aws.places(), "rds", "DescribeDBClusters", "DBClusters")
        return Whole([*_read(aws, run, alone, "instance", ""), *_read(aws, run, clusters, "cluster", "Cluster")])

    return population(aws, run, read, CALLS)


def _read(
    aws: Aws, run: Run, items: list[tuple[AwsPlace, Any]], of: Literal["instance", "cluster"], word: str
) -> list[DatabaseBackups]:
    own = word or "Instance"
    kept: dict[tuple[AwsPlace, str], list[Kept]] = {}
    for place, snapshot in listed(aws, aws.places(), "rds", f"DescribeDB{word}Snapshots", f"DB{word}Snapshots"):
        if snapshot.get("SnapshotType") in _AUTOMATIC and snapshot["Status"] != "creating":
            kept.setdefault((place, snapshot[f"DB{own}Identifier"]), []).append(_kept(snapshot, word))
    facts = []
    for place, item in items:
        name, created = item[f"DB{own}Identifier"], in_utc(item.get(f"{own}CreateTime"))
        facts.append(
            DatabaseBackups(
                account=place.account,
                region=place.region,
                database=name,
                of=of,
                created_at=created,
                restorable_until=in_utc(item.get("LatestRestorableTime")) if item["BackupRetentionPeriod"] else None,
                replica=any(item.get(key) for key in _SOURCES),
                **series(kept.get((place, name), ()), run, since=created),
            )
        )
    return facts


_SOURCES = (
    "ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier", "ReplicationSourceIdentifier",
)  # fmt: skip


def _kept(snapshot: Mapping[str, Any], word: str) -> Kept:
    encrypted = snapshot.get("StorageEncrypted" if word else "Encrypted", False)
    return Kept(snapshot["SnapshotCreateTime"], snapshot["Status"] == "available", encrypted)
