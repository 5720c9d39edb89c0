"""Web firewalls (WAF): rules, logs, what they protect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

CALLS = (
    "wafv2:ListWebACLs",
    "wafv2:GetWebACL",
    "wafv2:ListLoggingConfigurations",
)


@dataclass(frozen=True, slots=True)
class WebFirewall(Located):
    """One access control list of WAF."""

    firewall: Annotated[str, Key]
    scope: Literal["REGIONAL", "CLOUDFRONT"]
    blocks_by_default: bool
    rules: int
    blocking_rules: int
    """Rules that are not merely counting."""
    logging: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_web_firewalls(aws: Aws, run: Run) -> Population[WebFirewall]:
    """Every web ACL in every region, and those of CloudFront."""

    def read() -> Whole[WebFirewall]:
        facts: list[WebFirewall] = []
        scopes: tuple[tuple[Literal["REGIONAL", "CLOUDFRONT"], Sequence[AwsPlace]], ...] = (
            ("REGIONAL", aws.places()),
            ("CLOUDFRONT", aws.homes()),
        )
        for scope, places in scopes:
            items = listed(aws, places, "wafv2", "ListWebACLs", "WebACLs", Scope=scope)
            answers = aws.calls(
                [
                    AwsCall("wafv2", "GetWebACL", place, {"Name": item["Name"], "Id": item["Id"], "Scope": scope})
                    for place, item in items
                ]
            )
            logged = {
                item["ResourceArn"]
                for _, item in listed(
                    aws, places, "wafv2", "ListLoggingConfigurations", "LoggingConfigurations", Scope=scope
                )
            }
            for (place, item), answer in zip(items, answers, strict=True):
                said = (answer or {})["WebACL"]
                rules = said.get("Rules", ())
                facts.append(
                    WebFirewall(
                        account=place.account,
                        region=place.region if scope == "REGIONAL" else "global",
                        firewall=item["Name"],
                        scope=scope,
                        blocks_by_default="Block" in said["DefaultAction"],
                        rules=len(rules),
                        blocking_rules=sum(
                            "Count" not in rule.get("Action", {}) and "Count" not in rule.get("OverrideAction", {})
                            for rule in rules
                        ),
                        logging=item["ARN"] in logged,
                    )
                )
        return Whole(facts)

    return population(aws, run, read, CALLS)
