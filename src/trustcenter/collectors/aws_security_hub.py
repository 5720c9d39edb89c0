"""Security Hub in each region: whether it is on."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.collectors._aws import EACH_PLACE, Located, Whole, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = ("securityhub:DescribeHub",)
_NOT_SUBSCRIBED = ("InvalidAccessException", "ResourceNotFoundException")


@dataclass(frozen=True, slots=True)
class SecurityHub(Located):
    """Security Hub in one region of one account."""

    enabled: bool
    controls_enabled_by_itself: bool
    """New controls of the chosen standards are switched on as AWS adds them."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_security_hub(aws: Aws, run: Run) -> Population[SecurityHub]:
    """One row for each account and region, also where Security Hub was never switched on."""

    def read() -> Whole[SecurityHub]:
        places = aws.places()
        hubs = aws.calls([AwsCall("securityhub", "DescribeHub", place, absent=_NOT_SUBSCRIBED) for place in places])
        facts = [
            SecurityHub(
                place.account, place.region, bool(hub and hub["HubArn"]), bool(hub and hub.get("AutoEnableControls"))
            )
            for place, hub in zip(places, hubs, strict=True)
        ]
        return Whole(facts, len(places), method=EACH_PLACE)

    return population(aws, run, read, CALLS)
