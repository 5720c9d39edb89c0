"""Answers of services that moto lacks; `aws_front` validates each against the service's own model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_account import clients
from aws_front import Answer, Raw
from aws_models import Asked
from aws_seed_services import ACCOUNT, REGION

NOW = datetime.now(UTC).replace(microsecond=0)
_BLOCKED = (
    b"<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
    b"<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>"
    b"</PublicAccessBlockConfiguration>"
)
NOT_BLOCKED = Raw(
    404, b"<ErrorResponse><Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error></ErrorResponse>"
)
BLOCKED = Raw(200, _BLOCKED, "application/xml")


def _database(name: str) -> str:
    return f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}-database"


def _point(vault: str, name: str, hours: int, *, encrypted: bool = True, days: int | None = 35) -> dict[str, Any]:
    return {
        "RecoveryPointArn": f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:{name}",
        "BackupVaultName": vault, "ResourceType": "RDS",
        "ResourceArn": _database(vault.partition("-")[0]), "Status": "COMPLETED",
        "CreationDate": NOW - timedelta(hours=hours),
        "IsEncrypted": encrypted, "Lifecycle": {"DeleteAfterDays": days} if days else {},
    }  # fmt: skip


POINTS = {
    "good-vault": [_point("good-vault", f"good-{hours}", hours) for hours in range(2, 24 * 32, 24)],
    "bad-vault": [_point("bad-vault", "bad-late", 200, encrypted=False, days=None)],
}
_VAULTS = [
    {"BackupVaultName": "good-vault", "EncryptionKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k", "Locked": True,
     "MinRetentionDays": 30, "MaxRetentionDays": 365, "LockDate": NOW - timedelta(days=9),
     "NumberOfRecoveryPoints": len(POINTS["good-vault"])},
    {"BackupVaultName": "bad-vault", "Locked": False, "NumberOfRecoveryPoints": 1},
]  # fmt: skip


def _rules(asked: Asked) -> dict[str, Any]:
    good = asked.parameters["BackupPlanId"] == "good"
    rule = {"RuleName": "daily", "TargetBackupVaultName": "good-vault", "ScheduleExpression": "cron(0 5 ? * * *)",
            "Lifecycle": {"DeleteAfterDays": 35 if good else 7}}  # fmt: skip
    return {"BackupPlan": {"BackupPlanName": f"{asked.parameters['BackupPlanId']}-plan", "Rules": [rule]}}


def _selections(asked: Asked) -> dict[str, Any]:
    """The good plan backs something up; the bad one nothing."""
    one = {"SelectionId": "s", "SelectionName": "all", "BackupPlanId": "good", "IamRoleArn": "arn:aws:iam::1:role/b"}
    return {"BackupSelectionsList": [one] if asked.parameters["BackupPlanId"] == "good" else []}


def _points(asked: Asked) -> dict[str, Any]:
    """Twenty to a page, so that there is something to page through."""
    points = POINTS[asked.parameters["BackupVaultName"]]
    start = int(asked.parameters.get("NextToken", 0))
    more = {"NextToken": str(start + 20)} if start + 20 < len(points) else {}
    return {"RecoveryPoints": points[start : start + 20], **more}


def standard(moto_port: int) -> dict[str, Answer]:
    """What an account answers where the services are on; functions are counted in moto itself."""

    def functions(asked: Asked) -> dict[str, Any]:
        found = clients(moto_port, asked.region)("lambda").list_functions()["Functions"]
        return {"AccountLimit": {}, "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": len(found)}}

    def addresses(asked: Asked) -> dict[str, Any]:
        client = clients(moto_port, asked.region)("lambda")
        try:
            found = client.get_function_url_config(FunctionName=asked.parameters["FunctionName"])
        except client.exceptions.ResourceNotFoundException:
            return {"FunctionUrlConfigs": []}
        parts = ("FunctionUrl", "FunctionArn", "CreationTime", "AuthType")
        return {
            "FunctionUrlConfigs": [{"LastModifiedTime": found["CreationTime"], **{part: found[part] for part in parts}}]
        }

    state = {"status": "ENABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": "none"}
    scanned = {"ec2": state, "ecr": state, "lambda": state | {"status": "DISABLED"}}
    analyzer = {
        "arn": f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/a", "name": "a", "type": "ACCOUNT",
        "createdAt": NOW, "status": "ACTIVE",
    }  # fmt: skip
    return {
        "s3control:GetPublicAccessBlock": NOT_BLOCKED,
        "accessanalyzer:ListAnalyzers": {"analyzers": [analyzer]},
        "inspector2:BatchGetAccountStatus": {
            "accounts": [{"accountId": ACCOUNT, "state": state, "resourceState": scanned}]
        },
        "lambda:GetAccountSettings": functions,
        "lambda:ListFunctionUrlConfigs": addresses,
        "backup:ListBackupVaults": {"BackupVaultList": _VAULTS},
        "backup:ListBackupPlans": {
            "BackupPlansList": [
                {"BackupPlanId": name, "BackupPlanName": f"{name}-plan"} for name in ("good", "bad")
            ]
        },
        "backup:GetBackupPlan": _rules,
        "backup:ListBackupSelections": _selections,
        "backup:ListRecoveryPointsByBackupVault": _points,
        "backup:ListProtectedResources": {
            "Results": [
                {"ResourceArn": _database(name), "ResourceType": "RDS"}
                for name in ("good", "bad", "lost")
            ]
        },
        "backup:ListRestoreJobs": {
            "RestoreJobs": [
                {"RestoreJobId": "good-restore", "Status": "COMPLETED", "CreationDate": NOW - timedelta(days=3),
                 "CompletionDate": NOW - timedelta(days=3, minutes=-40), "ResourceType": "RDS",
                 "ValidationStatus": "SUCCESSFUL"},
                {"RestoreJobId": "bad-restore", "Status": "FAILED", "CreationDate": NOW - timedelta(days=9),
                 "ResourceType": "EBS"},
            ]
        },
        "cloudtrail:ListPublicKeys": {"PublicKeyList": []},
    }  # fmt: skip
