"""What the collectors of IAM share: the credential report, and who holds which policy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trustcenter.collectors._aws import listed, statements, texts
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Aws, AwsCall

ROOT = "<root_account>"
GLOBAL = "global"
REPORT_CALLS = ("iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetAccountSummary")
DETAIL_CALLS = ("iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary")
_FILTER = ["User", "Role", "Group", "LocalManagedPolicy"]
_TELLING = {"User": "UserName", "Group": "GroupName", "Role": "RoleName", "Policy": "PolicyVersionList"}
"""The member by which an item of the common listing is known."""
_NOT_READY = ("ReportInProgress", "ReportNotPresent", "ReportExpired")


@dataclass(frozen=True, slots=True)
class Report:
    """The credential report of one account: one row for each user and one for root, as AWS generated it."""

    account: str
    rows: Sequence[Mapping[str, str]]
    generated_at: datetime

    @property
    def users(self) -> list[Mapping[str, str]]:
        return [row for row in self.rows if row["user"] != ROOT]


def reports(aws: Aws) -> list[Report]:
    """The credential report of every account. AWS makes a new one at most every four hours, and says when."""
    homes = aws.homes()
    aws.calls([AwsCall("iam", "GenerateCredentialReport", home) for home in homes])
    answers = aws.calls([AwsCall("iam", "GetCredentialReport", home, waits=_NOT_READY) for home in homes])
    found = []
    for home, answer in zip(homes, answers, strict=True):
        try:
            assert answer is not None
            rows = list(csv.DictReader(io.StringIO(bytes(answer["Content"]).decode())))
            found.append(Report(home.account, rows, answer["GeneratedTime"].astimezone(UTC)))
        except (KeyError, UnicodeDecodeError, AttributeError) as error:
            raise CouldNotTell("malformed", "the credential report cannot be read") from error
        if any(None in row.values() or "user" not in row for row in rows):
            raise CouldNotTell("incomplete", "the credential report ends in the middle of a row")
    return found


def when(text: str | None) -> datetime | None:
    """A time of the report; None for `N/A`, `no_information` and `not_supported`."""
    if not text or text in ("N/A", "no_information", "not_supported"):
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError as error:
        raise CouldNotTell("malformed", "a time of the credential report cannot be read") from error


def summaries(aws: Aws) -> dict[str, Mapping[str, int]]:
    """IAM's own counts, by account: what listings are compared with."""
    homes = aws.homes()
    answers = aws.calls([AwsCall("iam", "GetAccountSummary", home) for home in homes])
    found = {}
    for home, answer in zip(homes, answers, strict=True):
        counts = (answer or {}).get("SummaryMap")
        if not counts:
            raise CouldNotTell("malformed", "IAM's summary of the account is empty")
        found[home.account] = counts
    return found


def counted(aws: Aws, name: str) -> int:
    """One of IAM's own counts, over all accounts."""
    try:
        return sum(int(counts[name]) for counts in summaries(aws).values())
    except KeyError as error:
        raise CouldNotTell("malformed", f"IAM's summary of the account does not count {name}") from error


@dataclass(frozen=True, slots=True)
class Holders:
    """Users, groups, roles and customer-managed policies of all accounts, each with its account."""

    users: list[tuple[str, Mapping[str, Any]]]
    groups: list[tuple[str, Mapping[str, Any]]]
    roles: list[tuple[str, Mapping[str, Any]]]
    policies: list[tuple[str, Mapping[str, Any]]]

    def documents(self) -> dict[str, Any]:
        """The document in force of every customer-managed policy, by ARN."""
        return {str(policy["Arn"]): _in_force(policy) for _, policy in self.policies}


def holders(aws: Aws) -> Holders:
    """One listing of IAM that serves users, roles and policies alike."""
    keys = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    items = listed(aws, aws.homes(), "iam", "GetAccountAuthorizationDetails", *keys, Filter=_FILTER)
    kinds: dict[str, list[tuple[str, Mapping[str, Any]]]] = {"User": [], "Group": [], "Role": [], "Policy": []}
    for place, item in items:
        kind = next((kind for kind, member in _TELLING.items() if member in item), None)
        if kind is None:
            raise CouldNotTell("malformed", "IAM listed something that is none of them")
        kinds[kind].append((place.account, item))
    return Holders(*kinds.values())


def _in_force(policy: Mapping[str, Any]) -> Any:
    for version in policy.get("PolicyVersionList", ()):
        if version.get("IsDefaultVersion"):
            return version["Document"]
    raise CouldNotTell("malformed", "a policy of IAM has no version in force")


def allows_everything(document: Any) -> bool:
    """Whether a policy allows every action on every resource."""
    return any(
        statement.get("Effect") == "Allow"
        and any(one in ("*", "*:*") for one in texts(statement.get("Action")))
        and "*" in texts(statement.get("Resource"))
        for statement in statements(document)
    )


def administrator(attached: Iterable[Mapping[str, Any]], inline: Iterable[Any], documents: Mapping[str, Any]) -> bool:
    """Whether these policies together give every right: AWS's AdministratorAccess, or one like it."""
    arns = [str(one["PolicyArn"]) for one in attached]
    return any(
        arn.endswith(":aws:policy/AdministratorAccess") or (arn in documents and allows_everything(documents[arn]))
        for arn in arns
    ) or any(allows_everything(document) for document in inline)
