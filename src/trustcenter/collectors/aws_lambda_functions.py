"""Functions of Lambda: runtime, exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, described, listed, open_to_anyone, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = (
    "lambda:ListFunctions",
    "lambda:GetAccountSettings",
    "lambda:GetPolicy",
    "lambda:ListFunctionUrlConfigs",
)
UNSUPPORTED = {
    "python2.7": date(2021, 7, 15), "python3.6": date(2022, 7, 18), "python3.7": date(2023, 12, 4),
    "python3.8": date(2024, 10, 14), "python3.9": date(2025, 12, 15), "nodejs10.x": date(2021, 7, 30),
    "nodejs12.x": date(2023, 3, 31), "nodejs14.x": date(2023, 12, 4), "nodejs16.x": date(2024, 6, 12),
    "nodejs18.x": date(2025, 9, 1), "nodejs20.x": date(2026, 4, 30), "ruby2.5": date(2021, 7, 30),
    "ruby2.7": date(2023, 12, 7), "ruby3.2": date(2026, 3, 31), "java8": date(2024, 1, 8), "go1.x": date(2024, 1, 8),
    "provided": date(2024, 1, 8), "dotnetcore3.1": date(2023, 4, 3), "dotnet6": date(2024, 12, 20),
    "dotnet7": date(2024, 5, 14),
}  # fmt: skip
"""From which day AWS no longer mends a runtime (Lambda runtimes, deprecation dates)."""


@dataclass(frozen=True, slots=True)
class LambdaFunction(Located):
    """One function."""

    function: Annotated[str, Key]
    runtime: str | None
    """Absent for a container image."""
    supported: bool
    """AWS still mends the runtime, by its published dates as of the version of this collector."""
    public_policy: bool
    """Its policy lets everybody invoke it."""
    open_address: bool
    """It has an address of its own that asks nobody to sign in."""
    in_network: bool
    environment_key: bool
    """Its environment is encrypted with a key of the organisation's own."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_lambda_functions(aws: Aws, run: Run) -> Population[LambdaFunction]:
    """Every function in every region, against Lambda's own count of functions."""

    def read() -> Whole[LambdaFunction]:
        places = aws.places()
        items = listed(aws, places, "lambda", "ListFunctions", "Functions")
        policies = described(aws, items, "lambda", "GetPolicy", _named, "ResourceNotFoundException")
        addresses = aws.listings(
            [AwsCall("lambda", "ListFunctionUrlConfigs", place, _named(item)) for place, item in items],
            "FunctionUrlConfigs",
        )
        facts = []
        for (place, item), policy, urls in zip(items, policies, addresses, strict=True):
            runtime = item.get("Runtime")
            end = UNSUPPORTED.get(str(runtime))
            facts.append(
                LambdaFunction(
                    account=place.account,
                    region=place.region,
                    function=item["FunctionName"],
                    runtime=runtime,
                    supported=end is None or run.now().date() < end,
                    public_policy=policy is not None and open_to_anyone(policy["Policy"]),
                    open_address=any(one["AuthType"] == "NONE" for one in urls),
                    in_network=bool(item.get("VpcConfig", {}).get("VpcId")),
                    environment_key=bool(item.get("KMSKeyArn")),
                )
            )
        counts = aws.calls([AwsCall("lambda", "GetAccountSettings", place) for place in places])
        expected = sum((answer or {})["AccountUsage"]["FunctionCount"] for answer in counts)
        return Whole(facts, expected, method="Lambda's own count of functions")

    return population(aws, run, read, CALLS)


def _named(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"FunctionName": item["FunctionArn"]}
