"""The roles of IAM: who may assume them, what they may do, when they were last used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, in_utc, open_to_anyone, population, principals, statements
from trustcenter.collectors._aws_iam import DETAIL_CALLS, GLOBAL, administrator, counted, holders
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws


@dataclass(frozen=True, slots=True)
class IamRole(Located):
    """One role."""

    role: Annotated[str, Key]
    path: str
    created_at: datetime | None
    administrator: bool
    trusts_anyone: bool
    """Everybody may assume it: its trust policy names `*` without a condition that narrows it."""
    trusted_accounts: tuple[str, ...]
    """Other accounts whose principals may assume it."""
    external_id_missing: bool
    """Another account may assume it without an external id (the confused deputy)."""
    permissions_boundary: bool
    last_used: datetime | None

    @property
    def of_aws(self) -> bool:
        """Made by an AWS service for itself; its rights cannot be changed."""
        return self.path.startswith("/aws-service-role/")

    @property
    def last_active(self) -> datetime | None:
        """The last use, or the creation of a role that was not used in the time that AWS remembers."""
        return self.last_used or self.created_at


@collector(method="inspection", kinds=("aws",), calls=DETAIL_CALLS)
def aws_iam_roles(aws: Aws, run: Run) -> Population[IamRole]:
    """Every role with its trust, rights and last use, against IAM's own count of roles."""

    def read() -> Whole[IamRole]:
        held = holders(aws)
        documents = held.documents()
        facts = [_fact(account, role, documents) for account, role in held.roles]
        return Whole(facts, counted(aws, "Roles"), method="IAM's own count of roles")

    return population(aws, run, read, DETAIL_CALLS)


def _fact(account: str, role: Mapping[str, Any], documents: Mapping[str, Any]) -> IamRole:
    trust = role["AssumeRolePolicyDocument"]
    others: set[str] = set()
    unguarded = False
    for statement in statements(trust):
        named = {_account(one) for one in principals(statement)} - {"", account}
        if statement.get("Effect") == "Allow" and named:
            others |= named
            unguarded |= "sts:externalid" not in str(statement.get("Condition", {})).lower()
    used = role.get("RoleLastUsed", {}).get("LastUsedDate")
    return IamRole(
        account=account,
        region=GLOBAL,
        role=role["RoleName"],
        path=role.get("Path", "/"),
        created_at=in_utc(role.get("CreateDate")),
        administrator=administrator(
            role.get("AttachedManagedPolicies", ()),
            [policy["PolicyDocument"] for policy in role.get("RolePolicyList", ())],
            documents,
        ),
        trusts_anyone=open_to_anyone(trust),
        trusted_accounts=tuple(sorted(others)),
        external_id_missing=unguarded,
        permissions_boundary="PermissionsBoundary" in role,
        last_used=in_utc(used),
    )


def _account(principal: str) -> str:
    """The account that a principal belongs to; empty for services and for everybody."""
    if principal.isdigit():
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) >= 6 and parts[2] in ("iam", "sts") and parts[4].isdigit() else ""
