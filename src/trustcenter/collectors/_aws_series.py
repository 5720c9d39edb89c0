"""Series of backups that AWS keeps: what the list of them itself says about cadence, reach and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from trustcenter.collectors._aws import Located, listed
from trustcenter.collectors._cadence import measured
from trustcenter.collectors.interface import Run
from trustcenter.sources.clocks import LARGEST_SKEW
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

POINTS = ("backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault")
COUNTED = "the vaults' own counts of their recovery points"
UNDER_WAY = frozenset({"CREATING", "DELETING"})
"""States of a recovery point that say nothing of how it ends."""


@dataclass(frozen=True, slots=True)
class Series(Located):
    """All backups of one thing, as a series. Only those that can be restored count for it."""

    taken: int
    """In the period."""
    newest_at: datetime | None
    encrypted: bool
    """Every backup is; false where there is none."""
    unusable: int
    """What is listed and no backup: partial, failed, expired, stopped."""
    longest_gap: timedelta
    """The longest time without a backup in the period, its beginning and its end included."""
    reaches_back: timedelta
    """The age of the oldest backup; nothing where there is none."""
    gaps: tuple[str, ...]
    """Each stretch without a backup that is longer than `every`."""

    @property
    def gap_count(self) -> int:
        return len(self.gaps)


class Kept(NamedTuple):
    """One backup as a series sees it."""

    at: datetime
    usable: bool
    encrypted: bool


def series(kept: Iterable[Kept], run: Run, *, since: datetime | None = None) -> Mapping[str, Any]:
    """The fields of a `Series`, where and whose apart; without `since` the period is `keep`, however new the thing is.

    A backup dated ahead of us by no more than clocks may differ was made now. Raises CouldNotTell("contradicted") for
    one that lies further ahead.
    """
    now, held = run.now(), list(kept)
    good = [one for one in held if one.usable]
    moments = [min(one.at, now) if one.at - now <= LARGEST_SKEW else one.at for one in good]
    found = measured(moments, now, run, since=since)
    return {
        "taken": found.taken,
        "newest_at": max(moments, default=None),
        "encrypted": bool(good) and all(one.encrypted for one in good),
        "unusable": len(held) - len(good),
        "longest_gap": found.longest,
        "reaches_back": found.reaches_back,
        "gaps": tuple(map(str, found.gaps)),
    }


def recovery_points(aws: Aws) -> tuple[list[tuple[AwsPlace, str, Mapping[str, Any]]], int]:
    """Every recovery point with its place and vault, and how many the vaults count themselves."""
    vaults = listed(aws, aws.places(), "backup", "ListBackupVaults", "BackupVaultList")
    wanted = [
        AwsCall("backup", "ListRecoveryPointsByBackupVault", place, {"BackupVaultName": item["BackupVaultName"]})
        for place, item in vaults
    ]
    found = [
        (place, vault["BackupVaultName"], point)
        for (place, vault), points in zip(vaults, aws.listings(wanted, "RecoveryPoints"), strict=True)
        for point in points
    ]
    return found, sum(item["NumberOfRecoveryPoints"] for _, item in vaults)
