"""IAM policies made from what collectors declare: nothing is allowed that no test of the instance needs."""

from __future__ import annotations

from typing import Any

from trustcenter.pipeline.collecting import fetches
from trustcenter.pipeline.line import Line
from trustcenter.sources.aws_actions import FREE, action_of

VERSION = "2012-10-17"
"""The version of IAM's policy language."""


def actions(line: Line) -> dict[str, list[str]]:
    """The IAM actions that the tests of this instance need, by service prefix, sorted."""
    found: dict[str, set[str]] = {}
    for key in fetches(line):
        for call in line.collectors[key.collector].calls:
            if call not in FREE:
                action = action_of(*call.split(":", 1))
                found.setdefault(action.partition(":")[0], set()).add(action)
    return {prefix: sorted(found[prefix]) for prefix in sorted(found)}


def reading(line: Line) -> dict[str, Any]:
    """What the role that reads an account needs: one statement for each service, on all resources.

    Listings cannot be limited to resources; none of the actions reads what is stored in a database, a queue or a
    secret. `s3:GetObject`, needed only to verify CloudTrail's digests, is the exception, and a reader may limit it to
    the bucket of the trail.
    """
    return {
        "Version": VERSION,
        "Statement": [
            {"Sid": _sid(prefix), "Effect": "Allow", "Action": named, "Resource": "*"}
            for prefix, named in actions(line).items()
        ],
    }


def assuming(line: Line) -> dict[str, Any]:
    """What the credentials need that assume the roles which sources name under `accounts`."""
    roles = sorted(
        {
            str(role)
            for source in line.instance.sources
            if source.kind == "aws"
            for role in source.settings.get("accounts") or ()
        }
    )
    statement = {"Sid": "Assume", "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": roles}
    return {"Version": VERSION, "Statement": [statement] if roles else []}


def _sid(prefix: str) -> str:
    """IAM allows letters and digits only."""
    return "Read" + "".join(part.capitalize() for part in prefix.split("-"))
