"""Load balancers (ELBv2): logs, protection, handling of malformed headers, web firewall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, described, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("elbv2:DescribeLoadBalancers", "elbv2:DescribeLoadBalancerAttributes")


@dataclass(frozen=True, slots=True)
class LoadBalancer(Located):
    """One load balancer."""

    balancer: Annotated[str, Key]
    kind: str
    internet_facing: bool
    access_logs: bool
    deletion_protection: bool
    drops_invalid_headers: bool | None
    """Absent for kinds that do not read HTTP."""
    desync_mitigation: str | None
    several_zones: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_load_balancers(aws: Aws, run: Run) -> Population[LoadBalancer]:
    """Every load balancer of the current kind in every region, with its attributes."""

    def read() -> Whole[LoadBalancer]:
        items = listed(aws, aws.places(), "elbv2", "DescribeLoadBalancers", "LoadBalancers")
        answers = described(
            aws,
            items,
            "elbv2",
            "DescribeLoadBalancerAttributes",
            lambda item: {"LoadBalancerArn": item["LoadBalancerArn"]},
        )
        facts = []
        for (place, item), answer in zip(items, answers, strict=True):
            said = {one["Key"]: one["Value"] for one in (answer or {})["Attributes"]}
            http = item["Type"] == "application"
            facts.append(
                LoadBalancer(
                    account=place.account,
                    region=place.region,
                    balancer=item["LoadBalancerName"],
                    kind=item["Type"],
                    internet_facing=item.get("Scheme") == "internet-facing",
                    access_logs=said.get("access_logs.s3.enabled") == "true",
                    deletion_protection=said.get("deletion_protection.enabled") == "true",
                    drops_invalid_headers=(
                        said.get("routing.http.drop_invalid_header_fields.enabled") == "true" if http else None
                    ),
                    desync_mitigation=said.get("routing.http.desync_mitigation_mode") if http else None,
                    several_zones=len(item.get("AvailabilityZones", ())) > 1,
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
