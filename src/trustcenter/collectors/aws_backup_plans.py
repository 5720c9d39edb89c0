"""Plans of AWS Backup: how often, how long, of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, described, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = (
    "backup:ListBackupPlans",
    "backup:GetBackupPlan",
    "backup:ListBackupSelections",
)


@dataclass(frozen=True, slots=True)
class BackupRule(Located):
    """One rule of one plan."""

    plan: Annotated[str, Key]
    rule: Annotated[str, Key]
    vault: str
    schedule: str | None
    continuous: bool
    """Point-in-time recovery, for resources that have it."""
    retention: Annotated[int | None, unit("days")]
    """Absent where backups are kept for ever."""
    copies: int
    """Copies into other vaults, regions or accounts."""
    selections: int
    """What the plan backs up: none, and it backs up nothing."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_backup_plans(aws: Aws, run: Run) -> Population[BackupRule]:
    """Every rule of every plan in every region, with the number of selections that the plan has."""

    def read() -> Whole[BackupRule]:
        items = listed(aws, aws.places(), "backup", "ListBackupPlans", "BackupPlansList")
        plans = described(aws, items, "backup", "GetBackupPlan", lambda item: {"BackupPlanId": item["BackupPlanId"]})
        chosen = aws.listings(
            [
                AwsCall("backup", "ListBackupSelections", place, {"BackupPlanId": item["BackupPlanId"]})
                for place, item in items
            ],
            "BackupSelectionsList",
        )
        return Whole(
            [
                BackupRule(
                    account=place.account,
                    region=place.region,
                    plan=item["BackupPlanName"],
                    rule=rule["RuleName"],
                    vault=rule["TargetBackupVaultName"],
                    schedule=rule.get("ScheduleExpression"),
                    continuous=rule.get("EnableContinuousBackup", False),
                    retention=rule.get("Lifecycle", {}).get("DeleteAfterDays"),
                    copies=len(rule.get("CopyActions", ())),
                    selections=len(selections),
                )
                for (place, item), plan, selections in zip(items, plans, chosen, strict=True)
                for rule in (plan or {})["BackupPlan"]["Rules"]
            ]
        )

    return population(aws, run, read, CALLS)
