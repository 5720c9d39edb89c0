"""Vaults of AWS Backup: lock, retention, key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("backup:ListBackupVaults",)


@dataclass(frozen=True, slots=True)
class BackupVault(Located):
    """One vault."""

    vault: Annotated[str, Key]
    encrypted: bool
    locked: bool
    """Nobody shortens or deletes what is in it before its time."""
    lock_final: bool
    """The lock itself can no longer be taken off."""
    minimum_retention: Annotated[int | None, unit("days")]
    maximum_retention: Annotated[int | None, unit("days")]
    recovery_points: int


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_backup_vaults(aws: Aws, run: Run) -> Population[BackupVault]:
    """Every vault in every region."""

    def read() -> Whole[BackupVault]:
        facts = []
        for place, item in listed(aws, aws.places(), "backup", "ListBackupVaults", "BackupVaultList"):
            final = item.get("LockDate")
            facts.append(
                BackupVault(
                    account=place.account,
                    region=place.region,
                    vault=item["BackupVaultName"],
                    encrypted=bool(item.get("EncryptionKeyArn")),
                    locked=item.get("Locked", False),
                    lock_final=final is not None and final.astimezone(UTC) <= run.now(),
                    minimum_retention=item.get("MinRetentionDays"),
                    maximum_retention=item.get("MaxRetentionDays"),
                    recovery_points=item["NumberOfRecoveryPoints"],
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
