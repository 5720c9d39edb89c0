"""Listeners of load balancers (ELBv2): TLS policy and what plain HTTP is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = ("elbv2:DescribeLoadBalancers", "elbv2:DescribeListeners", "elbv2:DescribeSSLPolicies")


@dataclass(frozen=True, slots=True)
class LoadBalancerListener(Located):
    """One port of one load balancer."""

    balancer: Annotated[str, Key]
    port: Annotated[int, Key]
    kind: str
    internet_facing: bool
    protocol: str
    policy: str | None
    oldest_tls: str | None
    """The oldest version that the policy allows; absent without TLS."""
    redirects_to_tls: bool
    """Plain HTTP is answered with a redirection to HTTPS and nothing else."""

    @property
    def encrypted(self) -> bool:
        """TLS ends here, or nothing but a redirection to it is served."""
        return self.protocol in ("HTTPS", "TLS") or self.redirects_to_tls


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_load_balancer_listeners(aws: Aws, run: Run) -> Population[LoadBalancerListener]:
    """Every listener of every load balancer, with the oldest TLS version of its policy, as AWS describes the policy."""

    def read() -> Whole[LoadBalancerListener]:
        balancers = listed(aws, aws.places(), "elbv2", "DescribeLoadBalancers", "LoadBalancers")
        pages = aws.listings(
            [
                AwsCall("elbv2", "DescribeListeners", place, {"LoadBalancerArn": item["LoadBalancerArn"]})
                for place, item in balancers
            ],
            "Listeners",
        )
        places = sorted({place for place, _ in balancers}, key=lambda place: (place.account, place.region))
        policies = {
            (place, item["Name"]): item["SslProtocols"]
            for place, item in listed(aws, places, "elbv2", "DescribeSSLPolicies", "SslPolicies")
        }
        facts = []
        for (place, balancer), listeners in zip(balancers, pages, strict=True):
            for item in listeners:
                policy = item.get("SslPolicy") if item["Protocol"] in ("HTTPS", "TLS") else None
                if policy is not None and (place, policy) not in policies:
                    raise CouldNotTell("contradicted", f"AWS does not describe the TLS policy {policy}")
                facts.append(
                    LoadBalancerListener(
                        account=place.account,
                        region=place.region,
                        balancer=balancer["LoadBalancerName"],
                        port=item["Port"],
                        kind=balancer["Type"],
                        internet_facing=balancer.get("Scheme") == "internet-facing",
                        protocol=item["Protocol"],
                        policy=policy,
                        oldest_tls=min(policies[place, policy]) if policy is not None else None,
                        redirects_to_tls=item["Protocol"] == "HTTP" and _redirects(item),
                    )
                )
        return Whole(facts)

    return population(aws, run, read, CALLS)


def _redirects(listener: Mapping[str, Any]) -> bool:
    actions = listener.get("DefaultActions", ())
    return bool(actions) and all(
        action["Type"] == "redirect" and action["RedirectConfig"].get("Protocol") == "HTTPS" for action in actions
    )
