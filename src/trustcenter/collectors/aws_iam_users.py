"""The users of IAM: password, second factor, keys, rights, last use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, population
from trustcenter.collectors._aws_iam import (
    DETAIL_CALLS,
    GLOBAL,
    REPORT_CALLS,
    administrator,
    counted,
    holders,
    reports,
    when,
)
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Subject
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import Aws

CALLS = (*REPORT_CALLS, DETAIL_CALLS[0])


@dataclass(frozen=True, slots=True)
class IamUser(Located):
    """One user of IAM; times are from the credential report."""

    user: Annotated[str, Subject]
    created_at: datetime | None
    password: bool
    """Whether the user can sign in to the console."""
    password_last_used: datetime | None
    second_factor: bool
    active_keys: int
    keys_last_used: datetime | None
    direct_policies: int
    """Policies attached to the user, or written into it, rather than to a group or role."""
    administrator: bool

    @property
    def last_active(self) -> datetime | None:
        """The last use of password or key, or the creation of a user that never did either."""
        used = [moment for moment in (self.password_last_used, self.keys_last_used) if moment is not None]
        return max(used) if used else self.created_at


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_iam_users(aws: Aws, run: Run) -> Population[IamUser]:
    """Every user of IAM with password, second factor, keys and rights, against IAM's own count of users."""

    def read() -> Whole[IamUser]:
        found = reports(aws)
        held = holders(aws)
        documents = held.documents()
        groups = {(account, group["GroupName"]): group for account, group in held.groups}
        users = {(account, user["UserName"]): user for account, user in held.users}
        facts = []
        for report in found:
            for row in report.users:
                user = users.get((report.account, row["user"]))
                if user is None:
                    raise CouldNotTell(
                        "contradicted", "the credential report names a user that IAM does not list",
                        hint="a user was deleted since AWS made the report; collect again after four hours",
                    )  # fmt: skip
                own = [group for name in user.get("GroupList", ()) if (group := groups.get((report.account, name)))]
                facts.append(_fact(report.account, row, user, own, documents))
        generated = min(report.generated_at for report in found)
        return Whole(facts, counted(aws, "Users"), method="IAM's own count of users", observed_at=generated)

    return population(aws, run, read, CALLS)


def _fact(account: str, row: Any, user: Any, groups: list[Any], documents: Any) -> IamUser:
    attached = [*user.get("AttachedManagedPolicies", ())]
    inline = [policy["PolicyDocument"] for policy in user.get("UserPolicyList", ())]
    more = [policy for group in groups for policy in group.get("AttachedManagedPolicies", ())]
    inline_more = [policy["PolicyDocument"] for group in groups for policy in group.get("GroupPolicyList", ())]
    used = [when(row.get(f"access_key_{number}_last_used_date")) for number in (1, 2)]
    return IamUser(
        account=account,
        region=GLOBAL,
        user=row["user"],
        created_at=when(row.get("user_creation_time")),
        password=row["password_enabled"].lower() == "true",
        password_last_used=when(row.get("password_last_used")),
        second_factor=row["mfa_active"].lower() == "true",
        active_keys=sum(row[f"access_key_{number}_active"].lower() == "true" for number in (1, 2)),
        keys_last_used=max((moment for moment in used if moment is not None), default=None),
        direct_policies=len(attached) + len(inline),
        administrator=administrator(attached + more, inline + inline_more, documents),
    )
