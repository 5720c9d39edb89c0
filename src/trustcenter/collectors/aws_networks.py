"""Networks (VPC): whether their traffic is logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("ec2:DescribeVpcs", "ec2:DescribeFlowLogs")


@dataclass(frozen=True, slots=True)
class Network(Located):
    """One network."""

    network: Annotated[str, Key]
    default: bool
    """The one that AWS made with the region."""
    flow_logs: bool
    """A flow log of the whole network is active."""
    rejected_traffic: bool
    """The log holds what was refused, at least."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_networks(aws: Aws, run: Run) -> Population[Network]:
    """Every network in every region with the flow logs of the whole of it."""

    def read() -> Whole[Network]:
        places = aws.places()
        logs = listed(aws, places, "ec2", "DescribeFlowLogs", "FlowLogs")
        active = {item["ResourceId"] for _, item in logs if item["FlowLogStatus"] == "ACTIVE"}
        refused = {
            item["ResourceId"] for _, item in logs
            if item["FlowLogStatus"] == "ACTIVE" and item["TrafficType"] in ("ALL", "REJECT")
        }  # fmt: skip
        return Whole([
            Network(place.account, place.region, item["VpcId"], item["IsDefault"],
                    item["VpcId"] in active, item["VpcId"] in refused)
            for place, item in listed(aws, places, "ec2", "DescribeVpcs", "Vpcs")
        ])  # fmt: skip

    return population(aws, run, read, CALLS)
