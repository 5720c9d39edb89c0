"""Databases of RDS: encryption, exposure, backups, protection, transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, in_utc, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

CALLS = ("rds:DescribeDBInstances", "rds:DescribeDBParameters")
_FORCED = {"rds.force_ssl", "require_secure_transport"}
_TLS_SINCE = {"postgres": (15, 0), "mysql": (8, 4)}
"""The versions whose default parameters require TLS (Amazon RDS user guide)."""


@dataclass(frozen=True, slots=True)
class RdsInstance(Located):
    """One database instance."""

    instance: Annotated[str, Key]
    engine: str
    version: str
    encrypted: bool
    public: bool
    """It has a public address; whether anything gets through is `aws_database_exposure`."""
    backup_retention: Annotated[int, unit("days")]
    backup_window: str | None
    restorable_until: datetime | None
    """The latest time to which it can be restored; absent without automated backups."""
    deletion_protection: bool
    several_zones: bool
    minor_upgrades: bool
    iam_sign_in: bool
    tls_required: bool | None
    """By the parameter of its engine, as set or by default; absent for engines that have none."""
    exported_logs: tuple[str, ...]
    certificate_authority: str | None
    in_cluster: bool
    """A member of a cluster, which has the backups."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_rds_instances(aws: Aws, run: Run) -> Population[RdsInstance]:
    """Every database instance in every region, with the parameter that makes TLS obligatory."""

    def read() -> Whole[RdsInstance]:
        items = listed(aws, aws.places(), "rds", "DescribeDBInstances", "DBInstances")
        own = sorted(
            {
                (place.account, place.region, group)
                for place, item in items
                for group in _groups(item)
                if _changed(group)
            }
        )
        pages = aws.listings(
            [
                AwsCall("rds", "DescribeDBParameters", AwsPlace(account, region),
                        {"DBParameterGroupName": group, "Source": "user"})
                for account, region, group in own
            ],
            "Parameters",
        )  # fmt: skip
        forced = {
            key: [one.get("ParameterValue") for one in parameters if one.get("ParameterName") in _FORCED]
            for key, parameters in zip(own, pages, strict=True)
        }
        return Whole([_fact(place, item, forced) for place, item in items])

    return population(aws, run, read, CALLS)


def _groups(item: Mapping[str, Any]) -> list[str]:
    return [group["DBParameterGroupName"] for group in item.get("DBParameterGroups", ())]


def _changed(group: str) -> bool:
    """A default group cannot be changed, so there is nothing in it to read."""
    return not group.startswith("default.")


def _fact(place: AwsPlace, item: Mapping[str, Any], forced: Mapping[tuple[str, str, str], list[Any]]) -> RdsInstance:
    retention = item["BackupRetentionPeriod"]
    set_to = [value for group in _groups(item) for value in forced.get((place.account, place.region, group), ())]
    return RdsInstance(
        account=place.account,
        region=place.region,
        instance=item["DBInstanceIdentifier"],
        engine=item["Engine"],
        version=item.get("EngineVersion", ""),
        encrypted=item["StorageEncrypted"],
        public=item["PubliclyAccessible"],
        backup_retention=retention,
        backup_window=item.get("PreferredBackupWindow"),
        restorable_until=in_utc(item.get("LatestRestorableTime")) if retention else None,
        deletion_protection=item["DeletionProtection"],
        several_zones=item["MultiAZ"],
        minor_upgrades=item["AutoMinorVersionUpgrade"],
        iam_sign_in=item.get("IAMDatabaseAuthenticationEnabled", False),
        tls_required=str(set_to[0]).lower() in ("1", "on") if set_to else _by_default(item),
        exported_logs=tuple(sorted(item.get("EnabledCloudwatchLogsExports", ()))),
        certificate_authority=item.get("CACertificateIdentifier"),
        in_cluster=bool(item.get("DBClusterIdentifier")),
    )


def _by_default(item: Mapping[str, Any]) -> bool | None:
    since = _TLS_SINCE.get(item["Engine"])
    if since is None:
        return False if item["Engine"] == "mariadb" else None
    numbers = [int(part) for part in item.get("EngineVersion", "").split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= since
