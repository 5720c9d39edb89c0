"""Clusters of RDS (Aurora, Multi-AZ): encryption, backups, protection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, in_utc, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("rds:DescribeDBClusters",)


@dataclass(frozen=True, slots=True)
class RdsCluster(Located):
    """One cluster."""

    cluster: Annotated[str, Key]
    engine: str
    encrypted: bool
    backup_retention: Annotated[int, unit("days")]
    backup_window: str | None
    restorable_until: datetime | None
    deletion_protection: bool
    several_zones: bool
    iam_sign_in: bool
    exported_logs: tuple[str, ...]


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_rds_clusters(aws: Aws, run: Run) -> Population[RdsCluster]:
    """Every cluster in every region."""

    def read() -> Whole[RdsCluster]:
        facts = []
        for place, item in listed(aws, aws.places(), "rds", "DescribeDBClusters", "DBClusters"):
            facts.append(
                RdsCluster(
                    account=place.account,
                    region=place.region,
                    cluster=item["DBClusterIdentifier"],
                    engine=item["Engine"],
                    encrypted=item.get("StorageEncrypted", False),
                    backup_retention=item.get("BackupRetentionPeriod", 0),
                    backup_window=item.get("PreferredBackupWindow"),
                    restorable_until=in_utc(item.get("LatestRestorableTime")),
                    deletion_protection=item.get("DeletionProtection", False),
                    several_zones=item.get("MultiAZ", False),
                    iam_sign_in=item.get("IAMDatabaseAuthenticationEnabled", False),
                    exported_logs=tuple(sorted(item.get("EnabledCloudwatchLogsExports", ()))),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
