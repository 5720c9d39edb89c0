"""AWS Config in each region: whether it records, and what."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.collectors._aws import EACH_PLACE, Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeDeliveryChannels",
)


@dataclass(frozen=True, slots=True)
class ConfigRecorder(Located):
    """AWS Config in one region of one account; all false where there is no recorder."""

    present: bool
    recording: bool
    every_resource: bool
    global_resources: bool
    """IAM too; enough in one region."""
    delivering: bool
    """It has somewhere to deliver to, and its last delivery did not fail."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_config_recorders(aws: Aws, run: Run) -> Population[ConfigRecorder]:
    """One row for each account and region, also where Config was never set up."""

    def read() -> Whole[ConfigRecorder]:
        places = aws.places()
        recorders = dict(listed(aws, places, "config", "DescribeConfigurationRecorders", "ConfigurationRecorders"))
        states = dict(
            listed(aws, places, "config", "DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus")
        )
        channels = dict(listed(aws, places, "config", "DescribeDeliveryChannels", "DeliveryChannels"))
        facts = []
        for place in places:
            group = recorders.get(place, {}).get("recordingGroup", {})
            strategy = group.get("recordingStrategy", {}).get("useOnly", "ALL_SUPPORTED_RESOURCE_TYPES")
            state = states.get(place, {})
            facts.append(
                ConfigRecorder(
                    account=place.account,
                    region=place.region,
                    present=place in recorders,
                    recording=bool(state.get("recording")),
                    every_resource=bool(group.get("allSupported")) and strategy == "ALL_SUPPORTED_RESOURCE_TYPES",
                    global_resources=bool(group.get("includeGlobalResourceTypes")),
                    delivering=place in channels and str(state.get("lastStatus", "")).upper() != "FAILURE",
                )
            )
        return Whole(facts, len(places), method=EACH_PLACE)

    return population(aws, run, read, CALLS)
