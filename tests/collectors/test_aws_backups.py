"""Cadence and retention of AWS Backup and RDS: measured from what is listed, every gap named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from aws_answers import NOW, POINTS
from aws_fixtures import Account
from aws_models import Asked

from trustcenter.model.population import CouldNotTell

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]

LISTED = "backup:ListRecoveryPointsByBackupVault"
DAYS = [NOW - timedelta(hours=2 + 24 * day) for day in range(31)]


def points(change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]) -> Callable[[Asked], Mapping[str, Any]]:
    """The recovery points of the good vault, each changed or left out; the count of the vault is a test of its own."""

    def answer(asked: Asked) -> Mapping[str, Any]:
        kept = map(change, POINTS["good-vault"]) if asked.parameters["BackupVaultName"] == "good-vault" else ()
        return {"RecoveryPoints": [point for point in kept if point is not None]}

    return answer


def good(account: Account) -> Any:
    facts = account.collect("aws_backup_series").facts
    return next(fact for fact in facts if fact.resource.endswith("good-database"))


def test_a_day_without_a_recovery_point_is_named(account: Account) -> None:
    """Left out, in another state, in the clear: what cannot be restored is no backup."""
    day = NOW - timedelta(hours=2 + 24 * 9)
    named = (f"{day - timedelta(days=1):%Y-%m-%dT%H:%MZ} to {day + timedelta(days=1):%Y-%m-%dT%H:%MZ}",)
    with account.front.answering(LISTED, points(lambda point: None if point["CreationDate"] == day else point)):
        lost = good(account)
    assert (lost.gaps, lost.gap_count, lost.longest_gap) == (named, 1, timedelta(days=2))
    partial = points(lambda point: {**point, "Status": "PARTIAL"} if point["CreationDate"] == day else point)
    with account.front.answering(LISTED, partial):
        found = good(account)
    assert (found.gaps, found.unusable, found.taken) == (named, 1, 29)
    clear = points(lambda point: {**point, "IsEncrypted": point["CreationDate"] != day})
    with account.front.answering(LISTED, clear):
        assert (good(account).encrypted, good(account).gaps) == (False, ())


def test_a_week_of_backups_is_no_month(account: Account) -> None:
    week = points(lambda point: point if NOW - point["CreationDate"] < timedelta(days=7) else None)
    with account.front.answering(LISTED, week):
        found = good(account)
    assert found.gap_count == 1
    assert timedelta(days=6) < found.reaches_back < timedelta(days=7)


def test_a_recovery_point_of_tomorrow_is_contradicted_and_one_of_the_next_minute_is_not(account: Account) -> None:
    def ahead(by: timedelta) -> Callable[[Asked], Mapping[str, Any]]:
        newest = POINTS["good-vault"][0]["CreationDate"]
        return points(lambda point: {**point, "CreationDate": NOW + by} if point["CreationDate"] == newest else point)

    with account.front.answering(LISTED, ahead(timedelta(days=1))), pytest.raises(CouldNotTell) as caught:
        good(account)
    assert caught.value.cause == "contradicted"


def database(name: str, created: datetime, **more: Any) -> dict[str, Any]:
    return {"DBInstanceIdentifier": name, "InstanceCreateTime": created, "BackupRetentionPeriod": 30, **more}


def snapshot(name: str, taken: datetime, kind: str = "automated", status: str = "available") -> dict[str, Any]:
    return {
        "DBSnapshotIdentifier": f"{name}-{taken:%d-%H}", "DBInstanceIdentifier": name, "SnapshotCreateTime": taken,
        "SnapshotType": kind, "Status": status, "Encrypted": True,
    }  # fmt: skip


def test_the_snapshots_of_a_database_are_its_cadence(account: Account) -> None:
    """By hand is no cadence, failed is no backup; a young database is measured from its beginning."""
    old = NOW - timedelta(days=400)
    listed = [
        database("daily", old),
        database("by-hand", old),
        database("failed", old),
        database("young", NOW - timedelta(days=4)),
        database("replaced", NOW - timedelta(days=4)),
        database("copy", old, ReadReplicaSourceDBInstanceIdentifier="daily"),
        database("member", old, DBClusterIdentifier="elsewhere"),
    ]
    snapshots = [
        *(snapshot("daily", day) for day in DAYS),
        *(snapshot("by-hand", day, kind="manual") for day in DAYS),
        *(snapshot("failed", day, status="failed" if day == DAYS[3] else "available") for day in DAYS),
        *(snapshot("young", day) for day in DAYS[:4]),
        snapshot("replaced", DAYS[20]),
        snapshot("daily", NOW, status="creating") | {"SnapshotCreateTime": NOW + timedelta(days=9)},
    ]
    with (
        account.front.answering("rds:DescribeDBInstances", {"DBInstances": listed}),
        account.front.answering("rds:DescribeDBSnapshots", {"DBSnapshots": snapshots}),
    ):
        facts = account.collect("aws_database_backups").facts
    found = {fact.database: fact for fact in facts if fact.of == "instance"}
    assert {name: fact.gap_count for name, fact in found.items()} == {
        "daily": 0, "by-hand": 1, "failed": 1, "young": 0, "replaced": 1, "copy": 1
    }  # fmt: skip
    assert (found["daily"].taken, found["failed"].unusable, found["by-hand"].taken) == (30, 1, 0)
    assert found["failed"].longest_gap == timedelta(days=2)
    assert [name for name, fact in found.items() if fact.replica] == ["copy"]
    assert found["young"].reaches_back < timedelta(days=4)


@pytest.mark.parametrize("status", ["CREATING", "DELETING"])
def test_what_is_still_being_made_or_removed_is_not_the_newest_while_there_is_another(
    account: Account, status: str
) -> None:
    newest = DAYS[0]
    under_way = points(lambda point: {**point, "Status": status} if point["CreationDate"] == newest else point)
    alone = points(lambda point: {**point, "Status": status} if point["CreationDate"] == newest else None)
    with account.front.answering(LISTED, under_way):
        found = [fact for fact in account.collect("aws_recovery_points").facts if fact.newest]
    assert [(fact.taken_at, fact.status) for fact in found] == [(DAYS[1], "COMPLETED")]
    with account.front.answering(LISTED, alone):
        found = [fact for fact in account.collect("aws_recovery_points").facts if fact.newest]
    assert [(fact.taken_at, fact.status) for fact in found] == [(newest, status)]


def test_a_newest_point_that_failed_stays_the_newest(account: Account) -> None:
    failed = points(lambda point: {**point, "Status": "PARTIAL"} if point["CreationDate"] == DAYS[0] else point)
    with account.front.answering(LISTED, failed):
        found = [fact for fact in account.collect("aws_recovery_points").facts if fact.newest]
    assert [(fact.taken_at, fact.status) for fact in found] == [(DAYS[0], "PARTIAL")]
