"""The password policy of IAM in each account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trustcenter.collectors._aws import Located, Whole, population
from trustcenter.collectors._aws_iam import GLOBAL
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = ("iam:GetAccountPasswordPolicy",)


@dataclass(frozen=True, slots=True)
class IamPasswordPolicy(Located):
    """What IAM asks of passwords in one account; `written` is false where AWS's default applies."""

    written: bool
    minimum_length: int
    symbols: bool
    numbers: bool
    uppercase: bool
    lowercase: bool
    reuse_prevented: int
    """How many earlier passwords may not be used again."""
    maximum_age: int | None
    """Days; absent where passwords do not expire."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_iam_password_policy(aws: Aws, run: Run) -> Population[IamPasswordPolicy]:
    """The password policy of every account: one row each, also where nobody wrote one."""

    def read() -> Whole[IamPasswordPolicy]:
        homes = aws.homes()
        answers = aws.calls(
            [AwsCall("iam", "GetAccountPasswordPolicy", home, absent=("NoSuchEntity",)) for home in homes]
        )
        facts = []
        for home, answer in zip(homes, answers, strict=True):
            said: Mapping[str, Any] = {"MinimumPasswordLength": 8} if answer is None else answer["PasswordPolicy"]
            facts.append(
                IamPasswordPolicy(
                    account=home.account,
                    region=GLOBAL,
                    written=answer is not None,
                    minimum_length=said["MinimumPasswordLength"],
                    symbols=said.get("RequireSymbols", False),
                    numbers=said.get("RequireNumbers", False),
                    uppercase=said.get("RequireUppercaseCharacters", False),
                    lowercase=said.get("RequireLowercaseCharacters", False),
                    reuse_prevented=said.get("PasswordReusePrevention", 0),
                    maximum_age=said.get("MaxPasswordAge") or None,
                )
            )
        return Whole(facts, len(homes), method="one row for each account that the source names")

    return population(aws, run, read, CALLS)
