"""What the collectors of AWS share: one population from listings, read again where something vanished meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import unquote

from trustcenter.collectors.interface import Run
from trustcenter.model.fact import Key, schema_of
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.aws_errors import Changed
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

F = TypeVar("F")
TO_THE_END = "every page read until the service said that there are no more, in each account and region"
_OWN = {
    "accessanalyzer:ListAnalyzers": "arn", "acm:ListCertificates": "CertificateArn",
    "backup:ListBackupPlans": "BackupPlanArn", "backup:ListBackupVaults": "BackupVaultArn",
    "cloudwatch:DescribeAlarms": "AlarmArn", "ecr:DescribeRepositories": "repositoryArn",
    "elbv2:DescribeLoadBalancers": "LoadBalancerArn", "kms:ListKeys": "KeyArn", "lambda:ListFunctions": "FunctionArn",
    "logs:DescribeLogGroups": "arn", "rds:DescribeDBClusters": "DBClusterArn",
    "rds:DescribeDBClusterSnapshots": "DBClusterSnapshotArn", "rds:DescribeDBInstances": "DBInstanceArn",
    "rds:DescribeDBSnapshots": "DBSnapshotArn", "secretsmanager:ListSecrets": "ARN", "sns:ListTopics": "TopicArn",
    "wafv2:ListWebACLs": "ARN",
}  # fmt: skip
"""Listings of what belongs to the account that asks, and where an item says whose it is. Not the trails of an
organisation, networks that another account shares, or copies of its backups: those are rightly in a listing."""
EACH_PLACE = "one row for each account and region that the source names"


@dataclass(frozen=True, slots=True)
class Located:
    """Where a resource is: part of every row's key. Global resources are in the region `global`."""

    account: Annotated[str, Key]
    region: Annotated[str, Key]


@dataclass(frozen=True, slots=True)
class Whole(Generic[F]):
    """What was read. `expected` is a count by another path than the listing; `got` what it counts."""

    facts: Sequence[F]
    expected: int | None = None
    got: int | None = None
    method: str = TO_THE_END
    notes: tuple[str, ...] = ()
    observed_at: datetime | None = None
    """When AWS itself says that it looked, where that is not now."""


def population(aws: Aws, run: Run, read: Callable[[], Whole[F]], calls: Sequence[str]) -> Population[F]:
    """The population that `read` finds. Where a listed resource is gone when asked about, everything is read again.

    A listing without an independent count proves no emptiness; where the source's mapping says `none = true`, that
    declaration is the count, and a resource that exists in spite of it raises CouldNotTell("contradicted").
    """
    notes: tuple[str, ...] = ()
    try:
        try:
            whole = read()
        except Changed as change:
            aws.forget()
            whole, notes = read(), (f"Read again, because something changed while it was read: {change.what}",)
    except (KeyError, IndexError) as error:
        what = f"an answer lacks {error}, which every such answer has"
        raise CouldNotTell("malformed", what, where=", ".join(calls)) from error
    except CouldNotTell as trouble:
        if trouble.where is not None:
            raise
        raise CouldNotTell(trouble.cause, trouble.what, where=", ".join(calls), hint=trouble.hint) from trouble
    got = len(whole.facts) if whole.got is None else whole.got
    complete = Completeness(whole.method, got if whole.expected is None else whole.expected, got,
                            independent=whole.expected is not None)  # fmt: skip
    if run.mapping.get("none") is True:
        if got:
            raise CouldNotTell(
                "contradicted", f"the source's mapping says that there is none, and there are {got}",
                where=str(run.source.place) if run.source.place else None, hint="take `none = true` out of it",
            )  # fmt: skip
        complete = Completeness(f"{whole.method}; trustcenter.toml declares that there is none", 0, 0, independent=True)
    if aws.retried:
        notes += (f"{aws.retried} requests were answered only when they were repeated",)
    places = aws.places()
    return Population(
        facts=tuple(sorted(whole.facts, key=_key)),
        completeness=complete,
        query=", ".join(calls),
        parameters={
            **run.parameters,
            "accounts": sorted({place.account for place in places}),
            "regions": sorted({place.region for place in places}),
        },
        observed_at=whole.observed_at or run.now(),
        notes=notes + whole.notes,
        source_clock=aws.clock,
        actor=aws.actor,
        permissions=aws.actor,
    )


def _key(fact: Any) -> list[str]:
    return [str(getattr(fact, name)) for name in schema_of(type(fact)).key]


def listed(
    aws: Aws, places: Iterable[AwsPlace], service: str, operation: str, *keys: str, **parameters: Any
) -> list[tuple[AwsPlace, Any]]:
    """Every item of one listing in every place, each with its place.

    Raises CouldNotTell("contradicted") where an item belongs to another account than was asked.
    """
    wanted = [AwsCall(service, operation, place, parameters) for place in places]
    found = [
        (call.place, item) for call, items in zip(wanted, aws.listings(wanted, *keys), strict=True) for item in items
    ]
    own = _OWN.get(f"{service}:{operation}")
    for place, item in found if own is not None else ():
        parts = str(item.get(own) or "").split(":")
        if len(parts) > 4 and parts[4] not in ("", place.account):
            where = f"{service}:{operation} in {place.region}"
            raise CouldNotTell("contradicted", "the listing names something of another account", where=where)
    return found


def described(
    aws: Aws,
    items: Sequence[tuple[AwsPlace, Any]],
    service: str,
    operation: str,
    parameters: Callable[[Any], Mapping[str, Any]],
    *absent: str,
) -> list[Mapping[str, Any] | None]:
    """One call about each item, in order; None where one of the `absent` codes said that there is none."""
    return aws.calls([AwsCall(service, operation, place, parameters(item), absent) for place, item in items])


def told(value: Any, what: str) -> Any:
    """A member that every answer has. Raises CouldNotTell("malformed") where it is missing."""
    if value is None:
        raise CouldNotTell("malformed", f"an answer lacks `{what}`")
    return value


def in_utc(moment: datetime | None) -> datetime | None:
    """A moment that an answer may leave out."""
    return moment.astimezone(UTC) if moment is not None else None


def statements(document: Any) -> list[Mapping[str, Any]]:
    """The statements of a policy document, however it came. Raises CouldNotTell("malformed")."""
    if isinstance(document, str):
        try:
            document = json.loads(unquote(document) if document.startswith("%7B") else document)
        except (ValueError, RecursionError) as error:
            raise CouldNotTell("malformed", "a policy is not JSON") from error
    if not isinstance(document, Mapping):
        raise CouldNotTell("malformed", "a policy is not an object")
    found = document.get("Statement", [])
    entries = [found] if isinstance(found, Mapping) else found
    if not isinstance(entries, list) or not all(_is_statement(one) for one in entries):
        raise CouldNotTell("malformed", "a policy has a statement that is none")
    return entries


def _is_statement(one: Any) -> bool:
    """Its principals are a text or in groups, its conditions in operators (IAM User Guide, grammar of policies)."""
    if not isinstance(one, Mapping) or not isinstance(one.get("Principal", ""), (str, Mapping)):
        return False
    condition = one.get("Condition") or {}
    return isinstance(condition, Mapping) and all(isinstance(keys, Mapping) for keys in condition.values())


def texts(value: Any) -> list[str]:
    """A member of a policy that is one text or several."""
    return [value] if isinstance(value, str) else [str(one) for one in value or ()]


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Whom a statement speaks of: ARNs, accounts, services, `*`."""
    said = statement.get("Principal", {})
    return [said] if isinstance(said, str) else [one for group in said.values() for one in texts(group)]


_NARROWING = (
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:principalorgid", "aws:principalaccount",
    "aws:principalarn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "kms:calleraccount", "sns:endpoint",
    "lambda:eventsourcetoken", "aws:sourceorgid", "s3:dataaccesspointaccount",
)  # fmt: skip


def open_to_anyone(document: Any) -> bool:
    """Whether a resource's policy lets in everybody: a statement for `*` that no condition narrows to someone.

    A condition counts where it names the caller, the network or the resource acted for; an address range that
    covers everything counts for nothing.
    """
    for statement in statements(document):
        if statement.get("Effect") != "Allow" or not any(
            one in ("*", "arn:aws:iam::*:root") for one in principals(statement)
        ):
            continue
        if not _narrowed(statement.get("Condition") or {}):
            return True
    return False


def _narrowed(condition: Mapping[str, Any]) -> bool:
    for operator, keys in condition.items():
        if operator.lower().startswith(("stringnot", "arnnot", "notip", "null")):
            continue
        for key, value in keys.items():
            values = texts(value)
            if key.lower() in _NARROWING and values and not {"*", "0.0.0.0/0", "::/0"} & set(values):
                return True
    return False
