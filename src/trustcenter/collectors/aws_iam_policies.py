"""The policies that the organisation wrote itself, managed and inline: what their wildcards allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors._aws import Located, Whole, population, statements, texts
from trustcenter.collectors._aws_iam import DETAIL_CALLS, GLOBAL, allows_everything, counted, holders
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws


@dataclass(frozen=True, slots=True)
class IamPolicy(Located):
    """One policy; an inline one belongs to its holder."""

    kind: Annotated[Literal["managed", "user", "group", "role"], Key]
    holder: Annotated[str | None, Key]
    policy: Annotated[str, Key]
    attachments: int
    allows_everything: bool
    service_wildcards: tuple[str, ...]
    """Services of which every action on every resource is allowed."""
    allows_all_but: bool
    """Allowed with NotAction or NotResource: what is added later is allowed too."""
    passes_any_role: bool
    """Allows to hand any role to a service."""


@collector(method="inspection", kinds=("aws",), calls=DETAIL_CALLS)
def aws_iam_policies(aws: Aws, run: Run) -> Population[IamPolicy]:
    """Every customer-managed and inline policy, with what its wildcards allow; IAM's own count of managed ones."""

    def read() -> Whole[IamPolicy]:
        held = holders(aws)
        documents = held.documents()
        facts = [
            _fact(account, "managed", None, arn.rpartition("/")[2], policy.get("AttachmentCount", 0), documents[arn])
            for account, policy in held.policies
            for arn in (str(policy["Arn"]),)
        ]
        kinds: tuple[tuple[Literal["user", "group", "role"], str, list[tuple[str, Mapping[str, Any]]]], ...] = (
            ("user", "User", held.users),
            ("group", "Group", held.groups),
            ("role", "Role", held.roles),
        )
        facts += [
            _fact(account, kind, one[f"{word}Name"], policy["PolicyName"], 1, policy["PolicyDocument"])
            for kind, word, items in kinds
            for account, one in items
            for policy in one.get(f"{word}PolicyList", ())
        ]
        method = "customer-managed policies, against IAM's own count of them"
        return Whole(facts, counted(aws, "Policies"), len(held.policies), method)

    return population(aws, run, read, DETAIL_CALLS)


def _fact(
    account: str,
    kind: Literal["managed", "user", "group", "role"],
    holder: str | None,
    name: str,
    attached: int,
    document: Any,
) -> IamPolicy:
    allowed = [statement for statement in statements(document) if statement.get("Effect") == "Allow"]
    wide = [statement for statement in allowed if "*" in texts(statement.get("Resource"))]
    actions = [action for statement in wide for action in texts(statement.get("Action"))]
    return IamPolicy(
        account=account,
        region=GLOBAL,
        kind=kind,
        holder=holder,
        policy=name,
        attachments=attached,
        allows_everything=allows_everything(document),
        service_wildcards=tuple(sorted({action[:-2].lower() for action in actions if action.endswith(":*")} - {"*"})),
        allows_all_but=any("NotAction" in statement or "NotResource" in statement for statement in allowed),
        passes_any_role=any(action.lower() in ("iam:passrole", "iam:*", "*") for action in actions),
    )
